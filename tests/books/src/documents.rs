//! What is to be paid, document by document.

use std::collections::BTreeSet;

use ledger::Slot;
use mapping::{
    Role,
    payment::{self, Decision},
};
use money::Cents;
use serde_json::Value;
use store::JobState;

use crate::{
    Told,
    housecall::{Invoice, Job},
    named::{self, About, comes_to},
    quickbooks::{QuickBooks, cents, lines, linked, paid_of, tied_to_expenses},
    records::Kept,
};

/// A job in both systems.
struct Both<'a> {
    quickbooks: &'a QuickBooks,
    id: &'a str,
    job: &'a Job,
    kept: &'a Kept,
    /// The documents that stand in QuickBooks.
    documents: Vec<Document<'a>>,
    /// The ids there of all invoices and expenses that came from here, whatever job they are of.
    ours: &'a BTreeSet<&'a str>,
    named: Vec<(About, mapping::alert::Apart)>,
}

struct Document<'a> {
    role: Role,
    there: &'a Value,
    /// The Housecall Pro invoices behind it.
    behind: Vec<&'a Invoice>,
}

impl Document<'_> {
    fn id(&self) -> &str {
        self.there["Id"].as_str().unwrap_or_default()
    }

    /// Whether one of the invoices behind it lives.
    fn is_live(&self) -> bool {
        self.behind.iter().any(|one| one.is_live)
    }

    fn still_due(&self) -> Cents {
        self.behind.iter().map(|one| one.still_due()).sum()
    }

    fn ids(&self) -> Vec<&str> {
        self.behind.iter().map(|one| one.id.as_str()).collect()
    }
}

pub(crate) fn differences(told: &Told) -> Vec<String> {
    let mut differences = Vec::new();
    let kept = told.records.jobs.values();
    let ours: BTreeSet<&str> = kept.flat_map(ids_of).collect();
    for (id, kept) in &told.records.jobs {
        let nothing = Job::default();
        let job = told.housecall.jobs.get(id).unwrap_or(&nothing);
        let both = Both::of(told, (id, job, kept), &ours);
        for document in &both.documents {
            differences.extend(both.differs(document, told.records.is_progress));
        }
        differences.extend(both.lacks());
        differences.extend(both.credit());
    }
    differences
}

/// The ids in QuickBooks of the invoices and expenses of a job.
fn ids_of(kept: &Kept) -> impl Iterator<Item = &str> {
    let invoices = kept.documents.iter().filter_map(|(_, slot)| slot.link());
    let expenses = kept.expenses.values().filter_map(|slot| slot.link());
    invoices.chain(expenses).map(|link| link.id.as_str())
}

