//! Customers (C1 to C8).

use hcp::AddressKind;
use qbo::limits;

use crate::names::{self, normalised, present};

/// The QuickBooks customer that a Housecall Pro customer becomes (C2, C3). `job` is the address of the job.
pub fn wanted(customer: &hcp::Customer, job: Option<&hcp::Address>) -> qbo::Customer {
    let name = |text: &Option<String>, limit| names::name(text.as_deref()?, limit);
    let phone = |number: &Option<String>| {
        names::line(number.as_deref()?, limits::PHONE).map(qbo::Phone::from)
    };
    qbo::Customer {
        display_name: Some(display_name(customer)),
        given_name: name(&customer.first_name, limits::PERSON_NAME),
        family_name: name(&customer.last_name, limits::PERSON_NAME),
        company_name: name(&customer.company, limits::COMPANY_NAME),
        mobile: phone(&customer.mobile_number),
        primary_phone: phone(&customer.home_number),
        alternate_phone: phone(&customer.work_number),
        notes: customer
            .notes
            .as_deref()
            .and_then(|notes| names::text(notes, limits::NOTES)),
        primary_email_addr: email(customer.email.as_deref()),
        bill_addr: bill_to(customer, job),
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
    .flatten()
    .find_map(|candidate| names::name(candidate, limits::DISPLAY_NAME))
    .unwrap_or_else(|| format!("Customer {}", customer.id))
}

/// Where bills go (C3): to the billing address; without one to the service address. That is the customer's
/// own before the job's: the job's differs from job to job, and no more than one may reach the customer (C5).
pub(crate) fn bill_to(
    customer: &hcp::Customer,
    job: Option<&hcp::Address>,
) -> Option<qbo::Address> {
    let own = |kind: AddressKind| {
        customer
            .addresses
            .iter()
            .filter(|address| address.kind.as_ref() == Some(&kind))
            .find_map(address)
    };
    own(AddressKind::Billing)
        .or_else(|| own(AddressKind::Service))
        .or_else(|| job.and_then(address))
}

/// An address as QuickBooks keeps it (C3); `None` when nothing is in it.
pub(crate) fn address(address: &hcp::Address) -> Option<qbo::Address> {
    let part = |text: &Option<String>, limit| names::line(text.as_deref()?, limit);
    let kept = qbo::Address {
        line1: part(&address.street, limits::ADDRESS_LINE),
        line2: part(&address.street_line_2, limits::ADDRESS_LINE),
        city: part(&address.city, limits::CITY),
        country_sub_division_code: part(&address.state, limits::CITY),
        postal_code: part(&address.zip, limits::POSTAL_CODE),
        ..qbo::Address::default()
    };
    (kept != qbo::Address::default()).then_some(kept)
}

/// An address that QuickBooks would refuse (2210) or cut is left out rather than holding the invoice up.
fn email(text: Option<&str>) -> Option<qbo::Email> {
    let text = present(text)?;
    let (user, domain) = text.split_once('@')?;
    let dotted = |text: &str| text.split('.').all(|part| !part.is_empty());
    let in_user = |c: char| c.is_ascii_graphic() && !r#"()<>[]@,;:\""#.contains(c);
    let in_domain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let plausible = dotted(user)
        && user.chars().all(in_user)
        && dotted(domain)
        && domain.contains('.')
        && domain.chars().all(in_domain)
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
    // QuickBooks takes several e-mail addresses in one field.
    let emails = |customer: &qbo::Customer| {
        let email = customer.primary_email_addr.as_ref();
        let text = email.and_then(|email| email.address.as_deref());
        let each = text.into_iter().flat_map(|text| text.split([',', ';']));
        each.filter_map(|one| present(Some(one)))
            .map(str::to_lowercase)
            .collect()
    };
    let streets = |customer: &qbo::Customer| {
        let address = customer.bill_addr.as_ref();
        let street = address.and_then(|address| present(address.line1.as_deref()));
        street.map(normalised).into_iter().collect()
    };
    [
        ("e-mail address", emails(ours), emails(theirs)),
        ("phone number", phones(ours), phones(theirs)),
        ("billing address", streets(ours), streets(theirs)),
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

#[cfg(test)]
mod tests;
