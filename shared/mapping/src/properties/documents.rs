//! V4: whatever a job has on it, each of its invoices comes to what Housecall Pro says, to the cent, or nothing
//! is sent.

use std::collections::BTreeMap;

use money::Cents;
use proptest::{collection::vec, prelude::*, sample::Index};
use qbo::LineDetail;
use serde_json::Value;

use super::{
    jobs::{Case, blank, jobs, wrong},
    money,
};
use crate::{
    Bill, Document, Goods, Invoicing, JobRecords, Refusal, Role, SalesTax, SentBefore, TaxCode,
    fixtures::document_in,
};

/// In a company that chose nothing, of a job that was never sent.
fn documents_of(records: &JobRecords) -> Result<Vec<Document>, Refusal> {
    records.documents(Invoicing::default(), &SentBefore::default())
}

/// What an invoice in QuickBooks comes to: total, and the tax in it.
fn comes_to(invoice: &qbo::Invoice) -> (Cents, Cents) {
    let lines = invoice.line.iter().map(|line| {
        let amount = line.amount.unwrap();
        match line.detail {
            LineDetail::SalesItem(_) => amount,
            LineDetail::Discount(_) => -amount,
            _ => panic!("{line:?}"),
        }
    });
    let tax = invoice.txn_tax_detail.as_ref();
    let tax = tax.and_then(|tax| tax.total_tax).unwrap_or_default();
    (lines.sum::<Cents>() + tax, tax)
}

/// Lines less discount plus tax are the total, in the bill and in what each kind of company is sent of it.
fn adds_up(records: &JobRecords, document: &Document) -> Result<(), TestCaseError> {
    let bill = &document.bill;
    let lines: Cents = bill.lines.iter().map(|line| line.amount).sum();
    prop_assert_eq!(lines - bill.discount + bill.tax, bill.total);
    prop_assert!(bill.discount >= Cents::ZERO && bill.tax >= Cents::ZERO);
    prop_assert!(bill.total >= Cents::ZERO);

    let items: Vec<qbo::Id> = (0..bill.lines.len())
        .map(|n| n.to_string().into())
        .collect();
    let send = |discounts, sales_tax| document_in(records, document, &items, discounts, sales_tax);
    let codes = [TaxCode {
        id: "2".into(),
        name: "County".to_owned(),
        rates: vec!["8.25".parse().unwrap()],
    }];
    let code = &codes[0].id;
    let sent = send(true, SalesTax::Automated(Some(code))).unwrap();
    prop_assert_eq!(comes_to(&sent), (bill.total, bill.tax));
    let json = serde_json::to_string(&sent).unwrap();
    prop_assert_eq!(serde_json::from_str::<qbo::Invoice>(&json).unwrap(), sent);

    // X1, L3: a company that could not take all of it is sent nothing.
    match send(true, SalesTax::Off) {
        Ok(sent) => prop_assert_eq!(comes_to(&sent), (bill.total, Cents::ZERO)),
        Err(refusal) => prop_assert_eq!(refusal, Refusal::NoSalesTax(bill.tax)),
    }
    if bill.discount > Cents::ZERO {
        let refused = send(false, SalesTax::Automated(Some(code)));
        prop_assert_eq!(refused.unwrap_err(), Refusal::NoDiscounts(bill.discount));
    }
    // X2: rates that make another tax are not named.
    let by_hand = SalesTax::Manual {
        codes: &codes,
        chosen: &BTreeMap::new(),
    };
    match send(true, by_hand) {
        Ok(sent) => prop_assert_eq!(comes_to(&sent), (bill.total, bill.tax)),
        Err(Refusal::TaxRateUnmapped(unmapped)) => prop_assert_eq!(unmapped.tax, bill.tax),
        Err(refusal) => return Err(TestCaseError::fail(refusal.to_string())),
    }
    Ok(())
}

fn amounts(of: &Value) -> i64 {
    let amounts = of.as_array().into_iter().flatten();
    amounts.filter_map(|one| one["amount"].as_i64()).sum()
}

fn sizes(of: &Value) -> i64 {
    let amounts = of.as_array().into_iter().flatten();
    amounts
        .filter_map(|one| Some(one["amount"].as_i64()?.abs()))
        .sum()
}

