use super::{
    Page, Place,
    forms::{
        Column::{Number, Text},
        careful_button, cell, checkbox, choice, fold, form, hidden, money, number_cell, required,
        table, text,
    },
    html::{Html, dollars, html, plain_dollars},
};
use crate::{shelf::When, state::State};

pub(super) fn page(state: &State) -> Page {
    let services = state.company.services(When::Now).map(|service| {
        html!(
            "<tr>{}{}{}{}{}</tr>",
            cell(
                "Service",
                named(&service.name, service.description.as_deref())
            ),
            cell("Category", html!("{}", service.category.name)),
            cell(
                "Taxed",
                html!("{}", if service.taxable { "yes" } else { "no" })
            ),
            number_cell("Price", &dollars(service.price)),
            cell(
                "",
                html!(
                    "{}{}",
                    edit(
                        &service.uuid,
                        &service.name,
                        &service.category.name,
                        service.price
                    ),
                    move_form(state, &service.uuid),
                ),
            ),
        )
    });
    let materials = state.company.materials(When::Now).map(|material| {
        html!(
            "<tr>{}{}{}{}{}{}{}</tr>",
            cell(
                "Material",
                named(&material.name, material.description.as_deref())
            ),
            cell("Category", html!("{}", material.category.name)),
            cell("Part", html!("{}", material.part_number)),
            cell("Unit", html!("{}", material.unit_of_measure)),
            number_cell("Cost", &dollars(material.cost)),
            number_cell("Price", &dollars(material.price)),
            cell(
                "",
                edit(
                    &material.uuid,
                    &material.name,
                    &material.category.name,
                    material.price
                ),
            ),
        )
    });
    Page {
        title: "Price book".to_owned(),
        place: Place::PriceBook,
        body: html!(
            "<h1>Price book</h1><section class=\"card\"><h2>Services</h2>{}{}</section>\
             <section class=\"card\"><h2>Materials</h2>{}{}</section>",
            table(
                &[
                    Text("Service"),
                    Text("Category"),
                    Text("Taxed"),
                    Number("Price"),
                    Text("")
                ],
                services,
                "No services."
            ),
            fold("New service", new("add_service", "Add service")),
            table(
                &[
                    Text("Material"),
                    Text("Category"),
                    Text("Part"),
                    Text("Unit"),
                    Number("Cost"),
                    Number("Price"),
                    Text("")
                ],
                materials,
                "No materials.",
            ),
            fold("New material", new("add_material", "Add material")),
        ),
    }
}

fn new(action: &str, label: &str) -> Html {
    let fields = html!(
        "{}{}{}{}{}",
        required("name", "Name", ""),
        text("description", "Description", ""),
        required("category", "Category", ""),
        money("price", "Price", "", "0.00"),
        checkbox("taxable", "Taxed", false),
    );
    form(action, "", fields, label)
}

fn edit(uuid: &str, name: &str, category: &str, price: i64) -> Html {
    let entry = [("entry", uuid)];
    let fields = html!(
        "{}{}{}{}",
        hidden(&entry),
        required("changes.name", "Name", name),
        required("changes.category", "Category", category),
        money("changes.price", "Price", &plain_dollars(price), ""),
    );
    fold(
        "Edit",
        html!(
            "{}{}",
            form("edit_entry", "", fields, "Save"),
            careful_button(
                "remove_entry",
                "Remove",
                "Remove this entry? Lines keep it.",
                &entry
            ),
        ),
    )
}

fn move_form(state: &State, uuid: &str) -> Html {
    let categories: Vec<_> = state
        .company
        .material_categories
        .all(When::Now)
        .map(|category| (category.name.clone(), category.name.clone()))
        .collect();
    let fields = html!(
        "{}{}",
        hidden(&[("entry", uuid)]),
        choice("category", "Into", &categories, ""),
    );
    fold(
        "Move to materials",
        form(
            "move_to_materials",
            "",
            fields,
            "Move; this cannot be undone",
        ),
    )
}

fn named(name: &str, description: Option<&str>) -> Html {
    html!(
        "<strong>{}</strong><br><small>{}</small>",
        name,
        description
    )
}
