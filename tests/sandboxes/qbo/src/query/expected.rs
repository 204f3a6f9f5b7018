//! What the parser says that it expected.

use super::parser::Query;

/// What could come next when a statement goes on where it should have ended.
pub(super) fn expected_after(query: &Query) -> &'static [&'static str] {
    if query.start.is_some() || query.max.is_some() {
        &["<EOF>", "\"maxresults\"", "\"startposition\""]
    } else if !query.order.is_empty() {
        &[
            "<EOF>",
            "\",\"",
            "\"iterator\"",
            "\"maxresults\"",
            "\"startposition\"",
        ]
    } else if query.conditions.is_empty() {
        &[
            "<EOF>",
            "\"iterator\"",
            "\"maxresults\"",
            "\"order\"",
            "\"orderby\"",
            "\"startposition\"",
            "\"where\"",
        ]
    } else {
        // Seen for a text that an apostrophe ended too early.
        &[
            "<EOF>",
            "<AND>",
            "\"iterator\"",
            "\"maxresults\"",
            "<OR>",
            "\"order\"",
            "\"orderby\"",
            "\"startposition\"",
        ]
    }
}
