//! Cents add up, and nothing that comes in makes the sandbox panic.

use hcp_sandbox::{
    Action, AdHoc, DiscountSign, Hundredths, JobId, LineKind, NewJob, NewLine, NewPayment,
    PaymentMethod, Request, Sandbox, Settings, TaxRate,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::company::{company, company_with, first_customer, read, token};

fn line() -> impl Strategy<Value = NewLine> {
    let kinds = [
        LineKind::Labor,
        LineKind::Materials,
        LineKind::FixedDiscount,
        LineKind::PercentDiscount,
        LineKind::Tip,
    ];
    (
        prop::sample::select(kinds.to_vec()),
        0..200_000_i64,
        0..5_000_i64,
        any::<bool>(),
    )
        .prop_map(|(kind, price, quantity, taxable)| {
            let work = matches!(kind, LineKind::Labor | LineKind::Materials);
            NewLine::AdHoc(AdHoc {
                kind,
                name: "Line".to_owned(),
                description: String::new(),
                unit_price: if kind == LineKind::PercentDiscount {
                    price % 6_000
                } else {
                    price
                },
                quantity: if work {
                    Hundredths::new(quantity)
                } else {
                    Hundredths::ONE
                },
                unit_cost: 0,
                taxable: work && taxable,
            })
        })
}

fn taxes() -> impl Strategy<Value = Vec<TaxRate>> {
    prop::collection::vec(0..1_500_i64, 0..3).prop_map(|rates| {
        rates
            .into_iter()
            .map(|rate| TaxRate {
                name: "Tax".to_owned(),
                percent: Hundredths::new(rate),
            })
            .collect()
    })
}

fn sum(list: &Value, key: &str) -> i64 {
    let rows = list.as_array().unwrap();
    rows.iter().map(|row| row[key].as_i64().unwrap()).sum()
}

/// `amount` of all lines whose kind is `kinds`.
fn lines_sum(lines: &Value, kinds: &[&str]) -> i64 {
    let rows = lines["data"].as_array().unwrap();
    rows.iter()
        .filter(|row| kinds.contains(&row["kind"].as_str().unwrap()))
        .map(|row| row["amount"].as_i64().unwrap())
        .sum()
}

fn job_of(sandbox: &Sandbox, lines: Vec<NewLine>, taxes: Vec<TaxRate>) -> JobId {
    let job = sandbox
        .create_job(NewJob::of(&first_customer(sandbox)))
        .unwrap();
    sandbox.set_taxes(&job, taxes).unwrap();
    for line in lines {
        // A discount that is more than the lines is refused; the rest must add up all the same.
        let _ = sandbox.add_line(&job, line);
    }
    job
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn lines_less_discounts_with_taxes_and_tips_are_the_total(
        lines in prop::collection::vec(line(), 0..12),
        taxes in taxes(),
        payments in prop::collection::vec(1..300_000_i64, 0..4),
    ) {
        let sandbox = company_with(Settings {
            discount_sign: DiscountSign::Negative,
            ..Settings::default()
        });
        let job = job_of(&sandbox, lines, taxes);
        let invoice = sandbox.send_invoice(&job).unwrap();
        let mut paid = 0;
        for amount in payments {
            let payment = NewPayment::of(PaymentMethod::Card, amount);
            if sandbox.pay_invoice(&invoice, payment).is_ok() {
                paid += amount;
            }
        }
        let lines = read(&sandbox, &format!("/jobs/{job}/line_items"));
        let job = sandbox.job(&job).unwrap();
        let invoice = sandbox.invoice(&invoice).unwrap();
        let work = lines_sum(&lines, &["labor", "materials"]);
        let discounts = lines_sum(&lines, &["fixed discount", "percent discount"]);
        let tips = lines_sum(&lines, &["fixed gratuity"]);
        let total = work + discounts + tips + sum(&invoice["taxes"], "amount");
        prop_assert!(discounts <= 0 && -discounts <= work);
        prop_assert_eq!(job["subtotal"].as_i64(), Some(work));
        prop_assert_eq!(job["total_amount"].as_i64(), Some(total));
        prop_assert_eq!(job["outstanding_balance"].as_i64(), Some(total - paid));
        prop_assert_eq!(invoice["amount"].as_i64(), Some(total));
        prop_assert_eq!(invoice["due_amount"].as_i64(), Some(total - paid));
        prop_assert_eq!(sum(&invoice["discounts"], "amount"), discounts);
        prop_assert_eq!(sum(&invoice["items"], "amount"), work + tips);
        prop_assert_eq!(sum(&invoice["payments"], "amount"), paid);
        prop_assert_eq!(invoice["status"] == "paid", total == paid);
    }

    #[test]
    fn no_request_makes_the_sandbox_panic(
        method in prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "HEAD", ""]),
        path in "(/(jobs|invoices|api|customers|company|tags|_app|_sandbox|price_book|materials|line_items|notes|[a-z%_ é]{0,6})){0,4}",
        query in "(\\?|&|[a-z_]{1,12}(\\[\\])?=|[0-9%é+-]{1,6}|page_size=|page=[0-9]{1,22}|sort_by=paid_at|paid_at_min=[0-9TZ:-]{0,20}){0,6}",
        body in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let sandbox = company();
        let mut request = Request::get(&format!("{path}{query}")).with_header("authorization", &token());
        request = request.with_header("content-type", "application/json");
        request.method = method.to_owned();
        request.body = body;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(sandbox.handle(&request));
        prop_assert!((200..600).contains(&answer.status), "{}", answer.status);
    }
}

