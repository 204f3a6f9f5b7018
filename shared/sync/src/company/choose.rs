//! What a person decides about a customer or an item that cannot be matched or is gone (S2).

use std::time::Duration;

use hcp::{AddressId, CompanyId, CustomerId, ServiceItemId};
use ledger::{Former, LedgerError, RawMemory, Seen, Slot};
use mapping::{AnyKind, Matched, QboObject, SlotName, customer, item};
use ports::Clock;
use store::{ActKind, By, Stored, places};

use crate::{
    calls::quickbooks::Rows,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    ledger::object,
    objects::slots::{stored, wrote},
    stop::{Stop, broken},
    world::World,
};

/// Whom or what the decision is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// A Housecall Pro customer (C6, C7, C10).
    Customer(CustomerId),
    /// The sub-customer for a service address of a customer (C11).
    Address(CustomerId, AddressId),
    /// An entry of the price book (I3).
    Item(ServiceItemId),
}

impl Party {
    /// Whose slot it is.
    pub(crate) fn of_slot(name: &SlotName) -> Option<Self> {
        if let Some(item) = name.item_id() {
            return Some(Self::Item(item));
        }
        let customer = name.customer_id()?;
        match name.place_of(&SlotName::customer(&customer)) {
            None => Some(Self::Customer(customer)),
            Some(place) => Some(Self::Address(customer, AddressId::parse(place).ok()?)),
        }
    }

    /// Its id in Housecall Pro; of a sub-customer that of the customer.
    fn id(&self) -> &str {
        match self {
            Self::Customer(id) | Self::Address(id, _) => id.as_str(),
            Self::Item(id) => id.as_str(),
        }
    }

    fn slot(&self) -> SlotName {
        match self {
            Self::Customer(id) => SlotName::customer(id),
            Self::Address(customer, address) => {
                SlotName::place(&SlotName::customer(customer), address.as_str())
            }
            Self::Item(id) => SlotName::item(id),
        }
    }

    pub(crate) fn kind(&self) -> AnyKind {
        match self {
            Self::Customer(_) | Self::Address(..) => AnyKind::Customer,
            Self::Item(_) => AnyKind::Item,
        }
    }
}

impl Party {
    /// What its slot remembers once this is chosen: of whoever has nobody in QuickBooks then, the name.
    fn chosen(&self, slot: &Slot, choice: &Choice) -> Result<RawMemory, Stop> {
        let before = &slot.memory;
        let suffix = match choice {
            Choice::CreateAs(suffix) => Some(suffix.clone()),
            Choice::LinkTo(_) | Choice::CreateNew => None,
        };
        match self {
            Self::Customer(_) => {
                let before: customer::Memory = before.read().map_err(broken)?;
                let known: qbo::Customer = wrote(slot)?;
                let name = places::customer_name(&before, &known).map(str::to_owned);
                RawMemory::new(&customer::Memory {
                    suffix,
                    original: name.filter(|_| !matches!(choice, Choice::LinkTo(_))),
                    ..customer::Memory::default()
                })
            }
            Self::Address(..) => RawMemory::new(&customer::Memory {
                suffix,
                ..customer::Memory::default()
            }),
            Self::Item(_) => {
                let before: item::Memory = before.read().map_err(broken)?;
                RawMemory::new(&item::Memory {
                    suffix,
                    income: before.income,
                    ..item::Memory::default()
                })
            }
        }
        .map_err(broken)
    }

    /// The same, with the evidence for the match.
    fn matched(&self, memory: &RawMemory, matched: Matched) -> Result<RawMemory, Stop> {
        let matched = Some(matched);
        match self {
            Self::Customer(_) | Self::Address(..) => RawMemory::new(&customer::Memory {
                matched,
                ..memory.read().map_err(broken)?
            }),
            Self::Item(_) => RawMemory::new(&item::Memory {
                matched,
                ..memory.read().map_err(broken)?
            }),
        }
        .map_err(broken)
    }
}

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is this object in QuickBooks, whatever its name; the link that was there goes.
    LinkTo(qbo::Id),
    /// It is not what it was linked to: the next invoice finds or makes another.
    CreateNew,
    /// It is another one than that of its name in QuickBooks: made with this behind its name, such as
    /// ` (customer)`.
    CreateAs(String),
}

