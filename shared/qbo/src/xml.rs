//! Just enough XML to find a fault: QuickBooks answers some errors in XML even when asked for JSON.

/// One element: its attributes as text, and what is inside.
pub(crate) struct Element<'a> {
    attributes: &'a str,
    /// Everything between its tags.
    pub(crate) inner: &'a str,
    /// Everything after it.
    pub(crate) rest: &'a str,
}

impl<'a> Element<'a> {
    /// The first element of this name, at any depth.
    pub(crate) fn find(text: &'a str, name: &str) -> Option<Self> {
        let mut from = text;
        loop {
            let start = from.find('<')?;
            from = from.get(start + 1..)?;
            let Some(after) = from.strip_prefix(name) else {
                continue;
            };
            if !after.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace()) {
                continue;
            }
            let (attributes, body) = after.split_once('>')?;
            if let Some(attributes) = attributes.strip_suffix('/') {
                return Some(Self {
                    attributes,
                    inner: "",
                    rest: body,
                });
            }
            let close = format!("</{name}>");
            let (inner, rest) = body.split_once(&close).unwrap_or((body, ""));
            return Some(Self {
                attributes,
                inner,
                rest,
            });
        }
    }

    /// An attribute's value.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            let (key, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = after.get(1..)?.split_once(quote)?;
            if key.trim() == name {
                return Some(unescape(value));
            }
            rest = next;
        }
    }

    /// The text of the first element of this name inside.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        Element::find(self.inner, name).map(|element| unescape(element.inner.trim()))
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
