//! Our marker in an invoice's `PrivateNote`: how a document of ours is recognised after a lost answer or
//! a lost table. `PrivateNote` cannot be queried, so the document is found by its number first.

use qbo::limits;

/// The note of an invoice: readable for a person, with the marker at its end. The numbers are those of the
/// Housecall Pro invoices that stand behind it, where there are several (N3).
pub fn note(job_number: &str, numbers: &[String], slot: &str) -> String {
    let marker = marker(slot);
    let job = format!("{TEXT}{job_number}");
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

/// Whether a document carries the marker of any slot: it is ours, whichever it is.
pub fn is_of_any_slot(private_note: Option<&str>) -> bool {
    private_note.is_some_and(|note| note.contains(MARKER))
}

/// Our note behind what somebody else wrote into the same field, which is never cut: where not all has room, our text
/// goes before our marker.
pub fn beside(theirs: Option<&str>, ours: &str) -> String {
    let Some(theirs) = theirs else {
        return ours.to_owned();
    };
    let marker = ours.rfind(MARKER).map_or("", |at| &ours[at..]);
    [format!("{theirs}\n{ours}"), format!("{theirs}\n{marker}")]
        .into_iter()
        .find(|note| note.chars().count() <= limits::PRIVATE_NOTE)
        .unwrap_or_else(|| theirs.to_owned())
}

/// What of the note of a slot's document is somebody else's.
pub fn theirs(private_note: Option<&str>, slot: &str) -> Option<String> {
    let note = private_note?;
    let marker = marker(slot);
    let parts = match note.split_once(&marker) {
        Some((before, after)) => {
            let ours = before.rfind(TEXT).unwrap_or(before.len());
            [&before[..ours], after]
        }
        None => [note, ""],
    };
    let parts: Vec<&str> = parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// What our text begins with.
const TEXT: &str = "Housecall Pro job ";

/// What every marker begins with.
const MARKER: &str = "[hcp-qbo-sync:";

fn marker(slot: &str) -> String {
    format!("{MARKER}{slot}]")
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
    fn r6_what_somebody_else_wrote_into_the_note_stays() {
        let ours = note("10427", &["10427".to_owned()], "job_1#main");
        assert_eq!(beside(None, &ours), ours);
        assert_eq!(theirs(Some(&ours), "job_1#main"), None);
        for (before, after) in [
            ("PO 12", ""),
            ("PO 12\nsecond line", ""),
            ("", "checked, Ann"),
            ("PO 12", "checked, Ann"),
        ] {
            let written = format!("{before}\n{ours} {after}");
            let both = [before, after].into_iter().filter(|part| !part.is_empty());
            let both: Vec<&str> = both.collect();
            let both = both.join("\n");
            assert_eq!(theirs(Some(&written), "job_1#main"), Some(both.clone()));
            let again = beside(Some(&both), &ours);
            assert!(is_ours(Some(&again), "job_1#main"));
            assert_eq!(theirs(Some(&again), "job_1#main"), Some(both));
        }
        let foreign = theirs(Some("By hand"), "job_1#main");
        assert_eq!(foreign.as_deref(), Some("By hand"));
        assert_eq!(theirs(None, "job_1#main"), None);
        assert_eq!(theirs(Some(" "), "job_1#main"), None);
    }

    #[test]
    fn r6_a_long_note_of_somebody_else_is_never_cut() {
        let ours = note("10427", &[], "job_1#main");
        let long = |room: usize| "ä".repeat(limits::PRIVATE_NOTE - room);
        let marker = "[hcp-qbo-sync:job_1#main]";
        for (theirs, expected) in [
            (long(100), format!("{}\n{ours}", long(100))),
            (long(30), format!("{}\n{marker}", long(30))),
            (long(5), long(5)),
        ] {
            assert_eq!(beside(Some(&theirs), &ours), expected);
        }
    }

    #[test]
    fn n8_a_document_of_any_slot_is_ours() {
        let ours = note("10427", &[], "job_1#main");
        assert!(is_of_any_slot(Some(&ours)));
        assert!(!is_of_any_slot(Some("Housecall Pro job 10427")));
        assert!(!is_of_any_slot(None));
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
