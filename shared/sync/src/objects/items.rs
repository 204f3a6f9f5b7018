//! The items of a job: each found in QuickBooks or made there, under a name of its own (I1 to I8).

use jiff::Timestamp;
use ledger::{Slot, owner};
use mapping::{
    JobRecords, Kind, Matched, SlotName,
    item::{ItemMatch, Memory},
    normalised,
};
use ports::Clock;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use store::{Stored, read};

use crate::{
    alerts::{AlertKind, Finding},
    calls::quickbooks::broken,
    ctx::Ctx,
    engine::Engine,
    job::{plan::Plan, push::LookedUp},
    ledger::PlannedWrite,
    objects::{
        document::Document, items_of_lines::UsedItem, same_name::Shared, slots::StoredItem,
        sub_customer::HOPS, tips_and_surcharges,
    },
    stop::Stop,
    world::World,
};

/// What must be done about an item that QuickBooks does not have from us yet.
pub(crate) enum Missing {
    /// Make it.
    Make(Box<PlannedWrite>),
    /// Something was entered; plan again.
    Entered,
}

/// What an item is looked for, and what an alert about it says.
#[derive(Clone, Copy)]
pub(crate) enum Cause<'a> {
    /// A job uses it.
    Job(&'a Plan<'a>),
    /// It was mapped to an account before any job used it (I5).
    Mapping,
}

impl Cause<'_> {
    pub(crate) fn finding(self, kind: AlertKind) -> Finding {
        match self {
            Self::Job(plan) => plan.finding(kind),
            Self::Mapping => Finding::about(kind, "mapping".to_owned()),
        }
    }

    /// Whether the job uses both.
    pub(crate) fn uses(self, slot: &SlotName) -> bool {
        match self {
            Self::Job(plan) => plan.items.iter().any(|(used, _)| used.name == *slot),
            Self::Mapping => false,
        }
    }
}

/// The items under the names and accounts that their slots hold. A link that moved is followed (I7).
pub(crate) async fn as_stored<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    records: &JobRecords,
    items: Vec<(UsedItem, StoredItem)>,
) -> Result<Vec<(UsedItem, StoredItem)>, Stop> {
    let mut stored = Vec::with_capacity(items.len());
    for (mut used, mut slot) in items {
        let present = followed(engine, cx, used.name, slot).await?;
        // Lines from before the move keep the old id; on a later job it means that both live on.
        let created = records.job.created_at;
        if present.moved.is_some_and(|moved| created > Some(moved)) && !used.typed {
            return Err(in_both_books(
                Finding::job(AlertKind::ItemInBothBooks, &records.job.id)
                    .with("job", records.known_by()),
                &used.given,
            ));
        }
        (used.name, slot) = (present.name, present.slot);
        if let Some(suffix) = &slot.value.memory.suffix {
            used.wanted = mapping::item::told_apart(used.wanted, suffix);
        }
        if let Some(income) = &slot.value.memory.income {
            used.wanted.income_account_ref = Some(income.into());
        }
        stored.push((used, slot));
    }
    Ok(stored)
}

/// Where the link of an item is now.
pub(crate) struct Present {
    pub(crate) name: SlotName,
    pub(crate) slot: StoredItem,
    /// When it was noticed that it went to an entry of another kind.
    moved: Option<Timestamp>,
}

/// The slot of an item, followed to where its link is now (I7).
pub(crate) async fn followed<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    name: SlotName,
    slot: StoredItem,
) -> Result<Present, Stop> {
    let mut present = Present {
        name,
        slot,
        moved: None,
    };
    for _ in 0..HOPS {
        let Some(moved) = present.slot.value.moved() else {
            break;
        };
        if !moved.as_one {
            present.moved = present.moved.max(Some(moved.at));
        }
        let name = moved.to.clone();
        let key = cx.books.slot(&name);
        let slot = read(engine.world.table(), &key).await?;
        present.slot = slot.ok_or_else(|| broken(format!("the slot {name} is missing")))?;
        present.name = name;
    }
    Ok(present)
}