/// Total and tax of each invoice by what Housecall Pro tells, deposit first; none where it contradicts itself.
fn told(case: &Case) -> Option<Vec<(i64, i64)>> {
    let records = case.records();
    let is_discount = |line: &&hcp::LineItem| {
        use hcp::LineKind::{FixedDiscount, PercentDiscount};
        matches!(line.kind, Some(FixedDiscount | PercentDiscount))
    };
    let amount = |line: &hcp::LineItem| {
        let computed = || line.quantity?.times(line.unit_price?);
        line.amount.or_else(computed).unwrap().get()
    };
    let off: i64 = records
        .lines
        .iter()
        .filter(is_discount)
        .map(|line| amount(line).abs())
        .sum();
    let sold = records.lines.iter().filter(|line| !is_discount(line));
    let mut sold: i64 = sold.map(amount).sum();
    let mut total = case.job["total_amount"].as_i64().unwrap();
    let mut all = Vec::new();
    let numbered = |number: &str| {
        let mut invoices = case.invoices.iter();
        invoices.find(|invoice| invoice["invoice_number"] == number)
    };
    if let Some(deposit) = numbered("D-100") {
        let parts = deposit["items"].as_array().unwrap().iter();
        let parts: i64 = parts
            .map(|item| item["invoiced_amount"].as_i64().unwrap())
            .sum();
        let tax = amounts(&deposit["taxes"]);
        let amount = deposit["amount"].as_i64().unwrap();
        if parts - sizes(&deposit["discounts"]) + tax != amount {
            return None;
        }
        all.push((amount, tax));
        sold -= amount - tax;
        total -= amount;
    }
    let tax = match numbered("100").filter(|_| case.told) {
        Some(invoice) => {
            total = invoice["amount"].as_i64().unwrap();
            let tax = amounts(&invoice["taxes"]);
            let paid = invoice["payments"].as_array().into_iter().flatten();
            let paid: Vec<&Value> = paid.filter(|paid| paid["status"] == "succeeded").collect();
            let extra =
                |key: &str| -> i64 { paid.iter().filter_map(|paid| paid[key].as_i64()).sum() };
            let (tips, surcharges) = (extra("tip_amount"), extra("surcharge_fee_amount"));
            let missing = |off: i64| total - (sold - off + tax);
            let on_top = [0, tips, surcharges, tips + surcharges];
            if !on_top.contains(&missing(off)) && missing(sizes(&invoice["discounts"])) != 0 {
                return None;
            }
            tax
        }
        None => total - sold + off,
    };
    all.push((total, tax));
    all.iter()
        .all(|(total, tax)| *total >= 0 && *tax >= 0)
        .then_some(all)
}

/// What is sent agrees with what Housecall Pro tells; nothing is sent where that contradicts itself.
fn as_told(case: &Case) -> Result<Result<Vec<Document>, Refusal>, TestCaseError> {
    let records = case.records();
    let expected = told(case);
    let documents = documents_of(&records);
    match &documents {
        Ok(documents) => {
            for document in documents {
                adds_up(&records, document)?;
            }
            let found = documents.iter().map(|document| &document.bill);
            let found: Vec<(i64, i64)> = found
                .map(|bill| (bill.total.get(), bill.tax.get()))
                .collect();
            prop_assert_eq!(Some(&found), expected.as_ref());
            let taxed = found.iter().any(|(_, tax)| *tax > 0);
            prop_assert!(!taxed || case.has_taxable_line());
        }
        // L2: a deposit bills a line that is not the job's, as an amount that is wrong makes it.
        Err(Refusal::UnknownLine { .. }) => prop_assert!(case.deposit.is_some()),
        Err(Refusal::NoTaxableLine(_)) => {
            // L2: lines of a deposit need not be those of the job.
            prop_assert!(!case.has_taxable_line() || case.deposit.is_some());
        }
        Err(refusal) => prop_assert_eq!(expected, None, "{}", refusal),
    }
    Ok(documents)
}

fn count(bill: &Bill, goods: &Goods) -> usize {
    bill.lines
        .iter()
        .filter(|line| line.goods == *goods)
        .count()
}

proptest! {
    #![proptest_config(money(2_000))]

    #[test]
    fn v4_every_job_becomes_invoices_that_come_to_what_it_comes_to(case in jobs()) {
        let (deposit, deposit_tax) = case.deposit.unwrap_or_default();
        let owed = [deposit, case.total - deposit];
        match as_told(&case)? {
            Ok(documents) => {
                let main = documents.last().unwrap();
                prop_assert_eq!(main.role, Role::Main);
                prop_assert_eq!(main.bill.total.get(), case.total - deposit);
                prop_assert_eq!(main.bill.tax.get(), case.tax - deposit_tax);
                let sum: Cents = documents.iter().map(|document| document.bill.total).sum();
                prop_assert_eq!(sum.get(), case.total);
                prop_assert_eq!(documents.len(), 1 + usize::from(case.deposit.is_some()));
                prop_assert!(count(&main.bill, &Goods::Deposit) <= 2);
            }
            Err(Refusal::NoTaxableLine(_)) => {}
            Err(refusal) => prop_assert!(owed.iter().any(|owed| *owed < 0), "{}", refusal),
        }
    }

    #[test]
    fn v4_a_job_whose_amounts_contradict_each_other_is_never_sent_wrong(case in jobs(), wrong in wrong()) {
        as_told(&case.spoilt(wrong))?.ok();
    }

    #[test]
    fn v4_a_job_with_anything_missing_is_never_sent_wrong(
        case in jobs(),
        at in vec((any::<Index>(), any::<u64>()), 1..6),
    ) {
        let mut case = case;
        for (at, bits) in at {
            forget(&mut case, at, bits);
        }
        let records = case.records();
        let stated = case.stated();
        for document in documents_of(&records).unwrap_or_default() {
            adds_up(&records, &document)?;
            let total = document.bill.total.get();
            prop_assert!(stated.contains(&total), "{} is none of {:?}", total, stated);
        }
    }
}

/// Empties some key of some record, whatever it means: of a job, a line, an invoice or a member of its lists.
fn forget(case: &mut Case, at: Index, bits: u64) {
    let mut records: Vec<&mut Value> = vec![&mut case.job];
    records.extend(&mut case.lines);
    for invoice in &mut case.invoices {
        if bits & 1 == 0 {
            records.push(invoice);
            continue;
        }
        let lists = invoice.as_object_mut().unwrap().values_mut();
        records.extend(lists.filter_map(Value::as_array_mut).flatten());
    }
    let record = at.get_mut(&mut records);
    let names = record.as_object().unwrap().keys();
    // Nothing is read without its id.
    let names: Vec<String> = names.filter(|name| *name != "id").cloned().collect();
    if !names.is_empty() {
        blank(record, &[at.get(&names)], bits >> 1);
    }
}
