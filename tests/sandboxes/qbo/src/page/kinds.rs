//! Any transaction and any list entry, from what is printed of it: a kind of object that is new in the schema
//! is shown without another word here.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    facts, plain, table,
};

use super::{View, day, entry, link, links, lists::activity, money};
use crate::{
    json::{Json, Object},
    rules,
    schema::{self, Entity, Family, Kind},
    store::Row,
    times::Times,
};

/// All transactions, or those of one kind.
pub(super) fn transactions(view: &View<'_>, kind: Option<&str>) -> Option<Markup> {
    let kinds: Vec<&'static Entity> = of_family(|family| family == Family::Transaction);
    let shown: Vec<&'static Entity> = match kind {
        None => kinds.clone(),
        Some(kind) => vec![kinds.iter().copied().find(|known| known.path() == kind)?],
    };
    let books = &view.state.books;
    let mut rows: Vec<(&'static Entity, &Row)> = shown
        .iter()
        .flat_map(|entity| books.rows(entity.name).map(|row| (*entity, row)))
        .collect();
    sort(&mut rows);
    let path = kind.map_or("/transactions".to_owned(), |kind| {
        format!("/transactions/{kind}")
    });
    let (on_page, pages) = view.paged(&path, &rows);
    let title = match kind.and_then(schema::entity) {
        Some(entity) => words(entity.name),
        None => "Transactions".to_owned(),
    };
    Some(html! {
        h1 { (title) " " small { (rows.len()) } }
        p {
            @for (index, entity) in kinds.iter().enumerate() {
                @if index > 0 { " · " }
                @let count = books.rows(entity.name).count();
                (link(&page_of(entity, None), &format!("{} {count}", words(entity.name))))
            }
        }
        section.card { (transaction_table(view, on_page)) }
        (pages)
    })
}

/// What a customer has to do with, invoices aside.
pub(super) fn of_customer(view: &View<'_>, customer: u64) -> Markup {
    let books = &view.state.books;
    let mut rows: Vec<(&'static Entity, &Row)> = of_family(|family| family == Family::Transaction)
        .into_iter()
        .filter(|entity| entity.name != "Invoice")
        .flat_map(|entity| books.rows(entity.name).map(move |row| (entity, row)))
        .filter(|(entity, row)| {
            rules::links::debtor(entity.name, &row.object, None) == Some(customer)
        })
        .collect();
    sort(&mut rows);
    transaction_table(view, &rows)
}

/// The latest day first.
fn sort(rows: &mut [(&'static Entity, &Row)]) {
    rows.sort_by(|(_, a), (_, b)| {
        let day = |row: &Row| row.object.text("TxnDate").unwrap_or_default().to_owned();
        day(b).cmp(&day(a)).then(b.id.cmp(&a.id))
    });
}

fn transaction_table(view: &View<'_>, rows: &[(&'static Entity, &Row)]) -> Markup {
    let columns = [
        Text("Date"),
        Text("Type"),
        Text("No."),
        Text("Customer"),
        Text("Memo"),
        Number("Open"),
        Number("Total"),
    ];
    let cells = rows.iter().map(|(entity, row)| {
        let object = &row.object;
        let first = |fields: &[&str]| {
            let amount = fields.iter().find_map(|field| object.decimal(field));
            plain(&amount.map(money).unwrap_or_default())
        };
        let number = object
            .text("DocNumber")
            .or_else(|| object.text("PaymentRefNum"))
            .map_or_else(|| format!("#{}", row.id), str::to_owned);
        [
            plain(&day(object.text("TxnDate"))),
            plain(&words(entity.name)),
            link(&page_of(entity, Some(row.id)), &number),
            plain(&view.named("Customer", object, "CustomerRef")),
            plain(object.text("PrivateNote").unwrap_or_default()),
            first(&["Balance", "UnappliedAmt", "RemainingCredit"]),
            first(&["TotalAmt"]),
        ]
    });
    table(&columns, cells, "No transactions yet")
}

/// What lists there are, or one of them.
pub(super) fn lists(view: &View<'_>, kind: Option<&str>) -> Option<Markup> {
    let kinds = of_family(|family| family != Family::Transaction);
    match kind {
        None => Some(all_lists(view, &kinds)),
        Some(kind) => {
            let entity = kinds.into_iter().find(|known| known.path() == kind)?;
            match entity.family {
                Family::Singleton => one(view, entity, 1),
                _ => Some(one_list(view, entity)),
            }
        }
    }
}

fn all_lists(view: &View<'_>, kinds: &[&'static Entity]) -> Markup {
    let rows = kinds.iter().map(|entity| {
        let count = match entity.family {
            Family::Singleton => 1,
            _ => view.state.books.rows(entity.name).count(),
        };
        let list = link(&page_of(entity, None), &words(entity.name));
        [list, html! { (count) }]
    });
    html! {
        h1 { "Lists" }
        section.card { (table(&[Text("List"), Number("Entries")], rows, "")) }
    }
}

