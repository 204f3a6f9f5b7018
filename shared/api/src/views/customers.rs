use office::{CustomerRow, KnownCustomer};
use serde::Serialize;
use utoipa::ToSchema;

use super::Alert;

/// A customer: as they are stored, or as an open alert tells of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerLine {
    /// Their id in Housecall Pro; none where an alert tells of them.
    id: Option<String>,
    /// Their name there.
    name: Option<String>,
    /// What their e-mail field holds beside the address that QuickBooks has.
    emails: Vec<String>,
    /// What was sent of them last.
    sent: Option<CustomerSent>,
    /// Whether somebody in QuickBooks is linked.
    is_linked: bool,
    /// The name there of one who was found and not made from here.
    found_as: Option<String>,
    /// What agreed beside that name when they were found.
    evidence: Vec<String>,
    /// When they were found.
    found_at: Option<String>,
    /// The alert that asks who they are, with both sides.
    alert: Option<Alert>,
}

/// What was sent of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerSent {
    /// The name.
    name: Option<String>,
    /// The company.
    company: Option<String>,
    /// The e-mail address.
    email: Option<String>,
    /// The phone numbers.
    phones: Vec<String>,
    /// The billing address, line by line.
    address: Vec<String>,
}

impl From<qbo::Customer> for CustomerSent {
    fn from(sent: qbo::Customer) -> Self {
        let phones = [sent.mobile, sent.primary_phone, sent.alternate_phone];
        let phones = phones.into_iter().flatten();
        let address = sent.bill_addr.map_or_else(Vec::new, |address| {
            let city = [
                address.city,
                address.country_sub_division_code,
                address.postal_code,
            ];
            let city: Vec<String> = city.into_iter().flatten().collect();
            let city = Some(city.join(" ")).filter(|city| !city.is_empty());
            [address.line1, address.line2, city]
                .into_iter()
                .flatten()
                .collect()
        });
        Self {
            name: sent.display_name,
            company: sent.company_name,
            email: sent.primary_email_addr.and_then(|email| email.address),
            phones: phones.filter_map(|phone| phone.free_form_number).collect(),
            address,
        }
    }
}

impl From<CustomerRow> for CustomerLine {
    fn from(row: CustomerRow) -> Self {
        match row {
            CustomerRow::Known(known) => (*known).into(),
            CustomerRow::Asked(alert) => Self {
                id: None,
                name: alert.record.customer(),
                emails: Vec::new(),
                sent: None,
                is_linked: false,
                found_as: None,
                evidence: Vec::new(),
                found_at: None,
                alert: Some((*alert).into()),
            },
        }
    }
}

impl From<KnownCustomer> for CustomerLine {
    fn from(known: KnownCustomer) -> Self {
        let matched = known.matched;
        Self {
            id: Some(known.id.to_string()),
            name: known.name,
            emails: known.emails,
            sent: known.sent.map(Into::into),
            is_linked: known.linked.is_some(),
            found_as: matched.as_ref().map(|matched| matched.name.clone()),
            found_at: matched.as_ref().map(|matched| matched.at.to_string()),
            evidence: matched.map_or_else(Vec::new, |matched| matched.agreed),
            alert: None,
        }
    }
}