impl<'a> Both<'a> {
    fn of(
        told: &'a Told,
        (id, job, kept): (&'a str, &'a Job, &'a Kept),
        ours: &'a BTreeSet<&'a str>,
    ) -> Self {
        let standing = kept.documents.iter().filter_map(|(role, slot)| {
            let there = told.quickbooks.one("Invoice", slot.link()?.id.as_str())?;
            Some((*role, slot, there))
        });
        let standing: Vec<_> = standing.collect();
        let behind_others = |invoice: &Invoice| {
            let mut others = standing.iter().filter(|(role, ..)| *role != Role::Main);
            others.any(|(_, slot, _)| {
                let mut invoices = slot.memory.invoices.iter();
                invoices.any(|one| one.as_str() == invoice.id)
            })
        };
        let documents = standing.iter().map(|(role, slot, there)| {
            let is_behind = |invoice: &&Invoice| {
                let mut invoices = slot.memory.invoices.iter();
                let is_known = invoices.any(|one| one.as_str() == invoice.id);
                let is_main = *role == Role::Main && !slot.memory.per_invoice;
                is_known || is_main && !behind_others(invoice)
            };
            Document {
                role: *role,
                there,
                behind: job.invoices.iter().filter(is_behind).collect(),
            }
        });
        Self {
            quickbooks: &told.quickbooks,
            id,
            job,
            kept,
            documents: documents.collect(),
            ours,
            named: named::of_job(told, id, kept),
        }
    }

    /// What is still to be paid of a document in Housecall Pro is what is to be paid of it in QuickBooks.
    fn differs(&self, document: &Document<'_>, is_progress: bool) -> Option<String> {
        let expected = self.expected(document, is_progress);
        let balance = cents(document.there, "Balance");
        let there = balance - self.unapplied(document) + self.untied(document);
        let behind = document.ids();
        let there_too: Vec<Role> = self.documents.iter().map(|one| one.role).collect();
        let concerning = self.named.iter().filter(|(about, _)| {
            let of = (document.role, behind.as_slice());
            about.concerns(of, &there_too, (self.job, self.kept))
        });
        let named = concerning.flat_map(|(about, apart)| [apart.owed(), self.unbilled(about)]);
        let named = named
            .chain(self.settled(&behind))
            .chain(self.pending(document));
        let named: Vec<Cents> = named.collect();
        let difference = expected - there;
        (!comes_to(difference, named.iter().copied())).then(|| {
            format!(
                "{} {:?}, invoice {}: to pay {expected} in Housecall Pro and {there} in QuickBooks, a difference of {difference}; named: {}",
                self.id,
                document.role,
                document.there["DocNumber"],
                listed(&named)
            )
        })
    }

    /// What Housecall Pro has still to be paid for what a document bills, less refunds sent as receipts, plus what repeats
    /// them, less what people entered in QuickBooks alone.
    fn expected(&self, document: &Document<'_>, is_progress: bool) -> Cents {
        let behind = document.ids();
        let is_main = document.role == Role::Main;
        let deposits = self
            .documents
            .iter()
            .filter(|one| one.role == Role::Deposit);
        let deposits: Vec<&Document<'_>> = deposits.collect();
        let has_own = document.is_live();
        let has_parts = self
            .documents
            .iter()
            .any(|one| matches!(one.role, Role::Part(_)));
        let by_job = is_main && !has_parts && (is_progress || !has_own) && !self.job.is_removed;
        let due: Cents = match by_job {
            true => {
                let of_deposits = deposits.iter().map(|one| self.open_of_deposit(one));
                self.job.outstanding - of_deposits.sum()
            }
            false => {
                let taken_off = deposits.iter().filter(|one| is_main && !one.is_live());
                let taken_off = taken_off.map(|one| cents(one.there, "TotalAmt"));
                document.still_due() - taken_off.sum()
            }
        };
        let billed_again = match is_main && !has_parts {
            true => deposits.iter().map(|one| self.given_back(one)).sum(),
            false => Cents::ZERO,
        };
        let entered: Cents = self.kept.entered_on(document.id()).sum();
        due + billed_again - self.refunded(&behind) + self.repeated(&behind) - entered
    }

    /// What the document of a deposit has open by Housecall Pro; of one that was voided there, what stands in QuickBooks,
    /// which the main invoice takes off for as long (N7).
    fn open_of_deposit(&self, deposit: &Document<'_>) -> Cents {
        match deposit.is_live() {
            true => deposit.still_due(),
            false => cents(deposit.there, "TotalAmt") + deposit.still_due(),
        }
    }

    /// What refunds of these invoices gave back by receipts, so that the money is due again in Housecall Pro alone.
    fn refunded(&self, behind: &[&str]) -> Cents {
        let refunds = self.receipts_of(behind);
        let due_again = refunds.filter(|(of, _)| of.is_due_again || !of.is_live);
        due_again.map(|(_, amount)| amount).sum()
    }

    fn receipts_of(&self, behind: &[&str]) -> impl Iterator<Item = (&Invoice, Cents)> {
        let refunds = self.job.refunds();
        refunds.filter_map(move |(of, refund)| {
            let slot = self.kept.refunds.get(&refund.id)?;
            let link = slot.link().map(|link| link.id.as_str());
            let is_there =
                link.is_some_and(|id| self.quickbooks.one("RefundReceipt", id).is_some());
            let by_hand = slot.memory.removal().is_final();
            let counts = behind.contains(&of.id.as_str()) && (is_there || by_hand);
            let amount = refund.amount - self.kept.expensed(&refund.id);
            counts.then_some((of, amount))
        })
    }

    /// What sales receipts repeat of that (P4).
    fn repeated(&self, behind: &[&str]) -> Cents {
        let receipts = self.kept.receipts.iter();
        let on_it = receipts.filter(|((payment, of), slot)| {
            let link = slot.link().map(|link| link.id.as_str());
            let is_there = link.is_some_and(|id| self.quickbooks.one("SalesReceipt", id).is_some());
            // A person deleted it for money that is there.
            let is_told = self.job.parts(payment).next().is_some();
            let by_hand = slot.memory.gone && !slot.memory.removal().is_asked() && is_told;
            behind.contains(&of.as_str()) && (is_there || by_hand)
        });
        on_it.map(|(_, slot)| slot.memory.amount).sum()
    }

    /// What receipts gave back of the work of a deposit, and nobody paid once more: the main document bills it again (N7).
    fn given_back(&self, deposit: &Document<'_>) -> Cents {
        let behind = deposit.ids();
        let refunds = self.job.refunds().filter(|(of, one)| {
            let slot = self.kept.refunds.get(&one.id);
            let link = slot.and_then(|slot| slot.link());
            let is_there = link.is_some_and(|link| {
                self.quickbooks
                    .one("RefundReceipt", link.id.as_str())
                    .is_some()
            });
            // Until a person says that it stays away.
            let is_there = is_there || slot.is_some_and(|slot| slot.memory.removal().may_return());
            behind.contains(&of.id.as_str()) && is_there
        });
        let work = refunds.map(|(_, one)| one.amount - one.extra - self.kept.expensed(&one.id));
        let work: Cents = work.sum();
        (work - self.repeated(&behind)).max(Cents::ZERO)
    }

    /// What of our payments for a document pays nothing there: it counts as paid, and has an alert of its own.
    fn unapplied(&self, document: &Document<'_>) -> Cents {
        let behind = document.ids();
        let mut all = Cents::ZERO;
        for (id, slot) in &self.kept.payments {
            let Some(there) = self.payment(id).filter(|_| !slot.memory.joined) else {
                continue;
            };
            let for_it = |one: &Document<'_>| -> Cents {
                let ids = one.ids();
                let parts = self.job.parts(id).filter(|(of, _)| ids.contains(of));
                parts.map(|(_, part)| part).sum()
            };
            let mut for_others = self
                .documents
                .iter()
                .filter(|one| one.id() != document.id());
            let is_shared = for_others.any(|one| for_it(one) > Cents::ZERO);
            let mut before = slot.memory.invoices.iter();
            let was_for_it = before.any(|of| behind.contains(&of.as_str()));
            let unapplied = cents(there, "UnappliedAmt") + self.applied_elsewhere(slot, there);
            all = all
                + match (for_it(document) > Cents::ZERO, is_shared) {
                    (true, false) => unapplied,
                    (true, true) => {
                        let lacks = for_it(document) - paid_of(there, document.id());
                        lacks.clamp(Cents::ZERO, unapplied)
                    }
                    (false, false) if was_for_it => unapplied,
                    (false, _) => Cents::ZERO,
                };
        }
        all
    }

