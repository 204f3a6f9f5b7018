//! What must hold of every company's books at any time.

use qbo_sandbox::{Json, Sandbox};
use rust_decimal::Decimal;

/// Debits equal credits; accounts, invoices and credits show what the documents come to.
pub(crate) fn check(sandbox: &Sandbox) {
    let balance = sandbox.trial_balance();
    assert_eq!(balance.debit(), balance.credit(), "{balance:#?}");

    for account in sandbox.objects("Account") {
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
    }

    let payments = sandbox.objects("Payment");
    let mut receivable = Decimal::ZERO;
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
            receivable += sign * open;
        }
    }
    for payment in &payments {
        let rest = payment.decimal("UnappliedAmt").unwrap();
        let id = payment.text("Id").unwrap();
        assert!(rest >= Decimal::ZERO, "{payment}");
        for line in payment.at("Line").unwrap().as_list() {
            let kind = line.text("LinkedTxn.0.TxnType").unwrap();
            let document = sandbox
                .object(kind, line.text("LinkedTxn.0.TxnId").unwrap())
                .unwrap();
            let links = document.at("LinkedTxn").unwrap().as_list();
            assert!(
                links.iter().any(|link| link.text("TxnId") == Some(id)),
                "{document} {payment}"
            );
        }
        receivable -= rest;
    }
    if sandbox.objects("JournalEntry").is_empty() {
        let customers = sandbox.objects("Customer");
        let owed: Decimal = customers
            .iter()
            .map(|customer| customer.decimal("Balance").unwrap())
            .sum();
        assert_eq!(owed, receivable);
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
