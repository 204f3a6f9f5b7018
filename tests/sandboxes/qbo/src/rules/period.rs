//! Closed books: nothing dated in them can be made, changed or taken away by an app.

use jiff::civil::Date;

use super::{Author, Change, Env};
use crate::{fault::Refusal, json::Object};

/// Refuses when a change touches the closed period, where the document stood or where it will.
pub(crate) fn open(env: &Env<'_>, change: &Change) -> Result<(), Refusal> {
    if change.author == Author::Person {
        return Ok(());
    }
    for document in [&change.old, &change.new] {
        if is_closed(env, document) {
            let has_own_code = env.doubts.closed_books_without_password_is_6200
                && !env.company.book_close_password;
            return Err(if has_own_code {
                Refusal::period_closed()
            } else {
                Refusal::books_closed()
            });
        }
    }
    Ok(())
}

fn is_closed(env: &Env<'_>, document: &Object) -> bool {
    let day: Option<Date> = document.text("TxnDate").and_then(|day| day.parse().ok());
    day.zip(env.company.book_close_date)
        .is_some_and(|(day, closed)| day <= closed)
}
