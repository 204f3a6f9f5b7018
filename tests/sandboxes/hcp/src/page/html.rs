//! HTML that cannot forget to escape: text goes in escaped, only [`Html`] goes in as it is.

use std::borrow::Cow;

/// A finished piece of HTML.
#[derive(Clone, Debug, Default)]
pub(super) struct Html(pub(super) String);

/// What may stand in a piece of HTML.
pub(super) trait Render {
    fn render(&self) -> Cow<'_, str>;
}

impl Render for Html {
    fn render(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl Render for str {
    fn render(&self) -> Cow<'_, str> {
        let mut escaped = String::with_capacity(self.len());
        for character in self.chars() {
            match character {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                other => escaped.push(other),
            }
        }
        Cow::Owned(escaped)
    }
}

impl Render for String {
    fn render(&self) -> Cow<'_, str> {
        self.as_str().render()
    }
}

impl<T: Render + ?Sized> Render for &T {
    fn render(&self) -> Cow<'_, str> {
        T::render(self)
    }
}

impl<T: Render> Render for Option<T> {
    fn render(&self) -> Cow<'_, str> {
        self.as_ref().map_or(Cow::Borrowed(""), Render::render)
    }
}

/// `format!` with every argument escaped, unless it is [`Html`].
macro_rules! html {
    ($form:literal $(, $argument:expr)* $(,)?) => {
        $crate::page::html::Html(format!(
            $form $(, $crate::page::html::Render::render(&$argument))*
        ))
    };
}
pub(super) use html;

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(pieces: I) -> Self {
        Self(pieces.into_iter().map(|piece| piece.0).collect())
    }
}

/// Dollars for people: `$1,234.50`.
pub(super) fn dollars(cents: i64) -> String {
    let whole = (cents.unsigned_abs() / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if cents < 0 { "−" } else { "" };
    format!("{sign}${grouped}.{:02}", cents.unsigned_abs() % 100)
}

/// Dollars for a form: `1234.50`.
pub(super) fn plain_dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_html_is_not() {
        let name = "<b onclick=\"x('&')\">";
        let cell = html!("<td>{}</td>", name);
        let row = html!("<tr>{}</tr>", cell);
        assert_eq!(
            row.0,
            "<tr><td>&lt;b onclick=&quot;x(&#39;&amp;&#39;)&quot;&gt;</td></tr>"
        );
    }

    #[test]
    fn dollars_are_grouped_for_people() {
        assert_eq!(dollars(123_456_789), "$1,234,567.89");
        assert_eq!(dollars(-5), "−$0.05");
        assert_eq!(plain_dollars(123_450), "1234.50");
    }
}
