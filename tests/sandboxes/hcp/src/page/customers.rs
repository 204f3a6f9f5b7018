use super::{
    Page, Place,
    forms::{
        Column::Text, careful_button, cell, choice, fold, form, hidden, money, required, table,
        text,
    },
    html::{Html, html},
    job::address_line,
    jobs::customers as customers_to_choose,
};
use crate::{
    company::{Address, AddressKind, Customer},
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
    Page {
        title: "Customers".to_owned(),
        place: Place::Customers,
        body: html!(
            "<div class=\"head\"><h1>Customers</h1>\
             <a class=\"button primary\" href=\"/_app/customers/new\">New customer</a></div>\
             <section class=\"card\">{}</section>",
            table(
                &[
                    Text("Name"),
                    Text("Company"),
                    Text("E-mail"),
                    Text("Phone"),
                    Text("Address")
                ],
                rows,
                "No customers yet."
            ),
        ),
    }
}

fn row(customer: &Customer) -> Html {
    let phone = [
        &customer.mobile_number,
        &customer.home_number,
        &customer.work_number,
    ];
    html!(
        "<tr>{}{}{}{}{}</tr>",
        cell(
            "Name",
            html!(
                "<a href=\"/_app/customers/{}\">{}</a>",
                customer.id.as_str(),
                customer.display_name(),
            ),
        ),
        cell("Company", html!("{}", customer.company)),
        cell("E-mail", html!("{}", customer.email)),
        cell("Phone", html!("{}", phone.into_iter().flatten().next())),
        cell(
            "Address",
            html!("{}", customer.addresses.last().map(address_line))
        ),
    )
}

pub(super) fn new() -> Page {
    let fields = html!(
        "{}<h3>Service address</h3>{}{}",
        contact("", None),
        address_fields("addresses[0]", "service"),
        fold(
            "Separate billing address",
            address_fields("addresses[1]", "billing")
        ),
    );
    Page {
        title: "New customer".to_owned(),
        place: Place::Customers,
        body: html!(
            "<h1>New customer</h1><section class=\"card\">{}</section>",
            form(
                "create_customer",
                "/_app/customers/{id}",
                fields,
                "Create customer"
            ),
        ),
    }
}

pub(super) fn page(state: &State, id: &str) -> Option<Page> {
    let id = CustomerId::from(id);
    let customer = state.company.customer(&id, When::Now)?;
    let addresses: Html = customer.addresses.iter().map(address_item).collect();
    let fields = html!(
        "{}{}",
        hidden(&[("customer", id.as_str())]),
        contact("changes.", Some(customer)),
    );
    let further = if customer.deleted {
        html!("<p class=\"empty\">This customer is deleted.</p>")
    } else {
        html!(
            "<div class=\"actions\"><a class=\"button primary\" \
             href=\"/_app/jobs/new?customer={}\">New job</a>{}</div>",
            id.as_str(),
            careful_button(
                "delete_customer",
                "Delete",
                "Delete this customer? Jobs keep the name.",
                &[("customer", id.as_str())],
            ),
        )
    };
    Some(Page {
        title: customer.display_name(),
        place: Place::Customers,
        body: html!(
            "<p class=\"back\"><a href=\"/_app/customers\">All customers</a></p><h1>{}</h1>{}\
             <section class=\"card\"><h2>Addresses</h2><ul>{}</ul></section>\
             <section class=\"card\"><h2>Contact</h2>{}</section>{}",
            customer.display_name(),
            further,
            addresses,
            form("edit_customer", "", fields, "Save"),
            if customer.deleted {
                Html::default()
            } else {
                more(state, customer)
            },
        ),
    })
}

/// Another address, the same person twice, a service plan.
fn more(state: &State, customer: &Customer) -> Html {
    let id = customer.id.as_str();
    let kinds = [("service", "Service"), ("billing", "Billing")];
    let kinds = kinds.map(|(value, words)| (value.to_owned(), words.to_owned()));
    let address = html!(
        "{}{}{}",
        hidden(&[("customer", id)]),
        choice("address.type", "Kind", &kinds, ""),
        address_texts("address"),
    );
    let others: Vec<_> = customers_to_choose(state)
        .into_iter()
        .filter(|(other, _)| other != id)
        .collect();
    let merge = html!(
        "{}{}",
        hidden(&[("from", id)]),
        choice("into", "Into", &others, ""),
    );
    let plan = html!(
        "{}{}{}",
        hidden(&[("customer", id)]),
        required("plan", "Plan", "Yearly care"),
        money("amount", "Amount", "", "0.00"),
    );
    html!(
        "<section class=\"card\"><div class=\"folds\">{}{}{}</div></section>",
        fold(
            "Add address",
            form("add_address", "", address, "Add address")
        ),
        fold(
            "Merge into another customer",
            form("merge_customers", "/_app/customers/{id}", merge, "Merge"),
        ),
        fold(
            "Collect for a service plan",
            form("pay_service_plan", "", plan, "Collect by card"),
        ),
    )
}

fn address_item(address: &Address) -> Html {
    let kind = match address.kind {
        AddressKind::Billing => "Billing",
        AddressKind::Service => "Service",
    };
    html!(
        "<li><strong>{}</strong> {}</li>",
        kind,
        address_line(address)
    )
}

/// The contact fields; those of an edit are sent even when they are empty, which clears them.
fn contact(prefix: &str, customer: Option<&Customer>) -> Html {
    let value = |field: fn(&Customer) -> &Option<String>| {
        customer.and_then(|customer| field(customer).clone())
    };
    let fields: Html = [
        (
            "first_name",
            "First name",
            value(|customer| &customer.first_name),
        ),
        (
            "last_name",
            "Last name",
            value(|customer| &customer.last_name),
        ),
        ("company", "Company", value(|customer| &customer.company)),
        ("email", "E-mail", value(|customer| &customer.email)),
        (
            "mobile_number",
            "Mobile phone",
            value(|customer| &customer.mobile_number),
        ),
        (
            "home_number",
            "Home phone",
            value(|customer| &customer.home_number),
        ),
        (
            "work_number",
            "Work phone",
            value(|customer| &customer.work_number),
        ),
        ("notes", "Notes", value(|customer| &customer.notes)),
    ]
    .into_iter()
    .map(|(name, label, value)| {
        text(
            &format!("{prefix}{name}"),
            label,
            &value.unwrap_or_default(),
        )
    })
    .collect();
    fields
}

fn address_fields(prefix: &str, kind: &str) -> Html {
    let kind = hidden(&[(&format!("{prefix}.type"), kind)]);
    html!(
        "<div class=\"fields\">{}{}</div>",
        kind,
        address_texts(prefix)
    )
}

fn address_texts(prefix: &str) -> Html {
    [
        ("street", "Street"),
        ("street_line_2", "Unit"),
        ("city", "City"),
        ("state", "State"),
        ("zip", "Zip"),
        ("country", "Country"),
    ]
    .into_iter()
    .map(|(name, label)| text(&format!("{prefix}.{name}"), label, ""))
    .collect()
}
