use clap::{Args, Subcommand};
use hcp::ServiceItemId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    accounts::{Account, of_quickbooks},
    client::{Asking, Office},
    failure::Failure,
    lists::{self, Paging},
    orders::{self, Waiting},
    table::{Side, table},
};

/// Lists the items that QuickBooks has from here; or says where one is booked, and what typed lines stand for.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Items {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    asking: Asking,
    /// Those whose names begin so.
    #[arg(long, conflicts_with = "account")]
    name: Option<String>,
    /// Those that are booked to this income account, by its name or its id.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Books items to an income account: sent to QuickBooks at once, for what is sold from then on.
    Account(ToAccount),
    /// Lists the names that lines have which are not in the price book, those with which the most jobs were sent first.
    Lines(Lines),
    /// Has lines of these names stand for an item, on all jobs that are sent from then on.
    Map(MapLines),
}

#[derive(Debug, Args)]
struct ToAccount {
    #[command(flatten)]
    asking: Asking,
    /// The income account, by its name or its id in QuickBooks.
    account: String,
    /// The items, by their names as the list shows them, or by their ids in the price book (`pbmat_…`).
    #[arg(required = true, value_name = "ITEM")]
    items: Vec<String>,
    #[command(flatten)]
    waiting: Waiting,
}

#[derive(Debug, Args)]
struct Lines {
    #[command(flatten)]
    asking: Asking,
    /// Those that begin so, in their order.
    #[arg(long)]
    name: Option<String>,
    /// Only those that nobody mapped to an item.
    #[arg(long, conflicts_with = "name")]
    unmapped: bool,
    #[command(flatten)]
    paging: Paging,
}

#[derive(Debug, Args)]
struct MapLines {
    #[command(flatten)]
    asking: Asking,
    /// The names of the lines.
    #[arg(required = true, value_name = "LINE")]
    lines: Vec<String>,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    waiting: Waiting,
}

/// What lines stand for.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Target {
    /// An item that QuickBooks has, by its name or its id there.
    #[arg(long, value_name = "ITEM")]
    item: Option<String>,
    /// An item of their own, named like the line, that is booked to this income account.
    #[arg(long, value_name = "ACCOUNT")]
    own: Option<String>,
    /// The generic item for sales, as without a choice.
    #[arg(long)]
    sales: bool,
}

impl Target {
    /// As the API takes it.
    fn field(&self) -> (&'static str, Value) {
        match (&self.item, &self.own) {
            (Some(item), _) => ("quickbooks_item", json!(item)),
            (None, Some(account)) => ("own_account", json!(account)),
            (None, None) => ("sales", json!(self.sales)),
        }
    }
}

#[derive(Deserialize)]
struct Item {
    key: String,
    name: Option<String>,
    quickbooks: Option<String>,
    in_price_book: bool,
    category: Option<String>,
    account: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Line {
    name: String,
    jobs: usize,
    item: Option<String>,
    is_mapped: bool,
}

impl Items {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.action {
            Some(Action::Account(command)) => command.run().await,
            Some(Action::Lines(command)) => command.run().await,
            Some(Action::Map(command)) => command.run().await,
            None => {
                let mut office = Office::open(&self.asking).await?;
                let account = match &self.account {
                    Some(named) => Some(of_quickbooks(&mut office, Account::Income, named).await?),
                    None => None,
                };
                let by = [("name", self.name), ("account", account)];
                let of = ("items", by.as_slice());
                let shown = (&self.paging, self.asking.json);
                lists::show::<Item>(&mut office, of, shown, ("item", "items"), rows).await
            }
        }
    }
}

impl ToAccount {
    async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let mut items = Vec::new();
        for named in &self.items {
            let item = match ServiceItemId::is_meant_by(named) {
                true => named.clone(),
                false => {
                    let by = [("name", Some(named.clone()))];
                    key_of(named, &lists::whole(&mut office, "items", &by).await?)?
                }
            };
            items.push(json!({ "item": item, "account": self.account }));
        }
        let taken = office.post("items/accounts", json!({ "items": items }));
        let taken = taken.await?.read()?;
        let ended = orders::assigned(&mut office, &taken, &self.items, &self.waiting).await?;
        orders::report(&office, &[ended], self.asking.json)
    }
}

