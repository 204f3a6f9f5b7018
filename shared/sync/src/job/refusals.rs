//! What a person is told of a job that cannot become an invoice as it is.

use mapping::{
    Document, JobRecords, Refusal,
    alert::{Alert, BillTrouble, DocumentRef, JobTrouble, NumberTrouble, TaxTrouble},
};

use crate::{
    alerts,
    objects::slots::{StoredInvoice, sides},
    stop::Stop,
};

pub(crate) fn refusal_stop(records: &JobRecords, refusal: &Refusal) -> Stop {
    alerts::of_job(records, trouble(records, refusal)).into()
}

/// The same of one of its invoices.
pub(crate) fn refused_document(
    records: &JobRecords,
    document: &Document,
    slot: &StoredInvoice,
    refusal: &Refusal,
) -> Stop {
    let mut alert = alerts::of_job(records, trouble(records, refusal));
    if let Alert::Job(alert) = &mut alert {
        alert.document = Some(DocumentRef {
            role: document.role,
            number: document.number.to_string(),
        });
        alert.stands = slot.value.link().is_some();
        alert.sides = sides(document.bill.total, slot);
    }
    alert.into()
}

fn trouble(records: &JobRecords, refusal: &Refusal) -> JobTrouble {
    match refusal {
        Refusal::NotSupported(what) => not_supported(what),
        Refusal::NoTotal => not_supported("no total"),
        Refusal::NoNumber => NumberTrouble::Missing {
            customer: mapping::customer::given_name(&records.customer),
        }
        .into(),
        Refusal::Number(number) => NumberTrouble::NotAllowed {
            number: number.clone(),
        }
        .into(),
        Refusal::NoTaxableLine(tax) => TaxTrouble::NoTaxableLine { tax: *tax }.into(),
        Refusal::NoSalesTax(tax) => TaxTrouble::Off { tax: *tax }.into(),
        Refusal::NoDiscounts(discount) => BillTrouble::DiscountsOff {
            discount: *discount,
        }
        .into(),
        Refusal::TaxRateUnmapped(unmapped) => {
            TaxTrouble::RateUnmapped(unmapped.as_ref().clone()).into()
        }
        Refusal::UnknownLine { line, invoice } => TaxTrouble::UnknownLine {
            line: line.clone(),
            invoice: invoice.clone(),
        }
        .into(),
        Refusal::InvoicingUnclear(invoices) => BillTrouble::InvoicingUnclear {
            invoices: invoices.clone(),
        }
        .into(),
        Refusal::LinesDoNotAddUp { lines, total } => BillTrouble::LinesDoNotAddUp {
            lines: *lines,
            total: *total,
        }
        .into(),
    }
}

fn not_supported(what: &str) -> JobTrouble {
    BillTrouble::NotSupported {
        what: what.to_owned(),
    }
    .into()
}

/// T9: a job without a single line cannot become an invoice, not even by hand.
pub(crate) fn nothing_on_it(records: &JobRecords) -> Stop {
    alerts::of_job(records, BillTrouble::NoLines).into()
}
