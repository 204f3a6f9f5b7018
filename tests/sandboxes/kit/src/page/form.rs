//! Pieces of forms. The script sends a form's fields as JSON to the action that it names: a path, or a button of the
//! app by its name. A field's name is its place in the JSON: `line.name`, `addresses[0].street`.

use maud::{Markup, html};

/// Where the script says why an action was refused.
fn problem() -> Markup {
    html! { p.problem role="alert" hidden {} }
}

/// A button that does one thing at once.
pub fn button(action: &str, label: &str, fields: &[(&str, &str)], style: &str) -> Markup {
    html! {
        form.inline data-action=(action) {
            (hidden(fields))
            button class=[(!style.is_empty()).then_some(style)] { (label) }
            (problem())
        }
    }
}

/// The same, after a question.
pub fn careful_button(
    action: &str,
    label: &str,
    question: &str,
    fields: &[(&str, &str)],
) -> Markup {
    html! {
        form.inline data-action=(action) data-ask=(question) {
            (hidden(fields))
            button.danger { (label) }
            (problem())
        }
    }
}

/// A form; `then` is where a success leads (`{id}` becomes the new id), empty for the same page.
pub fn form(action: &str, then: &str, fields: &Markup, label: &str) -> Markup {
    html! {
        form.fields data-action=(action) data-then=[(!then.is_empty()).then_some(then)] {
            (fields)
            div.end {
                button.primary { (label) }
                (problem())
            }
        }
    }
}

/// Fields that are sent and not shown.
pub fn hidden(fields: &[(&str, &str)]) -> Markup {
    html! {
        @for (name, value) in fields {
            input type="hidden" name=(name) value=(value);
        }
    }
}

/// A field for text.
pub fn text(name: &str, label: &str, value: &str) -> Markup {
    html! {
        label {
            span { (label) }
            input name=(name) value=(value) autocomplete="off";
        }
    }
}

/// A field for text that has to be filled in.
pub fn required(name: &str, label: &str, value: &str) -> Markup {
    html! {
        label {
            span { (label) }
            input name=(name) value=(value) required autocomplete="off";
        }
    }
}

/// A field for dollars; sent as cents.
pub fn money(name: &str, label: &str, value: &str, hint: &str) -> Markup {
    html! {
        label {
            span { (label) }
            input name=(name) value=(value) placeholder=(hint) data-as="cents" inputmode="decimal" autocomplete="off";
        }
    }
}

/// A field for a number with up to two decimals.
pub fn decimal(name: &str, label: &str, value: &str) -> Markup {
    html! {
        label {
            span { (label) }
            input name=(name) value=(value) inputmode="decimal" required autocomplete="off";
        }
    }
}

/// A choice; `options` are value and words.
pub fn choice(name: &str, label: &str, options: &[(String, String)], chosen: &str) -> Markup {
    select(name, label, options, chosen, None)
}

/// A choice whose values are JSON.
pub fn json_choice(name: &str, label: &str, options: &[(String, String)], chosen: &str) -> Markup {
    select(name, label, options, chosen, Some("json"))
}

fn select(
    name: &str,
    label: &str,
    options: &[(String, String)],
    chosen: &str,
    sent_as: Option<&str>,
) -> Markup {
    html! {
        label {
            span { (label) }
            select name=(name) data-as=[sent_as] {
                @for (value, words) in options {
                    option value=(value) selected[value == chosen] { (words) }
                }
            }
        }
    }
}

/// A field for yes or no.
pub fn checkbox(name: &str, label: &str, is_checked: bool) -> Markup {
    html! {
        label.check {
            input type="checkbox" name=(name) checked[is_checked];
            span { (label) }
        }
    }
}

/// One of several that can be chosen together: `name` ends in `[]`, and the list holds the values of those
/// that were ticked.
pub fn tick(name: &str, value: &str, label: &str) -> Markup {
    html! {
        label.check {
            input type="checkbox" name=(name) value=(value) data-as="ticked";
            span { (label) }
        }
    }
}

/// Something that opens on demand.
pub fn fold(label: &str, inside: &Markup) -> Markup {
    html! {
        details {
            summary { (label) }
            (inside)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_its_action_and_its_fields() {
        let options = [
            ("a".to_owned(), "A".to_owned()),
            ("b".to_owned(), "B & C".to_owned()),
        ];
        let fields =
            html! { (hidden(&[("id", "\"7")])) (json_choice("kind", "Kind", &options, "b")) };
        let shown = form("save", "/list/{id}", &fields, "Save").0;
        for part in [
            "<form class=\"fields\" data-action=\"save\" data-then=\"/list/{id}\">",
            "<input type=\"hidden\" name=\"id\" value=\"&quot;7\">",
            "<select name=\"kind\" data-as=\"json\"><option value=\"a\">A</option>\
             <option value=\"b\" selected>B &amp; C</option></select>",
            "<p class=\"problem\" role=\"alert\" hidden></p>",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn a_button_asks_first_only_where_it_is_careful() {
        let fields = [("job", "1")];
        assert!(
            !button("finish", "Finish", &fields, "primary")
                .0
                .contains("data-ask")
        );
        let careful = careful_button("delete", "Delete", "Sure?", &fields).0;
        assert!(careful.contains("data-ask=\"Sure?\""), "{careful}");
    }
}
