//! Any transaction and any list entry, from what is printed of it: a kind of object that is new in the schema
//! is shown without another word here.

use super::{
    View,
    html::{Column, badge, day, escape, link, money, table},
    links,
};
use crate::{
    json::{Json, Object},
    schema::{self, Entity, Family, Kind},
    store::{Row, reference},
    times::Times,
};

/// All transactions, or those of one kind.
pub(super) fn transactions(view: &View<'_>, kind: Option<&str>) -> Option<String> {
    let kinds: Vec<&'static Entity> = of_family(|family| family == Family::Transaction);
    let shown: Vec<&'static Entity> = match kind {
        None => kinds.clone(),
        Some(kind) => vec![kinds.iter().copied().find(|known| known.path() == kind)?],
    };
    let mut rows: Vec<(&'static Entity, &Row)> = shown
        .iter()
        .flat_map(|entity| view.state.books.rows(entity.name).map(|row| (*entity, row)))
        .collect();
    sort(&mut rows);
    let path = kind.map_or("/transactions".to_owned(), |kind| {
        format!("/transactions/{kind}")
    });
    let (start, end, pages) = view.window(&path, rows.len());
    let filters: String = kinds
        .iter()
        .map(|entity| {
            let count = view.state.books.rows(entity.name).count();
            let label = format!("{} {count}", words(entity.name));
            link(&page_of(entity, None), &label)
        })
        .collect::<Vec<String>>()
        .join(" · ");
    Some(format!(
        "<h2>{} <small>{}</small></h2><p>{filters}</p><section>{}</section>{pages}",
        kind.and_then(schema::entity)
            .map_or("Transactions".to_owned(), |entity| words(entity.name)),
        rows.len(),
        transaction_table(view, rows.get(start..end).unwrap_or_default()),
    ))
}

/// What a customer has to do with, invoices aside.
pub(super) fn of_customer(view: &View<'_>, customer: u64) -> String {
    let mut rows: Vec<(&'static Entity, &Row)> = of_family(|family| family == Family::Transaction)
        .into_iter()
        .filter(|entity| entity.name != "Invoice")
        .flat_map(|entity| {
            view.state
                .books
                .rows(entity.name)
                .map(move |row| (entity, row))
        })
        .filter(|(_, row)| reference(&row.object, "CustomerRef") == Some(customer))
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

fn transaction_table(view: &View<'_>, rows: &[(&'static Entity, &Row)]) -> String {
    let columns = [
        Column("Date", false),
        Column("Type", false),
        Column("No.", false),
        Column("Customer", false),
        Column("Memo", false),
        Column("Open", true),
        Column("Total", true),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|(entity, row)| {
            let object = &row.object;
            let first = |fields: &[&str]| fields.iter().find_map(|field| object.decimal(field));
            let open = first(&["Balance", "UnappliedAmt", "RemainingCredit"]);
            let number = object
                .text("DocNumber")
                .or_else(|| object.text("PaymentRefNum"))
                .map_or_else(|| format!("#{}", row.id), str::to_owned);
            vec![
                day(object.text("TxnDate")),
                escape(&words(entity.name)),
                link(&page_of(entity, Some(row.id)), &number),
                view.named("Customer", object, "CustomerRef"),
                escape(object.text("PrivateNote").unwrap_or_default()),
                open.map(money).unwrap_or_default(),
                first(&["TotalAmt"]).map(money).unwrap_or_default(),
            ]
        })
        .collect();
    table(&columns, &cells, "No transactions yet")
}

/// What lists there are, or one of them.
pub(super) fn lists(view: &View<'_>, kind: Option<&str>) -> Option<String> {
    let kinds = of_family(|family| family != Family::Transaction);
    let Some(kind) = kind else {
        let cells: Vec<Vec<String>> = kinds
            .iter()
            .map(|entity| {
                let count = match entity.family {
                    Family::Singleton => 1,
                    _ => view.state.books.rows(entity.name).count(),
                };
                vec![
                    link(&page_of(entity, None), &words(entity.name)),
                    count.to_string(),
                ]
            })
            .collect();
        let columns = [Column("List", false), Column("Entries", true)];
        return Some(format!(
            "<h2>Lists</h2><section>{}</section>",
            table(&columns, &cells, "")
        ));
    };
    let entity = kinds.into_iter().find(|known| known.path() == kind)?;
    if entity.family == Family::Singleton {
        return one(view, entity, 1);
    }
    let rows: Vec<&Row> = view.state.books.rows(entity.name).collect();
    let (start, end, pages) = view.window(&page_of(entity, None), rows.len());
    let columns = [
        Column("Name", false),
        Column("Type", false),
        Column("Changed", false),
        Column("Status", false),
    ];
    let cells: Vec<Vec<String>> = rows
        .get(start..end)
        .unwrap_or_default()
        .iter()
        .map(|row| {
            let object = &row.object;
            let first = |fields: &[&str]| fields.iter().find_map(|field| object.text(field));
            let name = first(&["FullyQualifiedName", "DisplayName", "Name"])
                .map_or_else(|| format!("#{}", row.id), str::to_owned);
            vec![
                link(&page_of(entity, Some(row.id)), &name),
                escape(first(&["Type", "AccountType"]).unwrap_or_default()),
                view.time(row.updated),
                if row.is_active() {
                    badge("good", "Active")
                } else {
                    badge("", "Inactive")
                },
            ]
        })
        .collect();
    Some(format!(
        "<h2>{} <small>{}</small></h2><section>{}</section>{pages}",
        escape(&words(entity.name)),
        rows.len(),
        table(&columns, &cells, "Nothing in this list yet")
    ))
}

