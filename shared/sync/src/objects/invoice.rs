//! The invoice of a job: made once, updated ever after.

use mapping::{
    AnyKind, ExtraAccount, ProgressInvoices, QboObject, Role, SlotName, Term,
    alert::{BillTrouble, QuickbooksTrouble, QuickbooksWords},
    invoice::{self, Class, References},
};
use qbo::{DocNumber, LineDetail, QboError, Request};
use store::{ClassTracking, JobState};

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{node::Node, plan::Plan, sent_before::marker, state::PushState, step::Next, totals},
    ledger::PlannedWrite,
    objects::{
        give_way, number_taken,
        slots::{StoredInvoice, present_number},
    },
    settle::Reread,
    stop::{Stop, broken},
    world::World,
};

impl<W: World> Engine<W> {
    /// What is written of the invoice. How the job stands where nothing is, the state tells.
    pub(crate) async fn prepare_invoice(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        wanted: &qbo::Invoice,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        let mut wanted = qbo::Invoice {
            doc_number: Some(plan.number.clone()),
            ..wanted.clone()
        };
        let mut outcome = JobState::Synced;
        let mut slot = stands_for(cx, plan, &wanted)?;
        let mut provisional = plan.document.provisional;
        let is_taken = number_is_taken(plan, state);
        if slot.value.memory.gone && slot.value.link().is_some() {
            return Err(gone(plan)?);
        }
        let sent = match slot.value.link() {
            None => {
                if let Some(ours) = give_way::own(cx, plan, state) {
                    let adopted = self.adopt_invoice(cx, plan, &slot, ours).await?;
                    return match adopted {
                        Some(()) => Ok(Next::Moved),
                        None => Err(self.number_taken(cx, plan, state).await?),
                    };
                }
                if is_taken {
                    return Err(self.number_taken(cx, plan, state).await?);
                }
                Some(wanted.clone())
            }
            Some(_) => {
                if is_taken {
                    // N9: the old number stays.
                    let stop = self.number_taken(cx, plan, state).await?;
                    self.reported(cx, stop).await?;
                    outcome = JobState::Alert;
                    let present = present_number(&slot.value);
                    wanted.doc_number = present.and_then(|number| DocNumber::new(number).ok());
                    provisional = slot.value.memory.is_provisional();
                }
                changed(cx, plan, &slot, &wanted, state)?
            }
        };
        let Some(sent) = sent else {
            let totals = slot.value.memory.totals;
            self.keep_what_is_known(plan, slot, provisional).await?;
            if totals.is_some() {
                let compared = self.compared(cx, plan, totals, state, outcome);
                outcome = Box::pin(compared).await?;
            }
            state.sent(outcome);
            return Ok(Next::Nothing);
        };
        state.outcome = outcome;
        slot.value.memory.rounding_tried = state.roundings == totals::ROUNDINGS;
        let after = invoice::Memory {
            dated_by_invoice: plan.dated.dates.by_invoice,
            provisional: Some(provisional),
            ..slot.value.memory.clone()
        };
        let whole = self.with_term_to_clear(cx, plan).await?;
        let op = PlannedWrite::new(&plan.invoice_name, slot, sent.into(), wanted.into())?;
        let op = op.remembering(&after)?;
        let op = numbered(op, plan, state, is_taken);
        Ok(Next::Write(Box::new(PlannedWrite { whole, ..op })))
    }

    /// What follows from QuickBooks' answer to the invoice.
    pub(crate) async fn invoice_written(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        written: Result<&qbo::Invoice, QboError>,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        match written {
            Ok(answer) => {
                self.keep_evidence(plan, answer).await;
                let totals = invoice::totals(answer);
                if totals::wants_another_line(cx, plan, totals, state) {
                    state.roundings += 1;
                    return Ok(());
                }
                let outcome = state.outcome;
                let compared = self.compared(cx, plan, totals, state, outcome);
                let outcome = Box::pin(compared).await?;
                state.sent(outcome);
                Ok(())
            }
            Err(QboError::DuplicateNumber { .. }) if state.may_ask_again() => Ok(()),
            Err(error @ QboError::Stale { .. }) => self.out_of_date(cx, plan, state, &error).await,
            // None: what stood in its way is settled, and the plan must be made again.
            Err(error) => match self.not_taken(cx, plan, &error).await? {
                Some(stop) => Err(stop),
                None => Ok(()),
            },
        }
    }

