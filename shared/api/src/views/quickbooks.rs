use mapping::{ListEntry, TaxCode};
use office::QuickbooksView;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Named, all, name, texts};

/// How QuickBooks is set up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quickbooks {
    /// When it was read last.
    read_at: Option<String>,
    /// Whether numbers of documents are ours to choose.
    custom_numbers: bool,
    /// Whether invoices may carry a discount.
    discounts: bool,
    /// Whether sales tax is used.
    sales_tax: bool,
    /// Whether QuickBooks works the tax out itself.
    automated_tax: bool,
    /// The last day of the closed books.
    closed_until: Option<String>,
    /// Where it keeps classes: `off`, `per_document` or `per_line`.
    class_tracking: String,
    /// Whether it applies credit to invoices by itself.
    auto_apply_credit: bool,
    /// Where items without an account of their own are booked.
    income_account: Named,
    /// Where materials are bought from; none: they are sold only.
    expense_account: Option<Named>,
    /// The income accounts.
    income_accounts: Vec<Named>,
    /// The accounts that payments can be deposited to.
    deposit_accounts: Vec<Named>,
    /// The sales tax codes, with their rates.
    tax_codes: Vec<TaxCodeTold>,
    /// The classes in use.
    classes: Vec<Named>,
    /// The methods of payment in use.
    payment_methods: Vec<Named>,
}

/// A sales tax code.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaxCodeTold {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its rates, in percent.
    rates: Vec<String>,
}

impl From<TaxCode> for TaxCodeTold {
    fn from(code: TaxCode) -> Self {
        Self {
            id: code.id.to_string(),
            name: code.name,
            rates: code.rates.iter().map(ToString::to_string).collect(),
        }
    }
}

fn in_use(entries: Vec<ListEntry>) -> Vec<Named> {
    let entries = entries.into_iter().filter(|entry| entry.active);
    entries
        .map(|entry| store::NamedId {
            id: entry.id,
            name: entry.name,
        })
        .map(Into::into)
        .collect()
}

impl From<QuickbooksView> for Quickbooks {
    fn from(view: QuickbooksView) -> Self {
        let preferences = view.preferences;
        Self {
            read_at: texts(view.read_at),
            custom_numbers: preferences.custom_numbers,
            discounts: preferences.discounts,
            sales_tax: preferences.sales_tax,
            automated_tax: preferences.automated_tax,
            closed_until: texts(preferences.closed_until),
            class_tracking: name(&preferences.classes),
            auto_apply_credit: preferences.auto_apply_credit,
            income_account: view.accounts.income.into(),
            expense_account: view.accounts.expense.map(Into::into),
            income_accounts: all(view.income_accounts),
            deposit_accounts: all(view.money_accounts),
            tax_codes: all(view.tax_codes),
            classes: in_use(view.classes),
            payment_methods: in_use(view.payment_methods),
        }
    }
}
