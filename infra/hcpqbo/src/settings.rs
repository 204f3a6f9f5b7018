use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;

use crate::{
    client::{Answer, Asking, Office},
    failure::Failure,
    say,
    table::{Side, table},
};

/// Shows or changes what a company chose. A change takes effect within half a minute, for jobs that are synced from then on.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Settings {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Changes settings, all that are named or none: `set date_source=service_date classes=on`.
    ///
    /// A tax of Housecall Pro is mapped to a tax code in QuickBooks by `set "tax_rates.County tax=County 8%"`, and no longer by
    /// `set "tax_rates.County tax="`.
    Set {
        #[command(flatten)]
        asking: Asking,
        /// Name and value, with an equals sign between them.
        #[arg(required = true, value_name = "KEY=VALUE", value_parser = change)]
        changes: Vec<(String, String)>,
    },
    /// Has accounts, tax codes and preferences of QuickBooks read now, since somebody changed them there; else once a day.
    Read {
        #[command(flatten)]
        asking: Asking,
    },
}

#[derive(Debug, Deserialize)]
struct Chosen {
    items: Vec<Setting>,
}

#[derive(Debug, Deserialize)]
struct Setting {
    key: String,
    value: String,
    allowed: String,
}

impl Settings {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.action {
            None => {
                let mut office = Office::open(&self.asking).await?;
                show(&office.get("settings").await?, self.asking.json)
            }
            Some(Action::Set { asking, changes }) => {
                let mut office = Office::open(&asking).await?;
                let seen = office.get("settings").await?.tag();
                let changes: BTreeMap<String, String> = changes.into_iter().collect();
                let body = json!({ "changes": changes });
                show(&office.patch("settings", seen, body).await?, asking.json)
            }
            Some(Action::Read { asking }) => {
                let mut office = Office::open(&asking).await?;
                let answer = office.post("quickbooks/readings", json!({})).await?;
                match asking.json {
                    true => say(&answer.text()),
                    false => say("QuickBooks is read within some seconds.\n"),
                }
            }
        }
    }
}

fn show(answer: &Answer, json: bool) -> Result<(), Failure> {
    if json {
        return say(&answer.text());
    }
    let chosen: Chosen = answer.read()?;
    say(&listed(chosen))
}

fn listed(chosen: Chosen) -> String {
    let heads = [
        ("SETTING", Side::Left),
        ("VALUE", Side::Left),
        ("MAY BE", Side::Left),
    ];
    let rows = chosen.items.into_iter();
    table(heads, rows.map(|one| [one.key, one.value, one.allowed]))
}

fn change(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| format!("write it as {text}=<value>"))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_a_name_and_a_value_that_may_have_an_equals_sign_or_be_nothing() {
        let told = |text| change(text);
        let pair = |key: &str, value: &str| Ok((key.to_owned(), value.to_owned()));
        assert_eq!(told("classes=on"), pair("classes", "on"));
        let taxes = told("tax_rates.County tax = a=b");
        assert_eq!(taxes, pair("tax_rates.County tax", "a=b"));
        assert_eq!(told("tax_rates.City="), pair("tax_rates.City", ""));
        assert_eq!(
            told("classes"),
            Err("write it as classes=<value>".to_owned())
        );
    }
}