impl<W: World> Engine<W> {
    /// Enters a decision. The next trigger, or the same once more, carries it out.
    ///
    /// # Errors
    /// [`Declined`] when QuickBooks has no such active object, or it is another one's. Nothing is entered then.
    pub async fn choose(
        &self,
        company: &CompanyId,
        party: &Party,
        choice: &Choice,
        by: &By,
        deadline: Duration,
    ) -> Result<(), NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        self.enter_choice(&cx, party, choice).await?;
        let told = match choice {
            Choice::LinkTo(id) => format!("linked to {id}"),
            Choice::CreateNew => "another one than before".to_owned(),
            Choice::CreateAs(suffix) => format!("made with the name and{suffix}"),
        };
        let act = Acting::new(by, ActKind::Chose)
            .about(&party.id())
            .told(told);
        Ok(self.put(vec![act.write(&self.world, &cx.books)?]).await?)
    }

    /// The same, without telling of it.
    pub(crate) async fn enter_choice(
        &self,
        cx: &Ctx,
        party: &Party,
        choice: &Choice,
    ) -> Result<(), NotDone> {
        let (kind, name) = (party.kind(), party.slot());
        let mut slot: Stored<Slot> = stored(self.world.table(), cx, &name).await?;
        if slot.value.is_sending() {
            self.settle(cx, &name).await?;
            return Err(Stop::PlanAgain(name.to_string()).into());
        }
        self.end_alerts_of(cx, &name, &slot.value).await?;
        slot.value.alerted = false;
        slot.value.memory = party.chosen(&slot.value, choice)?;
        let chosen = object(&name, kind, slot);
        let Choice::LinkTo(id) = choice else {
            return Ok(self.unlink(cx, chosen).await?);
        };
        let seen = self
            .look_at_choice(cx, party, id, &chosen.slot.value.memory)
            .await?;
        let linked = self.link(cx, chosen.clone(), seen.clone(), Former::Freed, Vec::new());
        match linked.await {
            Ok(()) => Ok(()),
            Err(LedgerError::HeldBy(other)) => {
                let has_left = self.is_gone_in_housecall(cx, &other).await?;
                if !has_left.map_err(|error| self.not_told(error))? {
                    let words = format!(
                        "the QuickBooks {} {id} is linked to another one already ({other}): choose another for that one first",
                        kind.as_str()
                    );
                    return Err(Declined::held_by("QuickBooks object", &other, words).into());
                }
                // Whoever was merged away in Housecall Pro holds nothing against the one who stays (C12).
                let theirs = stored(self.world.table(), cx, &other).await?;
                let theirs = object(&other, kind, theirs);
                let moved = self.moved(None);
                let moved = self.move_link(cx, theirs, (chosen, seen), moved, Former::Freed);
                Ok(moved.await?)
            }
            Err(error) => Err(Stop::from(error).into()),
        }
    }

    /// What QuickBooks has under an id. Linking renames nothing: what Housecall Pro says now counts as
    /// written (C4, I6).
    async fn look_at_choice(
        &self,
        cx: &Ctx,
        party: &Party,
        id: &qbo::Id,
        memory: &RawMemory,
    ) -> Result<Seen, NotDone> {
        let kind = party.kind();
        let rows = self.ask_all(cx, &[kind.by_id(id)]).await?;
        let missing = || {
            let words = format!("QuickBooks has no active {} {id}", kind.as_str());
            Declined::no_such(kind.as_str(), id, words)
        };
        let rows = rows.first().ok_or_else(missing)?;
        let (found, wrote, name) = match party {
            Party::Customer(customer) | Party::Address(customer, _) => {
                let found = Rows::of::<qbo::Customer>(rows)?;
                let found = found.into_iter().next().ok_or_else(missing)?;
                let ours = self.customer_or_place(cx, party, customer).await?;
                let name = found.display_name.clone();
                (
                    QboObject::Customer(Box::new(found)),
                    QboObject::Customer(Box::new(ours)),
                    name,
                )
            }
            Party::Item(_) => {
                let found = Rows::of::<qbo::Item>(rows)?;
                let found = found.into_iter().next().ok_or_else(missing)?;
                if !mapping::item::stands_on_lines(&found) {
                    return Err(no_product(&found).into());
                }
                let name = found.name.clone();
                let ours = qbo::Item {
                    name: name.clone(),
                    kind: found.kind.clone(),
                    income_account_ref: found.income_account_ref.clone(),
                    ..qbo::Item::default()
                };
                (
                    QboObject::Item(Box::new(found)),
                    QboObject::Item(Box::new(ours)),
                    name,
                )
            }
        };
        let (id, sync_token) = found.identity().ok_or_else(missing)?;
        let matched = Matched {
            at: self.world.clock().now(),
            name: name.unwrap_or_default(),
            agreed: vec!["a person's choice".to_owned()],
        };
        Ok(Seen {
            id,
            sync_token,
            key: found.key(),
            ours: Some(wrote.json().map_err(broken)?),
            memory: party.matched(memory, matched)?,
        })
    }

    /// What Housecall Pro says now of a customer, or of the sub-customer for an address of theirs.
    async fn customer_or_place(
        &self,
        cx: &Ctx,
        party: &Party,
        customer: &CustomerId,
    ) -> Result<qbo::Customer, NotDone> {
        self.may_ask_housecall(cx).await?;
        let client = self.housecall(&cx.books.company).await?;
        let ours = client.customer(customer).await;
        let ours = ours.map_err(|error| self.not_told(error))?;
        let above = mapping::customer::wanted(&ours, None);
        let Party::Address(_, address) = party else {
            return Ok(above);
        };
        let mut known = ours.addresses.iter();
        let here = known.find(|known| known.id.as_ref() == Some(address));
        let here = mapping::customer::place(&ours, here).ok_or_else(|| {
            let words = format!("the customer {customer} has no address {address}");
            Declined::no_such("address", address, words)
        })?;
        Ok(here.wanted(&above))
    }
}

/// An item that no line of an invoice can name, such as a category.
pub(crate) fn no_product(item: &qbo::Item) -> Declined {
    let words = format!(
        "{} is no product or service that an invoice can hold",
        mapping::item::category::described(item)
    );
    Declined::not_usable("item", words)
}
