//! What is left on the job in Housecall Pro: a note for each thing that happened (R2, R4). Its API does not know a note that
//! is sent twice, so one is looked for before it is sent; and after an answer that was lost, only when it must show.

use hcp::{HcpError, JobId};
use jiff::SignedDuration;
use mapping::alert::JobRef;
use ports::Clock;
use store::JobReceived;

use super::job::Pulled;
use crate::{
    calls::{housecall::Asked, limits::Reserved},
    ctx::Ctx,
    engine::Engine,
    stop::Stop,
    world::World,
};

/// A note whose answer was lost may show so late.
const SHOWS: SignedDuration = SignedDuration::from_mins(2);

/// Why a note is not sent once more.
const NOT_TOLD: &str = "whether a note was left on the job is not known: Housecall Pro tells its notes in a form that is not known here";

impl<W: World> Engine<W> {
    /// Leaves on the job what is not there yet.
    pub(super) async fn tell_housecall(
        &self,
        cx: &Ctx,
        id: &JobId,
        (job, writes): (&hcp::Job, &mut Reserved),
        pulled: &Pulled,
    ) -> Result<(), Stop> {
        let noted = self.leave_notes(cx, id, (job, &mut *writes)).await;
        if !matches!(noted, Ok(()) | Err(Stop::Refused(_))) {
            return noted;
        }
        self.put_tag(cx, id, (job, writes), pulled).await?;
        noted
    }

    /// Waits until Housecall Pro may be written to: a reserved time, or the next.
    pub(super) async fn may_write_housecall(
        &self,
        cx: &Ctx,
        writes: &mut Reserved,
    ) -> Result<(), Stop> {
        match writes.take(&self.world).await {
            true => Ok(()),
            false => self.may_ask_housecall(cx).await,
        }
    }

    async fn leave_notes(
        &self,
        cx: &Ctx,
        id: &JobId,
        (job, writes): (&hcp::Job, &mut Reserved),
    ) -> Result<(), Stop> {
        let mut received = self.received(cx, id).await?;
        loop {
            let known: &JobReceived = &received.value;
            let waiting = known.payments.iter().position(|one| one.note.is_some());
            let Some(at) = waiting else { return Ok(()) };
            let one = &known.payments[at];
            let now = self.world.clock().now();
            if !one.is_noted(&job.notes) {
                let lost = known.noted_at.map(|noted| noted + SHOWS);
                if let Some(until) = lost.filter(|until| now < *until) {
                    let cause = "it is not known yet whether a note was left on the job".into();
                    return Err(Stop::Later { until, cause });
                }
                // What of the notes cannot be read may be the one that was sent.
                let mut unread = job.unread.paths();
                if lost.is_some() && unread.any(|path| path.starts_with("notes")) {
                    return Err(Stop::Refused(NOT_TOLD.into()));
                }
                let text = one.note.clone().unwrap_or_default();
                // Entered first: should the answer be lost, or this worker die, the note is looked for.
                received.value.noted_at = Some(now);
                self.put(vec![received.put()?]).await?;
                received.written();
                self.may_write_housecall(cx, writes).await?;
                let client = self.housecall(&cx.books.company).await?;
                match client.add_note(id, &text).await {
                    Ok(()) => {}
                    // It takes no note: the entry for a person stays.
                    Err(HcpError::NotFound { .. } | HcpError::Refused { .. }) => {
                        tracing::warn!(job = %id, "Housecall Pro took no note");
                    }
                    Err(error) => {
                        let asked = Asked::Job(JobRef::unread(id));
                        return Err(self.housecall_stop(cx, &asked, &error).await?);
                    }
                }
            }
            received.value.noted_at = None;
            received.value.payments[at].note = None;
            self.put(vec![received.put()?]).await?;
            received.written();
        }
    }
}