    /// What was more than the invoices had left, and pays what only QuickBooks has: somebody applied the credit there, as its
    /// alert tells them to. Housecall Pro and the invoice stand as they did (P4). Of a payment that pays less of its invoices
    /// than it was sent for, an alert tells (R4).
    fn applied_elsewhere(&self, slot: &Slot<payment::Memory>, there: &Value) -> Cents {
        let wrote = slot.link().and_then(|link| link.last_written.as_ref());
        let wrote = wrote.and_then(|wrote| serde_json::from_str::<Value>(wrote.get()).ok());
        let wrote = wrote.unwrap_or_default();
        let pays_all = lines(&wrote).iter().all(|line| {
            let mut invoices = linked(line).filter(|(kind, _)| *kind == "Invoice");
            invoices.all(|(_, id)| paid_of(there, id) >= cents(line, "Amount"))
        });
        if !pays_all {
            return Cents::ZERO;
        }
        let elsewhere = lines(there).iter().filter(|line| {
            let mut of_others = linked(line);
            of_others
                .any(|(kind, id)| matches!(kind, "Invoice" | "Expense") && !self.ours.contains(id))
        });
        elsewhere.map(|line| cents(line, "Amount")).sum()
    }

    /// What expenses of ours gave back of that credit, though no payment is tied to them: the customer does not have it any
    /// more (P5).
    fn untied(&self, document: &Document<'_>) -> Cents {
        let behind = document.ids();
        let refunds = self.job.refunds();
        let of_it = refunds.filter(|(of, _)| behind.contains(&of.id.as_str()));
        let given_back: Cents = of_it.map(|(_, one)| self.kept.expensed(&one.id)).sum();
        let paid_it = |id: &&String| {
            let mut parts = self.job.parts(id);
            parts.any(|(of, _)| behind.contains(&of))
        };
        let payments = self.kept.payments.keys().filter(paid_it);
        let payments = payments.filter_map(|id| self.payment(id));
        let tied: Cents = payments.map(tied_to_expenses).sum();
        (given_back - tied).max(Cents::ZERO)
    }

