use qbo::{Class, limits};

use super::{entry::kind_of_entry, find_named};

/// The class of this name (L6).
pub fn class(name: String) -> Class {
    Class {
        name: Some(name),
        ..Class::default()
    }
}

kind_of_entry!(Class, |class, known| find_named(
    known,
    class.name.as_deref().unwrap_or_default(),
    limits::CLASS_NAME,
));
