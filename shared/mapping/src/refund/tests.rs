use jiff::civil::date;
use proptest::{collection::vec, prelude::*};
use qbo::{Id, Invoice, Line, LineDetail, Percent, Ref, RefundReceipt, SalesItemLine};
use serde_json::{Value, json};

use super::*;
use crate::{
    Marker,
    fixtures::{finished, hour, invoiced, with},
    properties::config,
    tax::{NOT_TAXED, TAXED},
};

fn refunded(id: &str, amount: i64, changes: &Value) -> Value {
    let refund = json!({
        "id": id, "status": "succeeded", "amount": amount, "payment_method": "credit_card",
        "refunded_at": "2026-07-25T03:30:00Z",
    });
    with(refund, changes)
}

/// An invoice over 95 dollars that was paid by card and in cash.
fn invoice(number: &str, refunds: &[Value]) -> Value {
    let paid = |id, method, amount| {
        json!({
            "id": id, "status": "succeeded", "amount": amount, "payment_method": method,
            "paid_at": "2026-07-24T23:30:00Z",
        })
    };
    json!({
        "id": format!("invoice_{number}"), "invoice_number": number, "amount": 9_500, "due_amount": 0,
        "payments": [paid("invpay_1", "credit_card", 4_000), paid("invpay_2", "external", 5_500)],
        "refunds": refunds,
    })
}

fn records(invoices: &[Value]) -> JobRecords {
    invoices.iter().fold(finished(&[hour()]), invoiced)
}

/// What is sent of the refunds of these invoices, or why not.
fn told(invoices: &[Value]) -> String {
    let (refunds, unusable) = records(invoices).refunds();
    let sent = refunds
        .iter()
        .map(|refund| format!("{}: {} {}", refund.id, refund.invoice, refund.amount));
    let not = unusable
        .iter()
        .map(|one| format!("{}: {:?}", one.id, one.cause));
    sent.chain(not).collect::<Vec<_>>().join("; ")
}

#[test]
fn p5_only_what_went_back_is_sent_in_the_order_in_which_it_did() {
    let later = json!({ "refunded_at": "2026-07-26T10:00:00Z" });
    let refunds = [
        refunded("invref_2", 2_000, &later),
        refunded("invref_1", 1_000, &json!({})),
        refunded("invref_3", 9_500, &json!({ "status": "failed" })),
        refunded("invref_4", 9_500, &json!({ "status": "pending" })),
        refunded("invref_5", 0, &json!({})),
    ];
    assert_eq!(
        told(&[invoice("1001", &refunds)]),
        "invref_1: invoice_1001 10.00; invref_2: invoice_1001 20.00"
    );
}

#[test]
fn p5_what_is_told_so_that_it_cannot_be_sent() {
    for (amount, changes, expected) in [
        (-100, json!({}), "invref_1: Negative"),
        (1_000, json!({ "amount": null }), "invref_1: NoAmount"),
        (1_000, json!({ "refunded_at": null }), "invref_1: NoDate"),
    ] {
        let refund = refunded("invref_1", amount, &changes);
        assert_eq!(told(&[invoice("1001", &[refund])]), expected);
    }
    let refund = [refunded("invref_1", 1_000, &json!({}))];
    assert_eq!(
        told(&[invoice("1001", &refund), invoice("1002", &refund)]),
        "invref_1: ToldTwice"
    );
}

