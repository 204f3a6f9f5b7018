//! What many pages show in the same way.

use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use money::Cents;

/// An amount: `-$1.50`.
pub(crate) fn money(amount: Cents) -> String {
    let text = amount.to_string();
    match text.strip_prefix('-') {
        Some(amount) => format!("-${amount}"),
        None => format!("${text}"),
    }
}

/// A time as the people of a company read it.
pub(crate) fn time(at: Timestamp, zone: &TimeZone) -> Markup {
    let words = at.to_zoned(zone.clone());
    let words = words.strftime("%b %-d, %Y, %-I:%M %p").to_string();
    html! { time datetime=(at) { (words) } }
}

/// A table with the heads of its columns.
pub(crate) fn table(heads: &[&str], rows: &Markup) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label=(heads.join(", ")) {
            table {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { (rows) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_its_sign_and_two_digits() {
        for (cents, expected) in [(0, "$0.00"), (-150, "-$1.50"), (10_400, "$104.00")] {
            assert_eq!(money(Cents::new(cents)), expected);
        }
    }

    #[test]
    fn times_are_the_companys() {
        let at = "2026-07-25T03:30:00Z".parse().unwrap();
        let zone = TimeZone::get("America/New_York").unwrap();
        let shown = time(at, &zone).into_string();
        assert!(shown.contains("Jul 24, 2026, 11:30 PM"), "{shown}");
    }
}
