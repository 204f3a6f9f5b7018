//! N4: numbers of invoices that have only their job's. Jobs and invoices count on their own, so one's number can be
//! another's: then the job's gives way.

use qbo::DocNumber;

/// What stands before a job's number that gave way.
const PREFIX: &str = "J-";

/// Characters of the job's number behind it: with a count there is room for all of it in QuickBooks (N5).
const ROOM: usize = 16;

/// The last count that is tried.
const MOST: u32 = 99;

/// The numbers that take the place of a job's, the best first: `J-1001`, `J-1001-2`, `J-1001-3` ….
pub fn instead_of(number: &DocNumber) -> impl Iterator<Item = DocNumber> {
    let first = first(number.as_str());
    let later = {
        let first = first.clone();
        (2..=MOST).map(move |count| format!("{first}-{count}"))
    };
    std::iter::once(first)
        .chain(later)
        .filter_map(|number| DocNumber::new(number).ok())
}

/// Whether a number is that of a job, or one that takes its place.
pub fn is_of(number: &str, job: &DocNumber) -> bool {
    let first = first(job.as_str());
    let counted = || {
        let count = number.strip_prefix(&first)?.strip_prefix('-')?;
        count.parse::<u32>().ok()
    };
    number == job.as_str() || number == first || counted().is_some_and(|count| count <= MOST)
}

fn first(number: &str) -> String {
    let number = number.strip_prefix(PREFIX).unwrap_or(number);
    PREFIX.chars().chain(number.chars().take(ROOM)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties::config;

    fn number(text: &str) -> DocNumber {
        DocNumber::new(text).unwrap()
    }

    #[test]
    fn n4_a_job_s_number_gives_way_to_others_in_this_order() {
        for (job, expected) in [
            ("1001", ["J-1001", "J-1001-2", "J-1001-3"]),
            ("6-2", ["J-6-2", "J-6-2-2", "J-6-2-3"]),
            (
                "123456789012345678901",
                [
                    "J-1234567890123456",
                    "J-1234567890123456-2",
                    "J-1234567890123456-3",
                ],
            ),
            // One that gave way already.
            ("J-7", ["J-7", "J-7-2", "J-7-3"]),
        ] {
            let tried: Vec<DocNumber> = instead_of(&number(job)).take(3).collect();
            assert_eq!(tried, expected.map(number), "{job}");
        }
    }

    #[test]
    fn n4_what_takes_the_place_of_another_job_s_number_is_not_this_one_s() {
        let job = number("1001");
        for (other, is) in [
            ("1001", true),
            ("J-1001", true),
            ("J-1001-2", true),
            ("J-1001-99", true),
            ("J-1001-100", false),
            ("J-1001-", false),
            ("J-1001-x", false),
            ("J-100", false),
            ("1001-2", false),
            ("2001", false),
        ] {
            assert_eq!(is_of(other, &job), is, "{other}");
        }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn n4_n5_every_number_that_gives_way_fits_and_is_its_jobs(text in "[^\\p{Cc}]{1,21}") {
            let job = number(&text);
            let all: Vec<DocNumber> = instead_of(&job).collect();
            let count = usize::try_from(MOST).unwrap();
            prop_assert_eq!(all.len(), count, "each fits into QuickBooks");
            for one in &all {
                prop_assert!(is_of(one.as_str(), &job), "{one}");
            }
            let distinct: std::collections::BTreeSet<_> = all.iter().collect();
            prop_assert_eq!(distinct.len(), count);
        }
    }
}
