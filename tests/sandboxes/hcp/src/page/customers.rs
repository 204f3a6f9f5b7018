//! Customers: the list, one of them, and the forms around.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::Text, Row, careful_button, choice, fold, form, hidden, money, plain, required, table,
    text,
};

use super::{
    CUSTOMERS, Page, collecting::of_customer, job::address_line,
    jobs::customers as customers_to_choose, options,
};
use crate::{
    company::{AddressKind, Customer},
    ids::CustomerId,
    shelf::When,
    state::State,
};

pub(super) fn list(state: &State) -> Page {
    let rows = state
        .company
        .customers
        .all(When::Now)
        .filter(|customer| !customer.deleted)
        .map(row);
    let columns = [
        Text("Name"),
        Text("Company"),
        Text("E-mail"),
        Text("Phone"),
        Text("Address"),
    ];
    Page {
        title: "Customers".to_owned(),
        tab: CUSTOMERS,
        body: html! {
            div.head {
                h1 { "Customers" }
                a class="button primary" href="/_app/customers/new" { "New customer" }
            }
            section.card { (table(&columns, rows, "No customers yet.")) }
        },
    }
}

fn row(customer: &Customer) -> Row {
    let phones = [
        &customer.mobile_number,
        &customer.home_number,
        &customer.work_number,
    ];
    let or_none = |text: Option<&String>| plain(text.map_or("", String::as_str));
    let address = customer.addresses.last().map(address_line);
    Row::from([
        html! {
            a href={ "/_app/customers/" (customer.id.as_str()) } { (customer.display_name()) }
        },
        or_none(customer.company.as_ref()),
        or_none(customer.email.as_ref()),
        or_none(phones.into_iter().flatten().next()),
        or_none(address.as_ref()),
    ])
}

pub(super) fn new() -> Page {
    let fields = html! {
        (contact("", None))
        h3 { "Service address" }
        (address_fields("addresses[0]", "service"))
        (fold("Separate billing address", &address_fields("addresses[1]", "billing")))
    };
    Page {
        title: "New customer".to_owned(),
        tab: CUSTOMERS,
        body: html! {
            h1 { "New customer" }
            section.card {
                (form("create_customer", "/_app/customers/{id}", &fields, "Create customer"))
            }
        },
    }
}

pub(super) fn page(state: &State, id: &str) -> Option<Page> {
    let id = CustomerId::from(id);
    let customer = state.company.customer(&id, When::Now)?;
    let this = [("customer", id.as_str())];
    let question = "Delete this customer? Jobs keep the name.";
    let fields = html! { (hidden(&this)) (contact("changes.", Some(customer))) };
    Some(Page {
        title: customer.display_name(),
        tab: CUSTOMERS,
        body: html! {
            p.back { a href="/_app/customers" { "All customers" } }
            h1 { (customer.display_name()) }
            @if customer.deleted {
                p.empty { "This customer is deleted." }
            } @else {
                div.actions {
                    a class="button primary" href={ "/_app/jobs/new?customer=" (id.as_str()) } {
                        "New job"
                    }
                    (careful_button("delete_customer", "Delete", question, &this))
                }
            }
            section.card {
                h2 { "Addresses" }
                ul {
                    @for address in &customer.addresses {
                        li { strong { (kind_words(address.kind)) } " " (address_line(address)) }
                    }
                }
            }
            section.card {
                h2 { "Contact" }
                (form("edit_customer", "", &fields, "Save"))
            }
            @if !customer.deleted { (more(state, customer)) }
        },
    })
}

/// Another address, the same person twice, a service plan.
fn more(state: &State, customer: &Customer) -> Markup {
    let id = customer.id.as_str();
    let kinds = options(&[("service", "Service"), ("billing", "Billing")]);
    let address = html! {
        (hidden(&[("customer", id)]))
        (choice("address.type", "Kind", &kinds, ""))
        (address_texts("address"))
    };
    let others: Vec<_> = customers_to_choose(state)
        .into_iter()
        .filter(|(other, _)| other != id)
        .collect();
    let merge = html! { (hidden(&[("from", id)])) (choice("into", "Into", &others, "")) };
    let plan = html! {
        (hidden(&[("customer", id)]))
        (required("plan", "Plan", "Yearly care"))
        (money("amount", "Amount", "", "0.00"))
    };
    let merge = form("merge_customers", "/_app/customers/{id}", &merge, "Merge");
    let plan = form("pay_service_plan", "", &plan, "Collect by card");
    html! {
        section.card {
            div.folds {
                (fold("Add address", &form("add_address", "", &address, "Add address")))
                (fold("Merge into another customer", &merge))
                (fold("Collect for a service plan", &plan))
                (of_customer(state, customer))
            }
        }
    }
}

fn kind_words(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::Billing => "Billing",
        AddressKind::Service => "Service",
    }
}

/// The contact fields; those of an edit are sent even when they are empty, which clears them.
fn contact(prefix: &str, customer: Option<&Customer>) -> Markup {
    type Field = fn(&Customer) -> &Option<String>;
    let fields: [(&str, &str, Field); 8] = [
        ("first_name", "First name", |customer| &customer.first_name),
        ("last_name", "Last name", |customer| &customer.last_name),
        ("company", "Company", |customer| &customer.company),
        ("email", "E-mail", |customer| &customer.email),
        ("mobile_number", "Mobile phone", |customer| {
            &customer.mobile_number
        }),
        ("home_number", "Home phone", |customer| {
            &customer.home_number
        }),
        ("work_number", "Work phone", |customer| {
            &customer.work_number
        }),
        ("notes", "Notes", |customer| &customer.notes),
    ];
    html! {
        @for (name, label, field) in fields {
            @let value = customer.and_then(|customer| field(customer).as_deref());
            (text(&format!("{prefix}{name}"), label, value.unwrap_or_default()))
        }
    }
}

fn address_fields(prefix: &str, kind: &str) -> Markup {
    html! {
        div.fields {
            (hidden(&[(&format!("{prefix}.type"), kind)]))
            (address_texts(prefix))
        }
    }
}

fn address_texts(prefix: &str) -> Markup {
    let fields = [
        ("street", "Street"),
        ("street_line_2", "Unit"),
        ("city", "City"),
        ("state", "State"),
        ("zip", "Zip"),
        ("country", "Country"),
    ];
    html! {
        @for (name, label) in fields {
            (text(&format!("{prefix}.{name}"), label, ""))
        }
    }
}
