//! The price book: entries made, edited, removed, and moved from services to materials.

use serde::{Deserialize, Serialize};

use super::{Desk, Refusal, not_allowed};
use crate::{
    amounts::LARGEST_PRICE,
    company::{Category, Material, Service},
    doubts::MovedItems,
    shelf::When,
    work::PriceBookKind,
};

/// The form of a new entry of the price book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewEntry {
    /// Its name.
    pub name: String,
    /// More about it.
    pub description: Option<String>,
    /// Name of its category, made where there is none.
    pub category: String,
    /// Cents.
    pub price: i64,
    /// Cents that it costs the company.
    pub cost: i64,
    /// Whether taxes apply.
    pub taxable: bool,
    /// What a material is counted in.
    pub unit_of_measure: Option<String>,
    /// Of a material.
    pub part_number: Option<String>,
}

/// What an edit of an entry changes; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of a new entry")]
pub struct EntryChanges {
    pub name: Option<String>,
    pub description: Option<String>,
    pub category: Option<String>,
    pub price: Option<i64>,
    pub cost: Option<i64>,
    pub taxable: Option<bool>,
}

impl Desk<'_> {
    pub(super) fn add_service(&mut self, new: NewEntry) -> Result<String, Refusal> {
        check(&new.name, &[new.price, new.cost])?;
        if new.unit_of_measure.is_some() || new.part_number.is_some() {
            return not_allowed("a service has no unit and no part number");
        }
        let uuid = self.random.id("olit_");
        let category = self.service_category(&new.category)?;
        let service = Service {
            uuid: uuid.clone(),
            name: new.name,
            description: new.description,
            category,
            price: new.price,
            cost: new.cost,
            taxable: new.taxable,
            minutes: 0,
            removed: false,
        };
        self.company.services.add(&uuid, service);
        Ok(uuid)
    }

    pub(crate) fn add_material(&mut self, new: NewEntry) -> Result<String, Refusal> {
        check(&new.name, &[new.price, new.cost])?;
        let uuid = self.random.id("pbmat_");
        let category = self.material_category(&new.category)?;
        let material = Material {
            uuid: uuid.clone(),
            category,
            name: new.name,
            description: new.description,
            cost: new.cost,
            price: new.price,
            unit_of_measure: new.unit_of_measure,
            part_number: new.part_number,
            taxable: new.taxable,
            removed: false,
        };
        self.company.materials.add(&uuid, material);
        Ok(uuid)
    }

    /// Lines that exist keep what they were made with.
    pub(crate) fn edit_entry(
        &mut self,
        uuid: &str,
        changes: EntryChanges,
    ) -> Result<String, Refusal> {
        let is_material = self.live_entry(uuid)? == PriceBookKind::Material;
        let category = match changes.category.as_deref() {
            Some(name) if is_material => Some(self.material_category(name)?),
            Some(name) => Some(self.service_category(name)?),
            None => None,
        };
        let fields = if let Some(service) = self.company.services.change(uuid) {
            (
                &mut service.name,
                &mut service.description,
                &mut service.category,
                &mut service.price,
                &mut service.cost,
                &mut service.taxable,
            )
        } else if let Some(material) = self.company.materials.change(uuid) {
            (
                &mut material.name,
                &mut material.description,
                &mut material.category,
                &mut material.price,
                &mut material.cost,
                &mut material.taxable,
            )
        } else {
            return Err(unknown(uuid));
        };
        let (name, description, kept, price, cost, taxable) = fields;
        if let Some(changed) = changes.name {
            *name = changed;
        }
        if changes.description.is_some() {
            *description = changes.description.filter(|text| !text.trim().is_empty());
        }
        if let Some(category) = category {
            *kept = category;
        }
        *price = changes.price.unwrap_or(*price);
        *cost = changes.cost.unwrap_or(*cost);
        *taxable = changes.taxable.unwrap_or(*taxable);
        check(name, &[*price, *cost])?;
        Ok(uuid.to_owned())
    }

    /// Lines that name it keep its id.
    pub(crate) fn remove_entry(&mut self, uuid: &str) -> Result<String, Refusal> {
        self.live_entry(uuid)?;
        if let Some(service) = self.company.services.change(uuid) {
            service.removed = true;
        } else if let Some(material) = self.company.materials.change(uuid) {
            material.removed = true;
        }
        Ok(uuid.to_owned())
    }

    /// Moves a service to the materials, which cannot be undone: it gets another id.
    pub(super) fn move_to_materials(
        &mut self,
        uuid: &str,
        category: &str,
    ) -> Result<String, Refusal> {
        if self.live_entry(uuid)? == PriceBookKind::Material {
            return not_allowed("that is a material already");
        }
        let service = self
            .company
            .services
            .change(uuid)
            .ok_or_else(|| unknown(uuid))?;
        service.removed = true;
        let moved = NewEntry {
            name: service.name.clone(),
            description: service.description.clone(),
            category: category.to_owned(),
            price: service.price,
            cost: service.cost,
            taxable: service.taxable,
            ..NewEntry::default()
        };
        let material = self.add_material(moved)?;
        if self.options.settings.moved_items == MovedItems::LinesFollow {
            self.relink_lines(uuid, &material)?;
        }
        Ok(material)
    }

    fn relink_lines(&mut self, from: &str, to: &str) -> Result<(), Refusal> {
        let is_of = |line: &crate::work::Line| {
            let linked = line.price_book.as_ref();
            linked.is_some_and(|(_, uuid)| uuid == from)
        };
        let jobs: Vec<_> = self
            .company
            .jobs
            .all(When::Now)
            .filter(|job| job.lines.iter().any(is_of))
            .map(|job| job.id.clone())
            .collect();
        for job in jobs {
            for line in &mut self.job_mut(&job)?.lines {
                if is_of(line) {
                    line.price_book = Some((PriceBookKind::Material, to.to_owned()));
                }
            }
        }
        Ok(())
    }

    fn live_entry(&self, uuid: &str) -> Result<PriceBookKind, Refusal> {
        let service = self.company.services.get(uuid, When::Now);
        let material = self.company.materials.get(uuid, When::Now);
        match (service, material) {
            (Some(service), _) if !service.removed => Ok(PriceBookKind::Service),
            (_, Some(material)) if !material.removed => Ok(PriceBookKind::Material),
            _ => Err(unknown(uuid)),
        }
    }

    fn service_category(&mut self, name: &str) -> Result<Category, Refusal> {
        named(name)?;
        let known = self
            .company
            .services
            .all(When::Now)
            .find(|service| service.category.name == name);
        Ok(match known {
            Some(service) => service.category.clone(),
            None => Category {
                uuid: self.random.id("pbcat_"),
                name: name.to_owned(),
            },
        })
    }

    pub(crate) fn material_category(&mut self, name: &str) -> Result<Category, Refusal> {
        named(name)?;
        let mut categories = self.company.material_categories.all(When::Now);
        if let Some(known) = categories.find(|category| category.name == name) {
            return Ok(known.clone());
        }
        drop(categories);
        let category = Category {
            uuid: self.random.id("pbmcat_"),
            name: name.to_owned(),
        };
        self.company
            .material_categories
            .add(&category.uuid, category.clone());
        Ok(category)
    }
}

fn unknown(uuid: &str) -> Refusal {
    Refusal::NotFound(format!("{uuid} in the price book"))
}

fn named(category: &str) -> Result<(), Refusal> {
    if category.trim().is_empty() {
        return not_allowed("an entry of the price book needs a category");
    }
    Ok(())
}

fn check(name: &str, cents: &[i64]) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return not_allowed("an entry of the price book needs a name");
    }
    if cents
        .iter()
        .any(|cents| !(0..=LARGEST_PRICE).contains(cents))
    {
        return not_allowed("a price lies between 0 and ten million dollars");
    }
    Ok(())
}
