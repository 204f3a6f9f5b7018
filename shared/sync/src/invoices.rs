//! The invoice of a job: made once, updated ever after.

use mapping::{
    ProgressInvoices, Role, Term,
    invoice::{Class, References},
};
use qbo::{LineDetail, QboError, Request};
use store::{ClassTracking, JobState, Kind, Slot, SlotName, Stored};

use crate::{
    alerts::{self, AlertKind},
    books::{Session, broken, refused},
    document::Document,
    engine::Engine,
    ledger::Op,
    number_taken,
    plan::Plan,
    push::Learned,
    settle::is_voided_by_us,
    stop::Stop,
    totals,
    world::World,
};

impl<W: World> Engine<W> {
    /// Makes or updates the invoice. `None`: something changed, and the plan must be made again.
    pub(crate) async fn invoice(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        learned: &mut Learned,
    ) -> Result<Option<JobState>, Stop> {
        let mut wanted = wanted(session, plan)?;
        let mut state = JobState::Synced;
        let slot = stands_for(session, plan);
        let same_number = with_same_number(&slot, learned);
        let same_number = same_number.as_slice();
        let sent = match &slot.value.link {
            None => {
                let name = plan.invoice_name.as_str();
                let ours = |invoice: &&qbo::Invoice| {
                    mapping::marker::is_ours(invoice.private_note.as_deref(), name)
                };
                if let Some(ours) = same_number.iter().find(ours) {
                    let mut slot = slot.clone();
                    slot.value.note = mapping::marker::theirs(ours.private_note.as_deref(), name);
                    let bills_item = slot.value.bills.contains(&SlotName::deposit_item());
                    let in_form_of_before = bills_item && !bills_deposit_item(plan, ours);
                    if in_form_of_before {
                        slot.value.bills.clear();
                    }
                    let ours = Document::Invoice(Box::new(ours.clone()));
                    let adopted = self.adopt(session, &plan.invoice_name, &slot, &ours, None);
                    return match adopted.await? {
                        Some(()) if in_form_of_before => {
                            Err(Stop::Rival("the form of the deposit".to_owned()))
                        }
                        Some(()) => Ok(None),
                        None => Err(self.number_taken(session, plan, learned).await?),
                    };
                }
                if !same_number.is_empty() || learned.number_refused {
                    return Err(self.number_taken(session, plan, learned).await?);
                }
                Some(wanted.clone())
            }
            Some(link) => {
                let wrote = plan.wrote()?;
                let others = same_number
                    .iter()
                    .any(|invoice| invoice.id.as_ref() != Some(&link.id));
                if let Some(wrote) = &wrote
                    && wrote.doc_number != wanted.doc_number
                    && (others || learned.number_refused)
                {
                    // N9: the old number stays.
                    match self.number_taken(session, plan, learned).await? {
                        Stop::Alert(finding) => {
                            alerts::raise(&self.world, &session.books, &finding).await?;
                        }
                        stop => return Err(stop),
                    }
                    state = JobState::Alert;
                    wanted.doc_number = wrote.doc_number.clone();
                }
                let home = plan.customer.bill_addr.as_ref();
                let change = match &wrote {
                    Some(wrote) => mapping::invoice::changes(wrote, &wanted, home),
                    None => Some(wanted.clone()),
                };
                // X4: where QuickBooks came to something else, all of it is told once more.
                change.or_else(|| {
                    totals::differ(slot.value.totals, &plan.document.bill).then(|| wanted.clone())
                })
            }
        };
        let Some(sent) = sent else {
            if slot.value.invoices != plan.invoice_slot.value.invoices {
                self.put(vec![slot.put()?]).await?;
            }
            return Ok(Some(state));
        };
        let op = Op {
            name: plan.invoice_name.clone(),
            slot,
            sent: Document::Invoice(Box::new(sent)),
            wants: Document::Invoice(Box::new(wanted.clone())),
            dated_by_invoice: plan.dated.dates.by_invoice,
        };
        let written = match self.with_term_to_clear(session, plan).await? {
            Some(current) => self.write_whole(session, op, &wanted, &current).await?,
            None => self.write(session, vec![op]).await?,
        };
        match written.into_iter().next() {
            Some(Ok(Document::Invoice(answer))) => {
                self.keep_evidence(plan, &answer).await;
                let totals = Document::Invoice(answer).totals();
                let differs = self.compare(session, plan, totals).await?;
                Ok(Some(if differs { JobState::Alert } else { state }))
            }
            Some(Err(QboError::DuplicateNumber { .. })) if !learned.number_refused => {
                learned.number_refused = true;
                learned.same_number = None;
                Ok(None)
            }
            Some(Err(QboError::Stale { .. })) => {
                let there = self
                    .reread(session, &plan.invoice_name, Kind::Invoice)
                    .await?;
                Err(if there {
                    Stop::Rival("the QuickBooks invoice".to_owned())
                } else {
                    gone(plan)?
                })
            }
            // None: what stood in its way is settled, and the plan must be made again.
            Some(Err(error)) => self
                .not_taken(session, plan, &error)
                .await?
                .map_or(Ok(None), Err),
            _ => Err(Stop::Broken(
                "a write came back without its answer".to_owned(),
            )),
        }
    }

    /// M4: the invoice as QuickBooks has it, where it may have a term that must go.
    async fn with_term_to_clear(
        &self,
        session: &Session,
        plan: &Plan<'_>,
    ) -> Result<Option<qbo::Fields>, Stop> {
        let Some(link) = &plan.invoice_slot.value.link else {
            return Ok(None);
        };
        let term = |wrote: qbo::Invoice| wrote.sales_term_ref.is_some();
        // What is not known to be written may be there all the same.
        if plan.dated.term != Term::Clear || !plan.wrote()?.is_none_or(term) {
            return Ok(None);
        }
        let read = self
            .ask(session, &Request::read::<qbo::Invoice>(&link.id))
            .await?;
        let current = read.fields::<qbo::Invoice>().map_err(broken)?;
        Ok(current.contains_key("SalesTermRef").then_some(current))
    }

