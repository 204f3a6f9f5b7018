//! Document numbers: given by hand, by the system, or none.

use crate::{
    fault::Refusal,
    rules::{Author, Change, ChangeKind, Env},
    store::Books,
};

/// Documents with numbers from one series.
const NUMBERED: &[&str] = &[
    "Invoice",
    "SalesReceipt",
    "RefundReceipt",
    "CreditMemo",
    "Estimate",
];

pub(super) fn settle(books: &mut Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    let Some(number) = change.new.text("DocNumber").map(str::to_owned) else {
        if change.kind == ChangeKind::Create && !env.company.custom_txn_numbers {
            let number = books.next_number();
            change.new.set("DocNumber", number);
        }
        return Ok(());
    };
    if number == "AUTO_GENERATE" {
        return Err(Refusal::not_covered("DocNumber AUTO_GENERATE"));
    }
    let warns = env.company.custom_txn_numbers
        && env.company.warn_duplicate_numbers
        && change.author == Author::App
        && !change.allow_duplicate_number;
    if warns && change.old.text("DocNumber") != Some(&number) {
        let own = [change.entity.name];
        let kinds = if env.doubts.numbers_are_shared {
            NUMBERED
        } else {
            &own
        };
        for kind in kinds {
            let taken = books
                .with_key(kind, &number)
                .find(|row| row.id != change.id && row.object.text("DocNumber") == Some(&number));
            if let Some(row) = taken {
                return Err(Refusal::duplicate_number(&number, kind, row.id));
            }
        }
    }
    books.note_number(&number);
    Ok(())
}
