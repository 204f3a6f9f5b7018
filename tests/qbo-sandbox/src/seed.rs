//! What a new company comes with: a chart of accounts, terms, two services.

use crate::{
    fault::Refusal,
    json::{Json, Object},
    rules::{Author, Env},
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
    Ok(())
}

fn create(books: &mut Books, env: &Env<'_>, entity: &str, object: Object) -> Result<(), Refusal> {
    let Some(entity) = schema::entity(entity) else {
        return Err(Refusal::not_covered(entity));
    };
    let body = Json::Object(object);
    write(
        books,
        env,
        &Write {
            entity,
            operation: Operation::Create,
            body: &body,
            author: Author::Person,
            allow_duplicate_number: false,
        },
    )
    .map(|_| ())
}
