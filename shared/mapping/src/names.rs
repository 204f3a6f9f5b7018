//! Text as QuickBooks accepts it (C8, I8): no forbidden characters, never too long, and still distinct.

use sha2::{Digest, Sha256};

/// Cleans a name for one of QuickBooks' lists of names: one line, no `:` (it separates parents from
/// children), nothing that QuickBooks cannot store, at most `limit` characters. `None` when nothing is left.
///
/// A name that is cut ends in a short hash of the whole, so that two long names stay two.
pub(crate) fn name(text: &str, limit: usize) -> Option<String> {
    let clean = one_line(text).replace(':', "-");
    if cut(&clean, limit).len() == clean.len() {
        return Some(clean).filter(|name| !name.is_empty());
    }
    Some(with_suffix(&clean, &name_hash(text), limit))
}

/// A short hash of a name, to tell it from others that QuickBooks would take for the same. Names that are one
/// to us have one mark.
pub fn name_hash(text: &str) -> String {
    format!("~{}", &hex(&Sha256::digest(normalised(text)))[..8])
}

/// A clean name with something behind it, cleaned too, at most `limit` characters in all.
pub(crate) fn with_suffix(clean: &str, suffix: &str, limit: usize) -> String {
    let suffix = storing(suffix, |c| if c.is_control() { ' ' } else { c }).replace(':', "-");
    let suffix = cut(suffix.trim_end(), limit);
    let room = limit.saturating_sub(suffix.encode_utf16().count());
    cut(clean, room).trim_end().to_owned() + suffix
}

/// Cleans text that has one line, such as a street, and cuts it at `limit` characters. `None` when nothing
/// is left.
pub(crate) fn line(text: &str, limit: usize) -> Option<String> {
    kept(&one_line(text), limit)
}

/// Cleans free text: line breaks stay, it is cut at `limit` characters. `None` when nothing is left.
pub(crate) fn text(text: &str, limit: usize) -> Option<String> {
    let clean = storing(&text.replace("\r\n", "\n"), |c| match c {
        '\r' | '\u{2028}' | '\u{2029}' => '\n',
        c if c != '\n' && c.is_control() => ' ',
        c => c,
    });
    kept(clean.trim(), limit)
}

fn one_line(text: &str) -> String {
    let clean = storing(text, |c| if c.is_control() { ' ' } else { c });
    let mut words = clean.split_whitespace();
    let mut line = String::with_capacity(clean.len());
    line.extend(words.next());
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    line
}

/// Each character as `replaced`, without those that QuickBooks cannot store.
fn storing(text: &str, replaced: impl Fn(char) -> char) -> String {
    let mut kept = String::with_capacity(text.len());
    kept.extend(text.chars().map(replaced).filter(|c| storable(*c)));
    kept
}

fn kept(clean: &str, limit: usize) -> Option<String> {
    present(Some(cut(clean, limit))).map(str::to_owned)
}

/// The text unless there is nothing in it.
pub(crate) fn present(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Names that differ in case or spacing only are the same name to QuickBooks and to us.
pub fn normalised(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// Emoji and the invisible characters that join them are not stored reliably by QuickBooks.
fn storable(c: char) -> bool {
    // Nearly all text ends here.
    c < '\u{200B}'
        || !matches!(
            u32::from(c),
            0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x20E3 | 0x231A..=0x231B
                | 0x23E9..=0x23FA | 0x2600..=0x27BF | 0x2B05..=0x2B55 | 0xE000..=0xF8FF
                | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF0..=0xFFFF | 0x1_0000..
        )
}

/// At most `limit` characters. They are counted as Java counts them, since QuickBooks' checks are written
/// in Java.
fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        // No character counts for more than its bytes.
        return text;
    }
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > limit
    });
    end.map_or(text, |(end, _)| &text[..end])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name as Housecall Pro has it, where it is not the one in QuickBooks.
