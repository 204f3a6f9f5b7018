//! What carrying an invoice has learned, and need not ask again.

use std::collections::{BTreeMap, BTreeSet};

use mapping::{AnyKind, QboObject, SlotName, alert::Alert};
use qbo::QboError;
use store::{JobState, NumberOwner, Stored};

use crate::{
    job::{graph::Graph, node::Node, plan::Plan, step::Step},
    objects::customer_changes::CustomerChange,
    stop::Stop,
};

/// What a push has learned from QuickBooks and need not ask again.
#[derive(Debug, Default)]
pub(crate) struct PushState {
    /// The invoices that have the number; `None`: not asked yet.
    pub(crate) same_number: Option<Vec<qbo::Invoice>>,
    /// Those that have the first of the numbers that could take its place (N4).
    pub(crate) in_its_place: Vec<qbo::Invoice>,
    /// Which of ours had the number before QuickBooks was asked.
    pub(crate) claim: Option<Stored<NumberOwner>>,
    /// The number that takes its place.
    pub(crate) instead: Option<(qbo::DocNumber, Stored<NumberOwner>)>,
    /// Numbers in its place that QuickBooks said are taken.
    pub(crate) tried: Vec<qbo::DocNumber>,
    /// How often it was asked who has the number.
    pub(crate) number_asked: u32,
    /// An invoice of ours that was voided or deleted had the number, and keeps it.
    pub(crate) shares_number: bool,
    /// Why another invoice of ours, which has only its job's number, keeps it.
    pub(crate) kept_by: Option<Box<Alert>>,
    /// How often a version was out of date.
    pub(crate) stale: u32,
    /// QuickBooks said that the number is taken after the look-up had found nothing.
    pub(crate) number_refused: bool,
    /// Whose change or making was refused; the invoice goes on without.
    pub(crate) refused: BTreeSet<SlotName>,
    /// Payments and refunds that QuickBooks did not take, and why.
    pub(crate) transactions_refused: Vec<(SlotName, QboError)>,
    /// What QuickBooks takes and refuses of what changed of customers (S8).
    pub(crate) changes: BTreeMap<SlotName, CustomerChange>,
    /// Customers who are gone in QuickBooks, and whose change is told of when the invoice is sent all the same (C10).
    pub(crate) gone: Vec<(SlotName, Alert)>,
    /// QuickBooks said that the names of these are taken after the look-up had found nothing.
    pub(crate) names_refused: BTreeSet<SlotName>,
    /// What was asked for, and found.
    pub(crate) asked: Asked,
    /// Whether it was looked below a parent that was renamed in QuickBooks (C11).
    pub(crate) looked_below: bool,
    /// How often the line of rounding was put right (X6).
    pub(crate) roundings: u32,
    /// Whether the totals of the two systems differ; `None`: not compared yet.
    pub(crate) differs: Option<bool>,
    /// How the job stands when the invoice that is on its way has arrived.
    pub(crate) outcome: JobState,
    /// How the job stands, once the invoice is there.
    pub(crate) ended: Option<JobState>,
    /// Whether this step found the invoice there, or brought it.
    pub(crate) arrived: bool,
}

impl PushState {
    /// Enters who has the number that was asked for, and who has the ones that could take its place.
    pub(crate) fn enter_numbers(&mut self, plan: &Plan<'_>, found: &[QboObject]) {
        let same = self.same_number.get_or_insert_default();
        for row in found {
            match row {
                QboObject::Invoice(row) if has_number(row, &plan.number) => {
                    same.push((**row).clone());
                }
                QboObject::Invoice(row) => self.in_its_place.push((**row).clone()),
                _ => {}
            }
        }
    }

    /// What is known of the number is out of date.
    pub(crate) fn forget_number(&mut self) {
        self.same_number = None;
        self.in_its_place.clear();
        self.claim = None;
        self.instead = None;
    }

    /// Whether it is worth asking again, and perhaps another number, after QuickBooks said that the one is taken.
    pub(crate) fn may_ask_again(&mut self) -> bool {
        if let Some((number, _)) = self.instead.take() {
            self.tried.push(number);
            return true;
        }
        let first = !self.number_refused;
        if first {
            self.number_refused = true;
            self.forget_number();
        }
        first
    }

