//! A request as the router wants it: path segments and parameters decoded.

use std::fmt;

use percent_encoding::percent_decode_str;

/// One HTTP request, as the sandbox takes it.
#[derive(Clone, Default)]
pub struct Request {
    /// Verb in upper case.
    pub method: String,
    /// Path with its query, percent-encoded; scheme and host may stand before it and are ignored.
    pub target: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

/// Shows the verb and the path only: headers carry tokens, queries and bodies carry names.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.body.len();
        write!(f, "{} {} ({length} bytes)", self.method, self.path())
    }
}

impl Request {
    /// The first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The path, without scheme, host and query.
    pub fn path(&self) -> &str {
        // An address can stand in the query too, with its signs as they are.
        let target = match self.target.split_once("://") {
            Some((_, rest)) if !self.target.starts_with('/') => {
                rest.find('/').map_or("/", |at| &rest[at..])
            }
            _ => self.target.as_str(),
        };
        target.split(['?', '#']).next().unwrap_or_default()
    }

    /// A parameter of the query, decoded; empty ones count as absent.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        form(query)
            .into_iter()
            .find(|(n, value)| n == name && !value.is_empty())
            .map(|(_, value)| value)
    }
}

/// Reads `a=b&c=d` with percent signs and pluses.
pub(crate) fn form(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_ignored_and_parameters_are_decoded() {
        let request = Request {
            target: "https://h.example/v3/company/1/query?query=select%20*%20from+Vendor%20where%20a%20=%20%27R%20%26%20A%27&requestid=".to_owned(),
            ..Request::default()
        };
        assert_eq!(request.path(), "/v3/company/1/query");
        assert_eq!(
            request.param("query").as_deref(),
            Some("select * from Vendor where a = 'R & A'")
        );
        assert_eq!(request.param("requestid"), None);
        let request = Request {
            target: "/connect/oauth2?redirect_uri=https://app.example/back&state=s".to_owned(),
            ..Request::default()
        };
        assert_eq!(request.path(), "/connect/oauth2");
        assert_eq!(request.param("state").as_deref(), Some("s"));
    }
}
