//! What must hold of every company's books at any time.

use std::collections::BTreeMap;

use qbo_sandbox::{Json, Sandbox, TrialBalance};
use rust_decimal::Decimal;

/// Whatever a test did, its books must add up when it ends.
pub(crate) struct Checked(pub(crate) Sandbox);

impl Drop for Checked {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            check(&self.0);
        }
    }
}

/// Debits equal credits; accounts, documents and customers show what the documents come to.
pub(crate) fn check(sandbox: &Sandbox) {
    let balance = sandbox.trial_balance();
    assert_eq!(balance.debit(), balance.credit(), "{balance:#?}");
    check_accounts(sandbox, &balance);
    let mut owed = Owed::default();
    sales(sandbox, &mut owed);
    entries(sandbox, &mut owed);
    for payment in sandbox.objects("Payment") {
        paid(sandbox, &payment, &mut owed);
    }
    for customer in sandbox.objects("Customer") {
        let owed = owed.0.get(customer.text("Id").unwrap()).copied();
        assert_eq!(
            customer.decimal("Balance"),
            Some(owed.unwrap_or_default()),
            "{customer}"
        );
    }
}

fn check_accounts(sandbox: &Sandbox, balance: &TrialBalance) {
    let accounts = sandbox.objects("Account");
    for account in &accounts {
        let is_standing = matches!(
            account.text("Classification"),
            Some("Asset" | "Liability" | "Equity")
        );
        let total = balance
            .rows
            .iter()
            .find(|row| Some(row.account.as_str()) == account.text("Id"))
            .map_or(Decimal::ZERO, |row| row.debit - row.credit);
        let expected = if is_standing { total } else { Decimal::ZERO };
        assert_eq!(
            account.decimal("CurrentBalance"),
            Some(expected),
            "{account}"
        );
        let id = account.text("Id");
        let below: Decimal = accounts
            .iter()
            .filter(|child| child.text("ParentRef.value") == id)
            .map(|child| child.decimal("CurrentBalanceWithSubAccounts").unwrap())
            .sum();
        assert_eq!(
            account.decimal("CurrentBalanceWithSubAccounts"),
            Some(expected + below),
            "{account}"
        );
    }
}

/// What each customer owes.
#[derive(Default)]
struct Owed(BTreeMap<String, Decimal>);

impl Owed {
    fn add(&mut self, document: &Json, customer: &str, amount: Decimal) {
        let customer = document.text(customer).unwrap().to_owned();
        *self.0.entry(customer).or_default() += amount;
    }
}

/// Invoices and credits are owed as far as they are open.
fn sales(sandbox: &Sandbox, owed: &mut Owed) {
    let payments = sandbox.objects("Payment");
    for (kind, sign) in [("Invoice", Decimal::ONE), ("CreditMemo", -Decimal::ONE)] {
        for document in sandbox.objects(kind) {
            let applied = applied(&payments, kind, document.text("Id").unwrap());
            let open = document.decimal("TotalAmt").unwrap() - applied;
            assert!(open >= Decimal::ZERO, "{document}");
            assert_eq!(document.decimal("Balance"), Some(open), "{document}");
            if kind == "CreditMemo" {
                assert_eq!(
                    document.decimal("RemainingCredit"),
                    Some(open),
                    "{document}"
                );
            }
            owed.add(&document, "CustomerRef.value", sign * open);
        }
    }
}

/// What lines put on receivables by hand; what payments have used of it goes off again.
fn entries(sandbox: &Sandbox, owed: &mut Owed) {
    for (kind, detail, customer) in [
        (
            "JournalEntry",
            "JournalEntryLineDetail",
            "JournalEntryLineDetail.Entity.EntityRef.value",
        ),
        (
            "Purchase",
            "AccountBasedExpenseLineDetail",
            "EntityRef.value",
        ),
    ] {
        for document in sandbox.objects(kind) {
            for line in document.at("Line").unwrap().as_list() {
                let text = |field: &str| line.text(&format!("{detail}.{field}"));
                if text("AccountRef.name") != Some("Accounts Receivable (A/R)") {
                    continue;
                }
                let amount = line.decimal("Amount").unwrap();
                let is_credit = text("PostingType") == Some("Credit");
                let named = if kind == "Purchase" { &document } else { line };
                owed.add(named, customer, if is_credit { -amount } else { amount });
            }
        }
    }
}

/// A payment is what its lines and its rest come to, and its documents know of it.
fn paid(sandbox: &Sandbox, payment: &Json, owed: &mut Owed) {
    let id = payment.text("Id").unwrap();
    let total = payment.decimal("TotalAmt").unwrap();
    let rest = payment.decimal("UnappliedAmt").unwrap();
    assert!(rest >= Decimal::ZERO && rest <= total, "{payment}");
    let mut left = total;
    for line in payment.at("Line").unwrap().as_list() {
        let kind = line.text("LinkedTxn.0.TxnType").unwrap();
        let amount = line.decimal("Amount").unwrap();
        let (entity, sign) = match kind {
            "Expense" | "Check" => ("Purchase", -Decimal::ONE),
            "CreditMemo" | "JournalEntry" => (kind, Decimal::ONE),
            _ => (kind, -Decimal::ONE),
        };
        left += sign * amount;
        let document = sandbox
            .object(entity, line.text("LinkedTxn.0.TxnId").unwrap())
            .unwrap();
        let links = document.at("LinkedTxn").unwrap().as_list();
        assert!(
            links.iter().any(|link| link.text("TxnId") == Some(id)),
            "{document} {payment}"
        );
        match entity {
            "JournalEntry" => owed.add(payment, "CustomerRef.value", amount),
            "Purchase" => owed.add(&document, "EntityRef.value", -amount),
            _ => {}
        }
    }
    assert_eq!(left, rest, "{payment}");
    owed.add(payment, "CustomerRef.value", -rest);
}

/// What all payments together have applied to a document.
fn applied(payments: &[Json], kind: &str, id: &str) -> Decimal {
    payments
        .iter()
        .flat_map(|payment| payment.at("Line").unwrap().as_list())
        .filter(|line| {
            line.text("LinkedTxn.0.TxnType") == Some(kind)
                && line.text("LinkedTxn.0.TxnId") == Some(id)
        })
        .map(|line| line.decimal("Amount").unwrap())
        .sum()
}
