//! Fields that Housecall Pro tells in a form that is not known: which of them a rule needs, so that the job cannot become
//! an invoice before somebody has looked, and which are left out. All others may have any form.

use hcp::{Invoice, Job, LineItem, LineKind};

use crate::{JobRecords, bill::is_discount, names::present, sorting::is_part};

/// A field in a form that is not known, which a rule needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadField {
    /// Whose it is: `the job`, `line 2 (Filter)`, `invoice 1001`, `the customer`.
    pub of: String,
    /// Its path there: `total_amount`, `items[0].amount`.
    pub field: String,
    /// What it is needed for.
    pub need: Need,
}

/// What a field is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The rule that needs it.
    pub rule: &'static str,
    /// What it would tell.
    pub tells: &'static str,
}

/// What becomes of a job with an unread field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// The job is not sent: without the field something wrong might be.
    Needed(Need),
    /// The job is sent without it, and that is told.
    LeftOut(Need),
}

const fn needed(rule: &'static str, tells: &'static str) -> Option<Use> {
    Some(Use::Needed(Need { rule, tells }))
}

const fn left_out(rule: &'static str, tells: &'static str) -> Option<Use> {
    Some(Use::LeftOut(Need { rule, tells }))
}

impl JobRecords {
    /// The first field without which the job cannot become an invoice.
    pub fn unreadable(&self) -> Option<UnreadField> {
        // A removed job is no invoice: nothing else of it is used.
        if self.job.is_removed() {
            return None;
        }
        self.unread().find_map(|(of, field, used)| match used {
            Use::Needed(need) => Some(UnreadField { of, field, need }),
            Use::LeftOut(_) => None,
        })
    }

    /// The fields that an invoice of the job goes without. `classes`: whether the company sends classes (L6).
    pub fn left_out(&self, classes: bool) -> Vec<UnreadField> {
        let told = self.unread().filter_map(|(of, field, used)| match used {
            Use::LeftOut(need) => Some(UnreadField { of, field, need }),
            Use::Needed(_) => None,
        });
        told.filter(|unread| classes || unread.need.rule != "L6")
            .collect()
    }

    /// All unread fields that a rule uses.
    fn unread(&self) -> impl Iterator<Item = (String, String, Use)> {
        let job = self.job.unread.paths().filter_map(|path| {
            let used = self.of_job(path)?;
            Some(("the job".to_owned(), path.to_owned(), used))
        });
        let lines = (1..).zip(&self.lines).flat_map(move |(count, line)| {
            line.unread.paths().filter_map(move |path| {
                let used = self.of_line(line, path)?;
                let of = match present(line.name.as_deref()) {
                    Some(name) => format!("line {count} ({name})"),
                    None => format!("line {count}"),
                };
                Some((of, path.to_owned(), used))
            })
        });
        let invoices = self.invoices.iter().flat_map(move |invoice| {
            invoice.unread.paths().filter_map(move |path| {
                let used = self.of_invoice(invoice, path)?;
                let of = match &invoice.invoice_number {
                    Some(number) => format!("invoice {number}"),
                    None => "an invoice".to_owned(),
                };
                Some((of, path.to_owned(), used))
            })
        });
        let customer = self.customer.unread.paths().filter_map(|path| {
            let used = self.of_customer(path)?;
            Some(("the customer".to_owned(), path.to_owned(), used))
        });
        job.chain(lines).chain(invoices).chain(customer)
    }

    fn of_job(&self, path: &str) -> Option<Use> {
        let work = &self.job.work_timestamps;
        match path {
            "invoice_number" => needed("N4", "the number of the job"),
            "work_status" | "canceled_at" | "deleted_at" => {
                needed("T7", "whether the job was removed")
            }
            "work_timestamps" | "work_timestamps.completed_at" => {
                needed("D1", "when the job was finished")
            }
            "work_timestamps.started_at" if self.is_due_at_the_start() => {
                needed("M2", "when the work was started")
            }
            "schedule" | "schedule.scheduled_start" if work.completed_at.is_none() => {
                needed("D2", "when the service is done")
            }
            "total_amount" => needed("L1", "what the job comes to"),
            "job_fields" | "job_fields.business_unit" | "job_fields.business_unit.name" => {
                left_out("L6", "the class")
            }
            "address" | "address.id" => left_out("C5", "where the service was done"),
            path if path.strip_prefix("address.").is_some_and(is_address_part) => {
                left_out("C5", "where the service was done")
            }
            _ => None,
        }
    }

