//! Our marker in an invoice's `PrivateNote`: how a document of ours is recognised after a lost answer or
//! a lost table. `PrivateNote` cannot be queried, so the document is found by its number first.

use qbo::limits;

/// The note of an invoice: readable for a person, with the marker at its end. The numbers are those of the
/// Housecall Pro invoices that stand behind it, where there are several (N3).
pub fn note(job_number: &str, numbers: &[String], slot: &str) -> String {
    let marker = marker(slot);
    let job = format!("Housecall Pro job {job_number}");
    let all = format!("{job}, invoices {} {marker}", numbers.join(", "));
    if numbers.len() < 2 || all.chars().count() > limits::PRIVATE_NOTE {
        format!("{job} {marker}")
    } else {
        all
    }
}

/// Whether a document carries the marker of this slot.
pub fn is_ours(private_note: Option<&str>, slot: &str) -> bool {
    private_note.is_some_and(|note| note.contains(&marker(slot)))
}

fn marker(slot: &str) -> String {
    format!("[hcp-qbo-sync:{slot}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n3_the_numbers_of_progress_invoices_stand_before_the_marker_while_they_fit() {
        let numbers = |count: usize| vec!["10427-1".to_owned(); count];
        assert_eq!(
            note("10427", &numbers(2), "job_1#main"),
            "Housecall Pro job 10427, invoices 10427-1, 10427-1 [hcp-qbo-sync:job_1#main]"
        );
        let many = note("10427", &numbers(1_000), "job_1#main");
        assert_eq!(many, note("10427", &[], "job_1#main"));
    }

    #[test]
    fn n8_a_document_is_ours_only_with_the_marker_of_its_slot() {
        let note = note("10427", &["10427".to_owned()], "job_1#main");
        assert_eq!(note, "Housecall Pro job 10427 [hcp-qbo-sync:job_1#main]");
        assert!(is_ours(Some(&format!("Voided {note}")), "job_1#main"));
        assert!(is_ours(Some(&format!("{note} checked, Ann")), "job_1#main"));
        assert!(!is_ours(Some(&note), "job_2#main"));
        assert!(!is_ours(Some(&note), "job_1#mai"));
        assert!(!is_ours(Some("Copied from job_1#main"), "job_1#main"));
        assert!(!is_ours(None, "job_1#main"));
    }
}
