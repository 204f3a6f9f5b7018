//! What a document debits and credits.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Env, account, company::discount_account, customer, deposit, links};
use crate::{
    json::{Json, Object},
    ledger::{Posting, TrialBalance, TrialBalanceRow},
    store::{Books, reference},
};

/// Accounts whose balance is what has come to them so far; the others start again each year.
const STANDING: &[&str] = &["Asset", "Liability", "Equity"];

/// Documents that are posted.
const POSTED: &[&str] = &[
    "Invoice",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Payment",
    "Deposit",
    "JournalEntry",
    "Purchase",
];

/// Carries over to accounts and customers what a document's change to what it is now has changed.
pub(crate) fn post(
    books: &mut Books,
    env: &Env<'_>,
    entity: &'static str,
    id: u64,
    before: &Object,
) {
    let after = books
        .row(entity, id)
        .filter(|row| !row.deleted)
        .map(|row| of(books, entity, &row.object))
        .unwrap_or_default();
    let before = of(books, entity, before);
    let mut accounts: BTreeMap<u64, Decimal> = BTreeMap::new();
    let mut customers: BTreeMap<u64, Decimal> = BTreeMap::new();
    for (postings, sign) in [(before, -Decimal::ONE), (after, Decimal::ONE)] {
        for posting in postings {
            *accounts.entry(posting.account).or_default() += sign * posting.amount;
            if let Some(customer) = posting.customer {
                *customers.entry(customer).or_default() += sign * posting.amount;
            }
        }
    }
    for (id, by) in accounts {
        let is_standing = books
            .row("Account", id)
            .and_then(|row| row.object.text("Classification"))
            .is_some_and(|kind| STANDING.contains(&kind));
        if is_standing && !by.is_zero() {
            books.add("Account", id, "CurrentBalance", by);
            account::add_with_parents(books, Some(id), by);
        }
    }
    for (id, by) in customers {
        customer::owe(books, env, id, by);
    }
}

/// What every account has come to, added up anew from all documents.
pub(crate) fn trial_balance(books: &Books) -> TrialBalance {
    let mut totals: BTreeMap<u64, Decimal> = BTreeMap::new();
    for entity in POSTED {
        for row in books.rows(entity) {
            for posting in of(books, entity, &row.object) {
                *totals.entry(posting.account).or_default() += posting.amount;
            }
        }
    }
    let rows = totals
        .into_iter()
        .filter(|(_, total)| !total.is_zero())
        .map(|(id, total)| TrialBalanceRow {
            account: id.to_string(),
            name: books
                .row("Account", id)
                .and_then(|row| row.object.text("FullyQualifiedName"))
                .unwrap_or_default()
                .to_owned(),
            debit: total.max(Decimal::ZERO),
            credit: (-total).max(Decimal::ZERO),
        })
        .collect();
    TrialBalance { rows }
}

/// What a document debits to receivables for one customer.
pub(super) fn owed(books: &Books, entity: &str, document: &Object, customer: u64) -> Decimal {
    let receivable = account::receivable(books);
    of(books, entity, document)
        .into_iter()
        .filter(|posting| Some(posting.account) == receivable && posting.customer == Some(customer))
        .map(|posting| posting.amount)
        .sum()
}

/// The postings of a document; they come to zero. One that is not there yet has none.
fn of(books: &Books, entity: &str, document: &Object) -> Vec<Posting> {
    let mut entry = Entry::default();
    match entity {
        "Invoice" => {
            entry.customer(books, document, Decimal::ONE);
            entry.sale(books, document, Decimal::ONE);
        }
        "CreditMemo" => {
            entry.customer(books, document, -Decimal::ONE);
            entry.sale(books, document, -Decimal::ONE);
        }
        "SalesReceipt" => {
            entry.money(document, Decimal::ONE);
            entry.sale(books, document, Decimal::ONE);
        }
        "RefundReceipt" => {
            entry.money(document, -Decimal::ONE);
            entry.sale(books, document, -Decimal::ONE);
        }
        "Payment" => {
            entry.money(document, Decimal::ONE);
            entry.payment(books, document);
        }
        "Deposit" => entry.deposit(books, document),
        "JournalEntry" => entry.journal(books, document),
        "Purchase" => entry.purchase(books, document),
        _ => {}
    }
    entry.0
}

/// The postings of one document in the making.
#[derive(Default)]
struct Entry(Vec<Posting>);

impl Entry {
    fn add(&mut self, account: Option<u64>, customer: Option<u64>, amount: Decimal) {
        if let Some(account) = account
            && !amount.is_zero()
        {
            self.0.push(Posting {
                account,
                customer,
                amount,
            });
        }
    }

