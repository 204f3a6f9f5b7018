use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The kinds of QuickBooks objects that fill slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A customer.
    Customer,
    /// A product or service.
    Item,
    /// An invoice.
    Invoice,
    /// A payment term.
    Term,
    /// A class.
    Class,
    /// A payment method.
    PaymentMethod,
}

/// What QuickBooks does when several workers add to a kind at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A list of names, which QuickBooks locks while it adds to it: one worker at a time does.
    List,
    /// Transactions stand beside each other.
    Transaction,
}

/// QuickBooks' own word for a kind, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KindName(String);

/// A kind that this program does not write.
#[derive(Debug, Error)]
#[error("{0} is no kind of QuickBooks object that is written from here")]
pub struct UnknownKind(KindName);

impl Kind {
    const ALL: [Self; 6] = [
        Self::Customer,
        Self::Item,
        Self::Invoice,
        Self::Term,
        Self::Class,
        Self::PaymentMethod,
    ];

    /// QuickBooks' name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Item => "Item",
            Self::Invoice => "Invoice",
            Self::Term => "Term",
            Self::Class => "Class",
            Self::PaymentMethod => "PaymentMethod",
        }
    }

    /// The same, as it is stored.
    pub fn name(self) -> KindName {
        KindName(self.as_str().to_owned())
    }

    /// The family that it belongs to.
    pub fn family(self) -> Family {
        match self {
            Self::Customer | Self::Item | Self::Term | Self::Class | Self::PaymentMethod => {
                Family::List
            }
            Self::Invoice => Family::Transaction,
        }
    }
}

impl TryFrom<&KindName> for Kind {
    type Error = UnknownKind;

    fn try_from(name: &KindName) -> Result<Self, UnknownKind> {
        let mut all = Self::ALL.into_iter();
        let kind = all.find(|kind| kind.as_str() == name.0);
        kind.ok_or_else(|| UnknownKind(name.clone()))
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::try_from(&kind.name()).unwrap(), kind);
        }
        let payment = KindName("Payment".to_owned());
        let unknown = Kind::try_from(&payment).unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "Payment is no kind of QuickBooks object that is written from here"
        );
    }

    #[test]
    fn only_lists_of_names_are_added_to_by_one_worker_at_a_time() {
        let transactions: Vec<Kind> = Kind::ALL
            .into_iter()
            .filter(|kind| kind.family() == Family::Transaction)
            .collect();
        assert_eq!(transactions, [Kind::Invoice]);
    }
}