pub(crate) fn original(given: &str, name: Option<&str>) -> Option<String> {
    let same = name.is_some_and(|name| normalised(name) == normalised(given));
    (!same).then(|| given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c8_forbidden_characters_never_reach_quickbooks() {
        for (given, kept) in [
            ("Smith: John", Some("Smith- John")),
            ("Ana\tMaría\nLópez", Some("Ana María López")),
            ("  Bob   the  Plumber ", Some("Bob the Plumber")),
            ("Bob\u{2028}the\u{a0}Plumber\u{0}", Some("Bob the Plumber")),
            ("Kim 🔧 Park", Some("Kim Park")),
            ("⭐ Kim ☎️ 1\u{fe0f}\u{20e3} ⏰⌚", Some("Kim 1")),
            ("שלום\u{200F} עולם", Some("שלום עולם")),
            ("Zoë – “Müller” €½ ﬁ", Some("Zoë – “Müller” €½ ﬁ")),
            ("\u{e000}\u{fffd}\u{feff}", None),
            (" \n", None),
            ("", None),
        ] {
            assert_eq!(name(given, 100).as_deref(), kept, "{given:?}");
        }
    }

    #[test]
    fn c8_every_boundary_of_what_is_not_stored_is_where_it_is() {
        for (first, last) in [
            (0x200B, 0x200F),
            (0x202A, 0x202E),
            (0x2060, 0x206F),
            (0x20E3, 0x20E3),
            (0x231A, 0x231B),
            (0x23E9, 0x23FA),
            (0x2600, 0x27BF),
            (0x2B05, 0x2B55),
            (0xFE00, 0xFE0F),
            (0xFEFF, 0xFEFF),
        ] {
            let kept = [first - 1, first, last, last + 1]
                .map(|code| storable(char::from_u32(code).unwrap()));
            assert_eq!(kept, [true, false, false, true], "{first:x}");
        }
        for gone in [
            '\u{E000}',
            '\u{F8FF}',
            '\u{FFF0}',
            '\u{10000}',
            '\u{10FFFF}',
        ] {
            assert!(!storable(gone), "{gone:?}");
        }
    }

    #[test]
    fn c8_long_names_are_cut_and_stay_distinct() {
        let whole = "x".repeat(500);
        assert_eq!(name(&whole, 500), Some(whole.clone()));
        let [one, two] = ["1", "2"].map(|end| name(&format!("{whole}{end}"), 500).unwrap());
        assert_eq!(one.chars().count(), 500);
        assert_eq!(two.chars().count(), 500);
        assert_ne!(one, two);
        assert!(one.starts_with(&"x".repeat(491)), "most of it is kept");
        assert_eq!(
            name(&format!("{whole}1"), 500),
            Some(one),
            "always the same"
        );
    }

    #[test]
    fn c8_equal_long_names_stay_equal() {
        let whole = "Long Name ".repeat(60);
        let [one, other] =
            [whole.to_uppercase(), whole.replace(' ', "  ")].map(|text| name(&text, 500).unwrap());
        assert_eq!(normalised(&one), normalised(&other));
    }

    #[test]
    fn c7_what_stands_behind_a_name_is_cleaned_and_never_cut() {
        for (name, suffix, whole) in [
            ("Kim Park", " (customer)", "Kim Park (customer)"),
            ("Kim Park", " (a:b\tc) \n", "Kim Park (a-b c)"),
            (
                "Kim Park and Partners",
                " (customer)",
                "Kim Park (customer)",
            ),
            ("Kim", " (customer and more)", " (customer and more"),
        ] {
            assert_eq!(with_suffix(name, suffix, 19), whole);
        }
    }

    #[test]
    fn names_that_quickbooks_takes_for_one_are_one() {
        assert_eq!(normalised(" ROSA \t Quill\n"), "rosa quill");
        assert_eq!(normalised("ÄNNE"), normalised("änne"));
        assert_ne!(normalised("Rosa Quill"), normalised("RosaQuill"));
    }

    #[test]
    fn text_keeps_its_lines_and_its_words_apart() {
        for (given, kept) in [
            (" a\r\nb\u{0} \n", Some("a\nb")),
            ("a\rb", Some("a\nb")),
            ("a\u{2028}b", Some("a\nb")),
            ("a\tb", Some("a b")),
            ("a:b🔧\u{200d}c", Some("a:bc")),
            ("abcdef", Some("abcd")),
            ("abc def", Some("abc")),
            ("äöüß", Some("äöüß")),
            ("äöüßx", Some("äöüß")),
            ("🔧\n", None),
        ] {
            assert_eq!(text(given, 4).as_deref(), kept, "{given:?}");
        }
    }

    #[test]
    fn a_line_is_one_line() {
        for (given, kept) in [
            (" a\r\nb ", Some("a b")),
            ("a:b", Some("a:b")),
            ("a\tb", Some("a b")),
            ("abc def", Some("abc")),
            ("abcdef", Some("abcd")),
            ("🔧\n", None),
        ] {
            assert_eq!(line(given, 4).as_deref(), kept, "{given:?}");
        }
    }
}
