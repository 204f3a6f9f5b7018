//! Sub-customers: one for each service address of a customer, where the company separates jobs by address (C11).

use hcp::AddressKind;
use qbo::limits;

use super::{address, spelling};
use crate::names::{self, name_hash, normalised};

/// A service address that has a sub-customer of its own in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What tells it from the customer's other addresses: its id, or a short hash where it has none.
    pub key: String,
    /// As QuickBooks keeps it.
    pub address: qbo::Address,
    /// Street and unit; without them, what there is.
    given: String,
}

/// Where a job is done, when that is another place than the customer's billing address. A job without an
/// address, or at the billing address, is the customer's own.
pub fn place(customer: &hcp::Customer, job: Option<&hcp::Address>) -> Option<Place> {
    let job = job?;
    let there = address(job)?;
    let billing = customer
        .addresses
        .iter()
        .filter(|address| address.kind == Some(AddressKind::Billing))
        .find_map(address);
    if billing.is_some_and(|billing| is_at(&billing, &there)) {
        return None;
    }
    let id = job.id.as_ref().map(ToString::to_string);
    let parts: Vec<&str> = [&there.line1, &there.line2]
        .into_iter()
        .filter_map(Option::as_deref)
        .collect();
    let given = match parts.as_slice() {
        [] => [
            &there.city,
            &there.postal_code,
            &there.country_sub_division_code,
        ]
        .into_iter()
        .find_map(Option::as_deref)?
        .to_owned(),
        parts => parts.join(" "),
    };
    Some(Place {
        key: id.unwrap_or_else(|| name_hash(&spot(&there).join("\n"))),
        address: there,
        given,
    })
}

impl Place {
    /// The sub-customer of this address, but for whose it is.
    pub fn wanted(&self, parent: &qbo::Customer) -> qbo::Customer {
        qbo::Customer {
            display_name: names::name(&self.given_name(parent), limits::DISPLAY_NAME),
            bill_addr: parent.bill_addr.clone(),
            ship_addr: Some(self.address.clone()),
            ..qbo::Customer::default()
        }
    }

    /// Its name before it is cleaned for QuickBooks.
    pub fn given_name(&self, parent: &qbo::Customer) -> String {
        let parent = parent.display_name.as_deref().unwrap_or_default();
        format!("{parent}, {}", self.given)
    }

    /// What stands behind its name where another place has the same, such as the street in another town.
    pub fn suffix(&self) -> String {
        name_hash(&spot(&self.address).join("\n"))
    }
}

/// Whether two addresses are the same place: street, unit, city and postal code, however they are spelled.
pub fn is_at(one: &qbo::Address, other: &qbo::Address) -> bool {
    let code = |address: &qbo::Address| address.postal_code.as_deref().map(spelling::postal_code);
    let city = |address: &qbo::Address| address.city.as_deref().map(spelling::city);
    code(one) == code(other)
        && city(one) == city(other)
        && spelling::whole(one).is(&spelling::whole(other))
}

/// What marks are made from that are stored: it stays as it is.
fn spot(address: &qbo::Address) -> [String; 4] {
    [
        &address.line1,
        &address.line2,
        &address.city,
        &address.postal_code,
    ]
    .map(|part| normalised(part.as_deref().unwrap_or_default()))
}

/// Which of QuickBooks' customers a sub-customer is.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaceMatch<'a> {
    /// None: it is created.
    None,
    /// One below that parent, by its name or its address.
    One(&'a qbo::Customer),
    /// Several at that address: a person must choose.
    Several(Vec<&'a qbo::Customer>),
    /// Somebody else has the name.
    Taken(&'a qbo::Customer),
}

/// Looks for the sub-customer of a parent among what QuickBooks has.
pub fn find_place<'a>(
    wanted: &qbo::Customer,
    parent: &qbo::Id,
    found: &'a [qbo::Customer],
) -> PlaceMatch<'a> {
    let name = |customer: &qbo::Customer| customer.display_name.as_deref().map(normalised);
    let active = || found.iter().filter(|one| one.active != Some(false));
    let is_below = |one: &&qbo::Customer| {
        let above = one.parent_ref.as_ref();
        above.is_some_and(|above| above.value == *parent)
    };
    let there = |one: &&qbo::Customer| {
        let street = |address: &&qbo::Address| address.line1.is_some();
        let own = one.ship_addr.as_ref().filter(street);
        let own = own.or_else(|| one.bill_addr.as_ref().filter(street));
        Some(own?)
            .zip(wanted.ship_addr.as_ref())
            .map(|(own, ours)| is_at(own, ours))
    };
    if let Some(named) = active().find(|one| name(one) == name(wanted)) {
        return match is_below(&named) && there(&named) != Some(false) {
            true => PlaceMatch::One(named),
            false => PlaceMatch::Taken(named),
        };
    }
    let at_place: Vec<&qbo::Customer> = active()
        .filter(is_below)
        .filter(|one| there(one) == Some(true))
        .collect();
    match at_place.as_slice() {
        [] => PlaceMatch::None,
        [one] => PlaceMatch::One(one),
        _ => PlaceMatch::Several(at_place),
    }
}
