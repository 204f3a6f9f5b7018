//! What a person is told of a job that cannot become an invoice as it is.

use mapping::{JobRecords, Refusal};

use crate::{
    alerts::{AlertKind, Finding},
    stop::Stop,
};

pub(crate) fn refusal_stop(records: &JobRecords, refusal: &Refusal) -> Stop {
    let finding = |kind| Finding::job(kind, &records.job.id).with("job", records.known_by());
    match refusal {
        Refusal::NotSupported(what) => finding(AlertKind::NotSupported).with("what", what),
        Refusal::NoTotal => finding(AlertKind::NotSupported).with("what", "no total"),
        Refusal::NoNumber => {
            let customer = mapping::customer::given_name(&records.customer);
            finding(AlertKind::NumberMissing).with("customer", customer)
        }
        Refusal::Number(number) => finding(AlertKind::NumberTooLong).with("number", number),
        Refusal::NoTaxableLine(tax) => finding(AlertKind::TaxWithoutLine).with("tax", tax),
        Refusal::NoSalesTax(tax) => finding(AlertKind::SalesTaxOff).with("tax", tax),
        Refusal::NoDiscounts(discount) => {
            finding(AlertKind::DiscountsOff).with("discount", discount)
        }
        Refusal::TaxRateUnmapped { tax, candidates } => finding(AlertKind::TaxRateUnmapped)
            .with("tax", tax)
            .with("candidates", named(candidates)),
        Refusal::UnknownLine { line, invoice } => finding(AlertKind::UnknownLine)
            .with("line", line)
            .with("invoice", invoice),
        Refusal::InvoicingUnclear(invoices) => {
            finding(AlertKind::InvoicingUnclear).with("invoices", invoices.join(", "))
        }
        Refusal::LinesDoNotAddUp { lines, total } => finding(AlertKind::LinesDoNotAddUp)
            .with("lines", lines)
            .with("total", total),
    }
    .stop()
}

/// T9: a job without a single line cannot become an invoice, not even by hand.
pub(crate) fn nothing_on_it(records: &JobRecords) -> Stop {
    Finding::job(AlertKind::NoLines, &records.job.id)
        .with("job", records.known_by())
        .stop()
}

fn named(candidates: &[String]) -> String {
    match candidates {
        [] => "none does".to_owned(),
        several => format!("{} do", several.join(", ")),
    }
}
