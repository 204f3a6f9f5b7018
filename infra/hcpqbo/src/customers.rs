use clap::{Args, Subcommand, ValueEnum};
use hcp::CustomerId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    alerts::{Alert, handle},
    client::{Asking, Office},
    failure::Failure,
    lists::{self, Paging},
    orders::{self, Waiting},
    table::{Side, table},
};

/// Lists the customers who were seen here, with whom they are in QuickBooks; or says whom one is there.
///
/// About a customer of whom an open alert asks, hcpqbo alerts resolve says it.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Customers {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    asking: Asking,
    /// How they stand.
    #[arg(long, value_enum, default_value_t = Stands::Linked)]
    standing: Stands,
    /// Those whose names begin so; of those who are linked or unlinked.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

/// How customers stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stands {
    /// They are linked.
    Linked,
    /// They are linked to nobody.
    Unlinked,
    /// A person must say who they are.
    Ambiguous,
    /// Who they seem to be is linked to another customer.
    HeldByAnother,
}

impl Stands {
    fn name(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Unlinked => "unlinked",
            Self::Ambiguous => "ambiguous",
            Self::HeldByAnother => "held_by_another",
        }
    }
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Says that a customer is this one in QuickBooks.
    Link(Link),
    /// Says that a customer is not the one that they are linked to: the next push finds another or makes one.
    Unlink(Unlink),
    /// Says that a customer is made anew in QuickBooks with the next push.
    MakeNew(MakeNew),
}

#[derive(Debug, Args)]
struct Which {
    #[command(flatten)]
    asking: Asking,
    /// The customer, by the name or the id in Housecall Pro (`cus_…`).
    customer: String,
    #[command(flatten)]
    waiting: Waiting,
}

#[derive(Debug, Args)]
struct Link {
    #[command(flatten)]
    which: Which,
    /// Who it is, by the name or the id in QuickBooks.
    #[arg(value_name = "IN QUICKBOOKS")]
    is: String,
}

#[derive(Debug, Args)]
struct Unlink {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct MakeNew {
    #[command(flatten)]
    which: Which,
    /// What stands behind the name there.
    #[arg(long, default_value = "(2)")]
    behind: String,
}

#[derive(Deserialize)]
struct Customer {
    id: Option<String>,
    name: Option<String>,
    sent: Option<Sent>,
    is_linked: bool,
    found_as: Option<String>,
    evidence: Vec<String>,
    alert: Option<Alert>,
}

#[derive(Deserialize)]
struct Sent {
    name: Option<String>,
}

impl Customers {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.action {
            Some(Action::Link(Link { which, is })) => which.is("link", json!(is)).await,
            Some(Action::Unlink(Unlink { which })) => which.is("unlink", json!(true)).await,
            Some(Action::MakeNew(MakeNew { which, behind })) => {
                which.is("make_new", json!(behind)).await
            }
            None => {
                let mut office = Office::open(&self.asking).await?;
                let standing = Some(self.standing.name().to_owned());
                let by = [("standing", standing), ("name", self.name)];
                let of = ("customers", by.as_slice());
                let shown = (&self.paging, self.asking.json);
                lists::show::<Customer>(&mut office, of, shown, ("customer", "customers"), rows)
                    .await
            }
        }
    }
}

impl Which {
    async fn is(self, field: &str, value: Value) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let id = match CustomerId::is_meant_by(&self.customer) {
            true => self.customer.clone(),
            false => {
                let mut found: Vec<Customer> = Vec::new();
                for standing in [Stands::Linked, Stands::Unlinked] {
                    let standing = Some(standing.name().to_owned());
                    let by = [
                        ("standing", standing),
                        ("name", Some(self.customer.clone())),
                    ];
                    found.extend(lists::whole(&mut office, "customers", &by).await?);
                }
                id_of(&self.customer, &found)?
            }
        };
        let body = json!({ "customers": [{ "customer": id, field: value }] });
        let taken = office.post("customers/matches", body).await?.read()?;
        let called = [self.customer];
        let ended = orders::assigned(&mut office, &taken, &called, &self.waiting).await?;
        orders::report(&office, &[ended], self.asking.json)
    }
}

/// The id of the only customer of that name.
fn id_of(named: &str, found: &[Customer]) -> Result<String, Failure> {
    let of_name = found.iter().filter(|customer| {
        let name = customer.name.as_deref();
        name.is_some_and(|name| name.to_lowercase() == named.to_lowercase())
    });
    let ids: Vec<&str> = of_name.filter_map(|one| one.id.as_deref()).collect();
    match ids.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(Failure::Declined(format!(
            "No customer {named} was seen here: hcpqbo customers lists those who are linked, with --standing unlinked the others."
        ))),
        several => Err(Failure::Declined(format!(
            "Several customers have the name {named}: name the one you mean by the id ({}).",
            several.join(", ")
        ))),
    }
}

fn rows(customers: Vec<Customer>) -> String {
    let heads = [
        ("CUSTOMER", Side::Left),
        ("IN QUICKBOOKS", Side::Left),
        ("", Side::Left),
    ];
    let rows = customers.into_iter().map(|customer| {
        let sent = customer.sent.and_then(|sent| sent.name);
        let there = customer.found_as.or(sent).filter(|_| customer.is_linked);
        let how = match (&customer.alert, customer.evidence.as_slice()) {
            (Some(alert), _) => format!("hcpqbo alerts show {}", handle(&alert.id)),
            (None, []) => String::new(),
            (None, agreed) => format!("the same: {}", agreed.join(", ")),
        };
        let name = customer.name.or(customer.id);
        [name.unwrap_or_default(), there.unwrap_or_default(), how]
    });
    table(heads, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(id: &str, name: &str, linked: bool) -> Customer {
        Customer {
            id: Some(id.to_owned()),
            name: Some(name.to_owned()),
            sent: None,
            is_linked: linked,
            found_as: linked.then(|| "Sample, Dana".to_owned()),
            evidence: match linked {
                true => vec!["e-mail".to_owned(), "phone".to_owned()],
                false => Vec::new(),
            },
            alert: None,
        }
    }

    #[test]
    fn c6_customers_stand_in_a_table_with_whom_they_are() {
        let all = vec![
            customer("cus_1", "Dana Sample", true),
            customer("cus_2", "Eli Sample", false),
        ];
        insta::assert_snapshot!(rows(all), @r#"
        CUSTOMER     IN QUICKBOOKS
        Dana Sample  Sample, Dana   the same: e-mail, phone
        Eli Sample
        "#);
    }

    #[test]
    fn c6_a_customer_is_named_by_name_or_where_several_have_it_by_id() {
        let all = [
            customer("cus_1", "Dana Sample", true),
            customer("cus_2", "Eli Sample", false),
            customer("cus_3", "dana sample", false),
        ];
        let told = |named| id_of(named, &all).unwrap_or_else(|failure| failure.to_string());
        let told = ["eli sample", "Dana Sample", "Dana Sampel"].map(told);
        insta::assert_snapshot!(told.join("\n"), @r#"
        cus_2
        Several customers have the name Dana Sample: name the one you mean by the id (cus_1, cus_3).
        No customer Dana Sampel was seen here: hcpqbo customers lists those who are linked, with --standing unlinked the others.
        "#);
    }
}