    /// Tip and surcharge of a payment that an alert is about: nobody billed them if it was not sent (L4).
    fn unbilled(&self, about: &About) -> Cents {
        let About::Payment(id) = about else {
            return Cents::ZERO;
        };
        let invoices = self.job.invoices.iter();
        let payments = invoices.flat_map(|invoice| &invoice.payments);
        let of_it = payments.filter(|payment| payment.id == *id);
        of_it.map(|payment| payment.extra).sum()
    }

    /// A payment of ours as it stands in QuickBooks.
    fn payment(&self, id: &str) -> Option<&Value> {
        let link = self.kept.payments.get(id)?.link()?;
        self.quickbooks.one("Payment", link.id.as_str())
    }

    /// What a person said of payments that are not sent: that it is the money that QuickBooks has, or that it needs not.
    fn settled(&self, behind: &[&str]) -> impl Iterator<Item = Cents> {
        let settled = self.kept.payments.iter().filter(|(id, slot)| {
            slot.memory.decision == Some(Decision::Same) && self.payment(id).is_none()
        });
        let settled = settled.map(|(id, _)| id);
        let repeated = self.kept.receipts.iter().filter(|(_, slot)| {
            slot.memory.decision == Some(Decision::Same) && slot.link().is_none()
        });
        let repeated = repeated.map(|((id, _), _)| id);
        settled.chain(repeated).map(move |id| {
            let parts = self.job.parts(id).filter(|(of, _)| behind.contains(of));
            -parts.map(|(_, part)| part).sum::<Cents>()
        })
    }

    /// What an edit changed that travels with the next trigger (T5).
    fn pending(&self, document: &Document<'_>) -> Option<Cents> {
        let state = self.kept.record.as_ref().map(|record| record.state);
        let is_pending = state == Some(JobState::PendingChanges);
        let live = document.behind.iter().filter(|one| one.is_live);
        let billed: Cents = live.map(|one| one.amount).sum();
        let total = match billed {
            Cents::ZERO => self.job.total,
            billed => billed,
        };
        is_pending.then(|| total - cents(document.there, "TotalAmt"))
    }

