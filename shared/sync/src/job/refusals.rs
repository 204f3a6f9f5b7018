//! What a person is told of a job that cannot become an invoice as it is.

use hcp::JobId;
use mapping::{Document, JobRecords, Refusal, Unmapped, UnreadField};

use crate::{
    alerts::{AlertKind, Finding},
    job::sent_before::subject,
    stop::Stop,
};

/// So many tax codes are offered to a person; the others are counted.
const OFFERED: usize = 12;

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
        Refusal::TaxRateUnmapped(unmapped) => unmapped_tax(finding, unmapped),
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

/// The same of one of its invoices.
pub(crate) fn refused_document(
    records: &JobRecords,
    document: &Document,
    refusal: &Refusal,
) -> Stop {
    match refusal_stop(records, refusal) {
        // Each has a tax of its own to choose a code for.
        Stop::Alert(finding) if finding.kind == AlertKind::TaxRateUnmapped => {
            let subject = subject(&records.job.id, document.role);
            Stop::Alert(Box::new(Finding {
                subject,
                ..*finding
            }))
        }
        stop => stop,
    }
}

/// T9: a job without a single line cannot become an invoice, not even by hand.
pub(crate) fn nothing_on_it(records: &JobRecords) -> Stop {
    Finding::job(AlertKind::NoLines, &records.job.id)
        .with("job", records.known_by())
        .stop()
}

/// What is told of a tax whose code is not certain: the codes that a person chooses from.
fn unmapped_tax(finding: impl Fn(AlertKind) -> Finding, unmapped: &Unmapped) -> Finding {
    let (outcome, codes) = match (unmapped.fitting.as_slice(), unmapped.others.as_slice()) {
        ([], []) => ("QuickBooks has no rate".to_owned(), &[][..]),
        ([], others) => ("none of its rates makes that: ".to_owned(), others),
        (fitting, _) => ("several of its rates make that: ".to_owned(), fitting),
    };
    let offered: Vec<&str> = codes.iter().take(OFFERED).map(String::as_str).collect();
    let more = match codes.len().saturating_sub(OFFERED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let names = match unmapped.names.as_slice() {
        [] => String::new(),
        names => format!(" ({})", names.join(", ")),
    };
    finding(AlertKind::TaxRateUnmapped)
        .with("number", &unmapped.invoice)
        .with("tax", unmapped.tax)
        .with("taxable", unmapped.taxable)
        .with("names", names)
        .with("candidates", outcome + &offered.join(", ") + &more)
}

/// V24: a field that a rule needs.
pub(crate) fn unreadable(finding: Finding, unread: &UnreadField) -> Finding {
    Finding {
        kind: AlertKind::FieldUnreadable,
        ..finding
    }
    .with("of", &unread.of)
    .with("field", &unread.field)
    .with("tells", unread.need.tells)
    .with("rule", unread.need.rule)
}

/// V24: fields that a job was sent without.
pub(crate) fn left_out(job: &JobId, number: &str, fields: &[UnreadField]) -> Finding {
    let told = fields.iter().map(|unread| {
        let UnreadField { of, field, need } = unread;
        format!("{field} of {of}, {} (rule {})", need.tells, need.rule)
    });
    Finding::job(AlertKind::FieldLeftOut, job)
        .with("job", number)
        .with("fields", told.collect::<Vec<_>>().join("; "))
}
