use qbo::Term;

use super::{entry::kind_of_entry, find_term, term_name};

/// The term of so many days (M1, M3).
pub fn term(days: u16) -> Term {
    Term {
        name: Some(term_name(days)),
        due_days: Some(days),
        ..Term::default()
    }
}

kind_of_entry!(
    Term,
    |term, known| find_term(known, term.due_days.unwrap_or_default()),
    days: due_days,
    {
        fn described(&self) -> String {
            match self.due_days {
                Some(0) | None => "the term due on receipt".to_owned(),
                Some(days) => format!("the term of {days} days"),
            }
        }
    }
);
