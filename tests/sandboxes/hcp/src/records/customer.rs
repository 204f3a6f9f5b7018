use serde_json::{Value, json};

use super::{Form, Records, extend, time};
use crate::company::{Address, AddressKind, Customer};

impl Records<'_> {
    /// A customer on its own: with addresses, in webhooks with attachments.
    pub(crate) fn customer(&self, customer: &Customer, form: Form) -> Value {
        let mut record = self.customer_core(customer);
        let addresses: Vec<_> = customer.addresses.iter().map(address).collect();
        extend(
            &mut record,
            json!({ "kind": kind(customer), "addresses": addresses }),
        );
        if form == Form::Webhook {
            extend(&mut record, json!({ "attachments": [] }));
        }
        record
    }

    /// A customer inside a job: without addresses, in webhooks without `kind`.
    pub(super) fn embedded_customer(&self, customer: &Customer, form: Form) -> Value {
        let mut record = self.customer_core(customer);
        if form == Form::Rest {
            extend(&mut record, json!({ "kind": kind(customer) }));
        }
        record
    }

    fn customer_core(&self, customer: &Customer) -> Value {
        json!({
            "id": customer.id,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "email": customer.email,
            "mobile_number": customer.mobile_number,
            "home_number": customer.home_number,
            "work_number": customer.work_number,
            "company": customer.company,
            "notifications_enabled": true,
            "lead_source": null,
            "notes": customer.notes,
            "created_at": time(customer.created_at),
            "updated_at": time(customer.updated_at),
            "company_name": self.options.company_name,
            "company_id": self.options.company_id,
            "tags": customer.tags,
        })
    }
}

fn kind(customer: &Customer) -> &'static str {
    if customer.company.is_some() {
        "business"
    } else {
        "homeowner"
    }
}

pub(crate) fn address(address: &Address) -> Value {
    json!({
        "id": address.id,
        "type": match address.kind {
            AddressKind::Billing => "billing",
            AddressKind::Service => "service",
        },
        "street": address.street,
        "street_line_2": address.street_line_2,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
        "country": address.country,
    })
}

/// Where work is done.
pub(super) fn place(known: Option<&Address>) -> Value {
    known.map_or_else(no_address, address)
}

/// The address of a job that has none: every field but the type is null.
fn no_address() -> Value {
    json!({
        "id": null, "type": "service", "street": null, "street_line_2": null, "city": null,
        "state": null, "zip": null, "country": null,
    })
}