    /// Whether a name that QuickBooks says is taken is looked up once more: somebody was faster, or the look-up too early
    /// (C1).
    pub(crate) fn may_look_again(&mut self, name: &SlotName) -> bool {
        let first = self.names_refused.insert(name.clone());
        if first {
            self.asked.forget(name);
        }
        first
    }

    /// The invoice is there.
    pub(crate) fn sent(&mut self, outcome: JobState) {
        self.ended = worse(self.ended, Some(outcome));
        self.arrived = true;
    }

    /// Whether an object whose version was refused is read, and written, once more.
    pub(crate) fn may_reread(&mut self) -> bool {
        self.stale += 1;
        self.stale <= STALES
    }
}

/// So often in one look what QuickBooks calls out of date is read again.
pub(crate) const STALES: u32 = 3;

/// A graph on its way to QuickBooks.
pub(crate) struct Open<'g, 'p> {
    pub(crate) graph: Graph<'p>,
    pub(crate) state: &'g mut PushState,
    /// Whether this step did something for it.
    pub(crate) step: Step,
    /// Why its way ends here.
    pub(crate) stop: Option<Stop>,
}

impl<'g, 'p> Open<'g, 'p> {
    pub(crate) fn new(graph: Graph<'p>, state: &'g mut PushState) -> Self {
        Self {
            graph,
            state,
            step: Step::Nothing,
            stop: None,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.stop.is_none()
    }
}

/// What QuickBooks was asked for, and what it answered.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// The slots, and the names or numbers that were asked for.
    pub(crate) by: BTreeSet<(SlotName, String)>,
    rows: Vec<QboObject>,
}

impl Asked {
    pub(crate) fn has(&self, node: &Node) -> bool {
        self.by
            .contains(&(node.name().clone(), node.wanted.object.key()))
    }

    /// What was found of a kind.
    pub(crate) fn rows(&self, kind: AnyKind) -> impl Iterator<Item = &QboObject> {
        self.rows.iter().filter(move |row| row.kind() == kind)
    }

    /// The customers that were found.
    pub(crate) fn customers(&self) -> Vec<qbo::Customer> {
        let rows = self.rows(AnyKind::Customer);
        let customers = rows.filter_map(|row| match row {
            QboObject::Customer(customer) => Some((**customer).clone()),
            _ => None,
        });
        customers.collect()
    }

    /// Enters what was found; what is known already is replaced.
    pub(crate) fn enter(&mut self, found: &[QboObject]) {
        for row in found {
            let id = row.identity().map(|(id, _)| id);
            let is_other = |known: &QboObject| {
                known.kind() != row.kind() || known.identity().map(|(id, _)| id) != id
            };
            self.rows.retain(is_other);
            self.rows.push(row.clone());
        }
    }

    /// It is asked for once more.
    pub(crate) fn forget(&mut self, name: &SlotName) {
        self.by.retain(|(slot, _)| slot != name);
    }

    /// What has a name, for a person.
    pub(crate) fn holder(&self, kind: AnyKind, name: &str) -> String {
        let mut rows = self.rows(kind);
        rows.find(|row| row.is_called(name)).map_or_else(
            || "something that cannot be linked, such as an inactive item".to_owned(),
            |row| match row {
                QboObject::Item(item) => mapping::item::category::described(item),
                row => row.key(),
            },
        )
    }
}

/// Whether QuickBooks takes an invoice's number for this one: the look-up may find others too.
fn has_number(invoice: &qbo::Invoice, number: &qbo::DocNumber) -> bool {
    let key = |number: &qbo::DocNumber| mapping::normalised(number.as_str());
    invoice.doc_number.as_ref().map(key) == Some(key(number))
}

/// What a person has to know of a job with several invoices.
pub(crate) fn worse(one: Option<JobState>, other: Option<JobState>) -> Option<JobState> {
    let weight = |state: &JobState| match state {
        JobState::Alert => 2,
        JobState::Synced => 1,
        _ => 0,
    };
    [one, other].into_iter().flatten().max_by_key(weight)
}