    fn of_line(&self, line: &LineItem, path: &str) -> Option<Use> {
        let is_discount = line.kind.as_ref().is_some_and(is_discount);
        let is_tip = line.kind == Some(LineKind::FixedGratuity);
        match path {
            "kind" => needed("L3", "whether it is a discount"),
            // What it needs depends on that.
            _ if line.unread.has("kind") => None,
            "amount" if is_discount => needed("L3", "how much is taken off"),
            "amount" => needed("L1", "what the line comes to"),
            // A discount is an amount and nothing else.
            _ if is_discount => None,
            "name" => needed("L5", "what is sold"),
            "description" => left_out("L1", "the description of the line"),
            "unit_price" if self.is_billed_in_parts() => {
                needed("L2", "which line an invoice bills a part of")
            }
            "unit_price" | "quantity" if line.amount.is_none() => {
                needed("L1", "what the line comes to")
            }
            "unit_price" | "quantity" => left_out("L1", "how many at which price"),
            "taxable" if !is_tip => needed("X2", "whether the line is taxed"),
            "service_item_id" if !is_tip => needed("I1", "which product or service it is"),
            _ => None,
        }
    }

    fn of_invoice(&self, invoice: &Invoice, path: &str) -> Option<Use> {
        let (path, at) = without_places(path);
        let first = at.first().copied();
        match path.as_str() {
            "status" => return needed("T7", "whether the invoice was removed"),
            "invoice_number" => return needed("N1", "the number of the invoice"),
            "amount" => return needed("L1", "what the invoice comes to"),
            "sent_at" => return needed("D1", "when the invoice was sent"),
            "paid_at" => return needed("T8", "when the invoice was paid"),
            "items" | "items[]" | "items[].amount" | "items[].invoiced_amount" => {
                return needed("L2", "what the invoice bills");
            }
            "payments" | "payments[]" | "payments[].id" => {
                return needed("P1", "which payments there are");
            }
            _ => {}
        }
        // What follows does not matter of an invoice that is not there any more.
        if invoice.is_removed() {
            return None;
        }
        match path.as_str() {
            "invoice_date" => needed("D1", "the date of the invoice"),
            "service_date" if self.job.work_timestamps.completed_at.is_none() => {
                needed("D2", "when the service is done")
            }
            "due_at" => needed("M3", "when the invoice is due"),
            "due_concept" | "display_due_concept" => needed("M3", "the term of the invoice"),
            "taxes" | "taxes[]" | "taxes[].amount" => needed("X2", "how much tax there is"),
            "taxes[].name" => needed("X2", "which tax it is"),
            "discounts" | "discounts[]" | "discounts[].amount" => {
                needed("L3", "how much is taken off")
            }
            "items[].name" | "items[].type" if self.is_billed_in_parts() => {
                needed("L2", "what the invoice bills")
            }
            "items[].description" if self.is_described_by(invoice, first) => {
                left_out("L1", "the description of the line")
            }
            path => of_payment(invoice, path.strip_prefix("payments[].")?, first),
        }
    }

    fn of_customer(&self, path: &str) -> Option<Use> {
        let customer = &self.customer;
        let (path, _) = without_places(path);
        // Without a name of a person, these are the customer's name in turn.
        let named = customer.first_name.is_some() || customer.last_name.is_some();
        match path.as_str() {
            "first_name" | "last_name" => needed("C4", "the name of the customer"),
            "company" | "email" | "mobile_number" | "home_number" | "work_number" if !named => {
                needed("C4", "the name of the customer")
            }
            "company" | "email" | "mobile_number" | "home_number" | "work_number" => {
                left_out("C2", "how to reach the customer")
            }
            "notes" => left_out("C2", "the notes about the customer"),
            "addresses" | "addresses[]" | "addresses[].type" => {
                left_out("C3", "the address of the customer")
            }
            path if path
                .strip_prefix("addresses[].")
                .is_some_and(is_address_part) =>
            {
                left_out("C3", "the address of the customer")
            }
            _ => None,
        }
    }