impl<W: World> Engine<W> {
    /// Links an item to the one that QuickBooks has, or tells how to make it (I1, I3).
    pub(crate) async fn match_item(
        &self,
        cx: &Ctx,
        cause: Cause<'_>,
        used: &UsedItem,
        slot: &StoredItem,
        found: &LookedUp,
    ) -> Result<Missing, Stop> {
        match mapping::item::find(&used.wanted, &found.items) {
            ItemMatch::One(one) => self.link_item(cx, cause, used, slot, one).await,
            ItemMatch::Several(all) => {
                let mut free = Vec::new();
                for &one in &all {
                    if !self.is_held(cx, Kind::Item, one.id.as_ref()).await? {
                        free.push(one);
                    }
                }
                match free.as_slice() {
                    [] => self.share_or_make(cx, cause, used, slot, all).await,
                    [one] => self.link_item(cx, cause, used, slot, one).await,
                    _ => {
                        let several = "several items of that name";
                        self.name_is_taken(cause, used, slot, several).await
                    }
                }
            }
            ItemMatch::Elsewhere(all) => self.share_or_make(cx, cause, used, slot, all).await,
            ItemMatch::None => make(used, slot),
            ItemMatch::Taken(holder) => self.name_is_taken(cause, used, slot, holder).await,
        }
    }

    /// Shares one of the items of that name that are others', or tells how to make another.
    async fn share_or_make(
        &self,
        cx: &Ctx,
        cause: Cause<'_>,
        used: &UsedItem,
        slot: &StoredItem,
        all: Vec<&qbo::Item>,
    ) -> Result<Missing, Stop> {
        for one in all {
            let shared = self.share_item(cx, cause, used, slot, one, false);
            if shared.await? == Shared::Yes {
                return Ok(Missing::Entered);
            }
        }
        make(used, slot)
    }

    /// A name that a person must free, unless only an item of ours wants it: that one gives way (I7).
    async fn name_is_taken(
        &self,
        cause: Cause<'_>,
        used: &UsedItem,
        slot: &StoredItem,
        holder: &str,
    ) -> Result<Missing, Stop> {
        let gives_way = used.name.is_generic_item();
        if gives_way && self.tell_item_apart(used, slot.clone()).await? == Shared::Yes {
            return Ok(Missing::Entered);
        }
        Err(taken(cause, used, holder))
    }

    /// Links an item to this one, which QuickBooks has.
    async fn link_item(
        &self,
        cx: &Ctx,
        cause: Cause<'_>,
        used: &UsedItem,
        slot: &StoredItem,
        one: &qbo::Item,
    ) -> Result<Missing, Stop> {
        let mut linked = slot.clone();
        linked.value.memory.original = original(&used.given, used.wanted.name.as_deref());
        let known = qbo::Item {
            income_account_ref: one.income_account_ref.clone(),
            ..used.wanted.clone()
        };
        let wrote = Some(Document::Item(Box::new(known)).json().map_err(broken)?);
        linked.value.memory.matched = Some(Matched {
            at: self.world.clock().now(),
            name: one.name.clone().unwrap_or_default(),
            agreed: Vec::new(),
        });
        // An account that was chosen in QuickBooks counts as this item's own (I6).
        linked.value.memory.income = linked.value.memory.income.or_else(|| {
            let account = one.income_account_ref.as_ref()?.value.clone();
            let own = account != cx.connection.accounts.income.id;
            (own && tips_and_surcharges::chosen(cx, used, &account)).then_some(account)
        });
        let document = Document::Item(Box::new(one.clone()));
        let adopted = self.adopt(cx, &used.name, &linked, &document, wrote);
        if adopted.await?.is_none() {
            let shared = self.share_item(cx, cause, used, slot, one, true);
            if shared.await? == Shared::No {
                let holder = "another price-book entry of that name";
                return Err(taken(cause, used, holder));
            }
        }
        Ok(Missing::Entered)
    }