fn one_list(view: &View<'_>, entity: &'static Entity) -> Markup {
    let rows: Vec<&Row> = view.state.books.rows(entity.name).collect();
    let (shown, pages) = view.paged(&page_of(entity, None), &rows);
    let columns = [Text("Name"), Text("Type"), Text("Changed"), Text("Status")];
    let cells = shown.iter().map(|row| {
        let object = &row.object;
        let first = |fields: &[&str]| fields.iter().find_map(|field| object.text(field));
        let name = first(&["FullyQualifiedName", "DisplayName", "Name"])
            .map_or_else(|| format!("#{}", row.id), str::to_owned);
        [
            link(&page_of(entity, Some(row.id)), &name),
            plain(first(&["Type", "AccountType"]).unwrap_or_default()),
            plain(&view.time(row.updated)),
            activity(row),
        ]
    });
    html! {
        h1 { (words(entity.name)) " " small { (rows.len()) } }
        section.card { (table(&columns, cells, "Nothing in this list yet")) }
        (pages)
    }
}

/// One object of a kind that a path names.
pub(super) fn by_path(view: &View<'_>, kind: &str, id: &str) -> Option<Markup> {
    let entity = schema::entity(kind).filter(|entity| entity.path() == kind)?;
    one(view, entity, id.parse().ok()?)
}

/// One object: its facts, its lines, what it is linked to, and the JSON that an app gets.
fn one(view: &View<'_>, entity: &'static Entity, id: u64) -> Option<Markup> {
    const APART: &[&str] = &["domain", "sparse", "MetaData", "Line", "LinkedTxn"];
    const TITLES: &[&str] = &[
        "DocNumber",
        "FullyQualifiedName",
        "DisplayName",
        "Name",
        "CompanyName",
    ];
    let times = Times(view.state.options.company.time_zone.clone());
    let printed = view.printed(entity, id, &times)?;
    let shown: Vec<(String, Markup)> = printed
        .iter()
        .filter(|(name, _)| !APART.contains(name))
        .map(|(name, value)| {
            let kind = entity.shape.field(name).map(|field| field.kind);
            let shown = match kind {
                Some(Kind::Amount) => value.as_decimal().map_or(String::new(), money),
                Some(Kind::Date) => day(value.as_text()),
                _ => fact(value),
            };
            (label(name), plain(&shown))
        })
        .collect();
    let shown = shown
        .iter()
        .map(|(label, value)| (label.as_str(), value.clone()));
    let number = format!("#{id}");
    let title = TITLES.iter().find_map(|field| printed.text(field));
    let lines = printed.list("Line");
    Some(html! {
        h1 { (words(entity.name)) " " (title.unwrap_or(&number)) }
        section.card {
            (facts(shown))
            @if !lines.is_empty() { (lines_table(view, lines)) }
        }
        @if let Some(row) = view.state.books.row(entity.name, id) { (entry::actions(view, entity, row)) }
        (links::linked(view, entity.name, id, &printed))
        (as_json(&printed))
    })
}

/// The JSON of an object, folded away.
pub(super) fn as_json(object: &Object) -> Markup {
    let text = serde_json::to_string_pretty(object).unwrap_or_default();
    html! {
        details {
            summary { "JSON" }
            section.card { pre { (text) } }
        }
    }
}