#[test]
fn p2_a_surcharge_is_read_the_same_way_after_a_refund() {
    // Asked for 98.00, of which 3.00 are a surcharge; whether amounts have it in them, and whether a refund is due again.
    for (paid, back, due, expected) in [
        (9_800, 9_800, 9_800, "98.00 98.00"),
        (9_800, 9_800, 0, "98.00 98.00"),
        (9_500, 9_500, 9_800, "98.00 98.00"),
        (9_500, 9_500, 0, "98.00 98.00"),
        (9_500, 9_500, 4_000, "unusable"),
    ] {
        let invoice = json!({
            "id": "invoice_1001", "invoice_number": "1001", "amount": 9_800, "due_amount": due,
            "payments": [{
                "id": "invpay_1", "status": "succeeded", "amount": paid, "surcharge_fee_amount": 300,
                "payment_method": "credit_card", "paid_at": "2026-07-24T23:30:00Z",
            }],
            "refunds": [refunded("invref_1", back, &json!({ "surcharge_fee_amount": 300 }))],
        });
        let records = records(&[invoice]);
        let (payments, refunds) = (records.payments().0, records.refunds().0);
        let told = match (payments.first(), refunds.first()) {
            (Some(paid), Some(back)) => format!("{} {}", paid.total(), back.amount),
            (None, None) => "unusable".to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(told, expected, "{paid} {back} {due}");
    }
}

#[test]
fn p5_a_refund_gives_back_the_payment_of_its_method_and_amount() {
    for (method, amount, expected) in [
        ("credit_card", 4_000, "invpay_1"),
        ("credit_card", 1_000, "invpay_1"),
        ("external", 5_500, "invpay_2"),
        ("external", 4_000, "invpay_2"),
        ("ach", 4_000, "invpay_1"),
    ] {
        let refund = refunded("invref_1", amount, &json!({ "payment_method": method }));
        let records = records(&[invoice("1001", &[refund])]);
        let payments = records.payments().0;
        let paid = records.refunds().0[0].gives_back(&payments).unwrap();
        assert_eq!(paid.id.as_str(), expected, "{method} {amount}");
    }
}

fn marker(slot: &str) -> Marker {
    let company = hcp::CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506");
    Marker::new(&company.unwrap(), slot)
}

/// A line of an invoice.
fn sold(item: &str, text: &str, amount: i64, taxed: bool) -> Line {
    let code = if taxed { TAXED } else { NOT_TAXED };
    let detail = SalesItemLine {
        item: Some(Ref::to(item)),
        tax_code: Some(Ref::to(code)),
        ..SalesItemLine::default()
    };
    Line::sales_item(Cents::new(amount), detail).described(text)
}

/// An invoice over these, with this discount and tax.
fn sale(mut lines: Vec<Line>, discount: i64, tax: i64) -> Invoice {
    if discount > 0 {
        lines.push(Line::discount(Cents::new(discount), None));
    }
    Invoice {
        line: lines,
        txn_tax_detail: Some(qbo::TxnTaxDetail {
            txn_tax_code_ref: Some(Ref::to("5")),
            total_tax: Some(Cents::new(tax)),
            ..qbo::TxnTaxDetail::default()
        }),
        ..Invoice::default()
    }
}

fn refund(amount: i64, tip: i64, surcharge: i64) -> JobRefund {
    let changes = json!({ "tip_amount": tip });
    let told = refunded("invref_1", amount, &changes);
    let refund = records(&[invoice("1001", &[told])]).refunds().0.remove(0);
    JobRefund {
        surcharge: Cents::new(surcharge),
        ..refund
    }
}

/// What the lines, the discount and the tax of a receipt come to.
fn total(mirror: &Mirror) -> Cents {
    let lines = mirror.lines.iter().map(|line| match line.detail {
        LineDetail::Discount(_) => -line.amount.unwrap(),
        _ => line.amount.unwrap(),
    });
    let tax = mirror.tax_detail.as_ref();
    lines.sum::<Cents>() + tax.and_then(|tax| tax.total_tax).unwrap_or_default()
}

/// The amounts of a receipt, line by line; its tax at the end.
fn amounts(mirror: &Mirror) -> String {
    let lines = mirror.lines.iter().map(|line| {
        let text = line.description.as_deref().unwrap_or("Discount");
        format!("{text} {}", line.amount.unwrap())
    });
    let tax = mirror.tax_detail.as_ref();
    let tax = tax.and_then(|tax| tax.total_tax).unwrap_or_default();
    let tax = format!("tax {tax}");
    lines
        .chain(std::iter::once(tax))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A motor of 200.00 that is taxed, an hour of 100.00 that is not, a tip, a surcharge, a discount of 30.00 and the tax.
fn usual() -> Invoice {
    let lines = vec![
        sold("1", "Motor", 20_000, true),
        sold("2", "Hour", 10_000, false),
        sold("8", "Tip", 2_000, false),
        sold("9", "Card surcharge", 900, false),
    ];
    sale(lines, 3_000, 1_485)
}

fn billed<'a>(
    invoice: &'a Invoice,
    rates: Option<&'a [Percent]>,
    items: &'a [Id; 2],
) -> Billed<'a> {
    let told = invoice.txn_tax_detail.as_ref().unwrap();
    Billed {
        invoice,
        tax: told.total_tax.unwrap(),
        tips: Some(&items[0]),
        surcharges: Some(&items[1]),
        held: None,
        rates,
    }
}

fn items() -> [Id; 2] {
    ["8".into(), "9".into()]
}

