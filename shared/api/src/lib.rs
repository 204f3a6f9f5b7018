//! The office over HTTP: which route is which view or act of crate `office`, how a request is read, and how what somebody
//! cannot have is answered (RFC 9457). Who signed in is told by API Gateway, which has checked their token.
//!
//! The document of it (OpenAPI 3.1) is made from the code: [`document`].

mod document;
mod event;
mod extract;
mod once;
mod page;
mod problem;
mod resolution;
mod routes;
mod views;

use std::sync::Arc;

use axum::Router;
use office::Office;
use ports::Directory;
use sync::World;

pub use document::document;
pub use event::serve;
pub use problem::answered;

/// Everything that the function of the office answers.
pub fn office<W: World, D: Directory + 'static>(office: Arc<Office<W>>, directory: D) -> Router {
    finished(
        routes::all(Arc::clone(&office)).merge(routes::people::all(office, Arc::new(directory))),
    )
}

/// What the function of pushes by hand answers.
pub fn pushes<W: World>(office: Office<W>) -> Router {
    finished(routes::orders::pushes(Arc::new(office)))
}

fn finished(router: Router) -> Router {
    router
        .fallback(async || problem::no_route())
        .method_not_allowed_fallback(async || problem::no_method())
}
