//! What every page tells the browser about itself.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

use crate::{Site, origin};

/// The headers of every answer.
#[derive(Clone)]
pub(crate) struct Headers(Vec<(HeaderName, HeaderValue)>);

/// A page loads its stylesheet and nothing else, posts to us, and is sent from there to the two pages on which people say
/// who they are and what they allow. The policy of referrers is not stricter, since a browser then leaves the origin out of
/// what is posted.
pub(crate) fn of(site: &Site) -> Headers {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {} {}; frame-ancestors 'none'; base-uri 'none'",
        origin(&site.sign_in),
        origin(&site.intuit.authorize_url)
    );
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let fixed = fixed.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let policy = HeaderValue::from_str(&policy).ok();
    let policy = policy.map(|policy| (header::CONTENT_SECURITY_POLICY, policy));
    Headers(fixed.into_iter().chain(policy).collect())
}

impl Headers {
    /// Puts them on an answer; one that has such a header keeps its own.
    pub(crate) fn on(&self, mut response: Response) -> Response {
        for (name, value) in &self.0 {
            let headers = response.headers_mut();
            headers.entry(name).or_insert_with(|| value.clone());
        }
        response
    }
}
