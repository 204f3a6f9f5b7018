//! The categories of materials: found in QuickBooks or made there before their items, and items moved when
//! Housecall Pro tells another category (I4).

use mapping::{
    AnyKind, SlotName,
    alert::{Alert, ItemAlert, ItemCause, ItemRef, ItemTrouble, NotMoved, QuickbooksWords},
    item::{OF_CATEGORIES, category},
};
use qbo::QboError;

use crate::{
    calls::quickbooks::Rows,
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::Graph,
        node::Node,
        parts::{Folder, UsedItem},
        plan::Plan,
        state::PushState,
        step::Next,
    },
    objects::{items_of_lines::digest, price_book::Book, slots::StoredItem},
    settle::Reread,
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Learns the categories of the materials among these items, and gives each category once. `None`: the price book
    /// is not remembered, and was not to be read.
    pub(crate) async fn categories_of(
        &self,
        cx: &Ctx,
        uses: &mut [UsedItem],
        book: Book,
    ) -> Result<Option<Vec<(SlotName, String)>>, Stop> {
        let ids: Vec<_> = uses
            .iter()
            .filter_map(|used| used.material.as_ref())
            .collect();
        let Some(materials) = self.materials(cx, &ids, book).await? else {
            return Ok(None);
        };
        let mut categories: Vec<(SlotName, String)> = Vec::new();
        let mut told = materials.into_iter();
        for used in uses.iter_mut().filter(|used| used.material.is_some()) {
            let Some(given) = told
                .next()
                .flatten()
                .and_then(|material| material.material_category_name)
            else {
                continue;
            };
            if category::wanted(&given).is_none() {
                continue;
            }
            let name = SlotName::category(&digest(&given));
            if !categories.iter().any(|(known, _)| *known == name) {
                categories.push((name.clone(), given));
            }
            used.category = Some(name);
        }
        Ok(Some(categories))
    }

    /// QuickBooks' category is another one's, whose name only QuickBooks takes for the same (I8).
    pub(crate) async fn held_category(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        let mut slot: StoredItem = node.typed()?;
        if slot.value.memory.suffix.is_some() {
            let holder = "another category";
            self.no_category(cx, graph, node, holder, state).await?;
            return Ok(Next::Moved);
        }
        slot.value.memory.suffix = Some(mapping::name_hash(&node.wanted.given));
        self.put(vec![slot.put()?]).await?;
        Ok(Next::Moved)
    }

    /// A category whose name something else has: another name where that is an item of ours (I7).
    pub(crate) async fn category_is_taken(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        holder: &str,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        let mut slot: StoredItem = node.typed()?;
        let suffix = match slot.value.memory.suffix.as_deref() {
            None => Some(OF_CATEGORIES.to_owned()),
            Some(OF_CATEGORIES) => Some(mapping::name_hash(node.name().as_str())),
            Some(_) => None,
        };
        let name = node.wanted.object.key();
        if suffix.is_none() || !self.is_ours(cx, &name, &state.asked).await? {
            self.no_category(cx, graph, node, holder, state).await?;
            return Ok(Next::Moved);
        }
        slot.value.memory.suffix = suffix;
        self.put(vec![slot.put()?]).await?;
        Ok(Next::Moved)
    }

    /// QuickBooks did not take a new category.
    pub(crate) async fn category_not_made(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        error: &QboError,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        match error {
            QboError::DuplicateName { .. } => {
                let holder = state.asked.holder(AnyKind::Item, &node.wanted.object.key());
                self.no_category(cx, graph, node, &holder, state).await
            }
            QboError::Refused { .. } => Err(graph.cause.refused(&node.wanted.object, error)),
            error => Err(self.stop_for(cx, error).await?),
        }
    }

    /// A category that QuickBooks cannot have. It holds up new items, which have no other place, but not a job
    /// whose items only stay in another category (S8).
    async fn no_category(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        holder: &str,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        let waits = |other: &&Node| other.wanted.object.needs().contains(node.name());
        let is_needed = (graph.nodes.iter().filter(waits)).any(|other| !other.is_linked());
        let (category, holder) = (node.wanted.given.clone(), holder.to_owned());
        if is_needed {
            let trouble = ItemTrouble::CategoryNameTaken { category, holder };
            return Err(graph.cause.stop(trouble));
        }
        let cause = NotMoved::CategoryNameTaken { category, holder };
        for other in graph.nodes.iter().filter(waits) {
            let used = graph.cause.used(other.name())?;
            self.stays(cx, used, cause.clone(), state).await?;
        }
        state.refused.insert(node.name().clone());
        Ok(())
    }

    /// A refused change of an item that QuickBooks has is reported, and the invoice goes on (S8).
    pub(crate) async fn item_not_changed(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        node: &Node,
        error: &QboError,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        let used = plan.graph().cause.used(node.name())?;
        let is_gone = match error {
            QboError::Stale { .. } if state.may_reread() => {
                if self.reread(cx, &used.name, AnyKind::Item).await? != Reread::Gone {
                    return Ok(());
                }
                true
            }
            QboError::Missing { .. } => true,
            _ => false,
        };
        let cause = match error {
            QboError::DuplicateName { .. } => NotMoved::NameTaken,
            _ if is_gone => NotMoved::Inactive,
            QboError::BadReference { .. } => match self.gone_category(cx, plan, used).await? {
                Some(category) => NotMoved::CategoryInactive { category },
                None => NotMoved::OtherInactive,
            },
            QboError::Refused { .. } | QboError::Stale { .. } => {
                NotMoved::Refused(QuickbooksWords::from(error))
            }
            error => return Err(self.stop_for(cx, error).await?),
        };
        self.stays(cx, used, cause, state).await
    }

    /// A material stays in its category: that is told once in a look, about the material.
    async fn stays(
        &self,
        cx: &Ctx,
        used: &UsedItem,
        cause: NotMoved,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        if !state.refused.insert(used.name.clone()) {
            return Ok(());
        }
        let item = ItemRef {
            slot: used.name.to_string(),
            name: used.given.clone(),
        };
        let cause = ItemCause::Stays(cause);
        let alert = Alert::Item(ItemAlert { item, cause });
        self.tell_of_change(cx, &used.name, &alert).await
    }

    /// The name of an item's category, where that was deleted or made inactive in QuickBooks.
    pub(crate) async fn gone_category(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        used: &UsedItem,
    ) -> Result<Option<String>, Stop> {
        let folder = plan
            .folders
            .iter()
            .find(|folder| used.category.as_ref() == Some(&folder.name));
        let Some((folder, link)) =
            folder.and_then(|folder| Some((folder, folder.slot.value.link()?)))
        else {
            return Ok(None);
        };
        let rows = self.ask_all(cx, &[AnyKind::Item.by_id(&link.id)]).await?;
        let is_gone = rows.first().map_or(Ok(true), Rows::is_empty)?;
        Ok(is_gone.then(|| folder.given.clone()))
    }
}

/// Categories with their slots, under the names that the slots hold.
pub(crate) fn named(
    categories: Vec<(SlotName, String)>,
    slots: impl Iterator<Item = StoredItem>,
) -> Vec<Folder> {
    let folders = categories.into_iter().zip(slots);
    folders
        .filter_map(|((name, given), slot)| {
            let wanted = category::wanted(&given)?;
            Some(Folder {
                wanted: match &slot.value.memory.suffix {
                    Some(suffix) => mapping::item::told_apart(wanted, suffix),
                    None => wanted,
                },
                name,
                given,
                slot,
            })
        })
        .collect()
}
