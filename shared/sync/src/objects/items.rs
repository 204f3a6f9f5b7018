//! The items of a job: each found in QuickBooks or made there, under a name of its own (I1 to I8).

use jiff::Timestamp;
use ledger::{Slot, owner};
use mapping::{
    AnyKind, Found, JobRecords, QboObject, SlotName,
    alert::{Alert, ItemTrouble, JobAlert, JobRef},
    item::{
        Memory,
        category::{self, Place, SentBefore},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use store::{Stored, read};

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::{Cause, Graph},
        node::Node,
        parts::{Folder, UsedItem},
        state::PushState,
        step::Next,
    },
    objects::{
        candidates::candidate_item,
        extras,
        same_name::Shared,
        slots::{HOPS, StoredItem, wrote},
    },
    stop::{Stop, broken},
    world::World,
};

/// The items, and the categories that new ones must lie in or others move to.
pub(crate) fn nodes(
    items: &[(UsedItem, StoredItem)],
    folders: &[Folder],
) -> Result<Vec<Node>, Stop> {
    let mut nodes: Vec<Node> = Vec::new();
    for (used, slot) in items {
        // Entries that are one have one slot (I7).
        if nodes.iter().all(|node| *node.name() != used.name) {
            nodes.push(node(used, slot, folders)?);
        }
    }
    let mut all = Vec::new();
    for folder in folders {
        let is_needed = |node: &Node| node.wanted.object.needs().contains(&folder.name);
        if folder.slot.value.is_live() || nodes.iter().any(is_needed) {
            let object = folder.wanted.clone();
            all.push(Node::new(
                &folder.name,
                object,
                &folder.given,
                &folder.slot,
            )?);
        }
    }
    all.extend(nodes);
    Ok(all)
}