#[test]
fn discounts_come_with_either_sign_and_rates_in_either_unit() {
    for (settings, discount, percent, tax) in [
        (json!({}), -2_733, json!(10), json!(6.35)),
        (
            json!({ "discount_sign": "positive", "rate_unit": "basis_points" }),
            2_733,
            json!(1_000),
            json!(635),
        ),
    ] {
        let sandbox = company_with(serde_json::from_value(settings).unwrap());
        let job = crate::company::repair_job(&sandbox);
        let discount_line = NewLine::percent_discount("Senior", Hundredths::new(1_000));
        sandbox.add_line(&job, discount_line).unwrap();
        let line = read(&sandbox, &format!("/jobs/{job}/line_items"))["data"][2].clone();
        assert_eq!(line["amount"], discount);
        assert_eq!(line["unit_price"], percent);
        let invoice = sandbox.send_invoice(&job).unwrap();
        let invoice = sandbox.invoice(&invoice).unwrap();
        assert_eq!(invoice["discounts"][0]["amount"], discount);
        assert_eq!(invoice["taxes"][0]["rate"], tax);
        // 273.25 − 27.33, and 6.35 % of 161.25 less its share of the discount.
        assert_eq!(invoice["amount"], 27_325 - 2_733 + 922);
    }
}

#[test]
fn the_largest_amounts_stay_exact() {
    let sandbox = company();
    let largest = NewLine::materials("Ship", 1_000_000_000, Hundredths::LARGEST);
    let tax = TaxRate {
        name: "Luxury".to_owned(),
        percent: Hundredths::new(10_000),
    };
    let job = job_of(&sandbox, vec![largest; 500], vec![tax; 10]);
    let total = sandbox.job(&job).unwrap()["total_amount"].as_i64();
    assert_eq!(total, Some(500 * 100_000_000_000_000 * 11));
    let one_more = NewLine::labor("Sail", 1, Hundredths::ONE);
    assert!(sandbox.add_line(&job, one_more).is_err());
}

#[test]
fn lines_that_make_no_sense_are_refused() {
    let sandbox = company();
    let job = sandbox
        .create_job(NewJob::of(&first_customer(&sandbox)))
        .unwrap();
    for line in [
        NewLine::labor("", 100, Hundredths::ONE),
        NewLine::labor("Negative", -1, Hundredths::ONE),
        NewLine::labor("Negative", 1, Hundredths::new(-1)),
        NewLine::labor("Too dear", i64::MAX, Hundredths::ONE),
        NewLine::fixed_discount("More than all", 1),
        NewLine::percent_discount("More than all", Hundredths::new(10_001)),
        NewLine::from_price_book("olit_none", Hundredths::ONE),
    ] {
        let action = Action::AddLine {
            job: job.clone(),
            line,
        };
        assert!(sandbox.act(action.clone()).is_err(), "{action:?}");
    }
    assert!(sandbox.lines_of(&job).is_empty());
}

#[test]
fn every_method_pays_and_refunds_under_its_own_name() {
    for (method, name, note) in [
        (PaymentMethod::Card, "credit_card", Value::Null),
        (PaymentMethod::Ach, "ach", Value::Null),
        (PaymentMethod::Cash, "external", json!("Cash")),
        (PaymentMethod::Check, "external", json!("Check")),
        (PaymentMethod::Other, "external", json!("Other")),
        (
            PaymentMethod::MobileCheck,
            "mobile_check_deposit",
            Value::Null,
        ),
        (PaymentMethod::Financing, "consumer_financing", Value::Null),
        (PaymentMethod::Bnpl, "bnpl", Value::Null),
    ] {
        let sandbox = company();
        let job = crate::company::repair_job(&sandbox);
        let payment = sandbox.pay_job(&job, NewPayment::in_full(method)).unwrap();
        let invoice = sandbox.invoices_of(&job).remove(0);
        sandbox.refund_payment(&invoice, &payment, None).unwrap();
        let filter = format!("/invoices?payment_method[]={name}");
        let record = read(&sandbox, &filter)["invoices"][0].clone();
        assert_eq!(record["payments"][0]["payment_method"], name);
        assert_eq!(record["payments"][0]["note"], note);
        assert_eq!(record["refunds"][0]["payment_method"], name);
        assert_eq!(record["refunds"][0]["amount"], 28_349);
        assert_eq!(record["due_amount"], 28_349);
    }
}

#[test]
fn a_job_has_amounts_off_or_one_percentage_off_never_both() {
    let sandbox = company();
    let job = crate::company::repair_job(&sandbox);
    let off = |cents| NewLine::fixed_discount("Coupon", cents);
    let percent = |rate| NewLine::percent_discount("Senior", Hundredths::new(rate));
    for (line, discounts) in [
        (off(100), vec![-100]),
        (off(200), vec![-100, -200]),
        (percent(1_000), vec![-2_733]),
        (percent(2_000), vec![-5_465]),
        (off(300), vec![-300]),
    ] {
        sandbox.add_line(&job, line).unwrap();
        let lines = read(&sandbox, &format!("/jobs/{job}/line_items"));
        let amounts: Vec<i64> = lines["data"].as_array().unwrap()[2..]
            .iter()
            .map(|line| line["amount"].as_i64().unwrap())
            .collect();
        assert_eq!(amounts, discounts);
    }
}
