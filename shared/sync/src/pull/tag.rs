//! The tag of jobs that were paid in QuickBooks (R2, R4).

use hcp::{HcpError, JobId, TagId};
use mapping::{alert::JobRef, received::Standing};
use money::Cents;
use store::{PaidTag, Stored, Write, read};

use super::job::Pulled;
use crate::{
    calls::{housecall::Asked, limits::Reserved},
    ctx::Ctx,
    engine::Engine,
    stop::Stop,
    world::World,
};

/// Its name.
const PAID: &str = "paid-in-qbo";

/// So many pages of tags are looked through: Housecall Pro cannot be asked for one by its name.
const PAGES: u32 = 10;

/// Why a tag is neither found nor made.
const NOT_AMONG_THEM: &str = "Housecall Pro has too many tags to look through all of them, and does not take another one named paid-in-qbo: delete tags that nobody uses";

/// What a look through the tags of a company comes to.
enum Listed {
    Found(TagId),
    NotThere,
    /// It is not among those that were looked through.
    NotSeen,
}

impl<W: World> Engine<W> {
    /// Gives the job the tag once nothing is left to pay of it and money that was entered in QuickBooks paid it; takes it
    /// off when something is owed again.
    pub(super) async fn put_tag(
        &self,
        cx: &Ctx,
        id: &JobId,
        (job, writes): (&hcp::Job, &mut Reserved),
        pulled: &Pulled,
    ) -> Result<(), Stop> {
        let mut received = self.received(cx, id).await?;
        let mut payments = received.value.payments.iter();
        let paid = payments.any(|one| one.standing == Standing::There && !one.facts.is_credit);
        let credited = received.value.payments.iter();
        let mut credited = credited.filter(|one| one.standing == Standing::There);
        let credited = credited.any(|one| one.facts.is_credit);
        let is_tagged = received.value.tagged;
        let wanted = match pulled.left <= Cents::ZERO {
            true => is_tagged || paid && !credited,
            false => false,
        };
        if wanted == is_tagged {
            return Ok(());
        }
        let has_it = job.tags.iter().any(|tag| tag == PAID);
        if has_it != wanted {
            self.change_tag(cx, id, (wanted, writes)).await?;
        }
        received.value.tagged = wanted;
        self.put(vec![received.put()?]).await
    }

    /// Gives a job the tag, or takes it off. A tag that somebody deleted meanwhile is found by its name, or made, once more.
    async fn change_tag(
        &self,
        cx: &Ctx,
        id: &JobId,
        (wanted, writes): (bool, &mut Reserved),
    ) -> Result<(), Stop> {
        for is_known_anew in [false, true] {
            let tag = self.paid_tag(cx, id).await?;
            self.may_write_housecall(cx, writes).await?;
            let client = self.housecall(&cx.books.company).await?;
            let put = match wanted {
                true => client.tag_job(id, &tag).await,
                false => client.untag_job(id, &tag).await,
            };
            match put {
                Ok(()) => return Ok(()),
                Err(HcpError::NotFound { .. }) if !wanted => return Ok(()),
                Err(HcpError::NotFound { .. } | HcpError::Refused { .. }) if !is_known_anew => {
                    self.forget_tag(cx).await?;
                }
                Err(error) => return Err(self.not_tagged(cx, id, &error).await?),
            }
        }
        Ok(())
    }

    /// The company's tag, made once.
    async fn paid_tag(&self, cx: &Ctx, id: &JobId) -> Result<TagId, Stop> {
        let key = cx.books.paid_tag();
        if let Some(known) = read::<PaidTag>(self.world.table(), &key).await? {
            return Ok(known.value.id);
        }
        let found = match self.listed_tag(cx, id).await? {
            Listed::Found(found) => found,
            not_found => {
                self.may_ask_housecall(cx).await?;
                let client = self.housecall(&cx.books.company).await?;
                match (client.make_tag(PAID).await, not_found) {
                    (Ok(made), _) => made.id,
                    (Err(HcpError::Refused { .. }), Listed::NotSeen) => {
                        return Err(Stop::Refused(NOT_AMONG_THEM.into()));
                    }
                    // Another worker made it just now.
                    (Err(HcpError::Refused { .. }), _) => {
                        return Err(Stop::PlanAgain(format!("the tag {PAID}")));
                    }
                    (Err(error), _) => return Err(self.not_tagged(cx, id, &error).await?),
                }
            }
        };
        let known = PaidTag { id: found.clone() };
        match self.put(vec![Stored::new(key, known).put()?]).await {
            Ok(()) | Err(Stop::PlanAgain(_)) => Ok(found),
            Err(stop) => Err(stop),
        }
    }

    async fn listed_tag(&self, cx: &Ctx, id: &JobId) -> Result<Listed, Stop> {
        for page in 1..=PAGES {
            self.may_ask_housecall(cx).await?;
            let client = self.housecall(&cx.books.company).await?;
            let found = match client.tags(page).await {
                Ok(found) => found,
                Err(error) => return Err(self.not_tagged(cx, id, &error).await?),
            };
            let tag = found.items.iter().find(|tag| {
                let name = tag.name.as_deref();
                name.is_some_and(|name| name.eq_ignore_ascii_case(PAID))
            });
            if let Some(tag) = tag {
                return Ok(Listed::Found(tag.id.clone()));
            }
            if page >= found.total_pages {
                return Ok(Listed::NotThere);
            }
        }
        Ok(Listed::NotSeen)
    }

    async fn forget_tag(&self, cx: &Ctx) -> Result<(), Stop> {
        let key = cx.books.paid_tag();
        let Some(known) = read::<PaidTag>(self.world.table(), &key).await? else {
            return Ok(());
        };
        let expect = known.expect();
        self.put(vec![Write::Delete { key, expect }]).await
    }

    async fn not_tagged(&self, cx: &Ctx, id: &JobId, error: &HcpError) -> Result<Stop, Stop> {
        let asked = Asked::Job(JobRef::unread(id));
        self.housecall_stop(cx, &asked, error).await
    }
}
