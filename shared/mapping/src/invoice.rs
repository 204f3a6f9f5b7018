//! Invoices (L1, L2, L5, C5, N1, N4).

use jiff::tz::TimeZone;
use qbo::limits;

use crate::{
    customer::{address, bill_to},
    dates::Dates,
    marker, names,
    records::{BilledLine, Goods, JobRecords},
    refusal::Refusal,
};

/// QuickBooks' tax code of a line without sales tax (X2).
const NOT_TAXED: &str = "NON";

/// What an invoice refers to in QuickBooks.
#[derive(Clone, Debug)]
pub struct References<'a> {
    /// The customer.
    pub customer: &'a qbo::Id,
    /// The item of each line, in the order of [`JobRecords::billed_lines`].
    pub items: &'a [qbo::Id],
    /// The slot that the invoice fills, for its marker.
    pub slot: &'a str,
}

/// The QuickBooks invoice that a job becomes.
///
/// # Errors
/// When the job cannot become one.
pub fn wanted(
    records: &JobRecords,
    references: &References<'_>,
    dates: Dates,
    zone: &TimeZone,
) -> Result<qbo::Invoice, Refusal> {
    let service_date = records.service_date(zone);
    let billed = records.billed_lines()?;
    if billed.len() != references.items.len() {
        // Pairing what there is would leave lines out without a word.
        return Err(Refusal::NotSupported("a line without an item"));
    }
    let lines = billed
        .iter()
        .zip(references.items)
        .map(|(line, item)| sales_line(line, item, service_date))
        .collect();
    Ok(qbo::Invoice {
        customer_ref: Some(references.customer.into()),
        doc_number: Some(records.number()?),
        txn_date: Some(dates.txn),
        due_date: Some(dates.due),
        line: lines,
        ship_addr: ship_to(records),
        private_note: Some(marker::note(records.job_number(), references.slot)),
        ..qbo::Invoice::default()
    })
}

/// C5: a service address that differs from the billing address.
fn ship_to(records: &JobRecords) -> Option<qbo::Address> {
    let job = records.job.address.as_ref();
    let service = job.and_then(address)?;
    (bill_to(&records.customer, job).as_ref() != Some(&service)).then_some(service)
}

fn sales_line(
    line: &BilledLine,
    item: &qbo::Id,
    service_date: Option<jiff::civil::Date>,
) -> qbo::Line {
    let text = |text: &str| names::text(text, limits::DESCRIPTION);
    let described = match (&line.goods, line.description.as_deref()) {
        (_, None) => None,
        (Goods::NotInPriceBook, Some(more)) => text(&format!("{}\n{more}", line.name)),
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
        tax_code: Some(qbo::Ref::to(NOT_TAXED)),
        service_date,
        ..qbo::SalesItemLine::default()
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
        line: lines,
        ship_addr: ship_addr.filter(|_| wrote.ship_addr != wanted.ship_addr),
        private_note: changed(&wrote.private_note, &wanted.private_note),
        ..qbo::Invoice::default()
    })
}

#[cfg(test)]
mod tests;
