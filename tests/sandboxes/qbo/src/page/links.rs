//! What a document is linked to: payments, deposits, and what they pay.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    plain, table,
};

use super::{
    View, day,
    kinds::{page_of, words},
    link, money,
};
use crate::{
    json::{Json, Object},
    rules::links,
    schema::{self, Entity},
};

/// Links to everything that an object, or one of its lines, is linked to.
pub(super) fn linked(view: &View<'_>, kind: &str, id: u64, object: &Object) -> Markup {
    let id = id.to_string();
    let own = object.list("LinkedTxn").iter().map(|to| (to, None));
    let of_lines = object.list("Line").iter().flat_map(|line| {
        let links = line.at("LinkedTxn").map_or(&[][..], Json::as_list);
        links.iter().map(|to| (to, line.decimal("Amount")))
    });
    let rows: Vec<[Markup; 3]> = own
        .chain(of_lines)
        .filter_map(|(to, amount)| {
            let other = entity(to.text("TxnType")?)
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
            Some([
                linked_to(to)?,
                plain(&day(other.and_then(|other| other.text("TxnDate")))),
                plain(&amount.or_else(given).map(money).unwrap_or_default()),
            ])
        })
        .collect();
    let columns = [Text("Transaction"), Text("Date"), Number("Amount")];
    html! {
        @if !rows.is_empty() {
            section.card {
                h2 { "Linked transactions" }
                (table(&columns, rows, ""))
            }
        }
    }
}

/// The entity of a linked document.
fn entity(kind: &str) -> Option<&'static Entity> {
    schema::entity(links::entity_of(kind).unwrap_or(kind))
}

/// A link to one of them.
pub(super) fn linked_to(to: &Json) -> Option<Markup> {
    let (kind, id) = (to.text("TxnType")?, to.text("TxnId")?);
    let label = format!("{} #{id}", words(kind));
    Some(match (entity(kind), id.parse().ok()) {
        (Some(entity), Some(id)) => link(&page_of(entity, Some(id)), &label),
        _ => plain(&label),
    })
}