    /// The slot that a QuickBooks object belongs to.
    pub(crate) async fn holder<M: Serialize + DeserializeOwned>(
        &self,
        cx: &Ctx,
        kind: Kind,
        id: Option<&qbo::Id>,
    ) -> Result<Option<(SlotName, Stored<Slot<M>>)>, Stop> {
        let Some(id) = id else { return Ok(None) };
        let table = self.world.table();
        let Some(owner) = owner(table, &cx.books, &kind.name(), id).await? else {
            return Ok(None);
        };
        let name = owner.value.slot;
        let slot = read(table, &cx.books.slot(&name)).await?;
        Ok(slot.map(|slot| (name, slot)))
    }

    /// Whether a QuickBooks object belongs to a slot.
    pub(crate) async fn is_held(
        &self,
        cx: &Ctx,
        kind: Kind,
        id: Option<&qbo::Id>,
    ) -> Result<bool, Stop> {
        let holder: Option<(SlotName, Stored<Slot>)> = self.holder(cx, kind, id).await?;
        Ok(holder.is_some())
    }
}

/// The name as Housecall Pro has it, where it is not the one in QuickBooks.
pub(crate) fn original(given: &str, name: Option<&str>) -> Option<String> {
    let same = name.is_some_and(|name| normalised(name) == normalised(given));
    (!same).then(|| given.to_owned())
}

/// Whether a slot's object has another name in Housecall Pro, so that only QuickBooks takes the two for one.
pub(crate) fn differs(given: &str, original: Option<&str>, name: Option<&str>) -> bool {
    let theirs = original.or(name);
    theirs.is_some_and(|theirs| normalised(theirs) != normalised(given))
}

/// How an item is made.
fn make(used: &UsedItem, slot: &StoredItem) -> Result<Missing, Stop> {
    let wanted = Document::Item(Box::new(used.wanted.clone()));
    let mut slot = slot.clone();
    slot.value.memory.original = original(&used.given, used.wanted.name.as_deref());
    let op = PlannedWrite::new(&used.name, slot, wanted.clone(), wanted)?;
    Ok(Missing::Make(Box::new(op)))
}

/// An income account that somebody chose in QuickBooks since we wrote the item becomes its mapping here (I6). Answers
/// what of ours stands there.
pub(crate) fn follow_income(
    memory: &mut Memory,
    ours: Option<Box<RawValue>>,
    there: &qbo::Item,
) -> Result<Option<Box<RawValue>>, Stop> {
    let Some(text) = &ours else { return Ok(ours) };
    let mut known: qbo::Item = serde_json::from_str(text.get()).map_err(broken)?;
    match (&known.income_account_ref, &there.income_account_ref) {
        (Some(ours), Some(theirs)) if ours.value != theirs.value => {
            memory.income = Some(theirs.value.clone());
            known.income_account_ref = Some((&theirs.value).into());
        }
        _ => return Ok(ours),
    }
    let known = Document::Item(Box::new(known));
    known.json().map(Some).map_err(broken)
}

/// What of ours stands in QuickBooks after an update of an item whose answer was lost, and which was carried out,
/// or overtaken by somebody's edit.
pub(crate) fn after_update(
    before: Option<&RawValue>,
    after: Option<&RawValue>,
    there: &qbo::Item,
) -> Result<Option<Box<RawValue>>, Stop> {
    let Some(after) = after else { return Ok(None) };
    let wants: qbo::Item = serde_json::from_str(after.get()).map_err(broken)?;
    fn id(reference: Option<&qbo::Ref>) -> Option<&qbo::Id> {
        reference.map(|reference| &reference.value)
    }
    let parent = wants.parent_ref.as_ref();
    let done = id(wants.income_account_ref.as_ref()) == id(there.income_account_ref.as_ref())
        && (parent.is_none() || id(parent) == id(there.parent_ref.as_ref()));
    let ours = if done { Some(after) } else { before };
    Ok(ours.map(RawValue::to_owned))
}

fn taken(cause: Cause<'_>, used: &UsedItem, holder: &str) -> Stop {
    cause
        .finding(AlertKind::ItemNameTaken)
        .with("item", used.wanted.name.as_deref().unwrap_or_default())
        .with("holder", holder)
        .stop()
}

pub(crate) fn in_both_books(finding: Finding, given: &str) -> Stop {
    finding.with("item", given).stop()
}