fn lines_table(view: &View<'_>, lines: &[Json]) -> Markup {
    let columns = [
        Text("#"),
        Text("Kind"),
        Text("For"),
        Text("Description"),
        Text("Class"),
        Number("Qty"),
        Number("Rate"),
        Number("Amount"),
    ];
    let rows = lines.iter().map(|line| {
        let kind = line.text("DetailType").unwrap_or_default();
        let detail = line.at(kind);
        let of = |value: Option<&Json>| plain(&value.map(fact).unwrap_or_default());
        let inner = |name: &str| of(detail.and_then(|detail| detail.at(name)));
        let class = line.as_object().map(|line| class(view, line));
        let amount = line.decimal("Amount").map(money);
        [
            of(line.at("LineNum")),
            plain(&words(kind.trim_end_matches("LineDetail"))),
            purpose(line, detail),
            plain(line.text("Description").unwrap_or_default()),
            plain(&class.unwrap_or_default()),
            inner("Qty"),
            inner("UnitPrice"),
            plain(&amount.unwrap_or_default()),
        ]
    });
    table(&columns, rows, "No lines")
}

/// What a line is for: the first reference in its detail, or what it is linked to.
fn purpose(line: &Json, detail: Option<&Json>) -> Markup {
    let mut fields = detail
        .and_then(Json::as_object)
        .into_iter()
        .flat_map(Object::iter);
    let name = fields.find_map(|(name, value)| match name {
        "ClassRef" | "DepartmentRef" => None,
        _ => value.text("name"),
    });
    let linked = || line.at("LinkedTxn.0").and_then(links::linked_to);
    name.map(plain).or_else(linked).unwrap_or_default()
}

/// What class a line has.
pub(super) fn class(view: &View<'_>, line: &Object) -> String {
    line.text("DetailType")
        .and_then(|kind| line.get(kind)?.as_object())
        .map(|detail| view.named("Class", detail, "ClassRef"))
        .unwrap_or_default()
}

/// What a field is called on a form.
fn label(field: &str) -> String {
    match field {
        "TxnDate" => "Date".to_owned(),
        "TotalAmt" => "Total".to_owned(),
        "UnappliedAmt" => "Not applied".to_owned(),
        "DocNumber" => "No.".to_owned(),
        "PaymentRefNum" => "Reference no.".to_owned(),
        "PrivateNote" => "Memo".to_owned(),
        "SyncToken" => "Version".to_owned(),
        _ => words(field),
    }
}

/// A value as a person reads it: references by name, addresses in lines.
fn fact(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::Number(text) | Json::Text(text) => text.clone(),
        Json::List(list) => {
            let parts: Vec<String> = list
                .iter()
                .map(fact)
                .filter(|part| !part.is_empty())
                .collect();
            parts.join("\n")
        }
        Json::Object(object) => match object.text("name").or_else(|| object.text("value")) {
            Some(text) => text.to_owned(),
            None => {
                let parts: Vec<String> = object
                    .iter()
                    .filter(|(name, _)| !matches!(*name, "Id" | "DefinitionId" | "Type"))
                    .map(|(_, value)| fact(value))
                    .filter(|part| !part.is_empty())
                    .collect();
                parts.join("\n")
            }
        },
    }
}

/// The page of a kind, or of one object of it.
pub(super) fn page_of(entity: &Entity, id: Option<u64>) -> String {
    let base = match (entity.name, entity.family) {
        ("Invoice", _) => "/invoices".to_owned(),
        ("Customer", _) => "/customers".to_owned(),
        (_, Family::Transaction) => format!("/transactions/{}", entity.path()),
        _ => format!("/lists/{}", entity.path()),
    };
    id.map_or(base.clone(), |id| format!("{base}/{id}"))
}

fn of_family(wanted: impl Fn(Family) -> bool) -> Vec<&'static Entity> {
    schema::ENTITIES
        .iter()
        .copied()
        .filter(|entity| wanted(entity.family))
        .collect()
}

/// `SalesReceipt` as `Sales receipt`.
pub(super) fn words(name: &str) -> String {
    let mut out = String::new();
    let mut after_small = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && after_small {
            out.push(' ');
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
        after_small = c.is_ascii_lowercase();
    }
    out.trim_end_matches(" ref").to_owned()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_become_words() {
        for (name, expected) in [
            ("SalesReceipt", "Sales receipt"),
            ("CustomerRef", "Customer"),
            ("TxnDate", "Txn date"),
            ("Invoice", "Invoice"),
        ] {
            assert_eq!(words(name), expected);
        }
    }
}
