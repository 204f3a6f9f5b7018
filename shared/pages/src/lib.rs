//! What people see in a browser: HTML without scripts, for a desk and for a telephone. [`pages`] are those that need the right
//! to a company's secrets: signing in and out, the keys of Housecall Pro, connecting and disconnecting QuickBooks by button.
//! [`console`] has those of the daily work, which need none.
//!
//! Who it is tells a session (`sessions.rs`), which a cookie shows; what they may do, the records of the company, read at each
//! request. What is posted counts only from our own pages (`posted.rs`). A page that is only looked at changes nothing.

mod company;
mod headers;
mod html;
mod posted;
mod refusal;
mod routes;
mod sessions;
mod sign_in;
mod ways;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use office::Office;
use sync::{World, company::connect::consent::Intuit};

/// Where everything is that these pages lead to.
#[derive(Clone, Debug)]
pub struct Site {
    /// The address of these pages, without a slash at the end.
    pub address: String,
    /// The address that webhooks go to.
    pub webhooks: String,
    /// The pages on which people sign in.
    pub sign_in: String,
    /// The program that these pages are to the sign-in.
    pub client: String,
    /// The user pool that people sign in to.
    pub pool: String,
    /// Intuit's page and back.
    pub intuit: Intuit,
}

impl Site {
    /// Where Intuit sends people back to.
    pub const ANSWERS_TO: &str = "/connect/quickbooks/answer";

    /// Reads it from a Lambda's environment: addresses, and other texts.
    ///
    /// # Errors
    /// What the readers give when a variable is missing.
    pub fn read<E: From<F>, F>(
        address: impl Fn(&'static str) -> Result<String, E>,
        text: impl Fn(&'static str) -> Result<String, F>,
    ) -> Result<Self, E> {
        let own = address("OFFICE_URL")?;
        Ok(Self {
            intuit: Intuit {
                authorize_url: address("QBO_AUTHORIZE_URL")?,
                revoke_url: address("QBO_REVOKE_URL")?,
                answers_to: format!("{own}{}", Self::ANSWERS_TO),
            },
            webhooks: address("API_URL")?,
            sign_in: address("SIGN_IN_URL")?,
            client: text("SIGN_IN_CLIENT")?,
            pool: text("USER_POOL_ID")?,
            address: own,
        })
    }

    /// Scheme, host and port of the pages: what a browser sends as `Origin`.
    fn origin(&self) -> &str {
        origin(&self.address)
    }
}

/// Scheme, host and port of an address.
fn origin(address: &str) -> &str {
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let path = address[after_scheme..].find('/');
    path.map_or(address, |at| &address[..after_scheme + at])
}

/// What the pages are made of.
struct Desk<W: World> {
    office: Arc<Office<W>>,
    site: Site,
}

type Shared<W> = Arc<Desk<W>>;

/// A form is a few keys and choices.
const LONGEST_FORM: usize = 16 * 1024;

/// The pages that need the right to a company's secrets.
pub fn pages<W: World>(office: Arc<Office<W>>, site: Site) -> Router {
    finished(office, site, routes::all)
}

/// The pages of the daily work.
pub fn console<W: World>(office: Arc<Office<W>>, site: Site) -> Router {
    finished(office, site, routes::console)
}

fn finished<W: World>(
    office: Arc<Office<W>>,
    site: Site,
    routes: impl Fn(Shared<W>) -> Router,
) -> Router {
    let headers = headers::of(&site);
    let desk = Arc::new(Desk { office, site });
    routes(desk)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(middleware::map_response(move |response| {
            std::future::ready(headers.on(response))
        }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_an_address_without_its_path() {
        for (address, expected) in [
            ("https://a.example", "https://a.example"),
            ("https://a.example/", "https://a.example"),
            ("http://127.0.0.1:80/x/y", "http://127.0.0.1:80"),
        ] {
            assert_eq!(origin(address), expected);
        }
    }
}