#[test]
fn p5_a_refund_takes_off_its_part_of_each_line() {
    for (amount, tip, surcharge, expected) in [
        (
            31_385,
            2_000,
            900,
            "Motor 200.00, Hour 100.00, Tip 20.00, Card surcharge 9.00, Discount 30.00, tax 14.85",
        ),
        (
            14_243,
            0,
            0,
            "Motor 100.00, Hour 50.01, Discount 15.01, tax 7.43",
        ),
        (1_000, 1_000, 0, "Tip 10.00, tax 0.00"),
        (
            1_900,
            1_000,
            900,
            "Tip 10.00, Card surcharge 9.00, tax 0.00",
        ),
        // More of a tip than there was is work.
        (
            4_848,
            4_000,
            0,
            "Motor 20.00, Hour 9.99, Tip 20.00, Discount 2.99, tax 1.48",
        ),
        // All that was paid, without a word of the tip and the surcharge in it.
        (
            31_385,
            0,
            0,
            "Motor 200.00, Hour 100.00, Tip 20.00, Card surcharge 9.00, Discount 30.00, tax 14.85",
        ),
        (
            29_485,
            0,
            0,
            "Motor 200.00, Hour 100.00, Tip 10.00, Discount 30.00, tax 14.85",
        ),
        (31_386, 0, 0, "too much"),
    ] {
        let (invoice, items) = (usual(), items());
        let refund = refund(amount, tip, surcharge);
        let mirror = mirrored(billed(&invoice, None, &items), &[], &refund);
        let told = mirror.map_or("too much".to_owned(), |mirror| amounts(&mirror));
        assert_eq!(told, expected, "{amount}");
    }
}

#[test]
fn p5_a_cent_that_the_rate_cannot_give_is_a_line_without_tax() {
    let (invoice, items) = (usual(), items());
    let rates = ["8.25".parse::<Percent>().unwrap()];
    let mirror = mirrored(
        billed(&invoice, Some(&rates), &items),
        &[],
        &refund(14_243, 0, 0),
    );
    let mirror = mirror.unwrap();
    // 8.25 % of 89.99 are 7.42, and a cent more went back.
    assert_eq!(
        amounts(&mirror),
        "Motor 100.00, Hour 50.01, Rounding 0.01, Discount 15.01, tax 7.42"
    );
    assert_eq!(total(&mirror), Cents::new(14_243));
    let LineDetail::SalesItem(rounding) = &mirror.lines[2].detail else {
        panic!("a line that is sold");
    };
    assert_eq!(rounding.item, Some(Ref::to("1")));
    assert_eq!(rounding.tax_code, Some(Ref::to(NOT_TAXED)));
}

#[test]
fn p5_the_payload_of_a_refund() {
    let mut invoice = usual();
    if let LineDetail::SalesItem(hour) = &mut invoice.line[1].detail {
        hour.qty = Some("2".parse().unwrap());
        hour.unit_price = Some(Cents::new(5_000).into());
    }
    let items = items();
    let refund = refund(31_385, 2_000, 900);
    let mirror = mirrored(billed(&invoice, None, &items), &[], &refund).unwrap();
    let paid_out = PaidOut {
        customer: "58".into(),
        account: "4".into(),
        method: Some("3".into()),
    };
    let records = records(&[self::invoice("1001", &[])]);
    let zone = TimeZone::get("America/Chicago").unwrap();
    let marker = marker("job_1#refund#invref_1");
    let receipt = wanted(&records, (&refund, None), paid_out, mirror, &zone, &marker);
    assert_eq!(receipt.txn_date, Some(date(2026, 7, 24)));
    insta::assert_snapshot!(serde_json::to_string_pretty(&receipt).unwrap());
}

#[test]
fn p5_a_receipt_is_found_by_its_marker_alone() {
    use crate::{Found, Kind};
    let of = |slot| RefundReceipt {
        txn_date: Some(date(2026, 7, 24)),
        private_note: Some(marker(slot).payment_note("104", Some("Refund on invoice 1001"))),
        ..RefundReceipt::default()
    };
    let (ours, other) = (of("job_1#refund#1"), of("job_1#refund#2"));
    let rows = [other.clone(), ours.clone()];
    let found = ours.find(&rows, &marker("job_1#refund#1"));
    assert_eq!(found, Found::One(Box::new(ours.clone()), Vec::new()));
    let found = ours.find(&[other], &marker("job_1#refund#1"));
    assert_eq!(found, Found::Nothing(Box::new(ours.clone())));
    assert_eq!(ours.key().as_deref(), Some("2026-07-24"));
    assert_eq!(ours.change(&RefundReceipt::default()), None);
}

