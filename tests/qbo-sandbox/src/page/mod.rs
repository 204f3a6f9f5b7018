//! The books as a person looks at them: plain pages, no scripts, nothing from elsewhere.

use ports::HttpResponse;

use crate::{Sandbox, api::request::Request};

/// Answers the pages; `None` for everything else.
pub(crate) fn answer(_sandbox: &Sandbox, _request: &Request) -> Option<HttpResponse> {
    None
}
