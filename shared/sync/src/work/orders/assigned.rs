//! What a person says something is in QuickBooks, or is booked to: an item's income account (I5), what lines stand for that are
//! not in the price book (L5), whom a customer is (C6).

mod enter;

use std::time::Duration;

use hcp::{CompanyId, CustomerId};
use jiff::Timestamp;
use mapping::SlotName;
use serde::{Deserialize, Serialize};
use store::{ActKind, By, Stored, read_all};
use uuid::Uuid;

use super::{Answer, MOST_AT_ONCE, Order, Wish, end};
use crate::{
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    retry,
    stop::Stop,
    work::message::name,
    world::World,
};

/// What is said of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignment {
    /// The income account of an item.
    Account {
        /// The item, by its key ([`SlotName::item_key`]).
        item: String,
        /// The account, by its name or its id in QuickBooks.
        account: String,
    },
    /// What lines of a name stand for.
    Line {
        /// The name.
        name: String,
        /// The item.
        item: LineItem,
    },
    /// Nothing: QuickBooks' settings and lists are read again, so that what was made there can be chosen.
    Read,
    /// Whom a customer is in QuickBooks.
    Customer {
        /// The customer.
        customer: CustomerId,
        /// Who it is.
        is: CustomerMatch,
    },
}

/// An item that lines can stand for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineItem {
    /// The generic item *Sales*, as without a choice.
    Sales,
    /// One that is known here, by its key.
    Known(String),
    /// One that QuickBooks has, by its name or its id there.
    Quickbooks(String),
    /// One of their own, that is booked to this income account, by its name or its id in QuickBooks.
    Own(String),
}

/// Whom a customer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerMatch {
    /// This one, by their name or their id in QuickBooks.
    Linked(String),
    /// Not the one that they were linked to: the next invoice finds another or makes one.
    Unlinked,
    /// One who is made with the next invoice, with this behind the name.
    New(String),
}

/// What became of something that was said.
#[derive(Clone, Debug)]
pub struct AssignmentStatus {
    /// What it was.
    pub assignment: Assignment,
    /// Who said it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How far it is.
    pub progress: Progress,
}

/// How far something is that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is still to be entered.
    Waiting {
        /// Why it waits, where that is known.
        why: Option<String>,
    },
    /// It cannot be, for this reason.
    Declined {
        /// What a person reads.
        words: String,
    },
    /// It is entered.
    Entered {
        /// What follows from it.
        words: String,
    },
}

/// What was entered.
struct Entered {
    /// What the log calls it.
    field: String,
    /// What it is now, in words.
    after: String,
    /// What follows from it.
    words: String,
}

impl<W: World> Engine<W> {
    /// Orders that this is entered, under an id by which [`Engine::assignment_status`] tells what comes of it. The same order
    /// under the same id is no second one.
    ///
    /// # Errors
    /// [`Declined`] when nothing is said, or too much at once; or something of it can never be.
    pub async fn order_assignments(
        &self,
        company: &CompanyId,
        id: Uuid,
        by: &By,
        assignments: Vec<Assignment>,
    ) -> Result<(), NotDone> {
        if assignments.is_empty() || assignments.len() > MOST_AT_ONCE {
            let words = format!("Name at least one, and at most {MOST_AT_ONCE} at once.");
            return Err(Declined::not_usable("items", words).into());
        }
        for assignment in &assignments {
            possible(assignment)?;
        }
        let orders = assignments.into_iter().map(|assignment| Order {
            wish: Wish::Assign,
            assignment: Some(assignment),
            ..Order::default()
        });
        self.enter_orders(company, id, by, orders.collect()).await
    }

