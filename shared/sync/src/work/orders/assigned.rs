//! What a person says something is in QuickBooks, or is booked to: an item's income account (I5), what lines stand for that are
//! not in the price book (L5), whom a customer is (C6).

use std::time::Duration;

use hcp::{CompanyId, CustomerId};
use jiff::Timestamp;
use ledger::Slot;
use mapping::{AnyKind, SlotName, customer, item};
use serde::{Deserialize, Serialize};
use store::{ActKind, By, LineName, NamedId, Stored, places, read, read_all};
use uuid::Uuid;

use super::{Answer, MOST_AT_ONCE, Order, Wish, end};
use crate::{
    company::choose::{Choice, Party},
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    objects::{
        income::Mapped,
        items_of_lines::digest,
        line_names::LineTarget,
        slots::{StoredCustomer, stored, wrote},
    },
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

    /// What it is by now, in words; empty where it is nothing.
    async fn stands(&self, cx: &Ctx, assignment: &Assignment) -> Result<String, Stop> {
        Ok(match assignment {
            Assignment::Account { item, .. } => {
                let Some(name) = SlotName::of_item(item) else {
                    return Ok(String::new());
                };
                let (_, slot) = self.item_slot(cx, name).await?;
                let known: qbo::Item = wrote(&slot.value)?;
                let account = places::item_account(&slot.value.memory, &known);
                account.map_or_else(String::new, |account| account_name(cx, account))
            }
            Assignment::Line { name, .. } => {
                let key = cx.books.line_name(&digest(name));
                let line = read::<LineName>(self.world.table(), &key).await?;
                let item = line.map_or_else(SlotName::sales_item, |line| line.value.item);
                self.item_called(cx, item).await?
            }
            Assignment::Customer { customer, .. } => {
                let name = SlotName::customer(customer);
                let slot: StoredCustomer = stored(self.world.table(), cx, &name).await?;
                match slot.value.link() {
                    Some(_) => customer_called(&slot)?.unwrap_or_default(),
                    None => String::new(),
                }
            }
        })
    }

    async fn assign(&self, cx: &Ctx, assignment: &Assignment) -> Result<Entered, NotDone> {
        match assignment {
            Assignment::Account { item, account } => self.assign_account(cx, item, account).await,
            Assignment::Line { name, item } => self.assign_line(cx, name, item).await,
            Assignment::Customer { customer, is } => self.assign_customer(cx, customer, is).await,
        }
    }

    async fn assign_account(
        &self,
        cx: &Ctx,
        item: &str,
        account: &str,
    ) -> Result<Entered, NotDone> {
        let name = SlotName::of_item(item).ok_or_else(|| no_item(item))?;
        let account = self.income_account(cx, account).await?;
        let mapped = self.enter_income_of(cx, &name, &account.id).await?;
        let called = self.item_called(cx, name).await?;
        let called = if called.is_empty() {
            "the item"
        } else {
            &called
        };
        let words = match mapped {
            Mapped::Now => format!(
                "QuickBooks books {called} to {} from now on. Past transactions keep their account.",
                account.name
            ),
            Mapped::AtFirstUse => format!(
                "QuickBooks does not have this item yet: it is made with the account {} when a job uses it for the first time.",
                account.name
            ),
        };
        Ok(Entered {
            field: format!("income account of {called}"),
            after: account.name,
            words,
        })
    }

    async fn assign_line(&self, cx: &Ctx, name: &str, item: &LineItem) -> Result<Entered, NotDone> {
        let target = match item {
            LineItem::Sales => LineTarget::Sales,
            LineItem::Known(key) => LineTarget::Item(self.known_item(cx, key).await?),
            LineItem::Quickbooks(named) => {
                LineTarget::Item(self.in_quickbooks(cx, AnyKind::Item, named).await?)
            }
            LineItem::Own(account) => LineTarget::Own {
                account: self.income_account(cx, account).await?.id,
            },
        };
        let slot = self.enter_line_name(cx, name, &target).await?;
        let after = self.item_called(cx, slot).await?;
        Ok(Entered {
            field: format!("lines named {name}"),
            words: format!(
                "Lines named {name} are sent as {after} from the next push of a job on. Invoices that are in QuickBooks keep their lines as they are."
            ),
            after,
        })
    }

    async fn assign_customer(
        &self,
        cx: &Ctx,
        customer: &CustomerId,
        is: &CustomerMatch,
    ) -> Result<Entered, NotDone> {
        let party = Party::Customer(customer.clone());
        let name = SlotName::customer(customer);
        let key = cx.books.slot(&name);
        let known = read::<Slot<customer::Memory>>(self.world.table(), &key).await?;
        let Some(known) = known else {
            let words = "No customer of that id was seen here.";
            return Err(Declined::no_such("customer", customer, words).into());
        };
        let called = customer_called(&known)?.unwrap_or_default();
        let choice = match is {
            CustomerMatch::Linked(named) => {
                Choice::LinkTo(self.in_quickbooks(cx, AnyKind::Customer, named).await?)
            }
            CustomerMatch::Unlinked => Choice::CreateNew,
            CustomerMatch::New(suffix) => Choice::CreateAs(suffix.clone()),
        };
        self.enter_choice(cx, &party, &choice).await?;
        let (after, words) = match is {
            CustomerMatch::Linked(_) => {
                let slot: StoredCustomer = stored(self.world.table(), cx, &name).await?;
                let matched = slot.value.memory.matched.map(|matched| matched.name);
                let after = matched.unwrap_or_default();
                let words = format!(
                    "From the next push on, invoices of {called} are made out to {after} in QuickBooks. What is there stays as it is until its job is pushed."
                );
                (after, words)
            }
            CustomerMatch::Unlinked => (
                "nobody".to_owned(),
                format!(
                    "{called} is linked to nobody: with the next push, a customer of that name in QuickBooks is found or made."
                ),
            ),
            CustomerMatch::New(suffix) => (
                format!("a new one, {called}{suffix}"),
                format!("With the next push, {called}{suffix} is made in QuickBooks."),
            ),
        };
        Ok(Entered {
            field: format!("customer {called}"),
            after,
            words,
        })
    }

    /// The income account of that id or name, as QuickBooks has it by now: one that was not there when it was read last is
    /// asked for once more.
    async fn income_account(&self, cx: &Ctx, named: &str) -> Result<NamedId, NotDone> {
        if let Some(known) = account_named(cx, named) {
            return Ok(known.clone());
        }
        self.refresh_setup(cx).await?;
        let anew = self.cx_anew(cx).await?;
        if let Some(known) = account_named(&anew, named) {
            return Ok(known.clone());
        }
        let names = anew.connection.income_accounts.iter();
        let names: Vec<&str> = names.map(|account| account.name.as_str()).collect();
        let words = format!(
            "QuickBooks has no active income account {named}. It has: {}. Accounts are made in QuickBooks.",
            names.join(", ")
        );
        Err(Declined::no_such("account", &named, words).into())
    }

    /// The QuickBooks item of one that is known here.
    async fn known_item(&self, cx: &Ctx, key: &str) -> Result<qbo::Id, NotDone> {
        let name = SlotName::of_item(key).ok_or_else(|| no_item(key))?;
        let (_, slot) = self.item_slot(cx, name).await?;
        let unused = || {
            let words = "QuickBooks does not have this item yet: no job has used it.";
            Declined::no_such("item", &key, words)
        };
        Ok(slot.value.link().ok_or_else(unused)?.id.clone())
    }

    /// What QuickBooks has under a name, else under an id.
    async fn in_quickbooks(
        &self,
        cx: &Ctx,
        kind: AnyKind,
        named: &str,
    ) -> Result<qbo::Id, NotDone> {
        match self.one_named(cx, kind, named).await {
            Err(NotDone::Declined(Declined::NoSuch { .. })) if is_id(named) => {
                Ok(qbo::Id::new(named))
            }
            found => found,
        }
    }

    /// What people call an item: as QuickBooks does.
    async fn item_called(&self, cx: &Ctx, name: SlotName) -> Result<String, Stop> {
        let is_sales = name == SlotName::sales_item();
        let (_, slot) = self.item_slot(cx, name).await?;
        let known: qbo::Item = wrote(&slot.value)?;
        let matched = slot.value.memory.matched.map(|matched| matched.name);
        let name = matched.or(known.name);
        Ok(match (name, is_sales) {
            (Some(name), _) => name,
            (None, true) => item::SALES.to_owned(),
            (None, false) => String::new(),
        })
    }
}

fn customer_called(slot: &StoredCustomer) -> Result<Option<String>, Stop> {
    let known: qbo::Customer = wrote(&slot.value)?;
    let name = places::customer_name(&slot.value.memory, &known);
    Ok(name.map(str::to_owned))
}

fn account_named<'a>(cx: &'a Ctx, named: &str) -> Option<&'a NamedId> {
    let accounts = &cx.connection.income_accounts;
    let by_id = accounts.iter().find(|one| one.id.as_str() == named);
    let mut accounts = accounts.iter();
    by_id.or_else(|| accounts.find(|one| one.name.eq_ignore_ascii_case(named)))
}

fn account_name(cx: &Ctx, account: &qbo::Id) -> String {
    let known = account_named(cx, account.as_str());
    known.map_or_else(|| format!("account {account}"), |known| known.name.clone())
}

/// QuickBooks' ids are numbers.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

fn no_item(key: &str) -> Declined {
    Declined::no_such("item", &key, "There is no such item.")
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
        Assignment::Customer { is, .. } => match is {
            CustomerMatch::Linked(named) => fits("customer", named),
            CustomerMatch::Unlinked => Ok(()),
            CustomerMatch::New(suffix) => fits("name", suffix),
        },
    }
}
