//! Invoices (L1 to L5, C5, N1, N4).

mod kind;
mod memory;
mod written;

use jiff::tz::TimeZone;
use money::Cents;
use qbo::limits;

use crate::{
    Document,
    bill::{Bill, BilledLine, Goods},
    customer::{address, bill_to},
    dates::Dates,
    marker::{self, Marker},
    names,
    records::JobRecords,
    refusal::Refusal,
    tax::{self, SalesTax},
};

pub use kind::totals;
pub use memory::{Memory, Renumbered, Totals};
pub(crate) use written::as_written;

/// What an invoice refers to in QuickBooks.
#[derive(Clone, Debug)]
pub struct References<'a> {
    /// The customer.
    pub customer: &'a qbo::Id,
    /// The item of each line, in the order of [`Bill::lines`].
    pub items: &'a [qbo::Id],
    /// The term; none where none is set, or it stays as it is.
    pub term: Option<&'a qbo::Id>,
    /// The class.
    pub class: Option<Class<'a>>,
    /// The marker of the slot that the invoice fills.
    pub marker: &'a Marker,
}

/// A class, and where QuickBooks keeps it (L6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class<'a> {
    /// One for the document.
    OfDocument(&'a qbo::Id),
    /// One for each line.
    OfLines(&'a qbo::Id),
}

/// How QuickBooks is set up, as far as an invoice depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The zone of the company; book dates are dates in it (D8).
    pub zone: &'a TimeZone,
    /// Whether invoices may have a discount (L3).
    pub discounts: bool,
    /// How sales tax is handled.
    pub sales_tax: SalesTax<'a>,
}

/// A QuickBooks invoice of a job.
///
/// # Errors
/// When QuickBooks is set up not to take it.
pub fn wanted(
    records: &JobRecords,
    document: &Document,
    references: &References<'_>,
    dates: Dates,
    setup: Setup<'_>,
) -> Result<qbo::Invoice, Refusal> {
    let service_date = records.service_date(setup.zone);
    let bill = &document.bill;
    if bill.lines.len() != references.items.len() {
        // Pairing what there is would leave lines out without a word.
        return Err(Refusal::NotSupported("a line without an item"));
    }
    let tax = check(document, setup)?;
    let discounted = bill.discount > Cents::ZERO;
    let mut lines: Vec<qbo::Line> = bill
        .lines
        .iter()
        .zip(references.items)
        .map(|(line, item)| sales_line(bill, line, item, service_date, references.class))
        .collect();
    if discounted {
        lines.push(qbo::Line::discount(bill.discount, None));
    }
    Ok(qbo::Invoice {
        customer_ref: Some(references.customer.into()),
        doc_number: Some(document.number.clone()),
        txn_date: Some(dates.txn),
        due_date: Some(dates.due),
        sales_term_ref: references.term.map(Into::into),
        class_ref: match references.class {
            Some(Class::OfDocument(class)) => Some(class.into()),
            Some(Class::OfLines(_)) | None => None,
        },
        line: lines,
        apply_tax_after_discount: discounted.then_some(true),
        txn_tax_detail: tax,
        ship_addr: ship_to(records),
        private_note: Some(
            references
                .marker
                .note(records.job_number(), &document.behind),
        ),
        ..qbo::Invoice::default()
    })
}

/// Whether QuickBooks is set up to take what a job bills; if so, the tax as it is sent.
///
/// # Errors
/// When it is not.
pub fn check(document: &Document, setup: Setup<'_>) -> Result<Option<qbo::TxnTaxDetail>, Refusal> {
    let discounts = document.bill.discounts()?;
    if discounts > Cents::ZERO && !setup.discounts {
        return Err(Refusal::NoDiscounts(discounts));
    }
    tax::detail(document, setup.sales_tax)
}

/// C5: a service address that differs from the billing address.
fn ship_to(records: &JobRecords) -> Option<qbo::Address> {
    let job = records.job.address.as_ref();
    let service = job.and_then(address)?;
    (bill_to(&records.customer, job).as_ref() != Some(&service)).then_some(service)
}

fn sales_line(
    bill: &Bill,
    line: &BilledLine,
    item: &qbo::Id,
    service_date: Option<jiff::civil::Date>,
    class: Option<Class<'_>>,
) -> qbo::Line {
    let text = |text: &str| names::text(text, limits::DESCRIPTION);
    let described = match (&line.goods, line.description.as_deref()) {
        (_, None) => None,
        (Goods::NotInPriceBook | Goods::Tip, Some(more)) => text(&format!("{}\n{more}", line.name)),
        (_, Some(description)) => text(description),
    };
    // QuickBooks checks `Amount` against the product of the two (6070); where Housecall Pro's cents differ
    // from it, the amount stands alone.
    let priced = line
        .unit_price
        .filter(|price| line.quantity.times(*price) == Some(line.amount));
    let detail = qbo::SalesItemLine {
        item: Some(item.into()),
        qty: priced.map(|_| line.quantity),
        unit_price: priced.map(Into::into),
        tax_code: Some(tax::code_of_line(bill, line.taxable)),
        class: match class {
            Some(Class::OfLines(class)) => Some(class.into()),
            Some(Class::OfDocument(_)) | None => None,
        },
        service_date,
    };
    qbo::Line {
        description: described.or_else(|| text(&line.name)),
        ..qbo::Line::sales_item(line.amount, detail)
    }
}

