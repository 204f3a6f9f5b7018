//! What a person decides about a customer or an item that cannot be matched or is gone (S2).

use std::time::Duration;

use hcp::{AddressId, CompanyId, CustomerId, ServiceItemId};
use ports::Clock;
use qbo::Query;
use store::{Kind, Link, LinkOwner, Matched, Slot, SlotName, Stored, Write, read};

use crate::{
    alerts::{AlertKind, Finding},
    calls::quickbooks::{Rows, broken},
    ctx::Ctx,
    engine::Engine,
    objects::document::Document,
    stop::Stop,
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
    fn slot(&self) -> SlotName {
        match self {
            Self::Customer(id) => SlotName::customer(id),
            Self::Address(customer, address) => {
                SlotName::place(&SlotName::customer(customer), address.as_str())
            }
            Self::Item(id) => SlotName::item(id),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Customer(_) | Self::Address(..) => Kind::Customer,
            Self::Item(_) => Kind::Item,
        }
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
    /// [`Stop::Broken`] when QuickBooks has no such active object, or it is another one's; else as the
    /// [`Stop`] says. Nothing is entered then.
    pub async fn choose(
        &self,
        company: &CompanyId,
        party: &Party,
        choice: &Choice,
        deadline: Duration,
    ) -> Result<(), Stop> {
        let cx = self.cx(company, deadline).await?;
        let (kind, name) = (party.kind(), party.slot());
        let key = cx.books.slot(&name);
        let stored = read::<Slot>(self.world.table(), &key).await?;
        let slot = stored.unwrap_or_else(|| Stored::new(key, Slot::default()));
        if slot.value.pending.is_some() {
            self.settle(&cx, &name).await?;
            return Err(Stop::PlanAgain(name.to_string()));
        }
        let mut chosen = slot.clone();
        chosen.value = Slot {
            income: slot.value.income.clone(),
            ..Slot::default()
        };
        let mut writes = Vec::new();
        match choice {
            Choice::CreateNew => {}
            Choice::CreateAs(suffix) => chosen.value.suffix = Some(suffix.clone()),
            Choice::LinkTo(id) => {
                let key = cx.books.owner(kind, id);
                match read::<LinkOwner>(self.world.table(), &key).await? {
                    None => {
                        let owner = LinkOwner { slot: name.clone() };
                        writes.push(Stored::new(key, owner).put()?);
                    }
                    Some(owner) if owner.value.slot == name => {}
                    // Whoever was merged away in Housecall Pro holds nothing against the one who stays (C12).
                    Some(owner)
                        if self
                            .has_left(&cx, &owner.value.slot, asking(&owner.value.slot))
                            .await? =>
                    {
                        writes.extend(self.released(&cx, owner, &name).await?);
                    }
                    Some(_) => return Err(broken("it is linked to another one already")),
                }
                self.link_to(&cx, party, id, &mut chosen.value).await?;
            }
        }
        let kept = chosen.value.link.as_ref().map(|link| &link.id);
        if let Some(link) = &slot.value.link
            && kept != Some(&link.id)
            && let Some((owner, _)) = self.holder(&cx, kind, Some(&link.id)).await?
            && owner.value.slot == name
        {
            writes.push(Write::Delete {
                expect: owner.expect(),
                key: owner.key,
            });
        }
        writes.push(chosen.put()?);
        self.put(writes).await
    }

    /// Links what QuickBooks has under an id. Linking renames nothing: what Housecall Pro says now counts as
    /// written (C4, I6).
    async fn link_to(
        &self,
        cx: &Ctx,
        party: &Party,
        id: &qbo::Id,
        slot: &mut Slot,
    ) -> Result<(), Stop> {
        let kind = party.kind();
        let query = Query::select(kind.as_str()).where_eq("Id", id.as_str());
        let rows = self.ask_all(cx, &[query]).await?;
        let missing = || broken(format!("QuickBooks has no active {} {id}", kind.as_str()));
        let rows = rows.first().ok_or_else(missing)?;
        let (found, wrote, name) = match party {
            Party::Customer(customer) | Party::Address(customer, _) => {
                let found = Rows::of::<qbo::Customer>(rows)?;
                let found = found.into_iter().next().ok_or_else(missing)?;
                let company = &cx.books.company;
                self.may_ask_housecall(cx).await?;
                let ours = self.housecall(company).await?.customer(customer).await;
                let ours = ours.map_err(broken)?;
                let above = mapping::customer::wanted(&ours, None);
                let ours = match party {
                    Party::Address(_, address) => {
                        let mut known = ours.addresses.iter();
                        let here = known.find(|known| known.id.as_ref() == Some(address));
                        let here = mapping::customer::place(&ours, here);
                        let here =
                            here.ok_or_else(|| broken("the customer has no such address"))?;
                        here.wanted(&above)
                    }
                    _ => above,
                };
                let name = found.display_name.clone();
                (
                    Document::Customer(Box::new(found)),
                    Document::Customer(Box::new(ours)),
                    name,
                )
            }
            Party::Item(_) => {
                let found = Rows::of::<qbo::Item>(rows)?;
                let found = found.into_iter().next().ok_or_else(missing)?;
                if !mapping::item::stands_on_lines(&found) {
                    return Err(broken(
                        "it is no product or service that an invoice can hold",
                    ));
                }
                let name = found.name.clone();
                let ours = qbo::Item {
                    name: name.clone(),
                    kind: found.kind.clone(),
                    income_account_ref: found.income_account_ref.clone(),
                    ..qbo::Item::default()
                };
                (
                    Document::Item(Box::new(found)),
                    Document::Item(Box::new(ours)),
                    name,
                )
            }
        };
        let (id, sync_token) = found.identity().ok_or_else(missing)?;
        slot.link = Some(Link {
            id,
            sync_token,
            wrote: Some(wrote.json().map_err(broken)?),
            dated_by_invoice: false,
        });
        slot.matched = Some(Matched {
            at: self.world.clock().now(),
            name: name.unwrap_or_default(),
            agreed: vec!["a person's choice".to_owned()],
        });
        Ok(())
    }
}

/// What is reported when Housecall Pro does not tell whether a customer is still there.
fn asking(slot: &SlotName) -> Finding {
    Finding::about(AlertKind::HousecallRefused, slot.to_string())
}
