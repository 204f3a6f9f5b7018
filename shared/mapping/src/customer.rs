//! Customers (C1 to C8).

use hcp::AddressKind;
use qbo::limits;

use crate::names::{self, normalised, present};

/// The QuickBooks customer that a Housecall Pro customer becomes (C2, C3). `service` is the address of the
/// job; it serves where there is no billing address.
pub fn wanted(customer: &hcp::Customer, service: Option<&hcp::Address>) -> qbo::Customer {
    let first = present(customer.first_name.as_deref());
    let last = present(customer.last_name.as_deref());
    let name = |text: Option<&str>| {
        text.map(|text| names::name(text, limits::PERSON_NAME))
            .filter(|name| !name.is_empty())
    };
    qbo::Customer {
        display_name: Some(display_name(customer)),
        given_name: name(first),
        family_name: name(last),
        company_name: name(present(customer.company.as_deref())),
        mobile: phone(customer.mobile_number.as_deref()),
        primary_phone: phone(customer.home_number.as_deref()),
        alternate_phone: phone(customer.work_number.as_deref()),
        notes: present(customer.notes.as_deref())
            .map(|notes| names::text(notes, limits::NOTES))
            .filter(|notes| !notes.is_empty()),
        primary_email_addr: email(customer.email.as_deref()),
        bill_addr: billing(customer).or(service).and_then(address),
        ..qbo::Customer::default()
    }
}

/// C4: Housecall Pro's API has no display name.
fn display_name(customer: &hcp::Customer) -> String {
    let parts = [
        present(customer.first_name.as_deref()),
        present(customer.last_name.as_deref()),
    ];
    let person = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    [
        Some(person.as_str()),
        customer.company.as_deref(),
        customer.email.as_deref(),
        customer.mobile_number.as_deref(),
        customer.home_number.as_deref(),
        customer.work_number.as_deref(),
    ]
    .into_iter()
    .filter_map(present)
    .map(|candidate| names::name(candidate, limits::DISPLAY_NAME))
    .find(|name| !name.is_empty())
    .unwrap_or_else(|| format!("Customer {}", customer.id))
}

/// The billing address, where there is one.
pub(crate) fn billing(customer: &hcp::Customer) -> Option<&hcp::Address> {
    customer
        .addresses
        .iter()
        .find(|address| address.kind == Some(AddressKind::Billing) && !address.is_blank())
}

/// An address as QuickBooks keeps it (C3); `None` when nothing is in it.
pub(crate) fn address(address: &hcp::Address) -> Option<qbo::Address> {
    let part = |text: &Option<String>, limit| {
        present(text.as_deref())
            .map(|text| names::text(text, limit))
            .filter(|text| !text.is_empty())
    };
    let kept = qbo::Address {
        line1: part(&address.street, limits::ADDRESS_LINE),
        line2: part(&address.street_line_2, limits::ADDRESS_LINE),
        city: part(&address.city, limits::CITY),
        country_sub_division_code: part(&address.state, limits::CITY),
        postal_code: part(&address.zip, limits::POSTAL_CODE),
        ..qbo::Address::default()
    };
    (!address.is_blank()).then_some(kept)
}

fn phone(number: Option<&str>) -> Option<qbo::Phone> {
    present(number)
        .map(|number| names::text(number, limits::PHONE))
        .filter(|number| !number.is_empty())
        .map(Into::into)
}

/// An address that QuickBooks would refuse (2210) or cut is left out rather than holding the invoice up.
fn email(text: Option<&str>) -> Option<qbo::Email> {
    let text = present(text)?;
    let (user, domain) = text.split_once('@')?;
    let plausible = !user.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains('@')
        && text.chars().all(|c| c.is_ascii_graphic())
        && text.len() <= limits::EMAIL;
    plausible.then(|| text.to_owned().into())
}

/// What to change in QuickBooks, given what was last written (C4); `None`: nothing. Only what changed is
/// sent, and a blank in Housecall Pro never clears a field.
pub fn changes(wrote: &qbo::Customer, wanted: &qbo::Customer) -> Option<qbo::Customer> {
    fn changed<T: Clone + PartialEq>(wrote: &Option<T>, wanted: &Option<T>) -> Option<T> {
        wanted.clone().filter(|_| wanted != wrote)
    }
    let change = qbo::Customer {
        display_name: changed(&wrote.display_name, &wanted.display_name),
        given_name: changed(&wrote.given_name, &wanted.given_name),
        family_name: changed(&wrote.family_name, &wanted.family_name),
        company_name: changed(&wrote.company_name, &wanted.company_name),
        mobile: changed(&wrote.mobile, &wanted.mobile),
        primary_phone: changed(&wrote.primary_phone, &wanted.primary_phone),
        alternate_phone: changed(&wrote.alternate_phone, &wanted.alternate_phone),
        notes: changed(&wrote.notes, &wanted.notes),
        primary_email_addr: changed(&wrote.primary_email_addr, &wanted.primary_email_addr),
        bill_addr: changed(&wrote.bill_addr, &wanted.bill_addr),
        ..qbo::Customer::default()
    };
    (change != qbo::Customer::default()).then_some(change)
}

/// What was found in QuickBooks under a customer's name (C6).
#[derive(Clone, Debug, PartialEq)]
pub enum CustomerMatch<'a> {
    /// Nobody: it is created.
    None,
    /// One active customer, and nothing contradicts.
    One(&'a qbo::Customer),
    /// Somebody of that name whose data contradict ours: which data.
    Contradicting(&'static str),
}

/// Looks for the customer among those that QuickBooks has under its name.
pub fn find<'a>(wanted: &qbo::Customer, found: &'a [qbo::Customer]) -> CustomerMatch<'a> {
    let name = |customer: &qbo::Customer| customer.display_name.as_deref().map(normalised);
    let mut same = found
        .iter()
        .filter(|other| other.active != Some(false) && name(other) == name(wanted));
    match (same.next(), same.next()) {
        (None, _) => CustomerMatch::None,
        (Some(_), Some(_)) => CustomerMatch::Contradicting("namesake"),
        (Some(one), None) => match contradiction(wanted, one) {
            Some(what) => CustomerMatch::Contradicting(what),
            None => CustomerMatch::One(one),
        },
    }
}

/// The first kind of contact data that both have and that differ.
fn contradiction(ours: &qbo::Customer, theirs: &qbo::Customer) -> Option<&'static str> {
    let emails = |customer: &qbo::Customer| {
        let email = customer.primary_email_addr.as_ref();
        let text = email.and_then(|email| email.address.as_deref());
        text.map(str::to_lowercase).into_iter().collect()
    };
    let addresses = |customer: &qbo::Customer| {
        let street = customer
            .bill_addr
            .as_ref()
            .and_then(|addr| addr.line1.as_deref());
        street.map(normalised).into_iter().collect()
    };
    [
        ("e-mail address", emails(ours), emails(theirs)),
        ("phone number", phones(ours), phones(theirs)),
        ("billing address", addresses(ours), addresses(theirs)),
    ]
    .into_iter()
    .find(|(_, ours, theirs): &(_, Vec<String>, Vec<String>)| {
        !ours.is_empty() && !theirs.is_empty() && !ours.iter().any(|one| theirs.contains(one))
    })
    .map(|(what, ..)| what)
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
