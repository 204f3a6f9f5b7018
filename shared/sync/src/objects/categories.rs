//! The categories of materials: found in QuickBooks or made there before their items, and items moved when
//! Housecall Pro tells another category (I4).

use std::collections::BTreeMap;

use mapping::item::{
    ItemMatch, OF_CATEGORIES,
    category::{self, Place, SentBefore},
};
use mapping::{Kind, Matched, SlotName};
use ports::Clock;
use qbo::{QboError, Query};

use crate::{
    alerts::{self, AlertKind, Finding},
    calls::quickbooks::{Rows, broken, refused},
    ctx::Ctx,
    engine::Engine,
    job::{
        plan::Plan,
        push::{LookedUp, PushState},
    },
    ledger::PlannedWrite,
    objects::{
        document::Document,
        items,
        items_of_lines::{UsedItem, digest},
        price_book::Book,
        slots::{StoredItem, wrote},
    },
    settle::Reread,
    stop::Stop,
    world::World,
};

/// A category that materials of a job lie in.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    pub(crate) name: SlotName,
    /// Its name in Housecall Pro.
    pub(crate) given: String,
    pub(crate) wanted: qbo::Item,
    pub(crate) slot: StoredItem,
}

/// The QuickBooks ids of categories, by their slots.
pub(crate) type Folders = BTreeMap<SlotName, qbo::Id>;

/// What became of categories that QuickBooks did not have from us.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) folders: Folders,
    /// Those that it cannot have, and what has their name.
    pub(crate) refused: Vec<(Folder, String)>,
}

