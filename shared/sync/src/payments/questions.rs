//! What QuickBooks has on the documents of a payment: what is left to pay, and who paid what (R3).

use mapping::{AnyKind, QboObject, alert::JobRef};
use money::Cents;
use qbo::{Entity, Id};

use super::{
    Run,
    plan::{Fate, PaymentsPlan},
};
use crate::{
    calls::quickbooks::Rows, ctx::Ctx, engine::Engine, job::step::Step, stop::Stop, world::World,
};

/// A document, as it was seen in QuickBooks.
pub(crate) enum Seen {
    /// It is not there any more, or voided.
    Gone,
    /// It is there.
    There {
        /// What was left to pay of it.
        left: Cents,
        /// What payments of ours had paid of it by then.
        ours: Cents,
        /// The payments on it that were not known as ours.
        others: Vec<qbo::Payment>,
    },
}

impl<W: World> Engine<W> {
    /// Asks for the documents that must be looked at before payments are sent, in one call; and in another for the
    /// payments on them that are not ours, where there are any.
    pub(super) async fn ask_for_documents(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let asked = plan.payments.iter().filter_map(|one| match &one.fate {
            Fate::Ask(documents) => Some(documents),
            _ => None,
        });
        let mut asked: Vec<&Id> = asked.flatten().collect();
        asked.sort();
        asked.dedup();
        if asked.is_empty() {
            return Ok(Step::Nothing);
        }
        let invoices: Vec<qbo::Invoice> = self.rows_by_id(cx, AnyKind::Invoice, &asked).await?;
        let known = plan.known();
        let linked = invoices.iter().flat_map(|invoice| &invoice.linked_txn);
        let foreign = linked.filter(|linked| linked.txn_type == qbo::Payment::NAME);
        let foreign = foreign.map(|linked| &linked.txn_id);
        let foreign: Vec<&Id> = foreign.filter(|id| !known.contains(id)).collect();
        let payments: Vec<qbo::Payment> = match foreign.as_slice() {
            [] => Vec::new(),
            foreign => self.rows_by_id(cx, AnyKind::Payment, foreign).await?,
        };
        for id in asked {
            let there = invoices
                .iter()
                .find(|invoice| invoice.id.as_ref() == Some(id));
            let there = match there {
                Some(there) => {
                    Some(there.clone()).filter(|one| QboObject::from(one.clone()).is_live())
                }
                // Lists can be late.
                None => self.invoice_by_id(cx, id).await?,
            };
            let Some(there) = there else {
                self.gone(cx, plan, id).await?;
                run.seen.insert(id.clone(), Seen::Gone);
                continue;
            };
            let others = payments.iter();
            let others = others.filter(|payment| payment.paid_of(id) != Cents::ZERO);
            let seen = Seen::There {
                left: there.balance.unwrap_or_default(),
                ours: plan.paid_of(id),
                others: others.cloned().collect(),
            };
            run.seen.insert(id.clone(), seen);
        }
        Ok(Step::Moved)
    }

    /// An invoice as it is, unless it is gone or void.
    pub(crate) async fn invoice_by_id(
        &self,
        cx: &Ctx,
        id: &Id,
    ) -> Result<Option<qbo::Invoice>, Stop> {
        let there = self.read_by_id(cx, AnyKind::Invoice, id).await?;
        Ok(there.and_then(|there| match there {
            QboObject::Invoice(there) => Some(*there),
            _ => None,
        }))
    }

    /// A document that payments wait for was deleted or voided by hand (R8).
    async fn gone(&self, cx: &Ctx, plan: &PaymentsPlan<'_>, id: &Id) -> Result<(), Stop> {
        let mut documents = plan.documents.iter();
        let Some(document) = documents.find(|document| document.open.id == *id) else {
            return Ok(());
        };
        let job = JobRef::from(plan.records);
        self.tell_document_gone(cx, &job, (document.role, &document.number))
            .await
    }

    pub(crate) async fn rows_by_id<T: Entity>(
        &self,
        cx: &Ctx,
        kind: AnyKind,
        ids: &[&Id],
    ) -> Result<Vec<T>, Stop> {
        let query = kind.by_ids(ids.iter().copied());
        let rows = self.ask_all(cx, &[query]).await?;
        rows.first().map_or(Ok(Vec::new()), Rows::of)
    }
}
