use super::{
    Page, Place,
    forms::{
        Column::{Number, Text},
        cell, number_cell, table,
    },
    html::{Html, html},
    moment, pill,
};
use crate::{
    delivery::{Delivery, Outcome},
    state::State,
};

/// So many deliveries stand on the page.
const SHOWN: usize = 200;

pub(super) fn page(state: &State) -> Page {
    let rows = state
        .deliveries
        .log()
        .rev()
        .take(SHOWN)
        .map(|delivery| row(state, delivery));
    let address = match &state.webhook_url {
        Some(url) => html!("<p>Webhooks go to <code>{}</code>.</p>", url),
        None => html!("<p>Webhooks go nowhere yet.</p>"),
    };
    Page {
        title: "Webhooks".to_owned(),
        place: Place::Webhooks,
        body: html!(
            "<div class=\"head\"><h1>Webhooks</h1>\
             <a class=\"button\" href=\"/_app/webhooks\">Refresh</a></div>\
             <section class=\"card\">{}\
             <form data-action=\"/_sandbox/webhook\" class=\"fields\">\
             <label><span>Address</span><input type=\"url\" name=\"url\" required \
             placeholder=\"https://…\"></label><div class=\"end\">\
             <button class=\"primary\">Check and save</button>\
             <p class=\"problem\" role=\"alert\" hidden></p></div></form></section>\
             <section class=\"card\"><div class=\"head\"><h2>Deliveries</h2>\
             <form data-action=\"/_sandbox/redeliver\" class=\"inline\">\
             <input type=\"hidden\" name=\"count\" value=\"1\" data-as=\"json\">\
             <button>Repeat the last one</button>\
             <p class=\"problem\" role=\"alert\" hidden></p></form></div>{}</section>",
            address,
            table(
                &[
                    Number("#"),
                    Text("When"),
                    Text("Event"),
                    Text("Record"),
                    Text("Outcome")
                ],
                rows,
                "Nothing has happened yet."
            ),
        ),
    }
}

fn row(state: &State, delivery: &Delivery) -> Html {
    let outcome = match &delivery.outcome {
        Outcome::Waiting => pill("waiting"),
        Outcome::Lost => pill("lost"),
        Outcome::NoUrl => pill("no address"),
        Outcome::Answered {
            status,
            milliseconds,
        } => {
            let tone = if (200..300).contains(status) {
                "good"
            } else {
                "bad"
            };
            html!(
                "<span class=\"pill {}\">{}</span> <small>{} ms</small>",
                tone,
                status.to_string(),
                milliseconds.to_string(),
            )
        }
        Outcome::Failed { reason } => {
            html!(
                "<span class=\"pill bad\">failed</span> <small>{}</small>",
                reason
            )
        }
    };
    html!(
        "<tr>{}{}{}{}{}</tr>",
        number_cell("#", &delivery.number.to_string()),
        cell("When", html!("{}", moment(state, delivery.at))),
        cell("Event", html!("<code>{}</code>", delivery.event)),
        cell("Record", html!("<code>{}</code>", delivery.about)),
        cell("Outcome", outcome),
    )
}
