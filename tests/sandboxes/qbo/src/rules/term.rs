//! Payment terms and the day they make an invoice due.

use jiff::{ToSpan, civil::Date};

use super::{Change, Env, names};
use crate::{fault::Refusal, json::Object, store::Books};

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    let by_date = change.new.get("DayOfMonthDue").is_some();
    if by_date && change.new.get("DueDays").is_some() {
        return Err(Refusal::not_covered(
            "a term with both DueDays and DayOfMonthDue",
        ));
    }
    if !by_date && change.new.get("DueDays").is_none() {
        return Err(Refusal::missing("DueDays"));
    }
    change
        .new
        .set("Type", if by_date { "DATE_DRIVEN" } else { "STANDARD" });
    names::settle(books, env, change, "Name")
}

/// The day on which an invoice of this day is due.
pub(super) fn due(term: &Object, day: Date) -> Option<Date> {
    let whole = |field| -> Option<i64> {
        let value = term.decimal(field)?;
        i64::try_from(value.mantissa())
            .ok()
            .filter(|_| value.scale() == 0)
    };
    let Some(day_of_month) = whole("DayOfMonthDue") else {
        return day.checked_add(whole("DueDays")?.days()).ok();
    };
    let in_month = |first: Date| -> Option<Date> {
        let last = first.last_of_month();
        let wanted = i8::try_from(day_of_month).ok()?.min(last.day());
        Date::new(last.year(), last.month(), wanted).ok()
    };
    let this_month = in_month(day)?;
    let notice = whole("DueNextMonthDays").unwrap_or(0);
    let days_left = i64::from((this_month - day).get_days());
    if days_left < 0 || days_left < notice {
        in_month(day.first_of_month().checked_add(1.month()).ok()?)
    } else {
        Some(this_month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    fn whole(n: usize) -> Json {
        n.into()
    }

    #[test]
    fn days_are_added_and_fixed_days_move_to_the_next_month_when_it_is_too_late() {
        let net_30 = Object::new().with("DueDays", whole(30));
        let on_31st = Object::new()
            .with("DayOfMonthDue", whole(31))
            .with("DueNextMonthDays", whole(5));
        let cases = [
            (&net_30, "2020-09-29", "2020-10-29"),
            (&on_31st, "2026-04-10", "2026-04-30"),
            (&on_31st, "2026-04-27", "2026-05-31"),
            (&on_31st, "2026-01-28", "2026-02-28"),
        ];
        for (term, day, expected) in cases {
            let due = due(term, day.parse().unwrap()).unwrap();
            assert_eq!(due.to_string(), expected, "{day}");
        }
    }
}