fn moved(mirror: Mirror) -> Moved {
    Moved {
        lines: mirror.lines,
        tax: mirror.work.tax,
    }
}

fn of_refund(earlier: &Earlier) -> &Moved {
    match earlier {
        Earlier::Returned(moved) => moved,
        Earlier::Repeated(_) => panic!("nothing was repeated"),
    }
}

#[test]
fn p4_what_is_paid_once_more_is_what_was_given_back() {
    let (invoice, items) = (usual(), items());
    let rates = ["8.25".parse::<Percent>().unwrap()];
    for rates in [None, Some(&rates[..])] {
        let billed = billed(&invoice, rates, &items);
        let mut earlier = Vec::new();
        for (amount, tip) in [(14_243, 0), (5_000, 2_000)] {
            let mirror = mirrored(billed, &earlier, &refund(amount, tip, 0)).unwrap();
            earlier.push(Earlier::Returned(moved(mirror)));
        }
        assert!(repeated(billed, &earlier, Cents::new(19_244)).is_none());
        let mut again = |amount| {
            let mirror = repeated(billed, &earlier, Cents::new(amount)).unwrap();
            assert_eq!(total(&mirror), Cents::new(amount));
            let told = amounts(&mirror);
            earlier.push(Earlier::Repeated(moved(mirror)));
            told
        };
        let (first, second) = (again(10_000), again(9_243));
        if rates.is_none() {
            assert_eq!(first, "Motor 70.21, Hour 35.11, Discount 10.53, tax 5.21");
            // The tip comes last.
            assert!(second.contains("Tip 20.00"), "{second}");
        }
        // All of it can go back once more.
        let rest = mirrored(billed, &earlier, &refund(31_385, 2_000, 900)).unwrap();
        assert_eq!(total(&rest), Cents::new(31_385));
    }
}

/// An invoice, and what is given back of it one after the other, in thousandths of what is left.
fn history() -> impl Strategy<Value = (Invoice, Vec<(u16, i64, i64)>, bool)> {
    let line = (
        prop_oneof![4 => 0_i64..40_000, 1 => -5_000_i64..0],
        0_u8..4,
        any::<bool>(),
    );
    let refund = (0_u16..=1_000, 0_i64..3_000, 0_i64..500);
    let of_all = (vec(line, 1..8), 0_i64..=100, 0_i64..4_000);
    (of_all, vec(refund, 0..6), any::<bool>()).prop_map(|((lines, off, tax), refunds, by_rate)| {
        let lines: Vec<Line> = lines
            .into_iter()
            .enumerate()
            .map(|(index, (amount, what, taxed))| {
                let item = match what {
                    0 => "8",
                    1 => "9",
                    _ => "1",
                };
                sold(item, &format!("Line {index}"), amount, taxed && what > 1)
            })
            .collect();
        let positive: Cents = lines
            .iter()
            .filter_map(|line| line.amount)
            .filter(|amount| *amount > Cents::ZERO)
            .sum();
        let has_taxed = lines.iter().any(|line| match &line.detail {
            LineDetail::SalesItem(sold) => sold.tax_code == Some(Ref::to(TAXED)),
            _ => false,
        });
        let tax = if has_taxed { tax } else { 0 };
        (
            sale(lines, positive.get() * off / 1_000, tax),
            refunds,
            by_rate,
        )
    })
}

