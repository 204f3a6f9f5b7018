//! Text as QuickBooks accepts it (C8, I8): no forbidden characters, never too long, and still distinct.

use sha2::{Digest, Sha256};

/// Cleans a name for one of QuickBooks' lists of names: one line, no `:` (it separates parents from
/// children), nothing that QuickBooks cannot store, at most `limit` characters.
///
/// A name that is cut ends in a short hash of the whole, so that two long names stay two.
pub(crate) fn name(text: &str, limit: usize) -> String {
    let kept: String = text
        .chars()
        .map(|c| match c {
            ':' => '-',
            c if c.is_control() => ' ',
            c => c,
        })
        .filter(|c| storable(*c))
        .collect();
    let clean = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    if length(&clean) <= limit {
        return clean;
    }
    let mark = format!("~{}", &hex(&Sha256::digest(text.as_bytes()))[..6]);
    let mut short = cut(&clean, limit.saturating_sub(mark.len()));
    short.push_str(&mark);
    short
}

/// Cleans free text: line breaks stay, it is cut at `limit` characters.
pub(crate) fn text(text: &str, limit: usize) -> String {
    let kept: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .filter(|c| storable(*c))
        .collect();
    cut(kept.trim(), limit).trim_end().to_owned()
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
    !matches!(
        u32::from(c),
        0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x2600..=0x27BF | 0xE000..=0xF8FF
            | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF0..=0xFFFF | 0x1_0000..
    )
}

/// Lengths are counted as Java counts them, since QuickBooks' checks are written in Java.
fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn cut(text: &str, limit: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= limit
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn c8_forbidden_characters_never_reach_quickbooks() {
        for (given, kept) in [
            ("Smith: John", "Smith- John"),
            ("Ana\tMaría\nLópez", "Ana María López"),
            ("  Bob   the  Plumber ", "Bob the Plumber"),
            ("Kim 🔧 Park", "Kim Park"),
            ("שלום\u{200F} עולם", "שלום עולם"),
        ] {
            assert_eq!(name(given, 100), kept);
        }
    }

    #[test]
    fn c8_long_names_are_cut_and_stay_distinct() {
        let one = name(&format!("{}1", "x".repeat(600)), 500);
        let two = name(&format!("{}2", "x".repeat(600)), 500);
        assert_eq!(length(&one), 500);
        assert_ne!(one, two);
    }

    #[test]
    fn text_keeps_its_lines() {
        assert_eq!(text(" a\r\nb\u{0} \n", 100), "a\nb");
        assert_eq!(text("abcdef", 3), "abc");
    }

    proptest! {
        #[test]
        fn v5_a_cleaned_name_is_always_acceptable(given in any::<String>(), limit in 20_usize..120) {
            let clean = name(&given, limit);
            prop_assert!(length(&clean) <= limit);
            prop_assert!(!clean.chars().any(|c| c == ':' || c.is_control()));
            prop_assert_eq!(clean.trim(), clean.as_str());
        }
    }
}
