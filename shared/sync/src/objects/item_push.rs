//! Items of the price book that a person has pushed (U1), or mapped before any job used them (I5). What Housecall Pro tells of
//! an item reaches QuickBooks when it is made; later only its category does (I4, I6).

use hcp::{Material, ServiceItemId};
use mapping::{
    Family, SlotName,
    alert::{Alert, ItemAlert, ItemCause, ItemTrouble},
    normalised,
};
use store::{Stored, Table, places};

use crate::{
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    job::{
        graph::{Cause, Graph},
        parts::UsedItem,
        state::{Open, PushState},
        step::Step,
    },
    objects::{
        categories, items,
        price_book::Book,
        slots::{StoredItem, stored, wrote},
    },
    retry,
    stop::Stop,
    world::World,
};

/// Items of one name that are looked at.
const MOST_OF_ONE_NAME: usize = 20;

impl<W: World> Engine<W> {
    /// Brings an item to QuickBooks as far as Housecall Pro tells of it: a material that it lacks is found or made there, and
    /// one that it has is moved to its category. Gives its id and its name.
    ///
    /// # Errors
    /// [`Declined`] when there is no such item, or several; when QuickBooks lacks a service, which Housecall Pro tells a
    /// company's key only on jobs; or when QuickBooks does not take it.
    pub(crate) async fn push_item(
        &self,
        cx: &Ctx,
        called: &str,
    ) -> Result<(ServiceItemId, String), NotDone> {
        let item = self.entry_called(cx, called).await?;
        for _ in 0..retry::PLANS {
            let cx = &self.up_to_date(cx.clone()).await?;
            let (name, slot) = self.item_slot(cx, SlotName::item(&item)).await?;
            if slot.value.is_sending() {
                self.settle(cx, &name).await?;
                continue;
            }
            let is_linked = slot.value.link().is_some();
            let income = slot.value.memory.income.clone();
            let income = income.unwrap_or_else(|| cx.connection.accounts.income.id.clone());
            let Some(material) = self.material(cx, &item, &income).await? else {
                return match item_name(&slot)? {
                    Some(named) if is_linked => Ok((item, named)),
                    named => Err(not_told(&named.unwrap_or_else(|| called.to_owned())).into()),
                };
            };
            let named = material.0.clone();
            match self.bring_material(cx, &item, material, (name, slot)).await {
                Ok(None) if is_linked => return Ok((item, named)),
                Ok(None) | Err(Stop::PlanAgain(_)) => {}
                Ok(Some(stop)) => return Err(not_brought(stop)),
                Err(stop) => return Err(stop.into()),
            }
        }
        Err(Stop::PlanAgain(format!("item {called}")).into())
    }

    /// The entry of the price book of that name or id.
    async fn entry_called(&self, cx: &Ctx, called: &str) -> Result<ServiceItemId, NotDone> {
        if ServiceItemId::is_meant_by(called) {
            let id = ServiceItemId::parse(called);
            return Ok(id.map_err(|error| Declined::not_usable("item id", error.to_string()))?);
        }
        let told = self.materials_named(cx, called).await?;
        let told = told.into_iter().map(|material| material.id);
        let known = self.items_known_as(cx, called).await?;
        // Entries that are one in QuickBooks are one here (I7).
        let mut found: Vec<(SlotName, ServiceItemId)> = Vec::new();
        for id in told.chain(known) {
            let (name, _) = self.item_slot(cx, SlotName::item(&id)).await?;
            if found.iter().all(|(other, _)| *other != name) {
                found.push((name, id));
            }
        }
        match found.as_slice() {
            [(_, only)] => Ok(only.clone()),
            [] => {
                let words = format!(
                    "There is no item {called}: write its name as it stands in the price book of Housecall Pro. A service is known here once a job with it was sent."
                );
                Err(Declined::no_such("item", &called, words).into())
            }
            several => {
                let ids: Vec<&str> = several.iter().map(|(_, id)| id.as_str()).collect();
                let words = format!(
                    "Several items have the name {called}; say which one by its id: {}",
                    ids.join(", ")
                );
                Err(Declined::not_usable("item", words).into())
            }
        }
    }

    /// The entries of the price book that QuickBooks has and that have this name.
    async fn items_known_as(&self, cx: &Ctx, called: &str) -> Result<Vec<ServiceItemId>, Stop> {
        let list = cx.books.items_named(called);
        let page = self.world.table().page(&list, MOST_OF_ONE_NAME, None);
        let mut found = Vec::new();
        for record in &page.await?.records {
            let slot: StoredItem = Stored::decode(record)?;
            let key = slot.key.sort.strip_prefix("slot#item#");
            let id = key.and_then(SlotName::of_item);
            let id = id.and_then(|name| name.item_id());
            let named = item_name(&slot)?;
            let is_it = named.is_some_and(|named| normalised(&named) == normalised(called));
            found.extend(id.filter(|_| is_it));
        }
        Ok(found)
    }

