//! The parts of a customer that are written, and a change that goes on without those that QuickBooks refuses (S8).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::changes;

/// A part of a customer that QuickBooks takes or refuses as a whole (C2, C3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The name that QuickBooks allows once, and the first and last name: one without the others would name somebody who
    /// is neither in the one system nor in the other.
    Name,
    /// The company.
    Company,
    /// The mobile phone.
    Mobile,
    /// The phone at home.
    HomePhone,
    /// The phone at work.
    WorkPhone,
    /// The notes.
    Notes,
    /// The e-mail address.
    Email,
    /// Where bills go.
    BillingAddress,
    /// The address of a sub-customer (C11).
    Address,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Company,
        Self::Mobile,
        Self::HomePhone,
        Self::WorkPhone,
        Self::Notes,
        Self::Email,
        Self::BillingAddress,
        Self::Address,
    ];

    /// By what QuickBooks calls it where it refuses it: a path (`PrimaryEmailAddr.Address`) or a label (`Display Name`).
    pub fn named(element: &str) -> Option<Self> {
        element.split('.').find_map(|part| {
            let part: String = part.split_whitespace().collect();
            Some(match part.to_ascii_lowercase().as_str() {
                "displayname" | "givenname" | "familyname" => Self::Name,
                "companyname" => Self::Company,
                "mobile" => Self::Mobile,
                "primaryphone" => Self::HomePhone,
                "alternatephone" => Self::WorkPhone,
                "notes" => Self::Notes,
                "primaryemailaddr" => Self::Email,
                "billaddr" => Self::BillingAddress,
                "shipaddr" => Self::Address,
                _ => return None,
            })
        })
    }

    /// Inside a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "the name",
            Self::Company => "the company",
            Self::Mobile => "the mobile phone",
            Self::HomePhone => "the phone at home",
            Self::WorkPhone => "the phone at work",
            Self::Notes => "the notes",
            Self::Email => "the e-mail address",
            Self::BillingAddress => "the billing address",
            Self::Address => "the address",
        }
    }

    fn copy(self, from: &qbo::Customer, to: &mut qbo::Customer) {
        match self {
            Self::Name => {
                to.display_name.clone_from(&from.display_name);
                to.given_name.clone_from(&from.given_name);
                to.family_name.clone_from(&from.family_name);
            }
            Self::Company => to.company_name.clone_from(&from.company_name),
            Self::Mobile => to.mobile.clone_from(&from.mobile),
            Self::HomePhone => to.primary_phone.clone_from(&from.primary_phone),
            Self::WorkPhone => to.alternate_phone.clone_from(&from.alternate_phone),
            Self::Notes => to.notes.clone_from(&from.notes),
            Self::Email => to.primary_email_addr.clone_from(&from.primary_email_addr),
            Self::BillingAddress => to.bill_addr.clone_from(&from.bill_addr),
            Self::Address => to.ship_addr.clone_from(&from.ship_addr),
        }
    }
}

/// A change of a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is sent.
    pub sent: qbo::Customer,
    /// What is ours in QuickBooks after it.
    pub after: qbo::Customer,
    /// The fields in it.
    pub fields: Vec<Field>,
}

/// The change that [`changes`] tells, without these fields, which stay as they were written last; `None`: nothing is left.
pub fn change_without(
    wrote: &qbo::Customer,
    wanted: &qbo::Customer,
    held: &BTreeSet<Field>,
) -> Option<Change> {
    let mut sent = changes(wrote, wanted)?;
    let mut after = wanted.clone();
    for field in held {
        field.copy(&qbo::Customer::default(), &mut sent);
        field.copy(wrote, &mut after);
    }
    let is_in = |field: &Field| {
        let mut one = qbo::Customer::default();
        field.copy(&sent, &mut one);
        one != qbo::Customer::default()
    };
    let fields: Vec<Field> = Field::ALL.into_iter().filter(is_in).collect();
    (!fields.is_empty()).then_some(Change {
        sent,
        after,
        fields,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dana(name: &str, mobile: &str, notes: Option<&str>) -> qbo::Customer {
        let (given, family) = name.split_once(' ').unwrap();
        qbo::Customer {
            display_name: Some(name.to_owned()),
            given_name: Some(given.to_owned()),
            family_name: Some(family.to_owned()),
            mobile: Some(qbo::Phone::from(mobile.to_owned())),
            notes: notes.map(str::to_owned),
            ..qbo::Customer::default()
        }
    }

    #[test]
    fn s8_a_change_goes_on_without_the_fields_that_are_held_back() {
        let wrote = dana("Dana Sample", "1", Some("Old"));
        let wanted = dana("Dana Example", "2", None);
        let all = change_without(&wrote, &wanted, &BTreeSet::new()).unwrap();
        assert_eq!(all.fields, [Field::Name, Field::Mobile]);
        assert_eq!(all.after, wanted);
        let without_name = change_without(&wrote, &wanted, &[Field::Name].into()).unwrap();
        assert_eq!(without_name.fields, [Field::Mobile]);
        assert_eq!(
            without_name.sent,
            qbo::Customer {
                mobile: wanted.mobile.clone(),
                ..qbo::Customer::default()
            }
        );
        // The name counts as it was, so that the next look finds it changed again.
        assert_eq!(without_name.after, dana("Dana Sample", "2", None));
        let held = [Field::Name, Field::Mobile].into();
        assert_eq!(change_without(&wrote, &wanted, &held), None);
        assert_eq!(change_without(&wrote, &wrote, &BTreeSet::new()), None);
    }

    #[test]
    fn s8_every_field_that_is_written_can_be_held_back() {
        let text = |text: &str| Some(text.to_owned());
        let wanted = qbo::Customer {
            company_name: text("Sample Co"),
            primary_phone: Some(qbo::Phone::from("3".to_owned())),
            alternate_phone: Some(qbo::Phone::from("4".to_owned())),
            primary_email_addr: Some(qbo::Email::from("d@example.com".to_owned())),
            bill_addr: Some(qbo::Address {
                line1: text("1 Main"),
                ..qbo::Address::default()
            }),
            ship_addr: Some(qbo::Address {
                line1: text("2 Main"),
                ..qbo::Address::default()
            }),
            ..dana("Dana Sample", "1", Some("Notes"))
        };
        let nothing = qbo::Customer::default();
        let change = change_without(&nothing, &wanted, &BTreeSet::new()).unwrap();
        assert_eq!(change.fields, Field::ALL);
        let all: BTreeSet<Field> = Field::ALL.into();
        assert_eq!(change_without(&nothing, &wanted, &all), None);
        for field in Field::ALL {
            let mut others = all.clone();
            others.remove(&field);
            let one = change_without(&nothing, &wanted, &others).unwrap();
            assert_eq!(one.fields, [field]);
        }
    }

    #[test]
    fn s8_a_field_is_known_by_what_quickbooks_calls_it() {
        for (element, field) in [
            ("DisplayName", Some(Field::Name)),
            ("Display Name", Some(Field::Name)),
            ("Customer.FamilyName", Some(Field::Name)),
            ("PrimaryEmailAddr.Address", Some(Field::Email)),
            ("primaryEmailAddr", Some(Field::Email)),
            ("PrimaryPhone.FreeFormNumber", Some(Field::HomePhone)),
            ("BillAddr.City", Some(Field::BillingAddress)),
            ("ShipAddr", Some(Field::Address)),
            ("Notes", Some(Field::Notes)),
            ("FreeFormNumber", None),
            ("", None),
        ] {
            assert_eq!(Field::named(element), field, "{element}");
        }
    }
}
