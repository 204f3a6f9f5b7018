//! Entering what people said: each step can be repeated.

use hcp::CustomerId;
use ledger::Slot;
use mapping::{AnyKind, SlotName, customer, item};
use store::{LineName, NamedId, places, read};

use super::{Assignment, CustomerMatch, Entered, LineItem, no_item};
use crate::{
    company::choose::{Choice, Party},
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    objects::{
        income::Mapped,
        items_of_lines::digest,
        line_names::LineTarget,
        slots::{StoredCustomer, stored, wrote},
    },
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// What it is by now, in words; empty where it is nothing.
    pub(super) async fn stands(&self, cx: &Ctx, assignment: &Assignment) -> Result<String, Stop> {
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
            Assignment::Read => String::new(),
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

    pub(super) async fn assign(
        &self,
        cx: &Ctx,
        assignment: &Assignment,
    ) -> Result<Entered, NotDone> {
        match assignment {
            Assignment::Account { item, account } => self.assign_account(cx, item, account).await,
            Assignment::Line { name, item } => self.assign_line(cx, name, item).await,
            Assignment::Read => {
                self.refresh_setup(cx).await?;
                Ok(Entered {
                    field: String::new(),
                    after: String::new(),
                    words: "The settings and lists of QuickBooks were read again.".to_owned(),
                })
            }
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
