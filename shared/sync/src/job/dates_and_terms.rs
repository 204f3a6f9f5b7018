//! The dates and the term of an invoice, from what happened and from what QuickBooks has of it (D1 to D9, M1 to M5).

use mapping::{Dates, Document, Happened, JobRecords, Role, Term, invoice};
use store::{Cause, Mark};

use crate::ctx::Ctx;

/// What is written this time.
#[derive(Clone, Debug)]
pub(crate) struct Dated {
    pub(crate) dates: Dates,
    pub(crate) term: Term,
}

/// `wrote` is what was last written of the invoice, `marks` what happened since.
pub(crate) fn dated(
    cx: &Ctx,
    records: &JobRecords,
    document: &Document,
    memory: &invoice::Memory,
    wrote: Option<&qbo::Invoice>,
    marks: &[Mark],
) -> Dated {
    let known = wrote.and_then(|wrote| {
        Some(Dates {
            txn: wrote.txn_date?,
            due: wrote.due_date?,
            by_invoice: memory.dated_by_invoice,
        })
    });
    // What happened to a deposit dates its own document (N7).
    let apart = |mark: &Mark| {
        let invoice = mark.invoice.as_ref();
        invoice.is_some_and(|invoice| document.apart.contains(invoice))
    };
    let happened = Happened {
        // A progress invoice with a document of its own was issued, whatever told of it.
        only_finished: !matches!(document.role, Role::Part(_))
            && marks.iter().all(|mark| mark.trigger == Cause::Finished),
        invoiced: marks
            .iter()
            .any(|mark| mark.trigger == Cause::Invoiced && !apart(mark)),
        // U4, D7.
        refresh: marks
            .iter()
            .any(|mark| matches!(mark.trigger, Cause::ByHand | Cause::Edited)),
        at: marks
            .iter()
            .map(|mark| mark.at)
            .max()
            .unwrap_or(cx.connection.connected_at),
    };
    let issued = document.invoice.as_ref();
    let invoice = records.invoices.iter().find(|one| Some(&one.id) == issued);
    let days = invoice.map_or_else(
        || document.days.clone(),
        |invoice| mapping::days_under(invoice, document.days.clone(), &cx.zone),
    );
    let source = cx.settings.date_source;
    let dates = mapping::dates(source, known, happened, &days, &cx.zone);
    // S6: the first day that was open, where a person chose that.
    let dates = Dates {
        txn: memory
            .not_before
            .map_or(dates.txn, |day| dates.txn.max(day)),
        ..dates
    };
    // N4: the first invoice of a job that was only finished brings its due date and its term, whatever told of it.
    let known = known.filter(|_| !memory.invoices.is_empty());
    let job = &records.job;
    let terms = mapping::terms(job, invoice, known, happened, dates, &cx.zone);
    if let Some(unknown) = terms.unknown {
        // M5: a code of Housecall Pro's; there is nothing personal in it.
        tracing::warn!(job = %job.id, unknown, "terms that nobody has seen before");
    }
    Dated {
        dates: Dates {
            due: terms.due,
            ..dates
        },
        term: terms.term,
    }
}
