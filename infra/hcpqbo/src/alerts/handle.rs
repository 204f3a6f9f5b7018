//! Short names of alerts, for people who type them: made of the id, so that they stay what they are.

use sha2::{Digest, Sha256};

/// Letters of which no number is made, nor a word.
const LETTERS: &[u8; 20] = b"bcdfghjklmnpqrstvwxz";

/// With six of them, one in 6,400 lists of a hundred alerts has two of a name; both are then named by more.
const LENGTH: usize = 6;

/// The short name of the alert of that id.
pub(crate) fn handle(id: &str) -> String {
    letters(id).chars().take(LENGTH).collect()
}

/// Whether it is one that somebody typed: by its short name, or more letters of it, or by its id.
pub(crate) fn is_named(id: &str, typed: &str) -> bool {
    let typed_letters = typed.to_ascii_lowercase();
    id == typed || (typed.len() >= LENGTH && letters(id).starts_with(&typed_letters))
}

/// Whether somebody typed a short name: a job's number has a digit.
pub(crate) fn is_handle(typed: &str) -> bool {
    let is_letter = |byte: u8| LETTERS.contains(&byte.to_ascii_lowercase());
    typed.len() >= LENGTH && typed.bytes().all(is_letter)
}

fn letters(id: &str) -> String {
    let digest = Sha256::digest(id);
    let letters = digest.iter().map(|byte| {
        let at = usize::from(*byte) % LETTERS.len();
        char::from(LETTERS[at])
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_short_stays_and_is_no_number() {
        let (one, other) = ("am9iXzEjbmFtZV90YWtlbg", "am9iXzIjbmFtZV90YWtlbg");
        insta::assert_snapshot!(format!("{} {}", handle(one), handle(other)), @r"
        hjkrgf pglttg
        ");
        assert!(is_handle(&handle(one)) && is_handle(&handle(one).to_uppercase()));
        assert!(is_named(one, &handle(one).to_uppercase()) && !is_named(other, &handle(one)));
        assert!(is_named(one, one));
        for number in ["104", "104-1", "RSA-1", "bcd", ""] {
            assert!(!is_handle(number) && !is_named(one, number), "{number}");
        }
    }
}