    /// What became of it, one by one; an empty list: nothing was said under this id.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn assignment_status(
        &self,
        company: &CompanyId,
        id: Uuid,
    ) -> Result<Vec<AssignmentStatus>, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let key = cx.books.work(name::ORDER, &format!("{id}#"));
        let orders = read_all::<Order>(self.world.table(), &key).await?;
        let told = orders.into_iter().filter_map(|order| {
            let order = order.value;
            Some(AssignmentStatus {
                assignment: order.assignment?,
                by: order.by?.name,
                at: order.at,
                progress: match order.outcome {
                    None => Progress::Waiting {
                        why: order.waiting.waits_for,
                    },
                    Some(Answer::Declined { words }) => Progress::Declined { words },
                    Some(Answer::Entered { words }) => Progress::Entered { words },
                    Some(Answer::Settled | Answer::Found { .. }) => Progress::Entered {
                        words: String::new(),
                    },
                },
            })
        });
        Ok(told.collect())
    }

    /// Enters it. What it was before is noted first; what is entered can be entered again; its outcome and who said what are
    /// written together.
    pub(super) async fn carry_assignment(
        &self,
        cx: &Ctx,
        mut order: Stored<Order>,
        assignment: &Assignment,
        by: &By,
    ) -> Result<(), Stop> {
        if order.value.before.is_none() {
            order.value.before = Some(self.stands(cx, assignment).await?);
            self.put(vec![order.put()?]).await?;
            order.written();
        }
        let mut rounds = 0;
        let entered = loop {
            rounds += 1;
            match self.assign(cx, assignment).await {
                // Somebody else wrote a record that it changes: it is entered on top.
                Err(NotDone::Declined(Declined::Changed { .. })) if rounds < retry::PLANS => {}
                entered => break entered,
            }
        };
        let Entered {
            field,
            after,
            words,
        } = match entered {
            Ok(entered) => entered,
            Err(NotDone::Declined(declined)) => {
                let words = declined.to_string();
                return self.answer(order, Answer::Declined { words }).await;
            }
            Err(NotDone::Stop(stop)) => return Err(stop),
        };
        let (what, about) = match assignment {
            Assignment::Account { item, .. } => (ActKind::MappedIncome, Some(item.as_str())),
            Assignment::Line { .. } => (ActKind::MappedLine, None),
            Assignment::Read => {
                end(&mut order, Answer::Entered { words });
                return self.put(vec![order.put()?]).await;
            }
            Assignment::Customer { customer, .. } => (ActKind::Chose, Some(customer.as_str())),
        };
        let change = store::FieldChange {
            field,
            before: order
                .value
                .before
                .clone()
                .filter(|before| !before.is_empty()),
            after: Some(after),
        };
        let mut act = Acting::new(by, what).changes(vec![change]);
        if let Some(about) = about {
            act = act.about(&about);
        }
        end(&mut order, Answer::Entered { words });
        let act = act.write(&self.world, &cx.books)?;
        self.put(vec![order.put()?, act]).await
    }
}

/// What a person says has so many characters at most, as the name of a line has in Housecall Pro.
const LONGEST: usize = 500;

/// Whether it can be at all.
fn possible(assignment: &Assignment) -> Result<(), Declined> {
    let fits = |what: &'static str, text: &str| {
        let count = text.trim().chars().count();
        match (1..=LONGEST).contains(&count) && !text.contains(char::is_control) {
            true => Ok(()),
            false => {
                let words = format!("Name one, in {LONGEST} characters at most.");
                Err(Declined::not_usable(what, words))
            }
        }
    };
    match assignment {
        Assignment::Account { item, account } => {
            let name = SlotName::of_item(item).ok_or_else(|| no_item(item))?;
            if !name.has_own_account() {
                let words = "Where tips, card surcharges, deposits, discounts and rounding are booked follows from the settings and from QuickBooks' own.";
                return Err(Declined::not_usable("item", words));
            }
            fits("account", account)
        }
        Assignment::Line { name, item } => {
            fits("name", name)?;
            match item {
                LineItem::Sales => Ok(()),
                LineItem::Known(key) => {
                    let name = SlotName::of_item(key).ok_or_else(|| no_item(key))?;
                    match name.has_own_account() {
                        true => Ok(()),
                        false => {
                            let words = "Lines cannot stand for this item: it has a meaning of its own on invoices.";
                            Err(Declined::not_usable("item", words))
                        }
                    }
                }
                LineItem::Quickbooks(named) => fits("item", named),
                LineItem::Own(account) => fits("account", account),
            }
        }
        Assignment::Read => Ok(()),
        Assignment::Customer { is, .. } => match is {
            CustomerMatch::Linked(named) => fits("customer", named),
            CustomerMatch::Unlinked => Ok(()),
            CustomerMatch::New(suffix) => fits("name", suffix),
        },
    }
}

fn no_item(key: &str) -> Declined {
    Declined::no_such("item", &key, "There is no such item.")
}