/// What follows for an item that QuickBooks has.
pub(crate) enum Placed {
    /// It stays; its slot remembers why.
    Accepted(Box<StoredItem>),
    /// It moves.
    Moves(Box<PlannedWrite>),
    /// Nothing.
    Stays,
}

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

    /// Links or makes the categories that items of the plan need, in one call where any is new. `None`:
    /// something was entered; plan again.
    pub(crate) async fn folders(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        found: &LookedUp,
        learned: &mut PushState,
    ) -> Result<Option<Folders>, Stop> {
        let missing = plan.missing_folders(learned)?;
        let about = |kind| plan.finding(kind);
        let made = self.make_folders(cx, missing, found, &about).await?;
        let Some(Made { folders, refused }) = made else {
            return Ok(None);
        };
        for (folder, holder) in refused {
            self.no_folder(cx, plan, learned, &folder, &holder).await?;
        }
        let links = plan.folders.iter().filter_map(|folder| {
            let link = folder.slot.value.link()?;
            Some((folder.name.clone(), link.id.clone()))
        });
        Ok(Some(folders.into_iter().chain(links).collect()))
    }

    /// Links or makes these categories. `None`: something was entered; look again.
    pub(crate) async fn make_folders(
        &self,
        cx: &Ctx,
        missing: Vec<&Folder>,
        found: &LookedUp,
        about: &(dyn Fn(AlertKind) -> Finding + Sync),
    ) -> Result<Option<Made>, Stop> {
        let mut made = Made::default();
        let mut ops = Vec::new();
        let mut making = Vec::new();
        for folder in missing {
            match self.match_folder(cx, folder, found).await? {
                FolderMatch::Make(op) => {
                    ops.push(*op);
                    making.push(folder);
                }
                FolderMatch::Linked(id) => {
                    made.folders.insert(folder.name.clone(), id);
                }
                FolderMatch::Entered => return Ok(None),
                FolderMatch::Taken(holder) => made.refused.push((folder.clone(), holder)),
            }
        }
        if ops.is_empty() {
            return Ok(Some(made));
        }
        let written = self.write(cx, ops).await?;
        for (folder, written) in making.into_iter().zip(written) {
            match written {
                Ok(document) => {
                    let id = document.identity().map(|(id, _)| id);
                    made.folders.extend(id.map(|id| (folder.name.clone(), id)));
                }
                Err(QboError::DuplicateName { .. }) => {
                    let holder = found.holder(folder.wanted.name.as_deref());
                    made.refused.push((folder.clone(), holder));
                }
                Err(error @ QboError::Refused { .. }) => {
                    return Err(refused(about(AlertKind::QuickbooksRefused), &error).stop());
                }
                Err(error) => return Err(self.stop_for(cx, &error).await?),
            }
        }
        Ok(Some(made))
    }

    /// Links a category to the one that QuickBooks has, or tells how to make it.
    async fn match_folder(
        &self,
        cx: &Ctx,
        folder: &Folder,
        found: &LookedUp,
    ) -> Result<FolderMatch, Stop> {
        let wanted = Document::Item(Box::new(folder.wanted.clone()));
        let mut slot = folder.slot.clone();
        slot.value.memory.original = items::original(&folder.given, folder.wanted.name.as_deref());
        let one = match mapping::item::find(&folder.wanted, &found.items) {
            ItemMatch::One(one) => one,
            ItemMatch::Taken(what) => {
                return self.folder_is_taken(cx, folder, found, what).await;
            }
            ItemMatch::None | ItemMatch::Several(_) | ItemMatch::Elsewhere(_) => {
                let op = PlannedWrite::new(&folder.name, slot, wanted.clone(), wanted)?;
                return Ok(FolderMatch::Make(Box::new(op)));
            }
        };
        slot.value.memory.matched = Some(Matched {
            at: self.world.clock().now(),
            name: one.name.clone().unwrap_or_default(),
            agreed: Vec::new(),
        });
        let wrote = Some(wanted.json().map_err(broken)?);
        let document = Document::Item(Box::new(one.clone()));
        let adopted = self.adopt(cx, &folder.name, &slot, &document, wrote);
        match (adopted.await?, document.identity()) {
            (Some(()), Some((id, _))) => return Ok(FolderMatch::Linked(id)),
            // Another category's, whose name only QuickBooks takes for the same (I8).
            _ if folder.slot.value.memory.suffix.is_some() => {
                return Ok(FolderMatch::Taken("another category".to_owned()));
            }
            _ => {}
        }
        let mut slot = folder.slot.clone();
        slot.value.memory.suffix = Some(mapping::name_hash(&folder.given));
        self.put(vec![slot.put()?]).await?;
        Ok(FolderMatch::Entered)
    }

    /// A category whose name something else has: another name where that is an item of ours (I7).
    async fn folder_is_taken(
        &self,
        cx: &Ctx,
        folder: &Folder,
        found: &LookedUp,
        holder: &str,
    ) -> Result<FolderMatch, Stop> {
        let name = folder.wanted.name.as_deref();
        let suffix = match folder.slot.value.memory.suffix.as_deref() {
            None => OF_CATEGORIES.to_owned(),
            Some(OF_CATEGORIES) => mapping::name_hash(folder.name.as_str()),
            Some(_) => return Ok(FolderMatch::Taken(holder.to_owned())),
        };
        if !self.is_ours(cx, name, found).await? {
            return Ok(FolderMatch::Taken(holder.to_owned()));
        }
        let mut slot = folder.slot.clone();
        slot.value.memory.suffix = Some(suffix);
        self.put(vec![slot.put()?]).await?;
        Ok(FolderMatch::Entered)
    }

    /// A category that QuickBooks cannot have. It holds up new items, which have no other place, but not a job
    /// whose items only stay in another category (S8).
    async fn no_folder(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        learned: &mut PushState,
        folder: &Folder,
        holder: &str,
    ) -> Result<(), Stop> {
        let is_needed = plan
            .missing_items()
            .any(|(used, _)| used.category.as_ref() == Some(&folder.name));
        let finding = plan
            .finding(AlertKind::CategoryNameTaken)
            .with("category", &folder.given)
            .with("holder", holder)
            .with("outcome", outcome(is_needed));
        if is_needed {
            return Err(finding.stop());
        }
        learned.item_refused = true;
        alerts::raise(&self.world, &cx.books, &finding).await
    }

    /// A refused change of an item that QuickBooks has is reported, and the invoice goes on (S8).
    pub(crate) async fn item_not_changed(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        used: &UsedItem,
        error: &QboError,
        learned: &mut PushState,
    ) -> Result<(), Stop> {
        let is_gone = match error {
            QboError::Stale { .. } if learned.may_reread() => {
                if self.reread(cx, &used.name, Kind::Item).await? != Reread::Gone {
                    return Ok(());
                }
                true
            }
            QboError::Missing { .. } => true,
            _ => false,
        };
        let finding = match error {
            QboError::DuplicateName { .. } => plan
                .finding(AlertKind::ItemNameTaken)
                .with("item", &used.given)
                .with("holder", "another one in its new category"),
            _ if is_gone => plan
                .finding(AlertKind::ItemInactive)
                .with("items", &used.given),
            QboError::BadReference { .. } => match self.gone_category(cx, plan, used).await? {
                Some(category) => plan
                    .finding(AlertKind::CategoryInactive)
                    .with("category", category)
                    .with("outcome", outcome(false)),
                None => plan.finding(AlertKind::InactiveInQuickbooks),
            },
            QboError::Refused { .. } | QboError::Stale { .. } => {
                refused(plan.finding(AlertKind::QuickbooksRefused), error)
            }
            error => return Err(self.stop_for(cx, error).await?),
        };
        learned.item_refused = true;
        alerts::raise(&self.world, &cx.books, &finding).await
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
        let query = Query::select(Kind::Item.as_str()).where_eq("Id", link.id.as_str());
        let rows = self.ask_all(cx, &[query]).await?;
        let there: Vec<qbo::Item> = rows.first().map_or(Ok(Vec::new()), Rows::of)?;
        Ok(there.is_empty().then(|| folder.given.clone()))
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

enum FolderMatch {
    Make(Box<PlannedWrite>),
    Linked(qbo::Id),
    Entered,
    Taken(String),
}

/// What an alert about a category says of the job.
pub(crate) fn outcome(held_up: bool) -> &'static str {
    if held_up {
        "was not sent to QuickBooks"
    } else {
        "was sent to QuickBooks, where some of its materials stay in their present category"
    }
}

