//! An invoice number that QuickBooks gave to a document which is not ours (N8, T12): who has it, and what a person is
//! told.

use mapping::{
    AnyKind, QboObject,
    alert::{ForeignInvoice, HolderKind, NumberHolder, NumberTrouble},
    customer::CustomerMatch,
};
use qbo::{CreditMemo, Entity, Estimate, Query, RefundReceipt, SalesReceipt};

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{plan::Plan, state::PushState},
    objects::give_way,
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Before a customer or an item is made for a new invoice: makes sure that its number is free, or the document that
    /// has it is ours.
    pub(crate) async fn number_is_free(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        learned: &PushState,
    ) -> Result<(), Stop> {
        let same = learned.same_number.as_deref().unwrap_or_default();
        let own = give_way::own(cx, plan, learned);
        let is_free = give_way::others(plan, same).is_empty() && learned.kept_by.is_none()
            || learned.instead.is_some();
        if plan.invoice_slot.value.link().is_some() || is_free || own.is_some() {
            return Ok(());
        }
        let customer = match plan.customer_link() {
            Some(link) => Some(link.id.clone()),
            None => match mapping::customer::find(&plan.customer, &learned.asked.customers()) {
                CustomerMatch::None => None,
                // Somebody else's, or one that only a person can tell: that comes first.
                CustomerMatch::Several(_) | CustomerMatch::Contradicting(..) => return Ok(()),
                CustomerMatch::One(one) => {
                    if self.is_held(cx, AnyKind::Customer, one.id.as_ref()).await? {
                        return Ok(());
                    }
                    one.id.clone()
                }
            },
        };
        if let Some(alert) = &learned.kept_by {
            return Err(Stop::Alert(alert.clone()));
        }
        Err(self.taken(cx, plan, same, customer.as_ref()).await?)
    }

    /// How the work ends whose invoice has a number that is taken.
    pub(crate) async fn number_taken(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        learned: &PushState,
    ) -> Result<Stop, Stop> {
        if let Some(alert) = &learned.kept_by {
            return Ok(Stop::Alert(alert.clone()));
        }
        let same = learned.same_number.as_deref().unwrap_or_default();
        if !same.is_empty() {
            let customer = plan.customer_link().map(|link| &link.id);
            return self.taken(cx, plan, same, customer).await;
        }
        // QuickBooks said so, and no invoice has it: invoices share their numbers with other documents.
        let number = plan.number.to_string();
        let by_number = |entity| Query::select(entity).where_text("DocNumber", &number);
        let queries = [
            CreditMemo::NAME,
            SalesReceipt::NAME,
            RefundReceipt::NAME,
            Estimate::NAME,
        ];
        let rows = self.ask_all(cx, &queries.map(by_number)).await?;
        let [memos, receipts, refunds, estimates] = rows.as_slice() else {
            return Err(Stop::Broken("QuickBooks left a question unanswered".into()));
        };
        let mut holders: Vec<NumberHolder> = Vec::new();
        // The look-up may find others too.
        let same = |other: &Option<qbo::DocNumber>| {
            let other = other
                .as_ref()
                .map(|other| mapping::normalised(other.as_str()));
            other == Some(mapping::normalised(&number))
        };
        macro_rules! holders {
            ($rows:expr, $type:ident) => {
                let found = $rows.of::<$type>()?.into_iter();
                let found = found.filter(|found| same(&found.doc_number));
                holders.extend(found.map(|found| NumberHolder {
                    kind: HolderKind::$type,
                    customer: found.customer_ref.and_then(|customer| customer.name),
                    total: found.total_amt,
                }));
            };
        }
        holders!(memos, CreditMemo);
        holders!(receipts, SalesReceipt);
        holders!(refunds, RefundReceipt);
        holders!(estimates, Estimate);
        let first = holders.into_iter().next();
        first.map_or_else(|| Ok(unknown(plan)), |holder| taken_by(plan, holder))
    }

    /// The number is taken by invoices none of which is this slot's.
    async fn taken(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        same: &[qbo::Invoice],
        customer: Option<&qbo::Id>,
    ) -> Result<Stop, Stop> {
        let own = plan.invoice_slot.value.link().map(|link| &link.id);
        if own.is_none() {
            for invoice in same {
                let fits = invoice.total_amt == Some(plan.document.bill.total)
                    && customer.is_some()
                    && invoice.customer_ref.as_ref().map(|other| &other.value) == customer;
                if fits
                    && let Some(id) = &invoice.id
                    && self.is_foreign_invoice(cx, invoice).await?
                {
                    return Ok(linkable(plan, id, invoice));
                }
            }
        }
        let first = same.iter().find(|other| other.id.as_ref() != own);
        let job = match first {
            Some(first) => self.job_of(cx, first).await?,
            None => None,
        };
        let holder = NumberHolder {
            kind: job.map_or(HolderKind::Invoice, HolderKind::InvoiceOfJob),
            customer: first.and_then(|invoice| invoice.customer_ref.as_ref()?.name.clone()),
            total: first.and_then(|invoice| invoice.total_amt),
        };
        taken_by(plan, holder)
    }

    /// Whether an invoice is live and nobody's here: without a marker of ours, and linked to nothing.
    pub(crate) async fn is_foreign_invoice(
        &self,
        cx: &Ctx,
        invoice: &qbo::Invoice,
    ) -> Result<bool, Stop> {
        if mapping::marker::is_of_any_slot(invoice.private_note.as_deref())
            || QboObject::Invoice(Box::new(invoice.clone())).is_voided()
        {
            return Ok(false);
        }
        let is_held = self.is_held(cx, AnyKind::Invoice, invoice.id.as_ref());
        Ok(!is_held.await?)
    }
}

/// A number that is taken by nobody knows whom.
pub(crate) fn unknown(plan: &Plan<'_>) -> Stop {
    let holder = NumberHolder {
        kind: HolderKind::Unknown,
        customer: None,
        total: None,
    };
    taken_by(plan, holder).unwrap_or_else(|stop| stop)
}

fn taken_by(plan: &Plan<'_>, holder: NumberHolder) -> Result<Stop, Stop> {
    // N9: one that is in QuickBooks already keeps its number.
    let kept = plan.wrote()?.and_then(|wrote| wrote.doc_number);
    Ok(plan.stop(NumberTrouble::Taken {
        number: plan.number.to_string(),
        holder,
        kept: kept.map(|kept| kept.to_string()),
    }))
}

fn linkable(plan: &Plan<'_>, id: &qbo::Id, invoice: &qbo::Invoice) -> Stop {
    let customer = invoice.customer_ref.as_ref();
    plan.stop(NumberTrouble::Linkable {
        number: plan.number.to_string(),
        invoice: ForeignInvoice {
            id: id.clone(),
            customer: customer.and_then(|customer| customer.name.clone()),
            total: invoice.total_amt,
            date: invoice.txn_date,
        },
    })
}