    /// Whether an invoice bills something else than all of the job, or several may do so: then its items count.
    fn is_billed_in_parts(&self) -> bool {
        let mut live = self.live();
        live.any(|invoice| is_part(invoice) || invoice.amount != self.job.total_amount)
    }

    fn is_due_at_the_start(&self) -> bool {
        let says = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            text.to_lowercase().contains("start")
        };
        self.live().any(|invoice| {
            invoice.due_at.is_none()
                && (says(&invoice.due_concept) || says(&invoice.display_due_concept))
        })
    }

    /// Whether a line is described by that item of an invoice: it is no line of the job.
    fn is_described_by(&self, invoice: &Invoice, item: Option<usize>) -> bool {
        let item = item.and_then(|item| invoice.items.get(item));
        let mut joined = self.joined(invoice).into_iter();
        self.is_billed_in_parts()
            && joined.any(|joined| {
                joined.line.is_none() && item.is_some_and(|item| std::ptr::eq(item, joined.item))
            })
    }
}

fn of_payment(invoice: &Invoice, path: &str, at: Option<usize>) -> Option<Use> {
    let payment = at.and_then(|at| invoice.payments.get(at));
    let counts = payment.is_none_or(hcp::Payment::is_succeeded);
    match path {
        "status" => needed("P1", "whether the payment was made"),
        "tip_amount" | "surcharge_fee_amount" if counts => {
            needed("L4", "what was paid on top of the invoice")
        }
        "payment_method" | "note" if counts => left_out("P2", "how the payment was made"),
        _ => None,
    }
}

/// Parts of an address that QuickBooks keeps.
fn is_address_part(path: &str) -> bool {
    matches!(path, "street" | "street_line_2" | "city" | "state" | "zip")
}

/// A path with its places apart: `items[2].amount` is `items[].amount` in place 2.
fn without_places(path: &str) -> (String, Vec<usize>) {
    let mut places = Vec::new();
    let mut parts = path.split('[');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some((place, rest)) = part.split_once(']') {
            places.extend(place.parse::<usize>());
            kept.push_str("[]");
            kept.push_str(rest);
        }
    }
    (kept, places)
}

/// A job that does not tell in a known form whom it is for (C1).
pub fn unread_customer(job: &Job) -> Option<UnreadField> {
    let field = job
        .unread
        .paths()
        .find(|path| matches!(*path, "customer" | "customer.id"))?;
    Some(UnreadField {
        of: "the job".to_owned(),
        field: field.to_owned(),
        need: Need {
            rule: "C1",
            tells: "whom the invoice is made out to",
        },
    })
}

/// An invoice that does not tell in a known form which job it bills.
pub fn unread_job(invoice: &Invoice) -> Option<UnreadField> {
    invoice.unread.has("job_id").then(|| UnreadField {
        of: "the invoice".to_owned(),
        field: "job_id".to_owned(),
        need: Need {
            rule: "T1",
            tells: "which job the invoice bills",
        },
    })
}

/// A list of which a field is missing without which it cannot be used.
pub fn unread_list(field: &str) -> UnreadField {
    let (of, rule, tells) = if field.starts_with("invoices[") {
        ("the job", "N9", "which of its invoices is which")
    } else if field.starts_with("invoices") {
        ("the job", "N1", "which invoices there are")
    } else if field.starts_with("line_items") {
        ("the job", "L2", "what is on the job")
    } else {
        ("a list", "T11", "what happened that no webhook told")
    };
    UnreadField {
        of: of.to_owned(),
        field: field.to_owned(),
        need: Need { rule, tells },
    }
}

#[cfg(test)]
mod tests;
