//! What QuickBooks has.

use std::collections::BTreeMap;

use money::Cents;
use serde_json::Value;

use crate::Books;

/// Its side.
pub(crate) struct QuickBooks {
    objects: BTreeMap<String, Vec<Value>>,
    /// By the names of the accounts: what they have come to, debits above zero. Those that came to nothing are not told.
    trial_balance: BTreeMap<String, Cents>,
    pub(crate) debit: Cents,
    pub(crate) credit: Cents,
}

impl QuickBooks {
    pub(crate) fn read(books: &Books) -> Result<Self, String> {
        let mut trial_balance = BTreeMap::new();
        let rows = books.trial_balance["rows"].as_array();
        for row in rows.ok_or("the trial balance has no rows")? {
            let account = row["name"].as_str().unwrap_or_default().to_owned();
            trial_balance.insert(account, cents(row, "debit") - cents(row, "credit"));
        }
        Ok(Self {
            objects: books.quickbooks.clone(),
            debit: cents(&books.trial_balance, "debit"),
            credit: cents(&books.trial_balance, "credit"),
            trial_balance,
        })
    }

    /// All objects of a kind that are there and not voided.
    pub(crate) fn all(&self, kind: &str) -> impl Iterator<Item = &Value> {
        let all = self.objects.get(kind).map_or(&[][..], Vec::as_slice);
        all.iter().filter(|one| !is_void(one))
    }

    /// One of them.
    pub(crate) fn one(&self, kind: &str, id: &str) -> Option<&Value> {
        self.all(kind).find(|one| one["Id"] == id)
    }

    /// What an account has come to, debits above zero.
    pub(crate) fn account(&self, name: &str) -> Cents {
        self.trial_balance.get(name).copied().unwrap_or_default()
    }

    /// Whether it is an account of that name.
    pub(crate) fn is_account(&self, reference: &Value, name: &str) -> bool {
        let mut accounts = self.all("Account");
        accounts.any(|one| one["Name"] == name && one["Id"] == reference["value"])
    }
}

fn is_void(one: &Value) -> bool {
    let note = one["PrivateNote"].as_str().unwrap_or_default();
    note.starts_with("Voided")
}

/// An amount; nothing where there is none.
pub(crate) fn cents(of: &Value, name: &str) -> Cents {
    amount(&of[name])
}

/// The same of a value.
pub(crate) fn amount(value: &Value) -> Cents {
    match value {
        Value::Number(number) => number.to_string().parse().unwrap_or_default(),
        Value::String(text) => text.parse().unwrap_or_default(),
        _ => Cents::ZERO,
    }
}

/// The lines of a document.
pub(crate) fn lines(of: &Value) -> &[Value] {
    of["Line"].as_array().map_or(&[][..], Vec::as_slice)
}

/// The documents that something is linked with: kind and id.
pub(crate) fn linked(of: &Value) -> impl Iterator<Item = (&str, &str)> {
    let linked = of["LinkedTxn"].as_array().into_iter().flatten();
    linked.filter_map(|one| Some((one["TxnType"].as_str()?, one["TxnId"].as_str()?)))
}

/// What a payment pays of an invoice.
pub(crate) fn paid_of(payment: &Value, invoice: &str) -> Cents {
    let on_it = lines(payment).iter().filter(|line| {
        let mut linked = linked(line);
        linked.any(|(kind, id)| kind == "Invoice" && id == invoice)
    });
    on_it.map(|line| cents(line, "Amount")).sum()
}

/// What of a payment is tied to expenses.
pub(crate) fn tied_to_expenses(payment: &Value) -> Cents {
    let tied = lines(payment).iter().filter(|line| {
        let mut linked = linked(line);
        linked.any(|(kind, _)| kind == "Expense")
    });
    tied.map(|line| cents(line, "Amount")).sum()
}