    /// What a customer owes by this document, or is owed.
    fn customer(&mut self, books: &Books, document: &Object, sign: Decimal) {
        let total = document.decimal("TotalAmt").unwrap_or_default();
        let customer = reference(document, "CustomerRef");
        self.add(account::receivable(books), customer, sign * total);
    }

    /// What comes into the account that the document names, or leaves it.
    fn money(&mut self, document: &Object, sign: Decimal) {
        let total = document.decimal("TotalAmt").unwrap_or_default();
        let account = reference(document, "DepositToAccountRef");
        self.add(account, None, sign * total);
    }

    /// Income, discount and tax of a sales form.
    fn sale(&mut self, books: &Books, document: &Object, sign: Decimal) {
        for line in document.list("Line") {
            let amount = line.decimal("Amount").unwrap_or_default();
            let detail = |name| line.at(name).and_then(Json::as_object);
            if let Some(detail) = detail("SalesItemLineDetail") {
                let account = reference(detail, "ItemRef")
                    .and_then(|item| {
                        reference(&books.row("Item", item)?.object, "IncomeAccountRef")
                    })
                    .or_else(|| account::income(books));
                self.add(account, None, -sign * amount);
            } else if let Some(detail) = detail("DiscountLineDetail") {
                let account = reference(detail, "DiscountAccountRef")
                    .or_else(|| discount_account(books))
                    .or_else(|| account::income(books));
                self.add(account, None, sign * amount);
            }
        }
        let tax = document
            .decimal("TxnTaxDetail.TotalTax")
            .unwrap_or_default();
        self.add(account::tax_payable(books), None, -sign * tax);
    }

    /// What a payment takes off what customers owe: of each one by the documents it is applied to, and of
    /// the payer by the rest.
    fn payment(&mut self, books: &Books, payment: &Object) {
        let receivable = account::receivable(books);
        let payer = reference(payment, "CustomerRef");
        for applied in links::applications(payment) {
            let customer = books
                .row(applied.entity, applied.id)
                .and_then(|row| links::debtor(applied.entity, &row.object, payer));
            self.add(receivable, customer, applied.sign() * applied.amount);
        }
        let rest = payment.decimal("UnappliedAmt").unwrap_or_default();
        self.add(receivable, payer, -rest);
    }

    /// What comes into the bank, out of undeposited funds and from elsewhere.
    fn deposit(&mut self, books: &Books, deposit: &Object) {
        self.money(deposit, Decimal::ONE);
        for line in deposit.list("Line").iter().filter_map(Json::as_object) {
            let (account, value) = match deposit::linked(line) {
                Some((entity, id)) => (
                    account::undeposited_funds(books),
                    deposit::brought(books, entity, id),
                ),
                None => (
                    line.at("DepositLineDetail")
                        .and_then(Json::as_object)
                        .and_then(|detail| reference(detail, "AccountRef")),
                    line.decimal("Amount").unwrap_or_default(),
                ),
            };
            self.add(account, None, -value);
        }
    }

    /// What leaves the account that was paid from, or comes back to it, and what for.
    fn purchase(&mut self, books: &Books, purchase: &Object) {
        let sign = if purchase.bool("Credit") == Some(true) {
            -Decimal::ONE
        } else {
            Decimal::ONE
        };
        let total = purchase.decimal("TotalAmt").unwrap_or_default();
        self.add(reference(purchase, "AccountRef"), None, -sign * total);
        let receivable = account::receivable(books);
        for line in purchase.list("Line") {
            let account = line
                .at("AccountBasedExpenseLineDetail")
                .and_then(Json::as_object)
                .and_then(|detail| reference(detail, "AccountRef"));
            let payee = links::debtor("Purchase", purchase, None);
            let customer = payee.filter(|_| account == receivable);
            let value = line.decimal("Amount").unwrap_or_default();
            self.add(account, customer, sign * value);
        }
    }

    fn journal(&mut self, books: &Books, journal: &Object) {
        let receivable = account::receivable(books);
        for line in journal.list("Line") {
            let Some(detail) = line.at("JournalEntryLineDetail").and_then(Json::as_object) else {
                continue;
            };
            let value = line.decimal("Amount").unwrap_or_default();
            let sign = match detail.text("PostingType") {
                Some("Credit") => -Decimal::ONE,
                _ => Decimal::ONE,
            };
            let customer = match detail.text("Entity.Type") {
                Some("Customer") => detail
                    .text("Entity.EntityRef.value")
                    .and_then(|id| id.parse().ok()),
                _ => None,
            };
            let account = reference(detail, "AccountRef");
            let customer = customer.filter(|_| account == receivable);
            self.add(account, customer, sign * value);
        }
    }
}
