//! States, kinds and fields as people of the office call them.

use jiff::{Timestamp, tz::TimeZone};
use store::{FieldChange, JobState};

use crate::Change;

/// How a job stands.
pub fn state(state: JobState) -> &'static str {
    match state {
        JobState::NotSynced => "not in QuickBooks",
        JobState::BeforeConnection => "from before the connection: push it by hand",
        JobState::Queued => "waiting",
        JobState::Synced => "in QuickBooks",
        JobState::PendingChanges => {
            "in QuickBooks, and changed since: the next trigger or a push by hand carries it"
        }
        JobState::WaitsForTrigger => "waits for its trigger",
        JobState::NothingToSend => "nothing to send: its total is zero; push it by hand to send it",
        JobState::NothingOnIt => "nothing to send: there is not a single line on it",
        JobState::Alert => "needs you: see the alert",
        JobState::Gone => "gone from Housecall Pro",
    }
}

/// A time as the people of a company read it.
pub fn time(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    at.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// A kind of object in QuickBooks, by its own word there.
pub(crate) fn kind(name: &str) -> String {
    match name {
        "Purchase" => "expense".to_owned(),
        name => apart(name),
    }
}

/// What QuickBooks calls a field, and what people call it.
const FIELDS: [(&str, &str); 32] = [
    ("AccountRef", "account"),
    ("Active", "in use"),
    ("Amt", "amount"),
    ("BillAddr", "billing address"),
    ("BillEmail", "e-mail"),
    ("ClassRef", "class"),
    ("CountrySubDivisionCode", "state"),
    ("CustomerMemo", "message"),
    ("CustomerRef", "customer"),
    ("DepositToAccountRef", "account"),
    ("DiscountAmt", "discount"),
    ("DisplayName", "name"),
    ("DocNumber", "number"),
    ("FreeFormNumber", "number"),
    ("EntityRef", "customer"),
    ("IncomeAccountRef", "income account"),
    ("ItemRef", "item"),
    ("LinkedTxn", "pays"),
    ("ParentRef", "category"),
    ("PaymentMethodRef", "method"),
    ("PaymentRefNum", "reference"),
    ("PostalCode", "zip"),
    ("PrimaryEmailAddr", "e-mail"),
    ("PrimaryPhone", "phone"),
    ("PrivateNote", "note"),
    ("Qty", "quantity"),
    ("SalesTermRef", "terms"),
    ("ShipAddr", "service address"),
    ("TaxCodeRef", "tax"),
    ("TotalAmt", "total"),
    ("TxnDate", "date"),
    ("UnitPrice", "price"),
];

/// Parts of a field's name that tell a person nothing.
const SILENT: [&str; 10] = [
    "AccountBasedExpenseLineDetail",
    "SalesItemLineDetail",
    "DiscountLineDetail",
    "TxnTaxDetail",
    "Address",
    "Line",
    "value",
    "name",
    "TxnId",
    "TxnType",
];

/// Fields that are QuickBooks' own business.
const HIDDEN: [&str; 5] = ["DetailType", "Id", "LineNum", "SyncToken", "sparse"];

/// A field that is otherwise, in words: `line 2: amount`. Ids are no words; none: it is of no interest to people.
pub(crate) fn change(change: FieldChange) -> Option<Change> {
    let FieldChange {
        field,
        before,
        after,
    } = change;
    let parts: Vec<&str> = field.split('.').collect();
    let last = parts.last()?;
    if HIDDEN.contains(last) {
        return None;
    }
    let is_id =
        *last == "value" && parts.iter().any(|part| part.ends_with("Ref")) || *last == "TxnId";
    let text = |text: Option<String>| text.filter(|_| !is_id);
    let mut told: Vec<String> = Vec::new();
    for part in &parts {
        let (name, place) = match part.split_once('[') {
            Some((name, place)) => (name, Some(place.trim_end_matches(']'))),
            None => (*part, None),
        };
        match place {
            Some(place) if name == "Line" => told.push(format!("line {place}")),
            Some(place) => told.push(format!("{} {place}", called(name))),
            None if SILENT.contains(&name) => {}
            None => told.push(called(name)),
        }
    }
    Some(Change {
        field: told.join(": "),
        before: text(before),
        after: text(after),
    })
}

fn called(name: &str) -> String {
    let known = FIELDS.iter().find(|(theirs, _)| *theirs == name);
    known.map_or_else(|| apart(name), |(_, ours)| (*ours).to_owned())
}

/// `RefundReceipt` is refund receipt.
fn apart(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_times_are_the_companys() {
        let at = "2026-07-25T03:30:00Z".parse().unwrap();
        let zone = TimeZone::get("America/New_York").unwrap();
        assert_eq!(time(at, &zone), "2026-07-24 23:30:00 EDT");
    }

    #[test]
    fn k1_a_field_is_told_in_words_and_never_by_an_id() {
        for (field, expected) in [
            ("TxnDate", Some(("date", true))),
            ("Line[2].Amount", Some(("line 2: amount", true))),
            (
                "Line[2].SalesItemLineDetail.Qty",
                Some(("line 2: quantity", true)),
            ),
            (
                "Line[1].SalesItemLineDetail.ItemRef.value",
                Some(("line 1: item", false)),
            ),
            (
                "Line[1].SalesItemLineDetail.ItemRef.name",
                Some(("line 1: item", true)),
            ),
            ("CustomerRef.value", Some(("customer", false))),
            ("BillAddr.City", Some(("billing address: city", true))),
            ("PrimaryEmailAddr.Address", Some(("e-mail", true))),
            (
                "Line[1].LinkedTxn[1].TxnId",
                Some(("line 1: pays 1", false)),
            ),
            ("GivenName", Some(("given name", true))),
            ("Line[1].DetailType", None),
            ("Id", None),
        ] {
            let told = change(FieldChange {
                field: field.to_owned(),
                before: None,
                after: Some("1".to_owned()),
            });
            let told = told
                .as_ref()
                .map(|told| (told.field.as_str(), told.after.is_some()));
            assert_eq!(told, expected, "{field}");
        }
    }
}
