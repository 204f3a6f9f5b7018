//! The licence, and what is kept of whom: texts of the repository.

use maud::html;

use super::{Page, page};

/// Under which licence it may be used.
pub(crate) fn licence() -> Page {
    let body = html! {
        p { "This program is free software. You may choose between the MIT licence, which follows, and the Apache licence 2.0." }
        pre.text { (include_str!("../../../../LICENSE-MIT")) }
    };
    page("Licence", None, &body)
}

/// What is kept, and of whom.
pub(crate) fn privacy() -> Page {
    let text = include_str!("../text/privacy.txt");
    let body = html! {
        @for paragraph in text.trim().split("\n\n") { p { (paragraph) } }
    };
    page("Privacy", None, &body)
}
