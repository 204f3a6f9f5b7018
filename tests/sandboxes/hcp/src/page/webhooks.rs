//! Where webhooks go, and what became of them.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    Row, Tone, badge, form, plain, table,
};

use super::{Page, WEBHOOKS, moment, status_badge};
use crate::{
    delivery::{Delivery, Outcome},
    state::State,
};

/// So many deliveries stand on the page.
const SHOWN: usize = 200;

pub(super) fn page(state: &State) -> Page {
    let deliveries = state.deliveries.log().rev().take(SHOWN);
    let rows = deliveries.map(|delivery| row(state, delivery));
    let columns = [
        Number("#"),
        Text("When"),
        Text("Event"),
        Text("Record"),
        Text("Outcome"),
    ];
    let address = html! {
        label {
            span { "Address" }
            input type="url" name="url" required placeholder="https://…";
        }
    };
    let last = html! { input type="hidden" name="count" value="1" data-as="json"; };
    Page {
        title: "Webhooks".to_owned(),
        tab: WEBHOOKS,
        body: html! {
            div.head {
                h1 { "Webhooks" }
                a.button href="/_app/webhooks" { "Refresh" }
            }
            section.card {
                @match &state.webhook_url {
                    Some(url) => p { "Webhooks go to " code { (url) } "." },
                    None => p { "Webhooks go nowhere yet." },
                }
                (form("/_sandbox/webhook", "", &address, "Check and save"))
            }
            section.card {
                div.head {
                    h2 { "Deliveries" }
                    (form("/_sandbox/redeliver", "", &last, "Repeat the last one"))
                }
                (table(&columns, rows, "Nothing has happened yet."))
            }
        },
    }
}

fn row(state: &State, delivery: &Delivery) -> Row {
    Row::from([
        html! { (delivery.number) },
        plain(&moment(state, delivery.at)),
        html! { code { (delivery.event) } },
        html! { code { (delivery.about) } },
        outcome(&delivery.outcome),
    ])
}

fn outcome(outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::Waiting => status_badge("waiting"),
        Outcome::Lost => status_badge("lost"),
        Outcome::NoUrl => status_badge("no address"),
        Outcome::Answered {
            status,
            milliseconds,
        } => {
            let tone = match status {
                200..300 => Tone::Good,
                _ => Tone::Bad,
            };
            html! { (badge(tone, &status.to_string())) " " small { (milliseconds) " ms" } }
        }
        Outcome::Failed { reason } => html! { (status_badge("failed")) " " small { (reason) } },
    }
}
