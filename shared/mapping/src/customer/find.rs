//! Which of QuickBooks' customers a Housecall Pro customer is (C6).

use std::borrow::Cow;

use super::spelling::{self, Street};
use crate::{
    Contradiction,
    names::{normalised, present},
};

/// What was found in QuickBooks under a customer's name.
#[derive(Clone, Debug, PartialEq)]
pub enum CustomerMatch<'a> {
    /// Nobody: it is created.
    None,
    /// One active customer, and nothing contradicts.
    One(&'a qbo::Customer),
    /// Several of that name: a person must choose.
    Several(Vec<&'a qbo::Customer>),
    /// One of that name whose data contradict ours.
    Contradicting(&'a qbo::Customer, Contradiction),
}

/// Looks for the customer among those that QuickBooks has under its name.
pub fn find<'a>(wanted: &qbo::Customer, found: &'a [qbo::Customer]) -> CustomerMatch<'a> {
    let name = |customer: &qbo::Customer| customer.display_name.as_deref().map(normalised);
    let same: Vec<&qbo::Customer> = found
        .iter()
        .filter(|other| other.active != Some(false) && name(other) == name(wanted))
        .collect();
    match same.as_slice() {
        [] => CustomerMatch::None,
        [one] => match contradiction(wanted, one) {
            Some(contradiction) => CustomerMatch::Contradicting(one, contradiction),
            None => CustomerMatch::One(one),
        },
        _ => CustomerMatch::Several(same),
    }
}

/// The kinds of contact data in which two customers agree: the evidence for a match beside the name.
pub fn agreement(ours: &qbo::Customer, theirs: &qbo::Customer) -> Vec<&'static str> {
    compared(ours, theirs)
        .into_iter()
        .filter(|(_, ours, theirs)| agree(ours, theirs))
        .map(|(what, ..)| what)
        .collect()
}

fn contradiction(ours: &qbo::Customer, theirs: &qbo::Customer) -> Option<Contradiction> {
    compared(ours, theirs)
        .into_iter()
        .find(|(_, ours, theirs)| !ours.is_empty() && !theirs.is_empty() && !agree(ours, theirs))
        .map(|(what, ours, theirs)| Contradiction {
            what,
            ours: shown(&ours),
            theirs: shown(&theirs),
        })
}

/// One piece of contact data: as it is written, and as it is compared.
struct Told<'a> {
    written: Cow<'a, str>,
    compared: Form,
}

enum Form {
    Email(String),
    Phone(String),
    Street(Street),
}

impl Form {
    fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Email(one), Self::Email(other)) => one == other,
            (Self::Phone(one), Self::Phone(other)) => spelling::may_be_one_phone(one, other),
            (Self::Street(one), Self::Street(other)) => one.may_be(other),
            _ => false,
        }
    }
}

fn agree(ours: &[Told<'_>], theirs: &[Told<'_>]) -> bool {
    let told = |one: &Told<'_>| {
        let mut theirs = theirs.iter();
        theirs.any(|other| one.compared.may_be(&other.compared))
    };
    ours.iter().any(told)
}

fn shown(told: &[Told<'_>]) -> String {
    let mut written: Vec<&str> = told.iter().map(|told| told.written.as_ref()).collect();
    written.dedup();
    written.join(", ")
}

type Compared<'a> = (&'static str, Vec<Told<'a>>, Vec<Told<'a>>);

/// The contact data of both sides, each kind in a form in which equal data are equal.
fn compared<'a>(ours: &'a qbo::Customer, theirs: &'a qbo::Customer) -> [Compared<'a>; 3] {
    [
        ("e-mail address", emails(ours), emails(theirs)),
        ("phone number", phones(ours), phones(theirs)),
        ("billing address", streets(ours), streets(theirs)),
    ]
}

/// QuickBooks takes several e-mail addresses in one field.
fn emails(customer: &qbo::Customer) -> Vec<Told<'_>> {
    let email = customer.primary_email_addr.as_ref();
    let text = email.and_then(|email| email.address.as_deref());
    let each = text.into_iter().flat_map(|text| text.split([',', ';']));
    each.filter_map(|one| present(Some(one)))
        .map(|one| Told {
            written: one.into(),
            compared: Form::Email(one.to_lowercase()),
        })
        .collect()
}

fn streets(customer: &qbo::Customer) -> Vec<Told<'_>> {
    let Some(address) = &customer.bill_addr else {
        return Vec::new();
    };
    let lines = [&address.line1, &address.line2];
    let lines = lines
        .into_iter()
        .filter_map(|line| present(line.as_deref()));
    let written = lines.collect::<Vec<_>>().join(", ");
    let streets = spelling::streets(address).into_iter();
    streets
        .map(|street| Told {
            written: written.clone().into(),
            compared: Form::Street(street),
        })
        .collect()
}

fn phones(customer: &qbo::Customer) -> Vec<Told<'_>> {
    [
        &customer.mobile,
        &customer.primary_phone,
        &customer.alternate_phone,
    ]
    .into_iter()
    .flatten()
    .filter_map(|phone| phone.free_form_number.as_deref())
    .flat_map(|written| {
        let numbers = spelling::phones(written).into_iter();
        numbers.map(|number| Told {
            written: written.into(),
            compared: Form::Phone(number),
        })
    })
    .collect()
}
