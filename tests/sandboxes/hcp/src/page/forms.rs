//! Pieces of forms. The script sends a form's fields as JSON to the action that it names.

use self::Column::{Number, Text};
use super::html::{Html, Render, html};

/// A button that does one thing at once.
pub(super) fn button(action: &str, label: &str, fields: &[(&str, &str)], style: &str) -> Html {
    html!(
        "<form data-action=\"{}\" class=\"inline\">{}<button class=\"{}\">{}</button>\
         <p class=\"problem\" role=\"alert\" hidden></p></form>",
        action,
        hidden(fields),
        style,
        label,
    )
}

/// The same, after a question.
pub(super) fn careful_button(
    action: &str,
    label: &str,
    question: &str,
    fields: &[(&str, &str)],
) -> Html {
    html!(
        "<form data-action=\"{}\" data-ask=\"{}\" class=\"inline\">{}\
         <button class=\"danger\">{}</button>\
         <p class=\"problem\" role=\"alert\" hidden></p></form>",
        action,
        question,
        hidden(fields),
        label,
    )
}

/// A form; `then` is where a success leads (`{id}` becomes the new id), empty for the same page.
pub(super) fn form(action: &str, then: &str, fields: impl Render, label: &str) -> Html {
    html!(
        "<form data-action=\"{}\" data-then=\"{}\" class=\"fields\">{}\
         <div class=\"end\"><button class=\"primary\">{}</button>\
         <p class=\"problem\" role=\"alert\" hidden></p></div></form>",
        action,
        then,
        fields,
        label,
    )
}

pub(super) fn hidden(fields: &[(&str, &str)]) -> Html {
    fields
        .iter()
        .map(|(name, value)| {
            html!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                name,
                value
            )
        })
        .collect()
}

/// A field for text.
pub(super) fn text(name: &str, label: &str, value: &str) -> Html {
    html!(
        "<label><span>{}</span><input name=\"{}\" value=\"{}\" autocomplete=\"off\"></label>",
        label,
        name,
        value,
    )
}

/// A field for text that has to be filled in.
pub(super) fn required(name: &str, label: &str, value: &str) -> Html {
    html!(
        "<label><span>{}</span>\
         <input name=\"{}\" value=\"{}\" required autocomplete=\"off\"></label>",
        label,
        name,
        value,
    )
}

/// A field for dollars; sent as cents.
pub(super) fn money(name: &str, label: &str, value: &str, hint: &str) -> Html {
    html!(
        "<label><span>{}</span><input name=\"{}\" value=\"{}\" placeholder=\"{}\" \
         data-as=\"cents\" inputmode=\"decimal\" autocomplete=\"off\"></label>",
        label,
        name,
        value,
        hint,
    )
}

/// A field for a number with up to two decimals.
pub(super) fn decimal(name: &str, label: &str, value: &str) -> Html {
    html!(
        "<label><span>{}</span><input name=\"{}\" value=\"{}\" inputmode=\"decimal\" \
         required autocomplete=\"off\"></label>",
        label,
        name,
        value,
    )
}

/// A choice; `options` are value and words.
pub(super) fn choice(name: &str, label: &str, options: &[(String, String)], chosen: &str) -> Html {
    let options: Html = options
        .iter()
        .map(|(value, words)| {
            let selected = if value == chosen { " selected" } else { "" };
            html!("<option value=\"{}\"{}>{}</option>", value, selected, words)
        })
        .collect();
    html!(
        "<label><span>{}</span><select name=\"{}\">{}</select></label>",
        label,
        name,
        options,
    )
}

/// A choice whose values are JSON.
pub(super) fn json_choice(
    name: &str,
    label: &str,
    options: &[(String, String)],
    chosen: &str,
) -> Html {
    let Html(plain) = choice(name, label, options, chosen);
    Html(plain.replacen("<select ", "<select data-as=\"json\" ", 1))
}

pub(super) fn checkbox(name: &str, label: &str, checked: bool) -> Html {
    html!(
        "<label class=\"check\"><input type=\"checkbox\" name=\"{}\"{}><span>{}</span></label>",
        name,
        if checked { " checked" } else { "" },
        label,
    )
}

/// Something that opens on demand.
pub(super) fn fold(label: &str, inside: impl Render) -> Html {
    html!("<details><summary>{}</summary>{}</details>", label, inside)
}

/// The head of a column.
pub(super) enum Column {
    Text(&'static str),
    Number(&'static str),
}

/// A table whose rows become cards on a phone; the cells name their columns for that.
pub(super) fn table(columns: &[Column], rows: impl IntoIterator<Item = Html>, empty: &str) -> Html {
    let rows: Html = rows.into_iter().collect();
    if rows.0.is_empty() {
        return html!("<p class=\"empty\">{}</p>", empty);
    }
    let head: Html = columns
        .iter()
        .map(|column| match column {
            Text(name) => html!("<th scope=\"col\">{}</th>", name),
            Number(name) => html!("<th scope=\"col\" class=\"number\">{}</th>", name),
        })
        .collect();
    html!(
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        head,
        rows
    )
}

pub(super) fn cell(column: &str, inside: impl Render) -> Html {
    html!("<td data-label=\"{}\"><div>{}</div></td>", column, inside)
}

pub(super) fn number_cell(column: &str, inside: &str) -> Html {
    html!(
        "<td data-label=\"{}\" class=\"number\"><div>{}</div></td>",
        column,
        inside
    )
}