    /// Links an invoice that has the marker of this slot (N8). A deposit's keeps the form that it has (N7): then the job is
    /// planned anew.
    async fn adopt_invoice(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        slot: &StoredInvoice,
        ours: &qbo::Invoice,
    ) -> Result<Option<()>, Stop> {
        let name = &plan.invoice_name;
        let mut slot = slot.clone();
        slot.value.memory.dated_by_invoice = false;
        slot.value.memory.note = marker(&cx.books, name).theirs(ours.private_note.as_deref());
        let bills = &mut slot.value.memory.bills;
        let planned = bills.iter().find(|item| item.is_deposit_item()).cloned();
        let there = match &planned {
            Some(_) => self.deposit_item_on(cx, ours).await?,
            None => None,
        };
        let in_another_form = planned != there;
        if in_another_form {
            *bills = there.into_iter().collect();
        }
        let ours = QboObject::Invoice(Box::new(ours.clone()));
        match self.adopt(cx, name, &slot, &ours, None).await? {
            Some(()) if in_another_form => {
                Err(Stop::PlanAgain("the form of the deposit".to_owned()))
            }
            adopted => Ok(adopted),
        }
    }

    /// The item of deposits that a line of this invoice is on.
    async fn deposit_item_on(
        &self,
        cx: &Ctx,
        invoice: &qbo::Invoice,
    ) -> Result<Option<SlotName>, Stop> {
        let items = invoice.line.iter().filter_map(|line| match &line.detail {
            LineDetail::SalesItem(sale) => Some(&sale.item.as_ref()?.value),
            _ => None,
        });
        let items: Vec<&qbo::Id> = items.collect();
        for account in [ExtraAccount::Income, ExtraAccount::Liability] {
            let name = SlotName::deposit_item(account);
            let (_, slot) = self.item_slot(cx, name.clone()).await?;
            let link = slot.value.link();
            if link.is_some_and(|link| items.contains(&&link.id)) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Enters what is new about an invoice that has nothing new to be sent.
    async fn keep_what_is_known(
        &self,
        plan: &Plan<'_>,
        mut slot: StoredInvoice,
        provisional: bool,
    ) -> Result<(), Stop> {
        let memory = &mut slot.value.memory;
        if memory.number.is_some() {
            memory.provisional = Some(provisional);
        }
        let before = &plan.invoice_slot.value.memory;
        if memory.invoices == before.invoices
            && memory.customer == before.customer
            && memory.provisional == before.provisional
            && memory.sent == before.sent
        {
            return Ok(());
        }
        self.put(vec![slot.put()?]).await
    }

    /// QuickBooks has another version of the invoice than we: it is read, by its id. Where only its balance moved,
    /// because a payment was applied, what was read of Housecall Pro holds: it is as young as this run. Where somebody
    /// edited the invoice, all of it is planned again (R6). A version that QuickBooks does not agree about with itself
    /// is tried again later (S10).
    async fn out_of_date(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        state: &mut PushState,
        error: &QboError,
    ) -> Result<(), Stop> {
        let again = state.may_reread();
        let name = &plan.invoice_name;
        match self.reread(cx, name, AnyKind::Invoice).await? {
            Reread::Gone => Err(gone(plan)?),
            Reread::Stands if again => Ok(()),
            Reread::Stands | Reread::Edited => {
                Err(Stop::PlanAgain("the QuickBooks invoice".to_owned()))
            }
            Reread::Same => Err(Stop::Refused(error.clone().into())),
        }
    }

    /// M4: the invoice as QuickBooks has it, where it may have a term that must go.
    async fn with_term_to_clear(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
    ) -> Result<Option<qbo::Fields>, Stop> {
        let Some(link) = plan.invoice_slot.value.link() else {
            return Ok(None);
        };
        let term = |wrote: qbo::Invoice| wrote.sales_term_ref.is_some();
        // What is not known to be written may be there all the same.
        if plan.dated.term != Term::Clear || !plan.wrote()?.is_none_or(term) {
            return Ok(None);
        }
        let read = self
            .ask(cx, &Request::read::<qbo::Invoice>(&link.id))
            .await?;
        let current = read.fields::<qbo::Invoice>().map_err(broken)?;
        Ok(current.contains_key("SalesTermRef").then_some(current))
    }

    /// Whether the invoice of a plan was in QuickBooks and is not there any more, or voided.
    async fn invoice_is_gone(&self, cx: &Ctx, plan: &Plan<'_>) -> Result<bool, Stop> {
        let Some(link) = plan.invoice_slot.value.link() else {
            return Ok(false);
        };
        let there = self.read_by_id(cx, AnyKind::Invoice, &link.id).await?;
        Ok(there.is_none())
    }

    /// How the work ends when QuickBooks did not take the invoice. `None`: the plan must be made again.
    async fn not_taken(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        error: &QboError,
    ) -> Result<Option<Stop>, Stop> {
        Ok(Some(match error {
            QboError::DuplicateNumber { .. } => number_taken::unknown(plan),
            // The code is the same for an invoice that is gone and for a customer.
            QboError::Missing { .. } if self.invoice_is_gone(cx, plan).await? => gone(plan)?,
            QboError::Missing { .. } | QboError::BadReference { .. } => {
                return self.reference_missing(cx, plan).await;
            }
            QboError::PeriodClosed { .. } => plan.stop(BillTrouble::ClosedPeriod {
                date: plan.dated.dates.txn,
            }),
            QboError::Refused { .. } => plan.stop(QuickbooksTrouble::Refused {
                what: None,
                words: QuickbooksWords::from(error),
            }),
            error => self.stop_for(cx, error).await?,
        }))
    }
}

/// Whether the number that the invoice is to get is another document's, for all that was asked.
fn number_is_taken(plan: &Plan<'_>, state: &PushState) -> bool {
    let same = state.same_number.as_deref().unwrap_or_default();
    let others = !give_way::others(plan, same).is_empty();
    let is_taken = others || state.number_refused || state.kept_by.is_some();
    plan.number_is_new() && state.instead.is_none() && is_taken
}

/// The slot of the invoice, with the Housecall Pro invoices that it stands for (N9), on its first way to QuickBooks with
/// what the company chose for progress invoices (N6) and the items that a deposit bills (N7), and of a progress invoice
/// with its lines as they stay from now on.
fn stands_for(cx: &Ctx, plan: &Plan<'_>, wanted: &qbo::Invoice) -> Result<StoredInvoice, Stop> {
    let mut slot = plan.invoice_slot();
    slot.value.memory.customer = Some(plan.records.customer.id.clone());
    for invoice in &plan.document.invoices {
        if !slot.value.memory.invoices.contains(invoice) {
            slot.value.memory.invoices.push(invoice.clone());
        }
    }
    if !slot.value.is_begun() {
        slot.value.memory.per_invoice =
            cx.settings.progress_invoices == ProgressInvoices::PerInvoice;
    }
    let is_new = !slot.value.is_live();
    if is_new && plan.document.role == Role::Deposit {
        let items = plan.items.iter();
        slot.value.memory.bills = items.map(|(used, _)| used.name.clone()).collect();
    }
    let wrote = plan.wrote()?;
    if !has_lines_of_before(plan, wrote.as_ref(), wanted) {
        slot.value.memory.sent.clone_from(&plan.document.sent);
    }
    Ok(slot)
}

/// Whether a progress invoice was sent before its lines were remembered (N6), and bills what it billed then.
fn has_lines_of_before(
    plan: &Plan<'_>,
    wrote: Option<&qbo::Invoice>,
    wanted: &qbo::Invoice,
) -> bool {
    let amounts = |invoice: &qbo::Invoice| -> Vec<Option<money::Cents>> {
        invoice.line.iter().map(|line| line.amount).collect()
    };
    matches!(plan.document.role, Role::Part(_))
        && plan.invoice_slot.value.memory.sent.is_empty()
        && wrote.is_some_and(|wrote| amounts(wrote) == amounts(wanted))
}

/// What an update sends; `None`: nothing.
fn changed(
    cx: &Ctx,
    plan: &Plan<'_>,
    slot: &StoredInvoice,
    wanted: &qbo::Invoice,
    state: &PushState,
) -> Result<Option<qbo::Invoice>, Stop> {
    let home = plan.customer.bill_addr.as_ref();
    let change = match plan.wrote()? {
        Some(wrote) => mapping::invoice::changes(&wrote, wanted, home),
        None => Some(wanted.clone()),
    };
    // X4: where QuickBooks came to something else, all of it is told once more.
    Ok(change.or_else(|| {
        let may = totals::may_agree(cx, slot.value.memory.totals, &plan.document.bill);
        (may && state.differs.is_none()).then(|| wanted.clone())
    }))
}

/// With what becomes of the number.
fn numbered(op: PlannedWrite, plan: &Plan<'_>, state: &PushState, is_taken: bool) -> PlannedWrite {
    let claim = match &state.instead {
        Some((_, claim)) => Some(claim),
        None => state.claim.as_ref(),
    };
    let claim = claim.filter(|_| plan.number_is_new() && !is_taken).cloned();
    let claim = claim.map(|mut claim| {
        claim.value.slot = plan.invoice_name.clone();
        claim
    });
    PlannedWrite {
        shares_number: state.shares_number && claim.is_some() && state.instead.is_none(),
        claim,
        ..op
    }
}

/// The invoice with all that it refers to.
pub(crate) fn node(cx: &Ctx, plan: &Plan<'_>) -> Result<Node, Stop> {
    let (name, slot) = (&plan.invoice_name, &plan.invoice_slot);
    Node::new(name, wanted(cx, plan)?, plan.number.as_str(), slot)
}

/// The invoice as it should stand in QuickBooks.
fn wanted(cx: &Ctx, plan: &Plan<'_>) -> Result<qbo::Invoice, Stop> {
    let customer = plan.made_out_to().name;
    let items = plan.line_items.iter().map(|index| {
        let item = plan.items.get(*index);
        item.map(|(used, _)| used.name.reference())
    });
    let items: Option<Vec<qbo::Id>> = items.collect();
    let items = items.ok_or_else(|| broken("a line has no item"))?;
    let entry = |wanted: AnyKind| {
        let needed = plan.needed.iter().find(|one| one.kind() == wanted);
        needed.map(|needed| needed.name.reference())
    };
    let (term, class) = (entry(AnyKind::Term), entry(AnyKind::Class));
    // D7: where nothing is said of the term this time, the one that was written stays.
    let kept = plan.wrote()?.and_then(|wrote| wrote.sales_term_ref);
    let kept = kept.filter(|_| plan.dated.term == Term::Keep);
    let marker = marker(&cx.books, &plan.invoice_name);
    let references = References {
        customer: &customer.reference(),
        items: &items,
        term: term.as_ref().or(kept.as_ref().map(|kept| &kept.value)),
        class: class
            .as_ref()
            .map(|class| match cx.connection.preferences.classes {
                ClassTracking::PerLine => Class::OfLines(class),
                ClassTracking::PerDocument | ClassTracking::Off => Class::OfDocument(class),
            }),
        marker: &marker,
    };
    let dates = plan.dated.dates;
    let setup = cx.setup();
    let wanted = mapping::invoice::wanted(plan.records, &plan.document, &references, dates, setup);
    let mut wanted = wanted.map_err(|r| plan.refuse(&r))?;
    wanted.doc_number = Some(plan.number.clone());
    // What was sent of it stays (N6).
    let wrote = plan.wrote()?;
    if let Some(wrote) = wrote.filter(|wrote| has_lines_of_before(plan, Some(wrote), &wanted)) {
        wanted.line = wrote.line;
    }
    let theirs = plan.invoice_slot.value.memory.note.as_deref();
    wanted.private_note = wanted
        .private_note
        .map(|ours| mapping::marker::beside(theirs, &ours));
    Ok(wanted)
}

/// The alert for an invoice that somebody deleted or voided in QuickBooks (R8).
fn gone(plan: &Plan<'_>) -> Result<Stop, Stop> {
    let number = plan.wrote()?.and_then(|wrote| wrote.doc_number);
    let number = number.map(|number| number.to_string());
    let number = number.or_else(|| present_number(&plan.invoice_slot.value));
    let totals = plan.invoice_slot.value.memory.totals;
    let total = totals.map(|totals| totals.total);
    Ok(plan.stop(BillTrouble::Gone { number, total }))
}