/// Whether an item that QuickBooks has would move to its category, were that there.
pub(crate) fn wants_to_move(used: &UsedItem, slot: &StoredItem) -> Result<bool, Stop> {
    let nowhere = used.category.clone().map(|name| (name, qbo::Id::new("")));
    let placed = placed(used, slot, &nowhere.into_iter().collect())?;
    Ok(matches!(placed, Placed::Moves(_)))
}

/// Whether an item that QuickBooks has moves to the category that Housecall Pro tells.
pub(crate) fn placed(
    used: &UsedItem,
    slot: &StoredItem,
    folders: &Folders,
) -> Result<Placed, Stop> {
    let Some(name) = &used.category else {
        return Ok(Placed::Stays);
    };
    let known: qbo::Item = wrote(&slot.value)?;
    let standing = SentBefore {
        wrote: &known,
        found: slot.value.memory.matched.is_some(),
        accepted: slot.value.memory.category.as_ref().map(|at| at == name),
    };
    Ok(match category::place(standing, folders.get(name)) {
        Place::AsItIs => Placed::Stays,
        Place::Accepted => {
            let mut slot = slot.clone();
            slot.value.memory.category = Some(name.clone());
            Placed::Accepted(Box::new(slot))
        }
        Place::Into(change) => {
            let wants = qbo::Item {
                sub_item: change.sub_item,
                parent_ref: change.parent_ref.clone(),
                ..known
            };
            let (sent, wants) = (Document::Item(change), Document::Item(Box::new(wants)));
            Placed::Moves(Box::new(PlannedWrite::new(
                &used.name,
                slot.clone(),
                sent,
                wants,
            )?))
        }
    })
}
