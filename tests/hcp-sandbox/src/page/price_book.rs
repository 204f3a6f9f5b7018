use super::{
    Page, Place,
    forms::{
        Column::{Number, Text},
        cell, number_cell, table,
    },
    html::{Html, dollars, html},
};
use crate::{shelf::When, state::State};

pub(super) fn page(state: &State) -> Page {
    let services = state.company.services(When::Now).map(|service| {
        html!(
            "<tr>{}{}{}{}</tr>",
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
        )
    });
    let materials = state.company.materials(When::Now).map(|material| {
        html!(
            "<tr>{}{}{}{}{}{}</tr>",
            cell(
                "Material",
                named(&material.name, material.description.as_deref())
            ),
            cell("Category", html!("{}", material.category.name)),
            cell("Part", html!("{}", material.part_number)),
            cell("Unit", html!("{}", material.unit_of_measure)),
            number_cell("Cost", &dollars(material.cost)),
            number_cell("Price", &dollars(material.price)),
        )
    });
    Page {
        title: "Price book".to_owned(),
        place: Place::PriceBook,
        body: html!(
            "<h1>Price book</h1><section class=\"card\"><h2>Services</h2>{}</section>\
             <section class=\"card\"><h2>Materials</h2>{}</section>",
            table(
                &[
                    Text("Service"),
                    Text("Category"),
                    Text("Taxed"),
                    Number("Price")
                ],
                services,
                "No services."
            ),
            table(
                &[
                    Text("Material"),
                    Text("Category"),
                    Text("Part"),
                    Text("Unit"),
                    Number("Cost"),
                    Number("Price")
                ],
                materials,
                "No materials.",
            ),
        ),
    }
}

fn named(name: &str, description: Option<&str>) -> Html {
    html!(
        "<strong>{}</strong><br><small>{}</small>",
        name,
        description
    )
}
