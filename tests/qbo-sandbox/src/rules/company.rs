//! The company and its preferences: made from the settings each time they are read.

use jiff::Timestamp;

use super::{Change, Env};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    options::SalesTax,
    schema::Entity,
    store::{Books, Row},
};

/// Id of the term that invoices without one fall due by: Net 30 in the seed.
pub(crate) const DEFAULT_TERM: u64 = 3;

/// The state that the company is in, and taxes by where a document names no other.
pub(crate) const STATE: &str = "CA";

/// Company objects are not written through the sandbox.
pub(crate) fn refuse(_: &mut Books, _: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    Err(Refusal::not_covered(format!(
        "writing {}",
        change.entity.name
    )))
}

/// The company's own object: always as its settings stand.
pub(crate) fn row(books: &Books, env: &Env<'_>, entity: &Entity) -> Row {
    Row {
        id: 1,
        token: 0,
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        deleted: false,
        object: current(books, env, entity.name),
    }
}

/// The fields of `CompanyInfo` or `Preferences` as they stand now.
fn current(books: &Books, env: &Env<'_>, entity: &str) -> Object {
    if entity == "CompanyInfo" {
        company_info(env)
    } else {
        preferences(books, env)
    }
}

fn company_info(env: &Env<'_>) -> Object {
    Object::new()
        .with("CompanyName", env.company.name.as_str())
        .with("LegalName", env.company.name.as_str())
        .with(
            "CompanyAddr",
            Object::new()
                .with("Id", "1")
                .with("Line1", "1 Sandbox Street")
                .with("City", "Mountain View")
                .with("CountrySubDivisionCode", STATE)
                .with("PostalCode", "94043"),
        )
        .with("Country", "US")
        .with("FiscalYearStartMonth", "January")
        .with("SupportedLanguages", "en")
        .with(
            "NameValue",
            vec![
                name_value(
                    "SubscriptionStatus",
                    if env.company.lapsed {
                        "EXPIRED"
                    } else {
                        "PAID"
                    },
                ),
                name_value("OfferingSku", "QuickBooks Online Plus"),
            ],
        )
}

fn preferences(books: &Books, env: &Env<'_>) -> Object {
    let company = env.company;
    let mut accounting = Object::new()
        .with("TrackDepartments", false)
        .with("ClassTrackingPerTxn", false)
        .with("ClassTrackingPerTxnLine", false)
        .with("UseAccountNumbers", false)
        .with("CustomerTerminology", "Customers");
    if let Some(day) = company.book_close_date {
        accounting.set("BookCloseDate", day.to_string());
    }
    let mut sales = Object::new()
        .with("CustomField", custom_fields(&company.custom_fields))
        .with("CustomTxnNumbers", company.custom_txn_numbers)
        .with("AllowDeposit", false)
        .with("AllowDiscount", company.allow_discount)
        .with("AllowEstimates", true)
        .with("ETransactionPaymentEnabled", company.online_payments)
        .with("IPNSupportEnabled", false)
        .with("AllowServiceDate", true)
        .with("AllowShipping", false)
        .with("AutoApplyCredit", false)
        .with("AutoApplyPayments", false)
        .with("UsingPriceLevels", false)
        .with(
            "DefaultTerms",
            Object::new().with("value", DEFAULT_TERM.to_string()),
        );
    if let Some(account) = discount_account(books) {
        sales.set("DefaultDiscountAccount", account.to_string());
    }
    let tax = match company.sales_tax {
        SalesTax::Off => Object::new().with("UsingSalesTax", false),
        SalesTax::Manual => Object::new()
            .with("UsingSalesTax", true)
            .with("TaxGroupCodeRef", Object::new().with("value", "2")),
        SalesTax::Automated => Object::new()
            .with("UsingSalesTax", true)
            .with("PartnerTaxEnabled", true),
    };
    Object::new()
        .with("AccountingInfoPrefs", accounting)
        .with(
            "ProductAndServicesPrefs",
            Object::new()
                .with("ForSales", true)
                .with("ForPurchase", true)
                .with("QuantityWithPriceAndRate", true)
                .with("QuantityOnHand", false),
        )
        .with("SalesFormsPrefs", sales)
        .with("TaxPrefs", tax)
        .with(
            "CurrencyPrefs",
            Object::new()
                .with("MultiCurrencyEnabled", false)
                .with("HomeCurrency", Object::new().with("value", "USD")),
        )
        .with(
            "OtherPrefs",
            Object::new().with(
                "NameValue",
                vec![name_value("SalesFormsPrefs.DefaultItem", "1")],
            ),
        )
}

/// Switches first, then names, as in recorded preferences.
fn custom_fields(names: &[String]) -> Json {
    let entry = |name: String, kind: &str, key: &str, value: Json| -> Json {
        Object::new()
            .with("Name", name)
            .with("Type", kind)
            .with(key, value)
            .into()
    };
    let switches: Vec<Json> = (1..=3)
        .map(|n| {
            let name = format!("SalesFormsPrefs.UseSalesCustom{n}");
            entry(
                name,
                "BooleanType",
                "BooleanValue",
                Json::Bool(n <= names.len()),
            )
        })
        .collect();
    let named: Vec<Json> = (1..)
        .zip(names)
        .map(|(n, name): (usize, _)| {
            let key = format!("SalesFormsPrefs.SalesCustomName{n}");
            entry(key, "StringType", "StringValue", name.as_str().into())
        })
        .collect();
    vec![
        Object::new().with("CustomField", switches).into(),
        Object::new().with("CustomField", named).into(),
    ]
    .into()
}

fn name_value(name: &str, value: &str) -> Json {
    Object::new().with("Name", name).with("Value", value).into()
}

/// The account that discounts go to when a line does not name one.
pub(crate) fn discount_account(books: &Books) -> Option<u64> {
    books
        .rows("Account")
        .find(|row| {
            row.object.text("AccountSubType") == Some("DiscountsRefundsGiven") && row.is_active()
        })
        .map(|row| row.id)
}