/// The key of the only item of that name.
fn key_of(named: &str, found: &[Item]) -> Result<String, Failure> {
    let is_it = |item: &&Item| {
        let names = [&item.name, &item.quickbooks];
        let mut names = names.into_iter().flatten();
        names.any(|name| name.eq_ignore_ascii_case(named))
    };
    let found: Vec<&Item> = found.iter().filter(is_it).collect();
    match found.as_slice() {
        [only] => Ok(only.key.clone()),
        [] => Err(Failure::Declined(format!(
            "QuickBooks has no item {named} from here: hcpqbo items lists those that it has."
        ))),
        several => {
            let keys: Vec<&str> = several.iter().map(|item| item.key.as_str()).collect();
            Err(Failure::Declined(format!(
                "Several items have the name {named}: name it by its id ({}).",
                keys.join(", ")
            )))
        }
    }
}

impl Lines {
    async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let unmapped = self.unmapped.then(|| "true".to_owned());
        let by = [("name", self.name), ("unmapped", unmapped)];
        let of = ("lines", by.as_slice());
        let shown = (&self.paging, self.asking.json);
        lists::show::<Line>(&mut office, of, shown, ("name", "names"), line_rows).await
    }
}

impl MapLines {
    async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let (field, target) = self.target.field();
        let body = json!({ "lines": self.lines, field: target });
        let taken = office.post("lines/items", body).await?.read()?;
        let ended = orders::assigned(&mut office, &taken, &self.lines, &self.waiting).await?;
        orders::report(&office, &[ended], self.asking.json)
    }
}

fn rows(items: Vec<Item>) -> String {
    let heads = [
        ("ITEM", Side::Left),
        ("IN QUICKBOOKS", Side::Left),
        ("CATEGORY", Side::Left),
        ("INCOME ACCOUNT", Side::Left),
        ("", Side::Left),
    ];
    let rows = items.into_iter().map(|item| {
        let is_ours = match item.in_price_book {
            true => "",
            false => "not in the price book",
        };
        [
            item.name.unwrap_or(item.key),
            item.quickbooks.unwrap_or_default(),
            item.category.unwrap_or_default(),
            item.account.map(|account| account.name).unwrap_or_default(),
            is_ours.to_owned(),
        ]
    });
    table(heads, rows)
}

fn line_rows(lines: Vec<Line>) -> String {
    let heads = [
        ("LINE", Side::Left),
        ("JOBS", Side::Right),
        ("STANDS FOR", Side::Left),
    ];
    let rows = lines.into_iter().map(|line| {
        let item = line.item.unwrap_or_else(|| "Sales".to_owned());
        let item = match line.is_mapped {
            true => item,
            false => format!("{item}, as nobody chose"),
        };
        [line.name, line.jobs.to_string(), item]
    });
    table(heads, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<Item> {
        let items = json!([
            { "key": "pbmat_1", "name": "Filter", "quickbooks": "Filter", "in_price_book": true,
              "category": "Parts", "account": { "id": "7", "name": "Plumbing Income" } },
            { "key": "pbmat_2", "name": "filter", "quickbooks": "Filter (2)", "in_price_book": true,
              "category": null, "account": null },
            { "key": "sales", "name": "Sales", "quickbooks": null, "in_price_book": false,
              "category": null, "account": null },
        ]);
        serde_json::from_value(items).unwrap()
    }

    #[test]
    fn i5_items_stand_in_a_table_with_their_accounts() {
        let lines = json!([
            { "name": "Trip charge", "jobs": 12, "item": null, "is_mapped": false },
            { "name": "Haul away", "jobs": 3, "item": "Hauling", "is_mapped": true },
        ]);
        let lines = line_rows(serde_json::from_value(lines).unwrap());
        insta::assert_snapshot!(format!("{}\n{lines}", rows(items())), @r#"
        ITEM    IN QUICKBOOKS  CATEGORY  INCOME ACCOUNT
        Filter  Filter         Parts     Plumbing Income
        filter  Filter (2)
        Sales                                             not in the price book

        LINE         JOBS  STANDS FOR
        Trip charge    12  Sales, as nobody chose
        Haul away       3  Hauling
        "#);
    }

    #[test]
    fn i5_an_item_is_named_by_its_name_or_where_several_have_it_by_its_id() {
        let told = |named| key_of(named, &items()).unwrap_or_else(|failure| failure.to_string());
        let told = ["Sales", "filter (2)", "Filter", "Vavle"].map(told);
        insta::assert_snapshot!(told.join("\n"), @r#"
        sales
        pbmat_2
        Several items have the name Filter: name it by its id (pbmat_1, pbmat_2).
        QuickBooks has no item Vavle from here: hcpqbo items lists those that it has.
        "#);
    }
}
