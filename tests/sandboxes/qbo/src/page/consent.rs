//! The page on which a user connects an app, and the one that says why that cannot be.

use super::{STYLE, html::escape};

/// Asks for consent; the two buttons send `fields` and `decision`.
pub(crate) fn ask(company: &str, app: &str, scopes: &str, fields: &[(String, String)]) -> String {
    let hidden: String = fields
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escape(name),
                escape(value)
            )
        })
        .collect();
    let scopes: String = scopes
        .split(' ')
        .map(|scope| format!("<li class=\"mono\">{}</li>", escape(scope)))
        .collect();
    framed(
        "Connect an app",
        &format!(
            "<h2>Connect {app} to {company}?</h2><section><div class=\"form\"><div><p>It will be able to use:</p><ul>{scopes}</ul></div></div></section><form method=\"post\" action=\"/connect/oauth2\" class=\"pages\">{hidden}<button name=\"decision\" value=\"cancel\">Cancel</button><button name=\"decision\" value=\"connect\">Connect</button></form>",
            app = escape(app),
            company = escape(company),
        ),
    )
}

/// Says why an app cannot be connected.
pub(crate) fn refuse(reason: &str) -> String {
    framed(
        "Connection problem",
        &format!(
            "<h2>Uh oh, there's a connection problem</h2><section><p class=\"empty\">{}</p></section>",
            escape(reason)
        ),
    )
}

fn framed(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
}
