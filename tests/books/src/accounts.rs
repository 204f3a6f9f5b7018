//! The accounts: the trial balance balances, and what customers owe, what lies in undeposited funds and what deposits are
//! owed is what the documents come to.

use std::collections::BTreeMap;

use mapping::Role;
use money::Cents;
use serde_json::Value;

use crate::{
    Told,
    quickbooks::{QuickBooks, amount, cents, lines, linked},
    records::Kept,
};

/// Where payments lie that were not brought to the bank yet.
const UNDEPOSITED: &str = "Undeposited Funds";

/// What customers owe.
const RECEIVABLE: &str = "Accounts Receivable (A/R)";

pub(crate) fn differences(told: &Told) -> Vec<String> {
    let quickbooks = &told.quickbooks;
    let mut differences = Vec::new();
    if quickbooks.debit != quickbooks.credit {
        let (debit, credit) = (quickbooks.debit, quickbooks.credit);
        differences.push(format!(
            "the trial balance does not balance: {debit} of debits, {credit} of credits"
        ));
    }
    differences.extend(customers(told));
    differences.extend(undeposited(quickbooks));
    let jobs = told.records.jobs.iter();
    differences.extend(jobs.filter_map(|(id, kept)| held_deposit(told, id, kept)));
    differences
}

/// What each customer owes, and all of them together, is what their documents leave open.
fn customers(told: &Told) -> Vec<String> {
    let quickbooks = &told.quickbooks;
    let jobs = told.records.jobs.values();
    let ours = jobs.flat_map(|kept| kept.expenses.values());
    let ours = ours.filter_map(|slot| Some(slot.link()?.id.as_str()));
    let ours: Vec<&str> = ours.collect();
    let is_ours = |one: &Value| one["Id"].as_str().is_some_and(|id| ours.contains(&id));
    let by_hand = ["JournalEntry", "Deposit"];
    let others = by_hand.iter().flat_map(|kind| quickbooks.all(kind));
    let expenses = quickbooks.all("Purchase").filter(|one| !is_ours(one));
    let mut others = others.chain(expenses);
    // What is entered on receivables by hand moves them too.
    if others.any(|one| {
        lines(one)
            .iter()
            .any(|line| is_on_receivables(quickbooks, line))
    }) {
        return Vec::new();
    }
    let mut owed: BTreeMap<&str, Cents> = BTreeMap::new();
    for (kind, field, sign) in [
        ("Invoice", "Balance", 1),
        ("Payment", "UnappliedAmt", -1),
        ("CreditMemo", "Balance", -1),
    ] {
        for one in quickbooks.all(kind) {
            let customer = one["CustomerRef"]["value"].as_str().unwrap_or_default();
            let open = cents(one, field);
            let owes = owed.entry(customer).or_default();
            *owes = *owes + if sign > 0 { open } else { -open };
        }
    }
    // What gave credit back is owed again, but for what a payment is tied to.
    for one in quickbooks.all("Purchase").filter(|one| is_ours(one)) {
        let customer = one["EntityRef"]["value"].as_str().unwrap_or_default();
        let owes = owed.entry(customer).or_default();
        *owes = *owes + cents(one, "TotalAmt");
    }
    for one in quickbooks.all("Payment") {
        let customer = one["CustomerRef"]["value"].as_str().unwrap_or_default();
        let tied = lines(one).iter().filter(|line| {
            let mut linked = linked(line);
            linked.any(|(kind, id)| kind == "Expense" && ours.contains(&id))
        });
        let tied: Cents = tied.map(|line| cents(line, "Amount")).sum();
        let owes = owed.entry(customer).or_default();
        *owes = *owes - tied;
    }
    let mut differences = Vec::new();
    let all: Cents = owed.values().copied().sum();
    if all != quickbooks.account(RECEIVABLE) {
        let account = quickbooks.account(RECEIVABLE);
        differences.push(format!(
            "customers owe {all} by their documents, and {account} by the trial balance"
        ));
    }
    for customer in quickbooks.all("Customer") {
        let id = customer["Id"].as_str().unwrap_or_default();
        let owes = owed.get(id).copied().unwrap_or_default();
        let balance = cents(customer, "Balance");
        let has_jobs = customer["BalanceWithJobs"] != customer["Balance"];
        if balance != owes && !has_jobs {
            let name = &customer["DisplayName"];
            differences.push(format!(
                "{name} owes {owes} by their documents, and {balance} as QuickBooks has it"
            ));
        }
    }
    differences
}