    /// What QuickBooks has no document of is named, where it should have one.
    fn lacks(&self) -> Option<String> {
        let main = self.documents.iter().any(|one| one.role == Role::Main);
        let state = self.kept.record.as_ref().map(|record| record.state);
        let was_there = self.kept.documents.iter();
        let was_there = was_there.filter(|(_, slot)| slot.memory.gone).count() > 0;
        let is_told = self.named.iter().any(|(about, apart)| {
            let of_main = matches!(about, About::All | About::Document(Role::Main));
            of_main && apart.owed() != Cents::ZERO
        });
        let nothing = self.documents.is_empty() && state == Some(JobState::Synced);
        let is_removed = self.job.is_removed || self.is_voided();
        if main || is_removed || !(was_there || is_told || nothing) {
            return None;
        }
        let behind: Vec<&str> = self.documents.iter().flat_map(Document::ids).collect();
        let is_left = |one: &&Invoice| !behind.contains(&one.id.as_str());
        let left: Vec<&str> = (self.job.invoices.iter().filter(is_left))
            .map(|one| one.id.as_str())
            .collect();
        let others = self.documents.iter().flat_map(|one| &one.behind);
        let others: Cents = others.map(|one| one.still_due()).sum();
        let owed = self.job.outstanding - others - self.refunded(&left) + self.repeated(&left);
        // Money waits for its document.
        let waiting = self.unsent_money(&left);
        let named = self.named.iter().map(|(_, apart)| apart.owed());
        let named: Vec<Cents> = named.chain(waiting).chain(self.settled(&left)).collect();
        (!comes_to(owed, named.iter().copied())).then(|| {
            format!(
                "{}: {owed} to pay in Housecall Pro and no document in QuickBooks ({state:?}); named: {}",
                self.id,
                listed(&named)
            )
        })
    }

    /// Whether its document was voided since Housecall Pro has no invoice left (T7).
    fn is_voided(&self) -> bool {
        let mut documents = self.kept.documents.iter();
        documents.any(|(_, slot)| !slot.earlier().is_empty() && !slot.memory.gone)
            && self.job.invoices.iter().all(|one| !one.is_live)
    }

    /// Payments and refunds of invoices without a document, that are not in QuickBooks or pay nothing there.
    fn unsent_money(&self, left: &[&str]) -> Vec<Cents> {
        let invoices = self.job.invoices.iter();
        let invoices = invoices.filter(|one| left.contains(&one.id.as_str()));
        let mut unsent = Vec::new();
        for invoice in invoices {
            let payments = invoice.payments.iter();
            unsent.extend(payments.map(|one| -one.amount));
            let refunds = invoice.refunds.iter();
            let refunds = refunds.filter(|one| {
                let slot = self.kept.refunds.get(&one.id);
                slot.and_then(|slot| slot.link()).is_none()
            });
            unsent.extend(refunds.map(|one| one.amount - self.kept.expensed(&one.id)));
        }
        unsent
    }

    /// What of our payments pays nothing in QuickBooks is named.
    fn credit(&self) -> Vec<String> {
        let mut unnamed = Vec::new();
        for (id, slot) in &self.kept.payments {
            let Some(there) = self.payment(id).filter(|_| !slot.memory.joined) else {
                continue;
            };
            let unapplied = cents(there, "UnappliedAmt");
            let own = self.named.iter().filter(|(about, _)| match about {
                About::Payment(of) => of == id,
                _ => false,
            });
            let own: Vec<Cents> = own.map(|(_, apart)| apart.amount()).collect();
            let of_customer = self
                .named
                .iter()
                .filter(|(about, _)| matches!(about, About::All));
            let of_customer: Cents = of_customer.map(|(_, apart)| apart.credit()).sum();
            let is_told = self.job.parts(id).next().is_some();
            if is_told && !comes_to(unapplied, own.iter().copied()) && unapplied > of_customer {
                unnamed.push(format!(
                    "{}: of payment {id}, {unapplied} pays nothing in QuickBooks; named: {}",
                    self.id,
                    listed(&own)
                ));
            }
        }
        unnamed
    }
}

pub(crate) fn listed(amounts: &[Cents]) -> String {
    let amounts: Vec<String> = amounts.iter().map(ToString::to_string).collect();
    match amounts.is_empty() {
        true => "nothing".to_owned(),
        false => amounts.join(", "),
    }
}
