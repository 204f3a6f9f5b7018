//! The job that a payment of Housecall Pro's is of (U1).

use hcp::{Invoice, Page, PaymentId};
use mapping::SlotName;

use super::{FoundJob, PAGES, job_of, misspelt, none, only, unseen};
use crate::{ctx::Ctx, declined::NotDone, engine::Engine, world::World};

impl<W: World> Engine<W> {
    /// By the slot of the payment, where it was sent; else, where `page` says that Housecall Pro may be asked, in its list of
    /// invoices, the last sent first.
    pub(super) async fn job_of_payment(
        &self,
        cx: &Ctx,
        text: &str,
        page: Option<&mut u32>,
    ) -> Result<FoundJob, NotDone> {
        let id = PaymentId::parse(text).map_err(|error| misspelt("payment id", &error))?;
        let what = format!("payment has the id {id}");
        let known = self.slots_of_jobs(cx).await?;
        let jobs = known.iter().filter_map(|slot| {
            let job = job_of(slot)?;
            let name = SlotName::of_job(&job, slot.key.sort.strip_prefix("slot#")?)?;
            (name.payment_id(&job)? == id).then_some(job)
        });
        if let Some(job) = only(&what, jobs)? {
            return self.job_with_id(cx, job, page.is_some()).await;
        }
        let page = page.ok_or_else(|| unseen(&what))?;
        while *page <= PAGES {
            self.may_ask_housecall(cx).await?;
            let client = self.housecall(&cx.books.company).await?;
            let found = client.sent_invoices(*page).await;
            let mut found: Page<Invoice> = found.map_err(|error| self.not_told(error))?;
            let last = *page >= found.total_pages;
            found
                .items
                .retain(|invoice| invoice.payments.iter().any(|payment| payment.id == id));
            if !found.items.is_empty() {
                return self.job_of_found(cx, &what, found.items).await;
            }
            if last {
                break;
            }
            *page += 1;
        }
        Err(none(&what).into())
    }
}