/// A receipt as QuickBooks tells it: with the names of its items.
fn in_quickbooks(receipt: &RefundReceipt) -> RefundReceipt {
    let mut there = receipt.clone();
    for line in &mut there.line {
        if let LineDetail::SalesItem(sold) = &mut line.detail
            && let Some(item) = &mut sold.item
        {
            let name = match item.value.as_str() {
                "8" => "Housecall Pro Tips",
                "9" => "Card surcharge",
                _ => "Repairs:Motor",
            };
            item.name = Some(name.to_owned());
        }
    }
    there
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn p5_v15_refunds_add_up_and_never_take_more_than_there_is((invoice, refunds, by_rate) in history()) {
        let (rates, items) = (["6.1".parse::<Percent>().unwrap(), "2.15".parse().unwrap()], items());
        let billed = billed(&invoice, by_rate.then_some(&rates[..]), &items);
        let discount = invoice.line.iter().filter(|line| matches!(line.detail, LineDetail::Discount(_)));
        let discount: Cents = discount.filter_map(|line| line.amount).sum();
        let sold = invoice.line.iter().filter(|line| line.description.is_some());
        let sold: Cents = sold.filter_map(|line| line.amount).sum();
        let mut left = sold - discount + billed.tax;
        prop_assume!(left > Cents::ZERO);
        let mut earlier: Vec<Earlier> = Vec::new();
        let last = (1_000, 0, 0);
        for (part, tip, surcharge) in refunds.into_iter().chain([last]) {
            let amount = left.get() * i64::from(part) / 1_000;
            if amount == 0 {
                continue;
            }
            let refund = refund(amount, tip.min(amount), surcharge.min(amount));
            let Some(mirror) = mirrored(billed, &earlier, &refund) else {
                // What takes off more than is sold beside it: only all of it can be given back at once.
                let takes_off = invoice.line.iter().any(|line| line.amount < Some(Cents::ZERO));
                prop_assert!(takes_off && part < 1_000);
                continue;
            };
            prop_assert_eq!(total(&mirror), Cents::new(amount));
            // V15: where our record of it is lost, the receipt tells as much.
            let receipt = RefundReceipt {
                line: mirror.lines.clone(),
                txn_tax_detail: mirror.tax_detail.clone(),
                ..RefundReceipt::default()
            };
            let there = in_quickbooks(&receipt);
            let given_back = GivenBack::moved_by(&there.line, there.txn_tax_detail.as_ref());
            prop_assert_eq!(given_back, mirror.work);
            left = left - Cents::new(amount);
            earlier.push(Earlier::Returned(moved(mirror)));
        }
        prop_assert_eq!(left, Cents::ZERO);
        let earlier: Vec<&Moved> = earlier.iter().map(of_refund).collect();
        let receipts = || earlier.iter().flat_map(|one| &one.lines);
        for line in invoice.line.iter().filter(|line| line.description.is_some()) {
            let mut so_far = Cents::ZERO;
            for part in receipts().filter(|part| part.description == line.description) {
                so_far = so_far + part.amount.unwrap();
                prop_assert!(so_far.abs() <= line.amount.unwrap().abs());
            }
            prop_assert_eq!(Some(so_far), line.amount);
        }
        let off = receipts().filter(|line| matches!(line.detail, LineDetail::Discount(_)));
        prop_assert_eq!(off.filter_map(|line| line.amount).sum::<Cents>(), discount);
        let mut taxed = Cents::ZERO;
        for one in earlier {
            taxed = taxed + one.tax;
            prop_assert!(one.tax >= Cents::ZERO && taxed <= billed.tax);
        }
        prop_assert_eq!(taxed, billed.tax);
    }
    #[test]
    fn p4_what_repeats_refunds_adds_up_to_them((invoice, refunds, by_rate) in history()) {
        let (rates, items) = (["6.1".parse::<Percent>().unwrap(), "2.15".parse().unwrap()], items());
        let billed = billed(&invoice, by_rate.then_some(&rates[..]), &items);
        prop_assume!(invoice.line.iter().all(|line| line.amount >= Some(Cents::ZERO)));
        let (mut earlier, mut returned) = (Vec::new(), 0);
        for (part, tip, surcharge) in refunds {
            let amount = i64::from(part) + 1;
            let refund = refund(amount, tip.min(amount), surcharge.min(amount));
            if let Some(mirror) = mirrored(billed, &earlier, &refund) {
                earlier.push(Earlier::Returned(moved(mirror)));
                returned += amount;
            }
        }
        prop_assume!(returned > 2);
        prop_assert_eq!(repeated(billed, &earlier, Cents::new(returned + 1)), None);
        let all = mirrored(billed, &[], &refund(returned, 0, 0)).map(|mirror| total(&mirror));
        for amount in [returned / 3, returned - returned / 3] {
            let mirror = repeated(billed, &earlier, Cents::new(amount)).unwrap();
            prop_assert_eq!(total(&mirror), Cents::new(amount));
            earlier.push(Earlier::Repeated(moved(mirror)));
        }
        prop_assert_eq!(repeated(billed, &earlier, Cents::new(1)), None);
        // Nothing is given back any more: so much can be once more.
        let again = mirrored(billed, &earlier, &refund(returned, 0, 0)).map(|mirror| total(&mirror));
        prop_assert_eq!(again, all);
    }
}
