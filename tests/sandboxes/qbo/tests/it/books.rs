//! What must hold of every company's books at any time.

use std::collections::BTreeMap;

use qbo_sandbox::{Json, Sandbox};
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

/// Debits equal credits; accounts, invoices and credits show what the documents come to.
pub(crate) fn check(sandbox: &Sandbox) {
    let balance = sandbox.trial_balance();
    assert_eq!(balance.debit(), balance.credit(), "{balance:#?}");

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

    let payments = sandbox.objects("Payment");
    let mut owed: BTreeMap<String, Decimal> = BTreeMap::new();
    let mut owe = |document: &Json, amount: Decimal| {
        let customer = document.text("CustomerRef.value").unwrap().to_owned();
        *owed.entry(customer).or_default() += amount;
    };
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
            owe(&document, sign * open);
        }
    }
    for payment in &payments {
        let id = payment.text("Id").unwrap();
        let total = payment.decimal("TotalAmt").unwrap();
        let rest = payment.decimal("UnappliedAmt").unwrap();
        assert!(rest >= Decimal::ZERO && rest <= total, "{payment}");
        let mut left = total;
        for line in payment.at("Line").unwrap().as_list() {
            let kind = line.text("LinkedTxn.0.TxnType").unwrap();
            let amount = line.decimal("Amount").unwrap();
            left += if kind == "Invoice" { -amount } else { amount };
            let document = sandbox
                .object(kind, line.text("LinkedTxn.0.TxnId").unwrap())
                .unwrap();
            let links = document.at("LinkedTxn").unwrap().as_list();
            assert!(
                links.iter().any(|link| link.text("TxnId") == Some(id)),
                "{document} {payment}"
            );
        }
        assert_eq!(left, rest, "{payment}");
        owe(payment, -rest);
    }
    for entry in sandbox.objects("JournalEntry") {
        for line in entry.at("Line").unwrap().as_list() {
            let detail = line.at("JournalEntryLineDetail").unwrap();
            let amount = line.decimal("Amount").unwrap();
            if detail.text("AccountRef.name") == Some("Accounts Receivable (A/R)") {
                let is_debit = detail.text("PostingType") == Some("Debit");
                let customer = detail.text("Entity.EntityRef.value").unwrap().to_owned();
                *owed.entry(customer).or_default() += if is_debit { amount } else { -amount };
            }
        }
    }
    for customer in sandbox.objects("Customer") {
        let owed = owed.get(customer.text("Id").unwrap()).copied();
        assert_eq!(
            customer.decimal("Balance"),
            Some(owed.unwrap_or_default()),
            "{customer}"
        );
    }
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