    /// The name of a material, and the item that it becomes; `None`: the price book does not tell it.
    pub(crate) async fn material(
        &self,
        cx: &Ctx,
        item: &ServiceItemId,
        account: &qbo::Id,
    ) -> Result<Option<(String, qbo::Item)>, Stop> {
        let expense = cx.connection.accounts.expense.as_ref();
        let expense = expense.map(|account| &account.id);
        let told = self.materials(cx, &[item], Book::Read).await?;
        let told = told.and_then(|mut told| told.pop()).flatten();
        Ok(told.and_then(|material: Material| {
            let wanted = mapping::item::of_material(&material, account, expense)?;
            Some((material.name?, wanted))
        }))
    }

    /// Finds a material in QuickBooks, makes it there, or moves it to its category. Gives why it cannot be; `None`: it was
    /// brought a step further, and where it was linked before, to its end.
    pub(crate) async fn bring_material(
        &self,
        cx: &Ctx,
        item: &ServiceItemId,
        (given, wanted): (String, qbo::Item),
        (name, slot): (SlotName, StoredItem),
    ) -> Result<Option<Stop>, Stop> {
        let mut uses = [UsedItem {
            name,
            wanted: match &slot.value.memory.suffix {
                Some(suffix) => mapping::item::told_apart(wanted, suffix),
                None => wanted,
            },
            given,
            material: Some(item.clone()),
            category: None,
            typed: false,
            extra: None,
            rebook: None,
        }];
        let categories = self.categories_of(cx, &mut uses, Book::Read).await?;
        let categories = categories.unwrap_or_default();
        let [used] = uses;
        let mut folder_slots = Vec::new();
        for (name, _) in &categories {
            folder_slots.push(stored(self.world.table(), cx, name).await?);
        }
        let folders = categories::named(categories, folder_slots.into_iter());
        let nodes = items::nodes(&[(used.clone(), slot)], &folders)?;
        let graph = Graph {
            cause: Cause::ByHand(&used),
            nodes: &nodes,
        };
        if let Some(name) = graph.sending() {
            self.settle(cx, name).await?;
            return Err(Stop::PlanAgain(name.to_string()));
        }
        let mut state = PushState::default();
        let mut open = [Open::new(graph, &mut state)];
        self.look_ups(cx, &mut open, Vec::new()).await?;
        self.bring(cx, Family::List, &mut open).await?;
        let [one] = open;
        match (one.stop, one.step) {
            (None, Step::Moved) => Err(Stop::PlanAgain(used.name.to_string())),
            (stop, _) => Ok(stop),
        }
    }
}

/// The name of an item, as lists show it.
fn item_name(slot: &StoredItem) -> Result<Option<String>, Stop> {
    let known: qbo::Item = wrote(&slot.value)?;
    let name = places::item_name(&slot.value.memory, &known);
    Ok(name.map(str::to_owned))
}

fn not_told(called: &str) -> Declined {
    let words = format!(
        "{called} is not in QuickBooks yet, and Housecall Pro tells the sync only the materials of the price book: it goes there with the first job that uses it."
    );
    Declined::not_usable("item", words)
}

/// Why an item that a person asked for is not there, where the sync would have raised an alert.
pub(crate) fn not_brought(stop: Stop) -> NotDone {
    let Stop::Alert(alert) = &stop else {
        return stop.into();
    };
    let trouble = match alert.as_ref() {
        Alert::Item(ItemAlert {
            cause: ItemCause::NotMade(trouble),
            ..
        }) => trouble,
        alert => return Declined::not_usable("item", alert.message()).into(),
    };
    match trouble {
        ItemTrouble::NameTaken { holder, .. } => name_taken(holder).into(),
        ItemTrouble::CategoryNameTaken { category, holder } => {
            category_taken(category, holder).into()
        }
        _ => Declined::not_usable("item", alert.message()).into(),
    }
}

fn category_taken(category: &str, holder: &str) -> Declined {
    let words = format!(
        "its category {category} cannot be made in QuickBooks, because its name is taken by {holder}"
    );
    Declined::held_by("name", &holder, words)
}

fn name_taken(holder: &str) -> Declined {
    let words = format!(
        "its name is taken in QuickBooks by {holder}: link it, or give one of the two another name"
    );
    Declined::held_by("name", &holder, words)
}