    /// How the work ends when QuickBooks did not take the invoice. `None`: the plan must be made again.
    async fn not_taken(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        error: &QboError,
    ) -> Result<Option<Stop>, Stop> {
        Ok(Some(match error {
            QboError::DuplicateNumber { .. } => number_taken::unknown(plan),
            // The code is the same for an invoice that is gone and for a customer.
            QboError::Missing { .. } if self.invoice_is_gone(session, plan).await? => gone(plan)?,
            QboError::Missing { .. } | QboError::BadReference { .. } => {
                return self.unusable(session, plan).await;
            }
            QboError::PeriodClosed { .. } => plan
                .finding(AlertKind::ClosedPeriod)
                .with("date", plan.dated.dates.txn)
                .stop(),
            QboError::Refused { .. } => {
                refused(plan.finding(AlertKind::QuickbooksRefused), error).stop()
            }
            error => self.ends(session, error).await?,
        }))
    }
}

/// The slot of the invoice, with the Housecall Pro invoices that it stands for (N9), and on its first way to
/// QuickBooks with what the company chose for progress invoices (N6) and the item that a deposit bills (N7).
fn stands_for(session: &Session, plan: &Plan<'_>) -> Stored<Slot> {
    let mut slot = plan.invoice_slot();
    for invoice in &plan.document.invoices {
        if !slot.value.invoices.contains(invoice) {
            slot.value.invoices.push(invoice.clone());
        }
    }
    if !slot.value.is_begun() {
        slot.value.per_invoice = session.settings.progress_invoices == ProgressInvoices::PerInvoice;
    }
    let is_new = slot.value.link.is_none() && slot.value.pending.is_none();
    if is_new && plan.document.role == Role::Deposit {
        let items = plan.items.iter();
        slot.value.bills = items.map(|(used, _)| used.name.clone()).collect();
    }
    slot
}

/// Whether a line of this invoice is on the item of deposits.
fn bills_deposit_item(plan: &Plan<'_>, invoice: &qbo::Invoice) -> bool {
    let mut slots = plan.items.iter();
    let slot = slots.find(|(used, _)| used.name == SlotName::deposit_item());
    let link = slot.and_then(|(_, slot)| slot.value.link.as_ref());
    let is_on_it = |line: &qbo::Line| match &line.detail {
        LineDetail::SalesItem(sale) => {
            let item = sale.item.as_ref().map(|item| &item.value);
            item.is_some() && item == link.map(|link| &link.id)
        }
        _ => false,
    };
    invoice.line.iter().any(is_on_it)
}

/// The documents in QuickBooks with the number of the invoice, but for those that we voided.
fn with_same_number(slot: &Stored<Slot>, learned: &Learned) -> Vec<qbo::Invoice> {
    let all = learned.same_number.iter().flatten();
    let voided = |invoice: &&qbo::Invoice| {
        is_voided_by_us(slot, &Document::Invoice(Box::new((*invoice).clone())))
    };
    all.filter(|invoice| !voided(invoice)).cloned().collect()
}

/// The invoice as it should stand in QuickBooks.
pub(crate) fn wanted(session: &Session, plan: &Plan<'_>) -> Result<qbo::Invoice, Stop> {
    let missing = || Stop::Rival("customer and items".to_owned());
    let customer = plan.payer_link().ok_or_else(missing)?;
    let items = plan
        .line_items
        .iter()
        .map(|index| {
            let (_, slot) = plan.items.get(*index)?;
            Some(slot.value.link.as_ref()?.id.clone())
        })
        .collect::<Option<Vec<qbo::Id>>>()
        .ok_or_else(missing)?;
    let entry = |wanted: Kind| {
        let needed = plan.needed.iter().find(|one| one.what.kind() == wanted);
        needed
            .map(|needed| needed.id.as_ref().ok_or_else(missing))
            .transpose()
    };
    let (term, class) = (entry(Kind::Term)?, entry(Kind::Class)?);
    // D7: where nothing is said of the term this time, the one that was written stays.
    let kept = plan.wrote()?.and_then(|wrote| wrote.sales_term_ref);
    let kept = kept.filter(|_| plan.dated.term == Term::Keep);
    let references = References {
        customer: &customer.id,
        items: &items,
        term: term.or(kept.as_ref().map(|kept| &kept.value)),
        class: class.map(|class| match session.connection.preferences.classes {
            ClassTracking::PerLine => Class::OfLines(class),
            ClassTracking::PerDocument | ClassTracking::Off => Class::OfDocument(class),
        }),
        slot: plan.invoice_name.as_str(),
    };
    let dates = plan.dated.dates;
    let setup = session.setup();
    let wanted = mapping::invoice::wanted(plan.records, &plan.document, &references, dates, setup);
    let mut wanted = wanted.map_err(|r| plan.refuse(&r))?;
    let theirs = plan.invoice_slot.value.note.as_deref();
    wanted.private_note = wanted
        .private_note
        .map(|ours| mapping::marker::beside(theirs, &ours));
    Ok(wanted)
}

/// The alert for an invoice that somebody deleted or voided in QuickBooks (R8).
fn gone(plan: &Plan<'_>) -> Result<Stop, Stop> {
    let number = plan.wrote()?.and_then(|wrote| wrote.doc_number);
    Ok(plan
        .finding(AlertKind::DocumentGone)
        .with("number", number.map_or_else(String::new, |n| n.to_string()))
        .stop())
}
