//! Pieces of HTML. Everything that comes from the books goes through [`escape`].

use std::fmt::Write;

use jiff::civil::Date;
use rust_decimal::Decimal;

/// Text made safe for elements and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// `$1,234.50`
pub(super) fn money(value: Decimal) -> String {
    let text = format!("{:.2}", value.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < Decimal::ZERO { "-" } else { "" };
    format!("{sign}${grouped}.{cents}")
}

/// A stored day as `09/29/2020`.
pub(super) fn day(text: Option<&str>) -> String {
    text.and_then(|text| text.parse::<Date>().ok())
        .map(|day| day.strftime("%m/%d/%Y").to_string())
        .unwrap_or_default()
}

/// A link; label and address are escaped here.
pub(super) fn link(to: &str, label: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(to), escape(label))
}

/// A small coloured word.
pub(super) fn badge(tone: &str, label: &str) -> String {
    format!("<span class=\"badge {tone}\">{}</span>", escape(label))
}

/// One column of a table: its title, and whether it holds numbers.
pub(super) struct Column(pub(super) &'static str, pub(super) bool);

/// A table whose cells are HTML already. On a phone each row becomes a card.
pub(super) fn table(columns: &[Column], rows: &[Vec<String>], empty: &str) -> String {
    if rows.is_empty() {
        return format!("<p class=\"empty\">{}</p>", escape(empty));
    }
    let mut out = String::from("<table><thead><tr>");
    for Column(title, is_number) in columns {
        let class = if *is_number { " class=\"number\"" } else { "" };
        let _ = write!(out, "<th{class}>{title}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (Column(title, is_number), cell) in columns.iter().zip(row) {
            let class = if *is_number { " class=\"number\"" } else { "" };
            let _ = write!(out, "<td{class} data-label=\"{title}\">{cell}</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_books_is_markup() {
        assert_eq!(
            escape("<b a=\"1\" c='2'>&</b>"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&lt;/b&gt;"
        );
    }

    #[test]
    fn money_is_grouped() {
        for (cents, printed) in [
            (0, "$0.00"),
            (123_456_789, "$1,234,567.89"),
            (-150, "-$1.50"),
        ] {
            assert_eq!(money(Decimal::new(cents, 2)), printed);
        }
    }
}
