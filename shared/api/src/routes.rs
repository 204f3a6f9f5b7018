//! One function for each route: it reads the request, calls one view or act of the office, and writes the answer.

pub(crate) mod acts;
pub(crate) mod customers;
pub(crate) mod items;
pub(crate) mod orders;
pub(crate) mod overview;
pub(crate) mod pause;
pub(crate) mod payments;
pub(crate) mod people;
pub(crate) mod reads;
pub(crate) mod resolutions;
pub(crate) mod settings;
pub(crate) mod telling;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post, put},
};
use office::Office;
use sync::World;

/// Where the routes of a company begin.
pub(crate) const COMPANY: &str = "/api/v1/companies/{company}";

/// Those that need nothing but the office.
pub(crate) fn all<W: World>(office: Arc<Office<W>>) -> Router {
    let of = |path: &str| format!("{COMPANY}{path}");
    Router::new()
        .route("/api/v1/companies", get(reads::companies::<W>))
        .route(&of("/today"), get(overview::today::<W>))
        .route(&of("/log"), get(overview::log::<W>))
        .route(&of("/log.csv"), get(overview::log_table::<W>))
        .route(&of("/alerts"), get(reads::alerts::<W>))
        .route(&of("/alerts/{alert}"), get(resolutions::alert::<W>))
        .route(
            &of("/alerts/{alert}/resolutions"),
            post(resolutions::resolve::<W>),
        )
        .route(
            &of("/alerts/{alert}/dismissal"),
            post(resolutions::dismiss::<W>).delete(resolutions::take_dismissal_back::<W>),
        )
        .route(&of("/causes"), get(resolutions::causes::<W>))
        .route(&of("/retries"), post(resolutions::retry::<W>))
        .route(&of("/resolutions/{id}"), get(resolutions::resolved::<W>))
        .route(&of("/jobs"), get(reads::jobs::<W>))
        .route(&of("/jobs/{job}"), get(reads::job::<W>))
        .route(&of("/jobs/{job}/history"), get(reads::history::<W>))
        .route(&of("/payments"), get(payments::payments::<W>))
        .route(&of("/items"), get(items::items::<W>))
        .route(&of("/items/accounts"), post(items::choose_accounts::<W>))
        .route(&of("/lines"), get(items::lines::<W>))
        .route(&of("/lines/items"), post(items::map_lines::<W>))
        .route(&of("/customers"), get(customers::customers::<W>))
        .route(
            &of("/customers/matches"),
            post(customers::match_customers::<W>),
        )
        .route(&of("/assignments/{id}"), get(items::assigned::<W>))
        .route(&of("/quickbooks"), get(settings::quickbooks::<W>))
        .route(
            &of("/quickbooks/readings"),
            post(settings::read_quickbooks::<W>),
        )
        .route(&of("/inbox"), get(reads::inbox::<W>))
        .route(&of("/inbox/ticks"), post(acts::tick::<W>))
        .route(&of("/pulls"), post(acts::pull::<W>))
        .route(&of("/pulls/{id}"), get(orders::pulled::<W>))
        .route(&of("/decisions"), post(acts::decide::<W>))
        .route(&of("/dismissals"), post(acts::dismiss::<W>))
        .route(&of("/pause"), post(pause::pause::<W>))
        .route(&of("/resume"), post(pause::resume::<W>))
        .route(&of("/links"), post(orders::link::<W>))
        .route(&of("/links/{id}"), get(orders::linked::<W>))
        .route(&of("/pushes/{id}"), get(orders::pushed::<W>))
        .route(
            &of("/settings"),
            get(settings::settings::<W>).patch(settings::change_settings::<W>),
        )
        .route(
            &of("/mails"),
            get(telling::mails::<W>).put(telling::choose_mails::<W>),
        )
        .route(&of("/channel"), put(telling::enter_channel::<W>))
        .with_state(office)
}