/// One object of a kind that a path names.
pub(super) fn by_path(view: &View<'_>, kind: &str, id: &str) -> Option<String> {
    let entity = schema::entity(kind).filter(|entity| entity.path() == kind)?;
    one(view, entity, id.parse().ok()?)
}

/// One object: its facts, its lines, what it is linked to, and the JSON that an app gets.
fn one(view: &View<'_>, entity: &'static Entity, id: u64) -> Option<String> {
    let times = Times(view.state.options.company.time_zone.clone());
    let printed = view.printed(entity, id, &times)?;
    let facts: String = printed
        .iter()
        .filter(|(name, _)| {
            !matches!(
                *name,
                "domain" | "sparse" | "MetaData" | "Line" | "LinkedTxn"
            )
        })
        .map(|(name, value)| {
            let kind = entity.shape.field(name).map(|field| field.kind);
            let shown = match kind {
                Some(Kind::Amount) => value.as_decimal().map_or(String::new(), money),
                Some(Kind::Date) => day(value.as_text()),
                _ => fact(value),
            };
            (name, shown)
        })
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("<div><dt>{}</dt><dd>{value}</dd></div>", label(name)))
        .collect();
    let lines = match printed.list("Line") {
        [] => String::new(),
        lines => lines_table(view, lines),
    };
    let number = format!("#{id}");
    Some(format!(
        "<h2>{kind} {title}</h2><section><dl class=\"form\">{facts}</dl>{lines}</section>{linked}{json}",
        kind = escape(&words(entity.name)),
        title = escape(
            [
                "DocNumber",
                "FullyQualifiedName",
                "DisplayName",
                "Name",
                "CompanyName"
            ]
            .iter()
            .find_map(|field| printed.text(field))
            .unwrap_or(&number)
        ),
        linked = links::linked(view, entity.name, id, &printed),
        json = as_json(&printed),
    ))
}

/// The JSON of an object, folded away.
pub(super) fn as_json(object: &Object) -> String {
    let text = serde_json::to_string_pretty(object).unwrap_or_default();
    format!(
        "<details><summary>JSON</summary><section><pre class=\"mono form\">{}</pre></section></details>",
        escape(&text)
    )
}

fn lines_table(view: &View<'_>, lines: &[Json]) -> String {
    let columns = [
        Column("#", false),
        Column("Kind", false),
        Column("For", false),
        Column("Description", false),
        Column("Class", false),
        Column("Qty", true),
        Column("Rate", true),
        Column("Amount", true),
    ];
    let cells: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let kind = line.text("DetailType").unwrap_or_default();
            let detail = line.at(kind);
            let inner = |name: &str| {
                let value = detail.and_then(|detail| detail.at(name));
                value.map(fact).unwrap_or_default()
            };
            // What a line is for: the first reference in its detail, or what it is linked to.
            let what = detail
                .and_then(Json::as_object)
                .and_then(|detail| {
                    let mut fields = detail.iter();
                    fields.find_map(|(name, value)| match name {
                        "ClassRef" | "DepartmentRef" => None,
                        _ => value.text("name").map(escape),
                    })
                })
                .or_else(|| line.at("LinkedTxn.0").and_then(links::linked_to))
                .unwrap_or_default();
            vec![
                line.at("LineNum").map(fact).unwrap_or_default(),
                escape(&words(kind.trim_end_matches("LineDetail"))),
                what,
                escape(line.text("Description").unwrap_or_default()),
                line.as_object()
                    .map(|line| class(view, line))
                    .unwrap_or_default(),
                inner("Qty"),
                inner("UnitPrice"),
                line.decimal("Amount").map(money).unwrap_or_default(),
            ]
        })
        .collect();
    table(&columns, &cells, "No lines")
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
        Json::Number(text) | Json::Text(text) => escape(text),
        Json::List(list) => {
            let parts: Vec<String> = list
                .iter()
                .map(fact)
                .filter(|part| !part.is_empty())
                .collect();
            parts.join("\n")
        }
        Json::Object(object) => match object.text("name").or_else(|| object.text("value")) {
            Some(text) => escape(text),
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