/// An item as it is made, or as one that QuickBooks has changes: its account (L4), its category (I4).
pub(crate) fn node(used: &UsedItem, slot: &StoredItem, folders: &[Folder]) -> Result<Node, Stop> {
    let folder = folders
        .iter()
        .find(|folder| used.category.as_ref() == Some(&folder.name));
    let category = folder.map(|folder| match folder.slot.value.link() {
        Some(link) => link.id.clone(),
        None => folder.name.reference(),
    });
    if slot.value.link().is_none() {
        let object = match &category {
            Some(category) => category::inside(used.wanted.clone(), category),
            None => used.wanted.clone(),
        };
        return Node::new(&used.name, object, &used.given, slot);
    }
    let mut object: qbo::Item = wrote(&slot.value)?;
    let mut memory = slot.value.memory.clone();
    if let Some(account) = &used.rebook {
        object.income_account_ref = Some(account.into());
        // A choice of the other kind, made in QuickBooks before the setting changed.
        memory.income = None;
    } else if let (Some(name), Some(category)) = (&used.category, &category) {
        let standing = SentBefore {
            wrote: &object,
            found: memory.matched.is_some(),
            accepted: memory.category.as_ref().map(|at| at == name),
        };
        match category::place(standing, Some(category)) {
            Place::AsItIs => {}
            Place::Accepted => memory.category = Some(name.clone()),
            Place::Into(change) => {
                object.sub_item = change.sub_item;
                object.parent_ref = change.parent_ref;
            }
        }
    }
    let mut node = Node::new(&used.name, object, &used.given, slot)?;
    node.remember(&memory)?;
    Ok(node)
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
        let present = followed(engine, cx, used.name.clone(), slot).await?;
        // Lines from before the move keep the old id; on a later job it means that both live on.
        let created = records.job.created_at;
        if present.moved.is_some_and(|moved| created > Some(moved)) && !used.typed {
            let mut alert = JobAlert::new(
                JobRef::from(records),
                ItemTrouble::InBothBooks { item: used.given },
            );
            alert.slots = vec![used.name.to_string()];
            return Err(Alert::Job(alert).into());
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
    /// What QuickBooks has by the name of an item is not certain to be this one (I3).
    pub(crate) async fn unclear_item(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        found: Found<QboObject>,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        let used = graph.cause.used(node.name())?;
        let slot = &node.typed()?;
        match found {
            Found::Some { all, elsewhere } => {
                let mut free = Vec::new();
                for one in &all {
                    let id = one.identity().map(|(id, _)| id);
                    let holder = self.holder::<Memory>(cx, AnyKind::Item, id.as_ref());
                    if holder.await?.is_none() {
                        free.push(one);
                    }
                }
                match free.as_slice() {
                    [one] if !elsewhere => {
                        let object = resolved(graph, node)?;
                        let one = (*one).clone();
                        self.take(cx, graph, node, &object, (one, Vec::new()), state)
                            .await
                    }
                    [_, _, ..] if !elsewhere => {
                        let several = ("several items of that name", free.as_slice());
                        self.name_is_taken(graph, node, several).await
                    }
                    _ => {
                        self.share_or_make(cx, graph, (node, used, slot), &all)
                            .await
                    }
                }
            }
            Found::Taken(holder, _) => self.name_is_taken(graph, node, (holder, &[])).await,
            _ => Err(taken(graph.cause, used, ("something else", &[]))),
        }
    }

    /// Shares one of the items of that name that are others', or tells how to make another.
    async fn share_or_make(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        (node, used, slot): (&Node, &UsedItem, &StoredItem),
        all: &[QboObject],
    ) -> Result<Next, Stop> {
        for one in all {
            let QboObject::Item(one) = one else { continue };
            let shared = self.share_item(cx, graph.cause, used, slot, one, false);
            if shared.await? == Shared::Yes {
                return Ok(Next::Moved);
            }
        }
        self.make(cx, node, resolved(graph, node)?).await
    }

    /// A name that a person must free, unless only an item of ours wants it: that one gives way (I7).
    async fn name_is_taken(
        &self,
        graph: Graph<'_>,
        node: &Node,
        holder: (&str, &[&QboObject]),
    ) -> Result<Next, Stop> {
        let used = graph.cause.used(node.name())?;
        let gives_way = used.name.is_generic_item();
        if gives_way && self.tell_item_apart(used, node.typed()?).await? == Shared::Yes {
            return Ok(Next::Moved);
        }
        Err(taken(graph.cause, used, holder))
    }

    /// QuickBooks' item is another slot's.
    pub(crate) async fn held_item(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        one: &qbo::Item,
    ) -> Result<Next, Stop> {
        let used = graph.cause.used(node.name())?;
        let slot = node.typed()?;
        let shared = self.share_item(cx, graph.cause, used, &slot, one, true);
        match shared.await? {
            Shared::Yes => Ok(Next::Moved),
            Shared::No => Err(taken(
                graph.cause,
                used,
                ("another price-book entry of that name", &[]),
            )),
        }
    }

    /// What counts as written of an item that QuickBooks had, and what its slot remembers: an account that was chosen there
    /// is its own (I6).
    pub(crate) fn item_found_as(
        &self,
        cx: &Ctx,
        used: Option<&UsedItem>,
        mut memory: Memory,
        wanted: &qbo::Item,
        there: &qbo::Item,
    ) -> (Memory, qbo::Item) {
        let known = qbo::Item {
            income_account_ref: there.income_account_ref.clone(),
            ..wanted.clone()
        };
        memory.income = memory.income.or_else(|| {
            let account = there.income_account_ref.as_ref()?.value.clone();
            let own = account != cx.connection.accounts.income.id;
            let is_choice = used.is_none_or(|used| extras::chosen(cx, used, &account));
            (own && is_choice).then_some(account)
        });
        (memory, known)
    }

    /// The slot that a QuickBooks object belongs to.
    pub(crate) async fn holder<M: Serialize + DeserializeOwned>(
        &self,
        cx: &Ctx,
        kind: AnyKind,
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
        kind: AnyKind,
        id: Option<&qbo::Id>,
    ) -> Result<bool, Stop> {
        let holder: Option<(SlotName, Stored<Slot>)> = self.holder(cx, kind, id).await?;
        Ok(holder.is_some())
    }
}

fn resolved(graph: Graph<'_>, node: &Node) -> Result<QboObject, Stop> {
    let object = graph.resolved(&node.wanted.object);
    object.ok_or_else(|| Stop::PlanAgain(node.name().to_string()))
}

/// `holder`: what has its name, and those that it can be.
fn taken(cause: Cause<'_>, used: &UsedItem, (holder, free): (&str, &[&QboObject])) -> Stop {
    let item = |object: &&QboObject| match object {
        QboObject::Item(item) => Some(candidate_item(item)),
        _ => None,
    };
    let trouble = ItemTrouble::NameTaken {
        item: used.wanted.name.clone().unwrap_or_default(),
        given: Some(used.given.clone()),
        holder: holder.to_owned(),
        candidates: free.iter().filter_map(item).collect(),
    };
    cause.stop_of(Some(&used.name), trouble)
}
