//! Customers (C2 to C8, C11).

use hcp::AddressKind;
use qbo::limits;

use crate::names::{self, present};

mod change;
mod email;
mod find;
mod kind;
mod memory;
mod place;
mod spelling;

pub use change::{Change, Field, change_without};
pub use email::kept_emails;
pub use find::{CustomerMatch, agreement, find};
pub use kind::{below, named};
pub use memory::Memory;
pub use place::{Place, PlaceMatch, find_place, is_at, place};

/// The QuickBooks customer that a Housecall Pro customer becomes (C2, C3). `job` is the address of the job.
pub fn wanted(customer: &hcp::Customer, job: Option<&hcp::Address>) -> qbo::Customer {
    let name = |text: &Option<String>, limit| names::name(text.as_deref()?, limit);
    let phone = |number: &Option<String>| {
        names::line(number.as_deref()?, limits::PHONE).map(qbo::Phone::from)
    };
    qbo::Customer {
        display_name: Some(display_name(customer).1),
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
        primary_email_addr: email::sent(customer).map(qbo::Email::from),
        bill_addr: bill_to(customer, job),
        ..qbo::Customer::default()
    }
}

/// The customer's name as Housecall Pro has it, before it is cleaned for QuickBooks (C8).
pub fn given_name(customer: &hcp::Customer) -> String {
    display_name(customer).0
}

/// The customer under a name with something behind it, to tell it from another of that name (C7, C8).
#[must_use]
pub fn told_apart(mut wanted: qbo::Customer, suffix: &str) -> qbo::Customer {
    let name = wanted.display_name.take();
    wanted.display_name = name.map(|name| names::with_suffix(&name, suffix, limits::DISPLAY_NAME));
    wanted
}

/// C4: Housecall Pro's API has no display name. As it is there, and as QuickBooks takes it.
fn display_name(customer: &hcp::Customer) -> (String, String) {
    let parts = [
        present(customer.first_name.as_deref()),
        present(customer.last_name.as_deref()),
    ];
    let person = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let email = email::sent(customer);
    [
        Some(person.as_str()),
        customer.company.as_deref(),
        email.as_deref().or(customer.email.as_deref()),
        customer.mobile_number.as_deref(),
        customer.home_number.as_deref(),
        customer.work_number.as_deref(),
    ]
    .into_iter()
    .flatten()
    .find_map(|given| Some((given.to_owned(), names::name(given, limits::DISPLAY_NAME)?)))
    .unwrap_or_else(|| {
        let name = format!("Customer {}", customer.id);
        (name.clone(), name)
    })
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
        // Of a sub-customer only (C11).
        ship_addr: changed(&wrote.ship_addr, &wanted.ship_addr),
        ..qbo::Customer::default()
    };
    (change != qbo::Customer::default()).then_some(change)
}

#[cfg(test)]
mod tests;
