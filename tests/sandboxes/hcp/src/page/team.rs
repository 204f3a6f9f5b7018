use super::{
    Page, Place,
    forms::{Column::Text, careful_button, cell, checkbox, fold, form, required, table, text},
    html::{Html, html},
};
use crate::{shelf::When, state::State};

pub(super) fn page(state: &State) -> Page {
    let employees = state.company.employees.all(When::Now);
    let rows = employees
        .filter(|employee| employee.active)
        .map(|employee| {
            html!(
                "<tr>{}{}{}{}</tr>",
                cell(
                    "Name",
                    html!("{} {}", employee.first_name, employee.last_name)
                ),
                cell("Role", html!("{}", employee.role)),
                cell("E-mail", html!("{}", employee.email)),
                cell(
                    "",
                    careful_button(
                        "deactivate_employee",
                        "Deactivate",
                        "Deactivate this employee? Jobs keep the name.",
                        &[("employee", employee.id.as_str())],
                    ),
                ),
            )
        });
    let fields: Html = [
        required("first_name", "First name", ""),
        text("last_name", "Last name", ""),
        text("email", "E-mail", ""),
        text("mobile_number", "Mobile phone", ""),
        checkbox("office", "Office staff", false),
    ]
    .into_iter()
    .collect();
    Page {
        title: "Team".to_owned(),
        place: Place::Team,
        body: html!(
            "<h1>Team</h1><section class=\"card\">{}{}</section>",
            table(
                &[Text("Name"), Text("Role"), Text("E-mail"), Text("")],
                rows,
                "Nobody works here."
            ),
            fold(
                "New employee",
                form("add_employee", "", fields, "Add employee")
            ),
        ),
    }
}
