//! What a person can do about an alert here, beside what its words say: one list for each alert, made from the alert alone
//! (S2).

use qbo::limits;

use super::{Candidate, ItemTrouble};
use crate::names;

mod offered;
mod side;

pub use side::Side;

/// What tells a customer from somebody else in QuickBooks who has the name (C7): it stands in brackets behind the name.
const CUSTOMER: &str = "customer";

/// The same of an item whose name something else in QuickBooks has (I3), and of a material where a service has it (I7).
const PRICE_BOOK: &str = "price book";
const MATERIAL: &str = "material";

/// What can be done about an alert here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// The ways out, the first one first.
    pub offered: Vec<Choice>,
    /// Where nothing can be sent once more from here: why not, and what ends the alert instead.
    pub instead: Option<&'static str>,
}

/// One way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Its job is looked at and sent once more.
    PushAgain {
        /// Inside a sentence: `job 104`.
        what: String,
    },
    /// What people did with its documents in QuickBooks is looked at once more (R1).
    PullAgain {
        /// Inside a sentence: `job 104`.
        what: String,
    },
    /// The customer is this one in QuickBooks (C6).
    UseCustomer {
        /// Its id there.
        id: qbo::Id,
        /// So that it can be told from others of its name.
        described: String,
    },
    /// The customer is another one in QuickBooks, which the person names.
    UseNamedCustomer,
    /// The customer is made under another name (C6, C7).
    MakeCustomer {
        /// The name in Housecall Pro.
        name: String,
        /// What stands behind it unless the person says otherwise.
        suffix: String,
    },
    /// The customer is found or made anew (C10).
    ReplaceCustomer {
        /// The name.
        name: String,
    },
    /// The customer is made active again in QuickBooks (C10).
    ReactivateCustomer {
        /// The name.
        name: String,
    },
    /// The product or service is this one in QuickBooks (I3).
    UseItem {
        /// Its id there.
        id: qbo::Id,
        /// So that it can be told from others of its name.
        described: String,
    },
    /// The product or service is another one in QuickBooks, which the person names (I3).
    UseNamedItem,
    /// The product or service is made under another name (I3, I7).
    MakeItem {
        /// The name in Housecall Pro.
        name: String,
        /// What stands behind it unless the person says otherwise.
        suffix: String,
    },
    /// The products and services are made active again in QuickBooks.
    ReactivateItems {
        /// Their names.
        names: Vec<String>,
    },
    /// The invoice is the one that QuickBooks has (T12).
    LinkInvoice {
        /// Its number.
        number: String,
    },
    /// The invoice is sent under another number (N8).
    OtherNumber {
        /// The number that is taken.
        number: String,
        /// Whether the one that has it looks like the same invoice (T12).
        is_another: bool,
    },
    /// This rate counts for the taxes from now on (X2).
    UseRate {
        /// The tax code in QuickBooks.
        id: qbo::Id,
        /// Its name and its percentage.
        told: String,
        /// The names of the taxes in Housecall Pro.
        taxes: Vec<String>,
    },
    /// The invoice, the payment or the refund is dated on the first day that is open (S6).
    FirstOpenDay,
    /// The document is made once more (R8).
    MakeAgain {
        /// Inside a sentence: `invoice 1001`.
        what: String,
    },
    /// It stays as it is, and is told no more as long as nothing about it changes (R8, T7).
    Leave {
        /// Inside a sentence: `invoice 1001`.
        what: String,
    },
    /// The documents are voided (T7).
    Void {
        /// Their numbers.
        numbers: Vec<String>,
    },
    /// It is the money that QuickBooks has: it is not sent (R3, P5).
    Same {
        /// `payment`, `refund`.
        what: &'static str,
    },
    /// It is other money: it is sent (R3, P5).
    Separate {
        /// `payment`, `refund`.
        what: &'static str,
    },
    /// It is sent once more (R4).
    SendAgain {
        /// `payment`, `refund`.
        what: &'static str,
    },
    /// It is not sent, and asked about no more (R4).
    NotSend {
        /// `payment`, `refund`.
        what: &'static str,
    },
    /// The invoice is that of a customer whom the person names (P6).
    ItsCustomer,
}

/// What a person says beside a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What it is, inside a sentence: `the name`.
    pub what: &'static str,
    /// What counts where they say nothing; none: they must say it.
    pub unless: Option<String>,
}

impl Choice {
    /// What names it among those of its alert. It is part of the API: none is ever changed.
    pub fn key(&self) -> String {
        match self {
            Self::PushAgain { .. } => "push_again".to_owned(),
            Self::PullAgain { .. } => "pull_again".to_owned(),
            Self::UseCustomer { id, .. } => format!("use_customer:{id}"),
            Self::UseNamedCustomer => "use_named_customer".to_owned(),
            Self::MakeCustomer { .. } => "make_customer".to_owned(),
            Self::ReplaceCustomer { .. } => "replace_customer".to_owned(),
            Self::ReactivateCustomer { .. } => "reactivate_customer".to_owned(),
            Self::UseItem { id, .. } => format!("use_item:{id}"),
            Self::UseNamedItem => "use_named_item".to_owned(),
            Self::MakeItem { .. } => "make_item".to_owned(),
            Self::ReactivateItems { .. } => "reactivate_items".to_owned(),
            Self::LinkInvoice { .. } => "link_invoice".to_owned(),
            Self::OtherNumber { .. } => "other_number".to_owned(),
            Self::UseRate { id, .. } => format!("use_rate:{id}"),
            Self::FirstOpenDay => "first_open_day".to_owned(),
            Self::MakeAgain { .. } => "make_again".to_owned(),
            Self::Leave { .. } => "leave".to_owned(),
            Self::Void { .. } => "void".to_owned(),
            Self::Same { .. } => "same".to_owned(),
            Self::Separate { .. } => "separate".to_owned(),
            Self::SendAgain { .. } => "send_again".to_owned(),
            Self::NotSend { .. } => "not_send".to_owned(),
            Self::ItsCustomer => "its_customer".to_owned(),
        }
    }

