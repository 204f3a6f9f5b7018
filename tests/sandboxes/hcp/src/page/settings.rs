//! The company's settings, and the switches for what no source settles.

use maud::{Markup, html};
use sandbox_kit::page::{choice, form, json_choice};
use serde_json::{Value, json};

use super::{Page, SETTINGS, options};
use crate::state::State;

/// A choice in the settings: its name, its question, and the answers with their words.
type Switch = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const COMPANY: [Switch; 1] = [(
    "invoicing",
    "How new jobs are invoiced",
    &[
        ("simple", "One invoice, own numbers"),
        ("match_job_number", "One invoice, the job's number"),
        ("progress", "In parts (progress invoicing)"),
    ],
)];

const DOUBTS: [Switch; 16] = [
    (
        "refunds",
        "A refund",
        &[("reopen", "is due again"), ("leave_paid", "leaves it paid")],
    ),
    (
        "deposit_items",
        "A deposit's items",
        &[("shares", "shares of all lines"), ("one_item", "one item")],
    ),
    (
        "discount_sign",
        "Discounts are written",
        &[("negative", "negative"), ("positive", "positive")],
    ),
    (
        "rate_unit",
        "Rates are written",
        &[("percent", "8.25"), ("basis_points", "825")],
    ),
    (
        "due_codes",
        "Codes of due terms",
        &[
            ("plain", "upon, net, on"),
            ("unfamiliar", "unfamiliar ones"),
        ],
    ),
    (
        "keys",
        "Records have",
        &[
            ("recorded", "all recorded keys"),
            ("nulls_left_out", "no empty keys"),
            ("documented_only", "documented keys only"),
        ],
    ),
    (
        "invoiced_amounts",
        "invoiced_amount is told",
        &[("always", "always"), ("on_parts_only", "on parts only")],
    ),
    (
        "surcharges",
        "A payment's surcharge is",
        &[("apart", "apart"), ("in_amount", "in its amount")],
    ),
    (
        "surcharged_totals",
        "An invoice's surcharges are",
        &[
            ("held", "in its total"),
            ("left_out", "left out of its total"),
        ],
    ),
    (
        "deleted_payments",
        "A deleted payment is told by",
        &[("untold", "nothing"), ("job_updated", "job.updated")],
    ),
    (
        "shared_payments",
        "A payment over several invoices has",
        &[
            ("own_ids", "an id on each"),
            ("one_id", "one id, each its amount"),
            ("one_id_whole_amount", "one id and the whole amount on each"),
        ],
    ),
    (
        "event_order",
        "The events of a press come",
        &[
            ("as_they_happen", "as they happen"),
            ("any", "in any order"),
        ],
    ),
    (
        "deleted_jobs",
        "A deleted job is",
        &[("still_returned", "still returned"), ("gone", "gone (404)")],
    ),
    (
        "merged_customers",
        "Jobs of a merged customer",
        &[
            ("jobs_keep_them", "name the one who vanished"),
            ("jobs_follow", "name the one who stays"),
        ],
    ),
    (
        "moved_items",
        "Lines of a moved service",
        &[
            ("lines_keep_their_id", "keep the old id"),
            ("lines_follow", "get the new id"),
        ],
    ),
    (
        "plan_invoices",
        "Invoices of service plans",
        &[
            ("without_customer", "shown, without a job or a customer"),
            ("without_job", "shown, without a job"),
            ("hidden", "hidden"),
        ],
    ),
];

/// Settings that the page does not show; a save sends them back as they are.
const KEPT: [&str; 4] = [
    "first_job_number",
    "first_invoice_number",
    "updated_at_lag_seconds",
    "read_lag_seconds",
];

pub(super) fn page(state: &State) -> Page {
    let settings = json!(state.options.settings);
    let truth = options(&[
        ("false", "when it is sent or paid"),
        ("true", "when the job is finished"),
    ]);
    let made = settings["invoice_on_finish"].to_string();
    let fields = html! {
        @for name in KEPT {
            input type="hidden" name=(name) value=(settings[name].to_string()) data-as="json";
        }
        (switches(&settings, &COMPANY))
        (json_choice("invoice_on_finish", "The invoice is made", &truth, &made))
        p.hint.wide {
            "Below is what no source settles about Housecall Pro: try your integration both ways."
        }
        (switches(&settings, &DOUBTS))
    };
    Page {
        title: "Settings".to_owned(),
        tab: SETTINGS,
        body: html! {
            h1 { "Settings" }
            section.card { (form("/_sandbox/settings", "", &fields, "Save")) }
        },
    }
}

fn switches(settings: &Value, switches: &[Switch]) -> Markup {
    html! {
        @for (name, question, answers) in switches {
            @let chosen = settings[*name].as_str().unwrap_or_default();
            (choice(name, question, &options(answers), chosen))
        }
    }
}
