//! What a new company comes with: a chart of accounts, terms, two services.

use crate::{
    fault::Refusal,
    json::{Json, Object},
    options::SalesTax,
    rules::{Author, Env, tax},
    schema,
    store::Books,
    write::{Operation, Write, write},
};

/// Name, type, sub-type.
#[rustfmt::skip]
const ACCOUNTS: &[(&str, &str, &str)] = &[
    ("Services", "Income", "ServiceFeeIncome"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Discounts given", "Income", "DiscountsRefundsGiven"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Uncategorized Income", "Income", "ServiceFeeIncome"),
    ("Billable Expense Income", "Income", "ServiceFeeIncome"),
    ("Checking", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Credit Card", "Credit Card", "CreditCard"),
    ("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    ("Customer Deposits", "Other Current Liability", "OtherCurrentLiabilities"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Retained Earnings", "Equity", "RetainedEarnings"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Purchases", "Expense", "SuppliesMaterials"),
    ("Bank Charges & Fees", "Expense", "BankCharges"),
    ("Uncategorized Expense", "Expense", "OtherMiscellaneousServiceCost"),
    ("Tips", "Other Income", "OtherMiscellaneousIncome"),
];

/// Name, and whether it is a card.
const PAYMENT_METHODS: &[(&str, bool)] = &[
    ("Cash", false),
    ("Check", false),
    ("Visa", true),
    ("MasterCard", true),
    ("American Express", true),
    ("Diners Club", true),
    ("Discover", true),
];

/// Name and days; the third is the default.
const TERMS: &[(&str, usize)] = &[
    ("Due on receipt", 0),
    ("Net 15", 15),
    ("Net 30", 30),
    ("Net 60", 60),
];

const SERVICES: &[&str] = &["Services", "Hours"];

/// Where the company collects sales tax.
struct Collected {
    state: &'static str,
    code: &'static str,
    agency: &'static str,
    /// Names and percentages.
    rates: &'static [(&'static str, &'static str)],
}

const TAXES: &[Collected] = &[
    Collected {
        state: "CA",
        code: "California",
        agency: "California Department of Tax and Fee Administration",
        rates: &[("California State", "6"), ("California Local", "1.25")],
    },
    Collected {
        state: "AZ",
        code: "Arizona",
        agency: "Arizona Department of Revenue",
        rates: &[("Arizona State", "5.6")],
    },
];

/// Gives the books what a company with sales tax has, once.
pub(crate) fn sow_tax(books: &mut Books, env: &Env<'_>) -> Result<(), Refusal> {
    if books.rows("TaxCode").next().is_some() {
        return Ok(());
    }
    let Some(entity) = schema::entity("TaxCode") else {
        return Err(Refusal::not_covered("TaxCode"));
    };
    // The number 1 is one of the pseudo codes'.
    books.next_id(entity.series);
    for row in tax::pseudo_codes(env) {
        books.put(entity, row);
    }
    let config = match env.company.sales_tax {
        SalesTax::Automated => "SYSTEM_GENERATED",
        SalesTax::Off | SalesTax::Manual => "USER_DEFINED",
    };
    for collected in TAXES {
        let agency = Object::new().with("DisplayName", collected.agency);
        let agency = create(books, env, "TaxAgency", agency)?;
        let mut ids = Vec::new();
        for (name, percent) in collected.rates {
            let rate = Object::new()
                .with("Name", *name)
                .with("RateValue", Json::Number((*percent).to_owned()))
                .with("AgencyRef", Object::new().with("value", agency.to_string()));
            ids.push(create(books, env, "TaxRate", rate)?);
        }
        let code = Object::new()
            .with("Name", collected.code)
            .with("SalesTaxRateList", tax::rate_list(&ids))
            .with("PurchaseTaxRateList", tax::rate_list(&[]))
            .with("TaxCodeConfigType", config);
        let code = create(books, env, "TaxCode", code)?;
        books.adjust("TaxCode", code, |row| {
            row.object.set(tax::STATE, collected.state);
        });
    }
    Ok(())
}

/// Fills new books.
pub(crate) fn sow(books: &mut Books, env: &Env<'_>) -> Result<(), Refusal> {
    for (name, kind, sub_type) in ACCOUNTS {
        let account = Object::new()
            .with("Name", *name)
            .with("AccountType", *kind)
            .with("AccountSubType", *sub_type);
        create(books, env, "Account", account)?;
    }
    for (name, is_card) in PAYMENT_METHODS {
        let kind = if *is_card {
            "CREDIT_CARD"
        } else {
            "NON_CREDIT_CARD"
        };
        let method = Object::new().with("Name", *name).with("Type", kind);
        create(books, env, "PaymentMethod", method)?;
    }
    for (name, days) in TERMS {
        let term = Object::new().with("Name", *name).with("DueDays", *days);
        create(books, env, "Term", term)?;
    }
    for name in SERVICES {
        let item = Object::new()
            .with("Name", *name)
            .with("Type", "Service")
            .with("IncomeAccountRef", Object::new().with("value", "1"));
        create(books, env, "Item", item)?;
    }
    if env.company.sales_tax != SalesTax::Off {
        sow_tax(books, env)?;
    }
    Ok(())
}

/// Makes an object and gives its id.
fn create(books: &mut Books, env: &Env<'_>, entity: &str, object: Object) -> Result<u64, Refusal> {
    let Some(entity) = schema::entity(entity) else {
        return Err(Refusal::not_covered(entity));
    };
    let body = Json::Object(object);
    let made = write(
        books,
        env,
        &Write {
            entity,
            operation: Operation::Create,
            body: &body,
            author: Author::Person,
            allow_duplicate_number: false,
        },
    )?;
    made.text(&format!("{}.Id", entity.name))
        .and_then(|id| id.parse().ok())
        .ok_or_else(Refusal::not_found)
}
