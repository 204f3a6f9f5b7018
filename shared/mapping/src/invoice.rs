//! Invoices (L1 to L5, C5, N1, N4).

use jiff::tz::TimeZone;
use money::Cents;
use qbo::limits;

use crate::{
    Document,
    bill::{Bill, BilledLine, Goods},
    customer::{address, bill_to},
    dates::Dates,
    marker, names,
    records::JobRecords,
    refusal::Refusal,
    tax::{self, SalesTax},
};

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
    /// The slot that the invoice fills, for its marker.
    pub slot: &'a str,
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
    let tax = check(bill, setup)?;
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
        private_note: Some(marker::note(
            records.job_number(),
            &document.behind,
            references.slot,
        )),
        ..qbo::Invoice::default()
    })
}

/// Whether QuickBooks is set up to take what a job bills; if so, the tax as it is sent.
///
/// # Errors
/// When it is not.
pub fn check(bill: &Bill, setup: Setup<'_>) -> Result<Option<qbo::TxnTaxDetail>, Refusal> {
    let discounts = bill.discounts()?;
    if discounts > Cents::ZERO && !setup.discounts {
        return Err(Refusal::NoDiscounts(discounts));
    }
    tax::detail(bill, setup.sales_tax)
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
/// its own is shipped to the billing address, `home`, since leaving a field out changes nothing.
pub fn changes(
    wrote: &qbo::Invoice,
    wanted: &qbo::Invoice,
    home: Option<&qbo::Address>,
) -> Option<qbo::Invoice> {
    fn changed<T: Clone + PartialEq>(wrote: &Option<T>, wanted: &Option<T>) -> Option<T> {
        wanted.clone().filter(|_| wanted != wrote)
    }
    if wrote == wanted {
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

#[cfg(test)]
mod tests;
