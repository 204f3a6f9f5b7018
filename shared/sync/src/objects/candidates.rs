//! Customers and items of QuickBooks, for a person to choose from.

use mapping::alert::Candidate;

/// A customer in QuickBooks, for a person to choose.
pub(crate) fn candidate(customer: &qbo::Customer) -> Candidate {
    Candidate {
        id: customer.id.clone(),
        described: described(customer),
    }
}

/// An item in QuickBooks, for a person to choose.
pub(crate) fn candidate_item(item: &qbo::Item) -> Candidate {
    let price = item.unit_price.as_ref().map(|price| format!(", {price}"));
    Candidate {
        id: item.id.clone(),
        described: format!(
            "{}{}",
            mapping::item::category::described(item),
            price.unwrap_or_default()
        ),
    }
}

/// A customer, so that a person can tell it from others of its name.
pub(crate) fn described(customer: &qbo::Customer) -> String {
    let name = customer.display_name.as_deref().unwrap_or("(no name)");
    let email = customer.primary_email_addr.as_ref();
    let phones = [
        &customer.mobile,
        &customer.primary_phone,
        &customer.alternate_phone,
    ];
    let phone = phones.into_iter().flatten().next();
    let street = customer.bill_addr.as_ref();
    let more = email
        .and_then(|email| email.address.as_deref())
        .or_else(|| phone.and_then(|phone| phone.free_form_number.as_deref()))
        .or_else(|| street.and_then(|address| address.line1.as_deref()));
    more.map_or_else(|| name.to_owned(), |more| format!("{name} ({more})"))
}
