/// The number of a check that a note names: `Check 1042`, `ck # 1042`, `cheque no. A-77` (P2).
pub(crate) fn check_number(note: &str) -> Option<&str> {
    let lower = note.to_ascii_lowercase();
    let named = ["cheque", "check", "chk", "ck"].into_iter();
    let ends = named.filter_map(|word| Some(begin_of_word(&lower, word)? + word.len()));
    ends.filter_map(|end| number_in(note.get(end..)?)).next()
}

/// Where a word begins that is no part of another one.
fn begin_of_word(text: &str, word: &str) -> Option<usize> {
    let mut places = text.match_indices(word).map(|(at, _)| at);
    places.find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        before.is_none_or(|letter| !letter.is_alphanumeric())
            && after.is_none_or(|letter| !letter.is_alphabetic())
    })
}

/// The first of the next two words that holds a digit.
fn number_in(rest: &str) -> Option<&str> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '-';
    let words = rest.split(|letter: char| !is_part(letter));
    let mut words = words.filter(|word| !word.is_empty()).take(2);
    words.find(|word| word.chars().any(|letter| letter.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_the_number_of_a_check_is_what_its_note_names() {
        for (note, number) in [
            ("Check 1042", Some("1042")),
            ("paid by check #1042, thanks", Some("1042")),
            ("CK 77", Some("77")),
            ("check1042", Some("1042")),
            ("Cheque no. A-77", Some("A-77")),
            ("check", None),
            ("checked 4 times", None),
            ("Check from Dana, office 12", None),
            ("Cash 40", None),
            ("paycheck 12", None),
            ("", None),
        ] {
            assert_eq!(check_number(note), number, "{note}");
        }
    }
}