    /// The words of its button: the act and its object.
    pub fn words(&self) -> String {
        match self {
            Self::PushAgain { what } => format!("Push {what} once more"),
            Self::PullAgain { what } => format!("Look once more at {what} in QuickBooks"),
            Self::UseCustomer { described, .. } => format!("Use the customer {described}"),
            Self::UseNamedCustomer => "Use another customer of QuickBooks".to_owned(),
            Self::MakeCustomer { name, suffix } => {
                format!("Make a new customer named {}", customer_named(name, suffix))
            }
            Self::ReplaceCustomer { name } => format!("Make a new customer named {name}"),
            Self::ReactivateCustomer { name } => format!("Make the customer {name} active again"),
            Self::UseItem { described, .. } => format!("Use {described}"),
            Self::UseNamedItem => "Use another product or service of QuickBooks".to_owned(),
            Self::MakeItem { name, suffix } => {
                format!(
                    "Make a new product or service named {}",
                    item_named(name, suffix)
                )
            }
            Self::ReactivateItems { names } => {
                format!("Make {} active again", names.join(" and "))
            }
            Self::LinkInvoice { number } => format!("Link invoice {number}"),
            Self::OtherNumber { number, is_another } => {
                let other = other_number(number);
                match is_another {
                    true => format!("It is another invoice: send this one as {other}"),
                    false => format!("Send the invoice as {other}"),
                }
            }
            Self::UseRate { told, taxes, .. } => {
                format!(
                    "Use the rate {told} for {} from now on",
                    taxes.join(" and ")
                )
            }
            Self::FirstOpenDay => "Date it on the first open day".to_owned(),
            Self::MakeAgain { what } => format!("Make {what} again"),
            Self::Leave { what } => format!("Leave {what} as it is"),
            Self::Void { numbers } => format!("Void invoice {}", numbers.join(" and ")),
            Self::Same { what } => format!("It is the same {what}: do not send it"),
            Self::Separate { what } => format!("It is another {what}: send it"),
            Self::SendAgain { what } => format!("Send the {what} once more"),
            Self::NotSend { what } => format!("Do not send the {what}"),
            Self::ItsCustomer => "Say whose invoice it is".to_owned(),
        }
    }

    /// What a person says beside it, if anything.
    pub fn asks(&self) -> Option<Ask> {
        let ask = |what, unless| Some(Ask { what, unless });
        match self {
            Self::UseNamedCustomer => ask("the name of the customer in QuickBooks", None),
            Self::MakeCustomer { name, suffix } => ask(
                "the name of the new customer",
                Some(customer_named(name, suffix)),
            ),
            Self::UseNamedItem => ask("the name of the product or service in QuickBooks", None),
            Self::MakeItem { name, suffix } => ask(
                "the name of the new product or service",
                Some(item_named(name, suffix)),
            ),
            Self::OtherNumber { number, .. } => ask("the number", Some(other_number(number))),
            Self::ItsCustomer => ask("the name of the customer in Housecall Pro", None),
            Self::PushAgain { .. }
            | Self::PullAgain { .. }
            | Self::UseCustomer { .. }
            | Self::ReplaceCustomer { .. }
            | Self::ReactivateCustomer { .. }
            | Self::UseItem { .. }
            | Self::ReactivateItems { .. }
            | Self::LinkInvoice { .. }
            | Self::UseRate { .. }
            | Self::FirstOpenDay
            | Self::MakeAgain { .. }
            | Self::Leave { .. }
            | Self::Void { .. }
            | Self::Same { .. }
            | Self::Separate { .. }
            | Self::SendAgain { .. }
            | Self::NotSend { .. } => None,
        }
    }

    /// What stands behind the name of a customer or an item that is made under another one, as the person writes that out;
    /// `None`: that does not begin with the name, so it could not be kept when the name changes.
    pub fn suffix(&self, named: Option<&str>) -> Option<String> {
        let (Self::MakeCustomer { name, suffix } | Self::MakeItem { name, suffix }) = self else {
            return None;
        };
        let offered = self.asks()?.unless;
        let Some(named) = named.filter(|named| offered.as_deref() != Some(*named)) else {
            return Some(suffix.clone());
        };
        let rest = named.strip_prefix(name.as_str())?.trim_end();
        (!rest.is_empty()).then(|| rest.to_owned())
    }
}

fn customer_named(name: &str, suffix: &str) -> String {
    names::with_suffix(name, suffix, limits::DISPLAY_NAME)
}

/// What is offered behind a name: the first that makes another one than what is taken.
fn apart(name: &str, word: &str, taken: &str) -> String {
    let counted = (2..).map(|count| format!(" ({word} {count})"));
    let all = std::iter::once(format!(" ({word})")).chain(counted);
    let mut free = all.filter(|suffix| format!("{name}{suffix}") != taken);
    free.next().unwrap_or_default()
}

fn item_named(name: &str, suffix: &str) -> String {
    names::with_suffix(name, suffix, limits::ITEM_NAME)
}

/// The number that is offered in the place of one that is taken, or that QuickBooks does not take.
fn other_number(number: &str) -> String {
    let clean = names::line(number, usize::MAX).unwrap_or_default();
    names::with_suffix(&clean, "-2", limits::DOC_NUMBER)
}

#[cfg(test)]
mod tests;
