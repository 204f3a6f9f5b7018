//! Pages for people: one layout and one stylesheet, [tables](table()) and [forms](form()).
//!
//! Pages are written with `maud`, which escapes all text by itself. They load nothing from elsewhere. A form does not
//! leave the page: the script sends its fields as JSON to the action that it names ([`form`]).

mod form;
mod table;

use maud::{DOCTYPE, Markup, html};

pub use self::{
    form::{
        button, careful_button, checkbox, choice, decimal, fold, form, hidden, json_choice, money,
        required, text, tick,
    },
    table::{Column, Row, table},
};
use crate::{Answer, Request};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("app.js");

/// What stands around a page.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// Whose sandbox it is.
    pub company: &'a str,
    /// What else is told beside the company: its id, its time.
    pub note: &'a str,
    /// Paths and names of the tabs.
    pub tabs: &'a [(&'a str, &'a str)],
    /// The path of the tab that the page belongs to.
    pub here: &'a str,
    /// Whether its buttons and forms are sent by the script; without them there is no script.
    pub has_buttons: bool,
}

/// Answers what pages load; `None` for everything else.
pub fn asset(request: &Request) -> Option<Answer> {
    match (request.method.as_str(), request.path()) {
        ("GET", "/_page/style.css") => Some(Answer::typed(200, "text/css; charset=utf-8", STYLE)),
        ("GET", "/_page/app.js") => {
            Some(Answer::typed(200, "text/javascript; charset=utf-8", SCRIPT))
        }
        _ => None,
    }
}

/// A page in its frame.
pub fn page(status: u16, frame: &Frame<'_>, title: &str, body: &Markup) -> Answer {
    let header = html! {
        header.top {
            div.brand {
                strong { (frame.company) }
                span.sandbox { "sandbox" }
            }
            nav aria-label="Main" {
                @for (path, name) in frame.tabs {
                    a href=(path) aria-current=[(*path == frame.here).then_some("page")] { (name) }
                }
            }
            span.note { (frame.note) }
        }
    };
    let title = format!("{title} · {}", frame.company);
    document(
        status,
        &title,
        frame.has_buttons,
        &html! { (header) main { (body) } },
    )
}

/// A page by itself, whose form is an ordinary one.
pub fn bare_page(status: u16, title: &str, body: &Markup) -> Answer {
    document(status, title, false, &html! { main { (body) } })
}

fn document(status: u16, title: &str, has_script: bool, body: &Markup) -> Answer {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/_page/style.css";
                link rel="icon" href="data:,";
                @if has_script {
                    script src="/_page/app.js" defer {}
                }
            }
            body { (body) }
        }
    };
    let mut answer = Answer::html(status, document.into_string());
    let scripts = if has_script {
        "script-src 'self'; connect-src 'self'; form-action 'none'; "
    } else {
        ""
    };
    let policy = format!(
        "default-src 'none'; img-src data:; style-src 'self'; {scripts}base-uri 'none'; frame-ancestors 'none'"
    );
    for (name, value) in [
        ("content-security-policy", policy),
        ("cache-control", "no-store".to_owned()),
    ] {
        answer.headers.push((name.to_owned(), value));
    }
    answer
}

/// The colour of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Under way, or to be looked at.
    Busy,
    /// Something to know.
    Info,
    /// Gone wrong.
    Bad,
    /// Nothing more to say.
    Calm,
}

/// A small coloured word.
pub fn badge(tone: Tone, label: &str) -> Markup {
    let tone = match tone {
        Tone::Good => "good",
        Tone::Busy => "busy",
        Tone::Info => "info",
        Tone::Bad => "bad",
        Tone::Calm => "calm",
    };
    html! { span class={ "badge " (tone) } { (label) } }
}

/// Text, for where markup is asked for.
pub fn plain(text: &str) -> Markup {
    html! { (text) }
}

/// Labels with what they stand for; those that stand for nothing are left out.
pub fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, Markup)>) -> Markup {
    html! {
        dl.facts {
            @for (label, value) in facts {
                @if !value.0.is_empty() {
                    div { dt { (label) } dd { (value) } }
                }
            }
        }
    }
}

/// Dollars for people: `$1,234.50`.
pub fn dollars(cents: i128) -> String {
    let whole = (cents.unsigned_abs() / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}${grouped}.{:02}", cents.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const FRAME: Frame<'static> = Frame {
        company: "Bits & <Bobs>",
        note: "12:00",
        tabs: &[("/", "Start"), ("/end", "End")],
        here: "/end",
        has_buttons: false,
    };

    fn shown(answer: Answer) -> String {
        String::from_utf8(answer.body).unwrap()
    }

    #[test]
    fn a_page_is_framed_and_escaped() {
        let page = shown(page(200, &FRAME, "\"T\"", &plain("<script>'&")));
        for part in [
            "<title>&quot;T&quot; · Bits &amp; &lt;Bobs&gt;</title>",
            "<a href=\"/end\" aria-current=\"page\">End</a>",
            "<a href=\"/\">Start</a>",
            "<main>&lt;script&gt;'&amp;</main>",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("<script"));
    }

    #[test]
    fn only_a_page_with_buttons_may_run_the_script() {
        for (has_buttons, is_there) in [(false, false), (true, true)] {
            let answer = page(
                200,
                &Frame {
                    has_buttons,
                    ..FRAME
                },
                "",
                &plain(""),
            );
            let policy = &answer.headers[1].1;
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            assert_eq!(policy.contains("script-src"), is_there);
            assert_eq!(
                shown(answer).contains("<script src=\"/_page/app.js\""),
                is_there
            );
        }
    }

    #[test]
    fn what_pages_load_is_there() {
        for path in ["/_page/style.css", "/_page/app.js"] {
            assert_eq!(asset(&Request::get(path)).unwrap().status, 200);
        }
        assert_eq!(asset(&Request::get("/_page/other")), None);
    }

    /// `tests/app.mjs` presses in a page of its own.
    #[test]
    fn the_script_sends_forms_and_says_what_happened() {
        let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/app.mjs");
        let node = Command::new("node").args(["--test", tests]).output();
        let node = node.expect("Node.js runs the script's tests");
        assert!(
            node.status.success(),
            "{}",
            String::from_utf8_lossy(&node.stdout)
        );
    }

    #[test]
    fn facts_that_stand_for_nothing_are_left_out() {
        let facts = facts([("Name", plain("Amy")), ("Phone", plain(""))]);
        assert_eq!(
            facts.0,
            "<dl class=\"facts\"><div><dt>Name</dt><dd>Amy</dd></div></dl>"
        );
    }

    #[test]
    fn dollars_are_grouped() {
        for (cents, text) in [
            (0, "$0.00"),
            (123_456_789, "$1,234,567.89"),
            (-150, "-$1.50"),
            (-5, "-$0.05"),
        ] {
            assert_eq!(dollars(cents), text);
        }
    }
}
