//! The e-mail addresses of a customer: Housecall Pro's field may hold several, QuickBooks' holds one (C2, C8).

use qbo::limits;

use crate::names::present;

/// The address that goes to QuickBooks: of a list the first. One that QuickBooks would refuse (2210) or cut is left out
/// rather than holding the invoice up.
pub(super) fn sent(customer: &hcp::Customer) -> Option<String> {
    let mut each = pieces(customer).into_iter();
    each.find_map(|piece| plausible(piece).then(|| piece.to_owned()))
}

/// What else the field holds, as it stands there: it is kept in our record.
pub fn kept_emails(customer: &hcp::Customer) -> Vec<String> {
    let sent = sent(customer);
    let mut kept: Vec<String> = Vec::new();
    for piece in pieces(customer) {
        if Some(piece) != sent.as_deref() && !kept.iter().any(|known| known == piece) {
            kept.push(piece.to_owned());
        }
    }
    kept
}

/// The addresses of a list, and what stands between them that is none.
fn pieces(customer: &hcp::Customer) -> Vec<&str> {
    let text = customer.email.as_deref().unwrap_or_default();
    let mut pieces = Vec::new();
    for part in text.split([',', ';', '|', '\n']) {
        let words: Vec<&str> = part.split_whitespace().map(bare).collect();
        let is_list = words.iter().all(|word| plausible(word));
        match words.as_slice() {
            // `Rosa Quill <rosa@example.com>`
            [.., last] if part.trim_end().ends_with('>') && plausible(last) => pieces.push(*last),
            [_, ..] if is_list => pieces.extend(words),
            _ => pieces.extend(present(Some(part))),
        }
    }
    pieces
}

/// A word without what people put around an address.
fn bare(word: &str) -> &str {
    let word = word.trim_matches(['<', '>']);
    let scheme = word.get(.."mailto:".len());
    match scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
        true => &word["mailto:".len()..],
        false => word,
    }
}

/// Whether QuickBooks takes it.
fn plausible(text: &str) -> bool {
    let Some((user, domain)) = text.split_once('@') else {
        return false;
    };
    let dotted = |text: &str| text.split('.').all(|part| !part.is_empty());
    let in_user = |c: char| c.is_ascii_graphic() && !r#"()<>[]@,;:\""#.contains(c);
    let in_domain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    dotted(user)
        && user.chars().all(in_user)
        && dotted(domain)
        && domain.contains('.')
        && domain.chars().all(in_domain)
        && text.len() <= limits::EMAIL
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{fixtures::customer, properties::config};

    #[test]
    fn c2_of_a_list_the_first_address_is_sent_and_the_rest_is_kept() {
        for (field, first, rest) in [
            ("a@x.com, b@x.com", Some("a@x.com"), &["b@x.com"][..]),
            (
                "a@x.com;b@x.com ; c@x.com",
                Some("a@x.com"),
                &["b@x.com", "c@x.com"],
            ),
            ("a@x.com b@x.com", Some("a@x.com"), &["b@x.com"]),
            ("a@x.com\nb@x.com", Some("a@x.com"), &["b@x.com"]),
            ("a@x.com, a@x.com,", Some("a@x.com"), &[]),
            ("a@x.com", Some("a@x.com"), &[]),
            ("mailto:a@x.com", Some("a@x.com"), &[]),
            (
                "Rosa Quill <a@x.com>, b@x.com",
                Some("a@x.com"),
                &["b@x.com"],
            ),
            // What QuickBooks would refuse is kept too.
            ("a@x, b@x.com", Some("b@x.com"), &["a@x"]),
            ("rosa quill@x.com", None, &["rosa quill@x.com"]),
            (
                "ask Rosa, b@x.com (office)",
                None,
                &["ask Rosa", "b@x.com (office)"],
            ),
            ("none", None, &["none"]),
            (" , ;", None, &[]),
        ] {
            let rosa = customer(&json!({ "email": field }));
            assert_eq!(sent(&rosa).as_deref(), first, "{field}");
            assert_eq!(kept_emails(&rosa), rest, "{field}");
        }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn c8_no_address_of_a_list_is_lost(
            addresses in proptest::collection::vec("[a-z]{1,5}@[a-z]{1,5}\\.(com|org)", 1..5),
            between in proptest::sample::select(vec![",", ", ", ";", " ; ", " ", "\n", ",,"]),
        ) {
            let rosa = customer(&json!({ "email": addresses.join(between) }));
            let mut all = vec![sent(&rosa).unwrap()];
            all.extend(kept_emails(&rosa));
            let mut given = addresses;
            prop_assert_eq!(&all[0], &given[0]);
            all.sort();
            given.sort();
            given.dedup();
            prop_assert_eq!(all, given);
        }
    }
}
