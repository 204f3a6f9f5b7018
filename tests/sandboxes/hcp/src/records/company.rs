use serde_json::{Map, Value, json};

use super::{Records, extend, time};
use crate::company::{Employee, Tag};

/// What an employee may do; only an administrator has the last one.
const PERMISSIONS: [&str; 16] = [
    "can_add_and_edit_job",
    "can_be_booked_online",
    "can_call_and_text_with_customers",
    "can_chat_with_customers",
    "can_delete_and_cancel_job",
    "can_edit_message_on_invoice",
    "can_see_street_view_data",
    "can_share_job",
    "can_take_payment_see_prices",
    "can_see_customers",
    "can_see_full_schedule",
    "can_see_future_jobs",
    "can_see_marketing_campaigns",
    "can_see_reporting",
    "can_edit_settings",
    "is_point_of_contact",
];

impl Records<'_> {
    /// `GET /company`.
    pub(crate) fn company(&self) -> Value {
        json!({
            "id": self.options.company_id,
            "phone_number": "(555) 014-0300",
            "support_email": "office@harborview.example",
            "name": self.options.company_name,
            "logo_url": "https://harborview.example/logo.png",
            "address": {
                "street": "18 Quay Street",
                "street_line_2": null,
                "city": "Portland",
                "state": "ME",
                "country": "US",
                "zip": "04101",
                "latitude": "43.65",
                "longitude": "-70.25",
            },
            "website": "https://harborview.example",
            "default_arrival_window": 60,
            "time_zone": self.options.time_zone.iana_name(),
            "service_areas_data": { "zip_codes": ["04101", "04102"] },
        })
    }

    pub(crate) fn employee(&self, employee: &Employee) -> Value {
        let mut permissions: Map<String, Value> = PERMISSIONS
            .iter()
            .map(|name| ((*name).to_owned(), json!(true)))
            .collect();
        permissions.insert("is_admin".to_owned(), json!(employee.admin));
        let mut record = self.dispatched_employee(employee);
        extend(
            &mut record,
            json!({
                "tags": [],
                "permissions": permissions,
                "created_at": time(employee.created_at),
                "company_name": self.options.company_name,
                "company_id": self.options.company_id,
            }),
        );
        record
    }

    pub(super) fn dispatched_employee(&self, employee: &Employee) -> Value {
        json!({
            "id": employee.id,
            "first_name": employee.first_name,
            "last_name": employee.last_name,
            "email": employee.email,
            "mobile_number": employee.mobile_number,
            "color_hex": employee.color_hex,
            "avatar_url": "https://harborview.example/avatar.png",
            "role": employee.role,
        })
    }
}

pub(crate) fn tag(tag: &Tag) -> Value {
    json!({ "id": tag.id, "name": tag.name })
}
