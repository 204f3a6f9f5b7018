use office::{ItemRow, LineRow};
use serde::{Deserialize, Serialize};
use store::NamedId;
use sync::work::orders::{
    Assignment, AssignmentStatus, CustomerMatch, LineItem, Progress as Standing,
};
use utoipa::ToSchema;

use super::Progress;
use crate::problem::Problem;

/// An entry of a list of QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    /// Its id there.
    id: String,
    /// Its name; empty where that is not known.
    name: String,
}

impl From<NamedId> for Named {
    fn from(named: NamedId) -> Self {
        Self {
            id: named.id.to_string(),
            name: named.name,
        }
    }
}

/// An item that QuickBooks has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemLine {
    /// What tells it from all others here.
    key: String,
    /// Its name in Housecall Pro, or the name of one that was made from here.
    name: Option<String>,
    /// Its name in QuickBooks.
    quickbooks: Option<String>,
    /// Whether it is an entry of the price book.
    in_price_book: bool,
    /// The name of its category in QuickBooks.
    category: Option<String>,
    /// Its income account.
    account: Option<Named>,
    /// Whether that was chosen for it.
    is_own_account: bool,
    /// Whether it can be chosen.
    may_choose_account: bool,
    /// What agreed when QuickBooks' one was taken for it; none: it was made from here.
    evidence: Option<Vec<String>>,
}

impl From<ItemRow> for ItemLine {
    fn from(row: ItemRow) -> Self {
        Self {
            key: row.key,
            name: row.name,
            quickbooks: row.quickbooks,
            in_price_book: row.in_price_book,
            category: row.category,
            account: row.account.map(Into::into),
            is_own_account: row.is_own_account,
            may_choose_account: row.may_choose_account,
            evidence: row.evidence,
        }
    }
}

/// A name that lines have which are not in the price book.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypedLine {
    /// The name, as it was typed first.
    name: String,
    /// How many jobs were sent with it, each counted once.
    jobs: usize,
    /// The name of the item that it stands for.
    item: Option<String>,
    /// Whether somebody mapped it; else it is the generic item for sales.
    is_mapped: bool,
}

impl From<LineRow> for TypedLine {
    fn from(row: LineRow) -> Self {
        Self {
            name: row.name,
            jobs: row.jobs,
            item: row.item,
            is_mapped: row.is_mapped,
        }
    }
}

/// An item and its income account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// The item, by its key.
    #[schema(max_length = 200)]
    item: String,
    /// The account, by its name or its id in QuickBooks.
    #[schema(max_length = 500)]
    account: String,
}

/// Items and their income accounts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccounts {
    /// Each item with its account.
    #[schema(min_items = 1, max_items = 50)]
    items: Vec<NewAccount>,
}

impl NewAccounts {
    pub(crate) fn assignments(self) -> Vec<Assignment> {
        let items = self.items.into_iter();
        items
            .map(|NewAccount { item, account }| Assignment::Account { item, account })
            .collect()
    }
}

/// What lines of these names stand for: one of the four is told.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewLineItems {
    /// The names.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<String>,
    /// An item that is known here, by its key.
    #[schema(max_length = 200)]
    item: Option<String>,
    /// An item that QuickBooks has, by its name or its id there.
    #[schema(max_length = 500)]
    quickbooks_item: Option<String>,
    /// The income account, by its name or its id in QuickBooks, of an item of their own.
    #[schema(max_length = 500)]
    own_account: Option<String>,
    /// `true`: the generic item for sales, as without a choice.
    sales: Option<bool>,
}

impl NewLineItems {
    pub(crate) fn assignments(self) -> Result<Vec<Assignment>, Problem> {
        let sales = self.sales.filter(|sales| *sales).map(|_| LineItem::Sales);
        let told = [
            self.item.map(LineItem::Known),
            self.quickbooks_item.map(LineItem::Quickbooks),
            self.own_account.map(LineItem::Own),
            sales,
        ];
        let mut told = told.into_iter().flatten();
        let (Some(item), None) = (told.next(), told.next()) else {
            return Err(Problem::unusable(
                "Say what the lines stand for: item, quickbooks_item, own_account or sales, one of them.",
            ));
        };
        let lines = self.lines.into_iter();
        let line = |name| Assignment::Line {
            name,
            item: item.clone(),
        };
        Ok(lines.map(line).collect())
    }
}

/// Whom a customer is in QuickBooks: one of the three is told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMatch {
    /// The customer, by the id in Housecall Pro.
    #[schema(max_length = 100)]
    customer: String,
    /// This one, by the name or the id in QuickBooks.
    #[schema(max_length = 500)]
    link: Option<String>,
    /// `true`: not the one that they are linked to; the next push finds another or makes one.
    unlink: Option<bool>,
    /// A new one with this behind the name, such as `(2)`.
    #[schema(max_length = 100)]
    make_new: Option<String>,
}

/// Whom customers are in QuickBooks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMatches {
    /// Each customer, with whom they are.
    #[schema(min_items = 1, max_items = 50)]
    customers: Vec<NewMatch>,
}

impl NewMatches {
    pub(crate) fn assignments(self) -> Result<Vec<Assignment>, Problem> {
        self.customers
            .into_iter()
            .map(NewMatch::assignment)
            .collect()
    }
}

impl NewMatch {
    fn assignment(self) -> Result<Assignment, Problem> {
        let unlink = self.unlink.filter(|unlink| *unlink);
        let told = [
            self.link.map(CustomerMatch::Linked),
            unlink.map(|_| CustomerMatch::Unlinked),
            self.make_new
                .map(|behind| CustomerMatch::New(format!(" {}", behind.trim()))),
        ];
        let mut told = told.into_iter().flatten();
        let (Some(is), None) = (told.next(), told.next()) else {
            return Err(Problem::unusable(
                "Say whom the customer is: link, unlink or make_new, one of them.",
            ));
        };
        let customer = hcp::CustomerId::parse(&self.customer);
        let customer = customer
            .map_err(|_| Problem::unusable("A customer is named by the id in Housecall Pro."))?;
        Ok(Assignment::Customer { customer, is })
    }
}

/// What became of one thing that was said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssignedOne {
    /// What it was said of: the key of an item, the name of lines, the id of a customer; `quickbooks`.
    of: String,
    /// How far it is.
    progress: Progress,
    /// Why it waits, why it cannot be, or what follows from it.
    words: Option<String>,
}

/// What became of what was said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Assigned {
    /// Its id.
    id: String,
    /// Who said it.
    by: String,
    /// When.
    at: String,
    /// What became of each.
    items: Vec<AssignedOne>,
}

impl Assigned {
    pub(crate) fn new(id: String, all: Vec<AssignmentStatus>) -> Self {
        let first = all.first();
        Self {
            id,
            by: first.map(|one| one.by.clone()).unwrap_or_default(),
            at: first.map(|one| one.at.to_string()).unwrap_or_default(),
            items: all.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<AssignmentStatus> for AssignedOne {
    fn from(status: AssignmentStatus) -> Self {
        let (progress, words) = match status.progress {
            Standing::Waiting { why } => (Progress::Waiting, why),
            Standing::Declined { words } => (Progress::Declined, Some(words)),
            Standing::Entered { words } => (Progress::Done, Some(words)),
        };
        Self {
            of: match status.assignment {
                Assignment::Account { item, .. } => item,
                Assignment::Line { name, .. } => name,
                Assignment::Read => "quickbooks".to_owned(),
                Assignment::Customer { customer, .. } => customer.to_string(),
            },
            progress,
            words,
        }
    }
}
