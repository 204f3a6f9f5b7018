//! What a person types: amounts with separators, lines that were left blank.

use crate::{
    json::{Json, Object},
    schema::{Kind, Shape},
};

/// Lines that need no amount.
const WITHOUT_AMOUNT: &[&str] = &[
    "DescriptionOnly",
    "DiscountLineDetail",
    "GroupLineDetail",
    "SubTotalLineDetail",
];

/// The object that was meant: `1,250.00` is a number, and a line without an amount is none.
pub(crate) fn read(shape: &Shape, typed: &Object) -> Object {
    let fields = typed.iter().map(|(name, value)| {
        let kind = shape.field(name).map(|field| field.kind);
        let read = match (kind, value) {
            (Some(Kind::Amount | Kind::Number), Json::Text(text)) => ungrouped(text).into(),
            (Some(Kind::Object(inner)), Json::Object(object)) => read(inner, object).into(),
            (Some(Kind::List(inner)), Json::List(list)) => lines(inner, list).into(),
            _ => value.clone(),
        };
        (name.to_owned(), read)
    });
    fields.collect()
}

fn lines(shape: &Shape, list: &[Json]) -> Vec<Json> {
    let filled = list.iter().filter(|line| !is_blank(shape, line));
    filled
        .map(|line| match line {
            Json::Object(line) => read(shape, line).into(),
            other => other.clone(),
        })
        .collect()
}

fn is_blank(shape: &Shape, line: &Json) -> bool {
    let Json::Object(line) = line else {
        return *line == Json::Null;
    };
    let needs_amount = shape.field("Amount").is_some()
        && !line
            .text("DetailType")
            .is_some_and(|kind| WITHOUT_AMOUNT.contains(&kind));
    needs_amount && line.get("Amount").is_none_or(|value| *value == Json::Null)
}

/// A number without the dollar sign and the separators of thousands; anything else as it is, to be refused.
fn ungrouped(text: &str) -> String {
    let (sign, rest) = match text.trim().strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.trim()),
    };
    let rest = rest.strip_prefix('$').unwrap_or(rest);
    let (whole, fraction) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    if is_grouped || !whole.contains(',') {
        format!("{sign}{}{fraction}", whole.replace(',', ""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_can_be_typed_with_separators_and_nothing_else_becomes_one() {
        for (typed, meant) in [
            ("1,250.00", "1250.00"),
            ("$1,250,000", "1250000"),
            (" -$12.5 ", "-12.5"),
            ("1250", "1250"),
            ("", ""),
            ("12,50", "12,50"),
            ("1,2500", "1,2500"),
            ("1.250,00", "1.250,00"),
            (",250", ",250"),
        ] {
            assert_eq!(ungrouped(typed), meant, "{typed}");
        }
    }
}