fn is_on_receivables(quickbooks: &QuickBooks, line: &Value) -> bool {
    let details = [
        "JournalEntryLineDetail",
        "AccountBasedExpenseLineDetail",
        "DepositLineDetail",
    ];
    let mut accounts = details.iter().map(|detail| &line[*detail]["AccountRef"]);
    accounts.any(|account| quickbooks.is_account(account, RECEIVABLE))
}

/// What lies in undeposited funds is what came in there and was not deposited yet.
fn undeposited(quickbooks: &QuickBooks) -> Option<String> {
    let is_there = |reference: &Value| quickbooks.is_account(reference, UNDEPOSITED);
    let to = |one: &&Value| is_there(&one["DepositToAccountRef"]);
    let total = |kind: &str| -> Cents {
        let all = quickbooks.all(kind).filter(to);
        all.map(|one| cents(one, "TotalAmt")).sum()
    };
    let deposited = quickbooks.all("Deposit").flat_map(lines);
    let deposited = deposited.filter(|line| linked(line).next().is_some());
    let deposited: Cents = deposited.map(|line| amount(&line["Amount"])).sum();
    let by_hand = quickbooks.all("JournalEntry").flat_map(lines).map(|line| {
        let detail = &line["JournalEntryLineDetail"];
        let is_debit = detail["PostingType"] == "Debit";
        match (is_there(&detail["AccountRef"]), is_debit) {
            (true, true) => cents(line, "Amount"),
            (true, false) => -cents(line, "Amount"),
            (false, _) => Cents::ZERO,
        }
    });
    let spent = quickbooks.all("Purchase");
    let spent = spent.filter(|one| is_there(&one["AccountRef"]));
    let spent: Cents = spent.map(|one| cents(one, "TotalAmt")).sum();
    let out = total("RefundReceipt") + spent + deposited;
    let expected = total("Payment") + total("SalesReceipt") - out + by_hand.sum();
    let there = quickbooks.account(UNDEPOSITED);
    (expected != there).then(|| {
        format!("{there} lies in undeposited funds, and {expected} came in and was not deposited")
    })
}

/// P9: what is owed of a deposit, less what was given back of it, the main invoice takes off.
fn held_deposit(told: &Told, id: &str, kept: &Kept) -> Option<String> {
    let quickbooks = &told.quickbooks;
    let item = told.records.held_deposit.as_deref()?;
    // The main invoice waits for what becomes of a receipt that somebody deleted.
    let mut refunds = kept.refunds.values();
    let mut receipts = kept.receipts.values();
    if refunds.any(|slot| slot.memory.removal().may_return())
        || receipts.any(|slot| slot.memory.removal().may_return())
    {
        return None;
    }
    let document = |role: Role| {
        let mut slots = kept.documents.iter();
        let (_, slot) = slots.find(|(known, _)| *known == role)?;
        let there = quickbooks.one("Invoice", slot.link()?.id.as_str())?;
        (!slot.memory.gone).then_some(there)
    };
    let (deposit, main) = (document(Role::Deposit)?, document(Role::Main)?);
    let given_back = kept.refunds.values();
    let given_back =
        given_back.filter_map(|slot| quickbooks.one("RefundReceipt", slot.link()?.id.as_str()));
    let again = kept.receipts.values();
    let again = again.filter_map(|slot| quickbooks.one("SalesReceipt", slot.link()?.id.as_str()));
    let billed = |one: &Value| -> Cents {
        let of_it = lines(one)
            .iter()
            .filter(|line| line["SalesItemLineDetail"]["ItemRef"]["value"] == item);
        of_it.map(|line| cents(line, "Amount")).sum()
    };
    let owed =
        billed(deposit) + billed(main) - given_back.map(billed).sum() + again.map(billed).sum();
    (owed != Cents::ZERO).then(|| {
        format!("{id}: {owed} of its deposit is still owed, though the main invoice is there")
    })
}
