//! Which of QuickBooks' customers a Housecall Pro customer is (C6).

use crate::names::{normalised, present};

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
    Contradicting(Contradiction),
}

/// The first kind of contact data that both sides have and that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Which kind.
    pub what: &'static str,
    /// What Housecall Pro says.
    pub ours: String,
    /// What QuickBooks says.
    pub theirs: String,
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
            Some(contradiction) => CustomerMatch::Contradicting(contradiction),
            None => CustomerMatch::One(one),
        },
        _ => CustomerMatch::Several(same),
    }
}

/// The kinds of contact data in which two customers agree: the evidence for a match beside the name.
pub fn agreement(ours: &qbo::Customer, theirs: &qbo::Customer) -> Vec<&'static str> {
    compared(ours, theirs)
        .into_iter()
        .filter(|(_, ours, theirs)| ours.iter().any(|one| theirs.contains(one)))
        .map(|(what, ..)| what)
        .collect()
}

fn contradiction(ours: &qbo::Customer, theirs: &qbo::Customer) -> Option<Contradiction> {
    compared(ours, theirs)
        .into_iter()
        .find(|(_, ours, theirs)| {
            !ours.is_empty() && !theirs.is_empty() && !ours.iter().any(|one| theirs.contains(one))
        })
        .map(|(what, ours, theirs)| Contradiction {
            what,
            ours: ours.join(", "),
            theirs: theirs.join(", "),
        })
}

type Compared = (&'static str, Vec<String>, Vec<String>);

/// The contact data of both sides, each kind in a form in which equal data are equal text.
fn compared(ours: &qbo::Customer, theirs: &qbo::Customer) -> [Compared; 3] {
    [
        ("e-mail address", emails(ours), emails(theirs)),
        ("phone number", phones(ours), phones(theirs)),
        ("billing address", streets(ours), streets(theirs)),
    ]
}

/// QuickBooks takes several e-mail addresses in one field.
fn emails(customer: &qbo::Customer) -> Vec<String> {
    let email = customer.primary_email_addr.as_ref();
    let text = email.and_then(|email| email.address.as_deref());
    let each = text.into_iter().flat_map(|text| text.split([',', ';']));
    each.filter_map(|one| present(Some(one)))
        .map(str::to_lowercase)
        .collect()
}

fn streets(customer: &qbo::Customer) -> Vec<String> {
    let address = customer.bill_addr.as_ref();
    let street = address.and_then(|address| present(address.line1.as_deref()));
    street.map(normalised).into_iter().collect()
}

/// Phone numbers without country code and punctuation.
fn phones(customer: &qbo::Customer) -> Vec<String> {
    [
        &customer.mobile,
        &customer.primary_phone,
        &customer.alternate_phone,
    ]
    .into_iter()
    .flatten()
    .filter_map(|phone| phone.free_form_number.as_deref())
    .map(|number| {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        digits
            .strip_prefix('1')
            .filter(|rest| rest.len() == 10)
            .map_or(digits.clone(), str::to_owned)
    })
    .filter(|digits| !digits.is_empty())
    .collect()
}
