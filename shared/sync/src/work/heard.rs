//! When webhooks came for a company: noted by whoever works on them, since the function that takes them writes nothing (S11).

use ports::Clock;
use store::{Evidence, Heard};

use crate::{
    ctx::Ctx,
    engine::Engine,
    retry::Change,
    stop::{Stop, chain},
    world::World,
};

impl<W: World> Engine<W> {
    /// Notes that webhooks came, at most once in ten minutes. That it cannot be noted holds no work up.
    pub(crate) async fn note_heard(&self, cx: &Ctx, evidence: &[Evidence]) {
        let Some(at) = evidence.iter().filter_map(|seen| seen.received).max() else {
            return;
        };
        let company = &cx.books.company;
        let now = self.world.clock().monotonic();
        if self.heard.get(company, now).is_some() {
            return;
        }
        self.heard.put(company, (), now);
        let key = cx.books.heard();
        let noted = self.change(
            &key,
            || Heard::first(at),
            |stored| {
                let is_new = stored.version.is_none();
                match stored.value.note(at, &cx.zone) || is_new {
                    true => Change::Store(()),
                    false => Change::Nothing(()),
                }
            },
        );
        match noted.await {
            Ok(_) | Err(Stop::PlanAgain(_)) => {}
            Err(stop) => tracing::warn!(error = chain(&stop), "that a webhook came was not noted"),
        }
    }
}
