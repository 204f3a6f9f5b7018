//! Who works in the company.

use maud::html;
use sandbox_kit::page::{
    Column::Text, Row, button, careful_button, checkbox, fold, form, required, table, text,
};

use super::{Page, TEAM};
use crate::{company::Employee, shelf::When, state::State};

pub(super) fn page(state: &State) -> Page {
    let employees = state.company.employees.all(When::Now);
    let rows = employees.filter(|employee| employee.active).map(row);
    let columns = [Text("Name"), Text("Role"), Text("E-mail"), Text("")];
    let fields = html! {
        (required("first_name", "First name", ""))
        (text("last_name", "Last name", ""))
        (text("email", "E-mail", ""))
        (text("mobile_number", "Mobile phone", ""))
        (checkbox("office", "Office staff", false))
    };
    Page {
        title: "Team".to_owned(),
        tab: TEAM,
        body: html! {
            h1 { "Team" }
            section.card {
                (table(&columns, rows, "Nobody works here."))
                (fold("New employee", &form("add_employee", "", &fields, "Add employee")))
            }
        },
    }
}

fn row(employee: &Employee) -> Row {
    let name = employee.name();
    let question = "Deactivate this employee? Jobs keep the name.";
    let this = [("employee", employee.id.as_str())];
    Row::from([
        html! { (name) },
        html! { (employee.role) },
        html! { (employee.email) },
        html! {
            (button("/_sandbox/person", &format!("Press as {name}"), &this, ""))
            (careful_button("deactivate_employee", "Deactivate", question, &this))
        },
    ])
}
