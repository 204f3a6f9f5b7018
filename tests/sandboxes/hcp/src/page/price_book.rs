//! Services and materials.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    Row, careful_button, checkbox, choice, fold, form, hidden, money, plain, required, table, text,
};

use super::{PRICE_BOOK, Page, plain_dollars};
use crate::{
    company::{Material, Service},
    shelf::When,
    state::State,
    words::dollars,
};

pub(super) fn page(state: &State) -> Page {
    let services = state.company.services(When::Now);
    let services = services.map(|service| service_row(state, service));
    let service_columns = [
        Text("Service"),
        Text("Category"),
        Text("Taxed"),
        Number("Price"),
        Text(""),
    ];
    let materials = state.company.materials(When::Now).map(material_row);
    let material_columns = [
        Text("Material"),
        Text("Category"),
        Text("Part"),
        Text("Unit"),
        Number("Cost"),
        Number("Price"),
        Text(""),
    ];
    Page {
        title: "Price book".to_owned(),
        tab: PRICE_BOOK,
        body: html! {
            h1 { "Price book" }
            section.card {
                h2 { "Services" }
                (table(&service_columns, services, "No services."))
                (fold("New service", &new("add_service", "Add service")))
            }
            section.card {
                h2 { "Materials" }
                (table(&material_columns, materials, "No materials."))
                (fold("New material", &new("add_material", "Add material")))
            }
        },
    }
}

fn service_row(state: &State, service: &Service) -> Row {
    let Service { uuid, name, .. } = service;
    let category = &service.category.name;
    Row::from([
        named(name, service.description.as_deref()),
        plain(category),
        plain(if service.taxable { "yes" } else { "no" }),
        plain(&dollars(service.price)),
        html! { (edit(uuid, name, category, service.price)) (move_form(state, uuid)) },
    ])
}

fn material_row(material: &Material) -> Row {
    let Material { uuid, name, .. } = material;
    let category = &material.category.name;
    Row::from([
        named(name, material.description.as_deref()),
        plain(category),
        plain(material.part_number.as_deref().unwrap_or_default()),
        plain(material.unit_of_measure.as_deref().unwrap_or_default()),
        plain(&dollars(material.cost)),
        plain(&dollars(material.price)),
        edit(uuid, name, category, material.price),
    ])
}

fn new(action: &str, label: &str) -> Markup {
    let fields = html! {
        (required("name", "Name", ""))
        (text("description", "Description", ""))
        (required("category", "Category", ""))
        (money("price", "Price", "", "0.00"))
        (checkbox("taxable", "Taxed", false))
    };
    form(action, "", &fields, label)
}

fn edit(uuid: &str, name: &str, category: &str, price: i64) -> Markup {
    let entry = [("entry", uuid)];
    let question = "Remove this entry? Lines keep it.";
    let fields = html! {
        (hidden(&entry))
        (required("changes.name", "Name", name))
        (required("changes.category", "Category", category))
        (money("changes.price", "Price", &plain_dollars(price), ""))
    };
    let inside = html! {
        (form("edit_entry", "", &fields, "Save"))
        (careful_button("remove_entry", "Remove", question, &entry))
    };
    fold("Edit", &inside)
}

fn move_form(state: &State, uuid: &str) -> Markup {
    let categories: Vec<_> = state
        .company
        .material_categories
        .all(When::Now)
        .map(|category| (category.name.clone(), category.name.clone()))
        .collect();
    let fields = html! {
        (hidden(&[("entry", uuid)]))
        (choice("category", "Into", &categories, ""))
    };
    let label = "Move; this cannot be undone";
    fold(
        "Move to materials",
        &form("move_to_materials", "", &fields, label),
    )
}

fn named(name: &str, description: Option<&str>) -> Markup {
    html! { strong { (name) } br; small { (description.unwrap_or_default()) } }
}
