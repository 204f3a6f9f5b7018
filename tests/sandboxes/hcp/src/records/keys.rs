//! Which keys a record keeps, by the settings.

use serde_json::{Map, Value};

use crate::doubts::Keys;

/// Keys that live answers have and the documentation lacks, with one that stands beside them in the record
/// they belong to.
const NOT_DOCUMENTED: [(&str, &str); 14] = [
    ("kind", "notifications_enabled"),
    ("latitude", "type"),
    ("longitude", "type"),
    ("time_zone", "arrival_window"),
    ("scheduled_start_local", "arrival_window"),
    ("scheduled_end_local", "arrival_window"),
    ("recurrence_status", "work_status"),
    ("recurrence_id", "work_status"),
    ("assigned_route_template_id", "work_status"),
    ("object", "unit_price"),
    ("duration_in_minutes", "unit_price"),
    ("url", "unit_price"),
    ("refunds", "due_amount"),
    ("surcharge_fee_amount", "payment_method"),
];

/// Takes off what the settings leave out, everywhere in the record.
pub(crate) fn keep(record: &mut Value, keys: Keys) {
    match record {
        _ if keys == Keys::Recorded => {}
        Value::Array(rows) => rows.iter_mut().for_each(|row| keep(row, keys)),
        Value::Object(record) => {
            record.retain(|_, value| !value.is_null());
            if keys == Keys::DocumentedOnly {
                leave_out(record);
            }
            record.values_mut().for_each(|value| keep(value, keys));
        }
        _ => {}
    }
}

fn leave_out(record: &mut Map<String, Value>) {
    for (key, beside) in NOT_DOCUMENTED {
        if record.contains_key(beside) {
            record.remove(key);
        }
    }
}
