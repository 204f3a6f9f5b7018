//! The company and its preferences: made from the settings each time they are read.

use jiff::Timestamp;

use super::{Change, Env};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    options::{ClassTracking, SalesTax},
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
    let mut info = company_facts(env);
    if let Some(address) = info.at("CompanyAddr").and_then(Json::as_object) {
        let address = address.clone();
        for (n, name) in [(2_usize, "CustomerCommunicationAddr"), (3, "LegalAddr")] {
            info.set(name, address.clone().with("Id", n.to_string()));
        }
    }
    info
}

fn company_facts(env: &Env<'_>) -> Object {
    let phone = Object::new().with("FreeFormNumber", "(650) 555-0100");
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
        .with("PrimaryPhone", phone)
        .with("CompanyStartDate", "2015-01-01")
        .with("Country", "US")
        .with("Email", Object::new().with("Address", "owner@example.com"))
        .with("WebAddr", Object::new())
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
                name_value("NeoEnabled", "true"),
                name_value(
                    "IndustryType",
                    "Plumbing, Heating, and Air-Conditioning Contractors",
                ),
                name_value("IndustryCode", "238220"),
                name_value("CompanyType", "LLC"),
                name_value("PayrollFeature", "false"),
                name_value("AccountantFeature", "false"),
            ],
        )
}

fn preferences(books: &Books, env: &Env<'_>) -> Object {
    let company = env.company;
    let mut accounting = Object::new()
        .with("TrackDepartments", company.track_departments)
        .with(
            "ClassTrackingPerTxn",
            company.class_tracking == ClassTracking::PerTxn,
        )
        .with(
            "ClassTrackingPerTxnLine",
            company.class_tracking == ClassTracking::PerTxnLine,
        )
        .with("UseAccountNumbers", false)
        .with("CustomerTerminology", "Customers");
    if let Some(day) = company.book_close_date {
        accounting.set("BookCloseDate", day.to_string());
    }
    let mut sales = Object::new()
        .with(
            "CustomField",
            custom_fields("Sales", &company.custom_fields),
        )
        .with("CustomTxnNumbers", company.custom_txn_numbers)
        .with("AllowDeposit", false)
        .with("AllowDiscount", company.allow_discount)
        .with("AllowEstimates", true)
        .with("ETransactionEnabledStatus", "NotApplicable")
        .with("ETransactionAttachPDF", false)
        .with("ETransactionPaymentEnabled", company.online_payments)
        .with("IPNSupportEnabled", false)
        .with("AllowServiceDate", true)
        .with("AllowShipping", false)
        .with("AutoApplyCredit", company.auto_apply_credit)
        .with("AutoApplyPayments", false)
        .with("UsingPriceLevels", false)
        .with(
            "DefaultTerms",
            Object::new().with("value", DEFAULT_TERM.to_string()),
        );
    if let Some(account) = discount_account(books) {
        sales.set("DefaultDiscountAccount", account.to_string());
    }
    sales.set("DefaultCustomerMessage", CUSTOMER_MESSAGE);
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
        .with("EmailMessagesPrefs", email_messages(&company.name))
        .with(
            "VendorAndPurchasesPrefs",
            Object::new()
                .with("TrackingByCustomer", true)
                .with("BillableExpenseTracking", true)
                .with("POCustomField", custom_fields("Purchase", &[])),
        )
        .with(
            "TimeTrackingPrefs",
            Object::new()
                .with("UseServices", true)
                .with("BillCustomers", true)
                .with("ShowBillRateToAll", false)
                .with("WorkWeekStartDate", "Monday")
                .with("MarkTimeEntriesBillable", true),
        )
        .with(
            "ReportPrefs",
            Object::new()
                .with("ReportBasis", "Accrual")
                .with("CalcAgingReportFromTxnDate", false),
        )
        .with("TaxPrefs", tax)
        .with(
            "CurrencyPrefs",
            Object::new()
                .with("MultiCurrencyEnabled", false)
                .with("HomeCurrency", Object::new().with("value", "USD")),
        )
        .with(
            "OtherPrefs",
            Object::new().with("NameValue", other_preferences(books)),
        )
}

const CUSTOMER_MESSAGE: &str = "Thank you for your business and have a great day!";

/// What the company writes to customers beside its documents.
fn email_messages(company: &str) -> Object {
    let message = |document: &str, text: &str| {
        Object::new()
            .with("Subject", format!("{document} from {company}"))
            .with(
                "Message",
                format!(
                    "{text}\nThank you for your business - we appreciate it very much.\n\nSincerely,\n{company}"
                ),
            )
    };
    Object::new()
        .with(
            "InvoiceMessage",
            message(
                "Invoice",
                "Your invoice is attached.  Please remit payment at your earliest convenience.",
            ),
        )
        .with(
            "EstimateMessage",
            message(
                "Estimate",
                "Please review the estimate below.  Feel free to contact us if you have any questions.",
            ),
        )
        .with(
            "SalesReceiptMessage",
            message("Sales Receipt", "Your sales receipt is attached."),
        )
        .with(
            "StatementMessage",
            message(
                "Statement",
                "Your statement is attached.  Please remit payment at your earliest convenience.",
            ),
        )
}

/// What recorded preferences keep as names and values.
fn other_preferences(books: &Books) -> Vec<Json> {
    let mut values = vec![
        name_value("SalesFormsPrefs.DefaultCustomerMessage", CUSTOMER_MESSAGE),
        name_value("SalesFormsPrefs.DefaultItem", "1"),
        name_value("DTXCopyMemo", "true"),
    ];
    for (name, account) in [
        ("UncategorizedIncomeAccountId", "Uncategorized Income"),
        ("UncategorizedExpenseAccountId", "Uncategorized Expense"),
    ] {
        if let Some(row) = books.with_key("Account", account).next() {
            values.push(name_value(name, &row.id.to_string()));
        }
    }
    for (name, value) in [
        ("SFCEnabled", true),
        ("DataPartner", false),
        ("Vendor1099Enabled", true),
        ("TimeTrackingFeatureEnabled", true),
        ("WarnDuplicateCheckNumber", true),
        // Whether documents of sales are warned about cannot be read.
        ("WarnDuplicateBillNumber", true),
        ("WarnDuplicateJournalNumber", true),
    ] {
        values.push(name_value(name, &value.to_string()));
    }
    values
}

/// Switches first, then names, as in recorded preferences.
fn custom_fields(form: &str, names: &[String]) -> Json {
    let entry = |name: String, kind: &str, key: &str, value: Json| -> Json {
        Object::new()
            .with("Name", name)
            .with("Type", kind)
            .with(key, value)
            .into()
    };
    let switches: Vec<Json> = (1..=3)
        .map(|n| {
            let name = format!("{}.Use{form}Custom{n}", group(form));
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
            let key = format!("{}.{form}CustomName{n}", group(form));
            entry(key, "StringType", "StringValue", name.as_str().into())
        })
        .collect();
    let mut groups = vec![Object::new().with("CustomField", switches).into()];
    if form == "Sales" || !named.is_empty() {
        groups.push(Object::new().with("CustomField", named).into());
    }
    groups.into()
}

/// The name of the group that the custom fields of a form belong to.
fn group(form: &str) -> &'static str {
    if form == "Sales" {
        "SalesFormsPrefs"
    } else {
        "PurchasePrefs"
    }
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
