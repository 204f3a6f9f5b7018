//! What a document is linked to: payments, deposits, and what they pay.

use super::{
    View,
    html::{Column, day, escape, link, money, table},
    kinds::{page_of, words},
};
use crate::{
    json::{Json, Object},
    schema,
};

/// Links to everything that an object, or one of its lines, is linked to.
pub(super) fn linked(view: &View<'_>, kind: &str, id: u64, object: &Object) -> String {
    let id = id.to_string();
    let own = object.list("LinkedTxn").iter().map(|to| (to, None));
    let of_lines = object.list("Line").iter().flat_map(|line| {
        let links = line.at("LinkedTxn").map_or(&[][..], Json::as_list);
        links.iter().map(|to| (to, line.decimal("Amount")))
    });
    let cells: Vec<Vec<String>> = own
        .chain(of_lines)
        .filter_map(|(to, amount)| {
            let other = schema::entity(to.text("TxnType")?)
                .and_then(|entity| Some((entity, to.text("TxnId")?.parse().ok()?)))
                .and_then(|(entity, id)| view.state.books.row(entity.name, id))
                .map(|row| &row.object);
            // What the other one's lines give to this one.
            let given = || {
                let lines = other?.list("Line").iter();
                let meant = lines.filter(|line| {
                    line.text("LinkedTxn.0.TxnType") == Some(kind)
                        && line.text("LinkedTxn.0.TxnId") == Some(&id)
                });
                Some(meant.filter_map(|line| line.decimal("Amount")).sum())
            };
            Some(vec![
                linked_to(to)?,
                day(other.and_then(|other| other.text("TxnDate"))),
                amount.or_else(given).map(money).unwrap_or_default(),
            ])
        })
        .collect();
    if cells.is_empty() {
        return String::new();
    }
    format!(
        "<h3>Linked transactions</h3><section>{}</section>",
        table(
            &[
                Column("Transaction", false),
                Column("Date", false),
                Column("Amount", true)
            ],
            &cells,
            ""
        )
    )
}

/// A link to one of them.
pub(super) fn linked_to(to: &Json) -> Option<String> {
    let (kind, id) = (to.text("TxnType")?, to.text("TxnId")?);
    let label = format!("{} #{id}", words(kind));
    Some(match (schema::entity(kind), id.parse().ok()) {
        (Some(entity), Some(id)) => link(&page_of(entity, Some(id)), &label),
        _ => escape(&label),
    })
}
