//! What a job comes to in both systems, for what a person is told of it.

use hcp::JobId;
use mapping::alert::{Alert, Sides};
use money::Cents;
use store::Job;

use crate::{ctx::Ctx, engine::Engine, stop::Stop, world::World};

impl<W: World> Engine<W> {
    /// An alert about a whole job, with what QuickBooks has of it.
    pub(crate) async fn with_sides(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &Job,
        mut alert: Alert,
    ) -> Result<Alert, Stop> {
        let Alert::Job(about) = &mut alert else {
            return Ok(alert);
        };
        if about.document.is_some() {
            return Ok(alert);
        }
        let told = about.sides.map(|sides| sides.housecall);
        let known = job.facts.as_ref().and_then(|facts| facts.total);
        let slots = self.job_slots(cx, id).await?.invoices.into_iter();
        let linked = slots.filter(|(_, slot)| slot.value.link().is_some());
        let totals = linked.map(|(_, slot)| slot.value.memory.totals.map(|totals| totals.total));
        let quickbooks: Option<Cents> = totals.sum();
        about.sides = told
            .or(known)
            .zip(quickbooks)
            .map(|(housecall, quickbooks)| Sides {
                housecall,
                quickbooks,
            });
        Ok(alert)
    }
}