/// What to change in QuickBooks, given what was last written; `None`: nothing (S8). Lines go all together,
/// since QuickBooks deletes those that are left out. An invoice that no longer has a service address of
/// its own is shipped to the billing address, `home`, since leaving a field out changes nothing. A note whose marker
/// has the form of before is no reason to write.
pub fn changes(
    wrote: &qbo::Invoice,
    wanted: &qbo::Invoice,
    home: Option<&qbo::Address>,
) -> Option<qbo::Invoice> {
    fn changed<T: Clone + PartialEq>(wrote: &Option<T>, wanted: &Option<T>) -> Option<T> {
        wanted.clone().filter(|_| wanted != wrote)
    }
    if wrote == wanted || differ_in_form_alone(wrote, wanted) {
        return None;
    }
    let after_discount = wanted.apply_tax_after_discount;
    let lines = if wrote.line == wanted.line {
        Vec::new()
    } else {
        wanted.line.clone()
    };
    let ship_addr = wanted.ship_addr.as_ref().or(home).cloned();
    Some(qbo::Invoice {
        customer_ref: wanted.customer_ref.clone(),
        doc_number: changed(&wrote.doc_number, &wanted.doc_number),
        txn_date: changed(&wrote.txn_date, &wanted.txn_date),
        due_date: changed(&wrote.due_date, &wanted.due_date),
        sales_term_ref: changed(&wrote.sales_term_ref, &wanted.sales_term_ref),
        class_ref: changed(&wrote.class_ref, &wanted.class_ref),
        line: lines,
        // Automated sales tax may work its own amount out at any edit that does not tell it ours (X3).
        txn_tax_detail: wanted.txn_tax_detail.clone(),
        apply_tax_after_discount: after_discount.filter(|_| wrote.line != wanted.line),
        ship_addr: ship_addr.filter(|_| wrote.ship_addr != wanted.ship_addr),
        private_note: changed(&wrote.private_note, &wanted.private_note),
        ..qbo::Invoice::default()
    })
}

/// Whether only the marker in the note has the form of before.
fn differ_in_form_alone(wrote: &qbo::Invoice, wanted: &qbo::Invoice) -> bool {
    let (old, new) = (&wrote.private_note, &wanted.private_note);
    marker::is_same(old.as_deref(), new.as_deref())
        && *wrote
            == qbo::Invoice {
                private_note: old.clone(),
                ..wanted.clone()
            }
}

/// Whether an invoice stands in QuickBooks as it was last written: then only what is ours to read has changed, its
/// balance say, since somebody entered a payment.
pub fn stands_as_written(there: &qbo::Invoice, wrote: &qbo::Invoice) -> bool {
    let refers = |there: &Option<qbo::Ref>, wrote: &Option<qbo::Ref>| {
        is_as_sent(
            &there.as_ref().map(|one| &one.value),
            &wrote.as_ref().map(|one| &one.value),
        )
    };
    let tax = |invoice: &qbo::Invoice| invoice.txn_tax_detail.as_ref()?.total_tax;
    let is_ours = |line: &&qbo::Line| {
        matches!(
            line.detail,
            qbo::LineDetail::SalesItem(_) | qbo::LineDetail::Discount(_)
        )
    };
    let lines: Vec<&qbo::Line> = there.line.iter().filter(is_ours).collect();
    refers(&there.customer_ref, &wrote.customer_ref)
        && refers(&there.sales_term_ref, &wrote.sales_term_ref)
        && refers(&there.class_ref, &wrote.class_ref)
        && is_as_sent(&there.doc_number, &wrote.doc_number)
        && is_as_sent(&there.txn_date, &wrote.txn_date)
        && is_as_sent(&there.due_date, &wrote.due_date)
        && is_as_sent(&there.private_note, &wrote.private_note)
        && is_as_sent(&tax(there), &tax(wrote))
        && wrote.ship_addr.as_ref().is_none_or(|sent| {
            let there = there.ship_addr.as_ref();
            there.is_some_and(|there| is_same_place(there, sent))
        })
        && lines.len() == wrote.line.len()
        && lines
            .iter()
            .zip(&wrote.line)
            .all(|(there, wrote)| line_stands(there, wrote))
}

fn line_stands(there: &qbo::Line, wrote: &qbo::Line) -> bool {
    let id = |reference: &Option<qbo::Ref>| reference.as_ref().map(|one| one.value.clone());
    let detail = match (&there.detail, &wrote.detail) {
        (qbo::LineDetail::SalesItem(there), qbo::LineDetail::SalesItem(wrote)) => {
            is_as_sent(&id(&there.item), &id(&wrote.item))
                && is_as_sent(&id(&there.class), &id(&wrote.class))
                && is_as_sent(&id(&there.tax_code), &id(&wrote.tax_code))
                && is_as_sent(&there.qty, &wrote.qty)
                && is_as_sent(&there.unit_price, &wrote.unit_price)
                && is_as_sent(&there.service_date, &wrote.service_date)
        }
        (qbo::LineDetail::Discount(there), qbo::LineDetail::Discount(_)) => !there.percent_based,
        _ => false,
    };
    detail && there.amount == wrote.amount && is_as_sent(&there.description, &wrote.description)
}

/// Of what was not sent QuickBooks may have what it likes.
fn is_as_sent<T: PartialEq>(there: &Option<T>, wrote: &Option<T>) -> bool {
    wrote.is_none() || there == wrote
}

/// QuickBooks adds to addresses what it finds out about them.
fn is_same_place(there: &qbo::Address, sent: &qbo::Address) -> bool {
    is_as_sent(&there.line1, &sent.line1)
        && is_as_sent(&there.line2, &sent.line2)
        && is_as_sent(&there.city, &sent.city)
        && is_as_sent(
            &there.country_sub_division_code,
            &sent.country_sub_division_code,
        )
        && is_as_sent(&there.postal_code, &sent.postal_code)
}

#[cfg(test)]
mod tests;
