//! Payments and refunds as people press them: what the API shows then, and what is told.

use std::{collections::BTreeSet, time::Duration};

use hcp_sandbox::{
    DeletedPayments, EventOrder, InvoiceId, Invoicing, JobId, LineChanges, MergedCustomers, NewJob,
    NewLine, NewPayment, NewRefund, Part, PaymentId, PaymentMethod, PaymentStatus, PlanInvoices,
    PlanPayment, Refunds, Refusal, Sandbox, Settings, SharedPayments, Surcharges,
};
use serde_json::{Value, json};

use crate::company::{
    PAID, TOTAL, company, company_with, events, first_customer, paid_job, read, refunds_of,
    repair_job, sent_invoice,
};

const DAY: Duration = Duration::from_secs(86_400);

fn check(number: u32) -> NewPayment {
    NewPayment {
        note: Some(format!("Check {number}")),
        ..NewPayment::in_full(PaymentMethod::Check)
    }
}

/// Status and what is due of an invoice.
fn stands(sandbox: &Sandbox, invoice: &InvoiceId) -> (String, i64) {
    let record = sandbox.invoice(invoice).unwrap();
    let status = record["status"].as_str().unwrap().to_owned();
    (status, record["due_amount"].as_i64().unwrap())
}

fn open(due: i64) -> (String, i64) {
    ("open".to_owned(), due)
}

fn paid() -> (String, i64) {
    ("paid".to_owned(), 0)
}

fn payments(sandbox: &Sandbox, invoice: &InvoiceId) -> Vec<Value> {
    let record = sandbox.invoice(invoice).unwrap();
    record["payments"].as_array().unwrap().clone()
}

#[test]
fn marking_as_paid_notes_the_day_of_the_press() {
    for (method, note, noted) in [
        (PaymentMethod::Check, Some("Check 1042"), "Check 1042"),
        (PaymentMethod::Check, None, "Check"),
        (PaymentMethod::Cash, None, "Cash"),
        (PaymentMethod::Other, Some("Zelle"), "Zelle"),
    ] {
        let sandbox = company();
        let (_, invoice) = sent_invoice(&sandbox);
        sandbox.advance(3 * DAY).unwrap();
        sandbox.mark_as_paid(&invoice, method, note).unwrap();
        assert_eq!(events(&sandbox), PAID);
        let payment = payments(&sandbox, &invoice).remove(0);
        assert_eq!(payment["payment_method"], "external");
        assert_eq!(payment["note"], noted);
        assert_eq!(payment["amount"], TOTAL);
        assert_eq!(payment["paid_at"], "2026-03-05T14:30:00Z");
        assert!(sandbox.mark_as_paid(&invoice, method, note).is_err());
    }
    let sandbox = company();
    let (_, invoice) = sent_invoice(&sandbox);
    let by_card = sandbox.mark_as_paid(&invoice, PaymentMethod::Card, None);
    assert!(matches!(by_card, Err(Refusal::NotAllowed(_))));
}

#[test]
fn a_payment_that_is_deleted_and_entered_again_has_a_new_id() {
    for (setting, told) in [
        (DeletedPayments::Untold, vec![]),
        (DeletedPayments::JobUpdated, vec!["job.updated"]),
    ] {
        let sandbox = company_with(Settings {
            deleted_payments: setting,
            ..Settings::default()
        });
        let (job, invoice) = sent_invoice(&sandbox);
        let wrong = sandbox.pay_invoice(&invoice, check(1024)).unwrap();
        events(&sandbox);
        sandbox.delete_payment(&invoice, &wrong).unwrap();
        assert_eq!(events(&sandbox), told);
        assert_eq!(stands(&sandbox, &invoice), open(TOTAL));
        assert_eq!(payments(&sandbox, &invoice), Vec::<Value>::new());
        assert_eq!(sandbox.job(&job).unwrap()["outstanding_balance"], TOTAL);
        assert!(sandbox.delete_payment(&invoice, &wrong).is_err());
        let right = sandbox.pay_invoice(&invoice, check(1042)).unwrap();
        assert_ne!(right, wrong);
        assert_eq!(events(&sandbox), PAID);
        assert_eq!(stands(&sandbox, &invoice), paid());
    }
}

#[test]
fn only_what_was_noted_is_deleted_and_not_once_some_of_it_was_refunded() {
    for (method, is_refunded, is_deleted) in [
        (PaymentMethod::Cash, false, true),
        (PaymentMethod::Other, false, true),
        (PaymentMethod::Cash, true, false),
        (PaymentMethod::Card, false, false),
        (PaymentMethod::Ach, false, false),
        (PaymentMethod::Financing, false, false),
        (PaymentMethod::MobileCheck, false, false),
    ] {
        let sandbox = company();
        let (_, invoice) = sent_invoice(&sandbox);
        let payment = NewPayment::of(method, 10_000);
        let payment = sandbox.pay_invoice(&invoice, payment).unwrap();
        if is_refunded {
            sandbox.refund_payment(&invoice, &payment, Some(1)).unwrap();
        }
        let deleted = sandbox.delete_payment(&invoice, &payment);
        assert_eq!(deleted.is_ok(), is_deleted, "{method:?}");
    }
}

#[test]
fn a_tip_of_a_deleted_payment_stays_on_the_job() {
    let sandbox = company();
    let (_, invoice) = sent_invoice(&sandbox);
    let with_tip = NewPayment {
        tip: 500,
        ..check(7)
    };
    let payment = sandbox.pay_invoice(&invoice, with_tip).unwrap();
    sandbox.delete_payment(&invoice, &payment).unwrap();
    assert_eq!(stands(&sandbox, &invoice), open(TOTAL + 500));
}

#[test]
fn a_bank_takes_back_a_transfer_that_had_arrived() {
    for (method, is_refunded, returns) in [
        (PaymentMethod::Ach, false, true),
        (PaymentMethod::MobileCheck, false, true),
        (PaymentMethod::Ach, true, false),
        (PaymentMethod::Card, false, false),
        (PaymentMethod::Cash, false, false),
    ] {
        let sandbox = company();
        let (job, invoice) = sent_invoice(&sandbox);
        let pending = NewPayment {
            status: PaymentStatus::Pending,
            ..NewPayment::in_full(method)
        };
        let payment = sandbox.pay_invoice(&invoice, pending).unwrap();
        assert_eq!(events(&sandbox), [""; 0]);
        let settle = |status| sandbox.settle_payment(&invoice, &payment, status);
        settle(PaymentStatus::Succeeded).unwrap();
        assert_eq!(events(&sandbox), PAID);
        if is_refunded {
            sandbox.refund_payment(&invoice, &payment, Some(1)).unwrap();
        }
        events(&sandbox);
        assert_eq!(settle(PaymentStatus::Failed).is_ok(), returns, "{method:?}");
        if returns {
            assert_eq!(events(&sandbox), ["invoice.payment.failed", "job.updated"]);
            assert_eq!(stands(&sandbox, &invoice), open(TOTAL));
            assert_eq!(payments(&sandbox, &invoice)[0]["status"], "failed");
            assert_eq!(sandbox.job(&job).unwrap()["outstanding_balance"], TOTAL);
            assert!(settle(PaymentStatus::Succeeded).is_err());
            let again = NewPayment::in_full(PaymentMethod::Card);
            sandbox.pay_invoice(&invoice, again).unwrap();
            assert_eq!(events(&sandbox), PAID);
        }
    }
}

/// Two sent invoices of one customer, and one of another.
fn three_invoices(sandbox: &Sandbox) -> [InvoiceId; 3] {
    let (_, first) = sent_invoice(sandbox);
    let (_, second) = sent_invoice(sandbox);
    let other = sandbox
        .create_job(NewJob {
            lines: vec![NewLine::labor("Visit", 5_000, hcp_sandbox::Hundredths::ONE)],
            ..NewJob::of(&sandbox.customers()[1])
        })
        .unwrap();
    let other = sandbox.send_invoice(&other).unwrap();
    events(sandbox);
    [first, second, other]
}

#[test]
fn one_payment_over_several_jobs_stands_on_each_invoice() {
    for (setting, is_one_id, amounts) in [
        (SharedPayments::OwnIds, false, [TOTAL, 10_000]),
        (SharedPayments::OneId, true, [TOTAL, 10_000]),
        (
            SharedPayments::OneIdWholeAmount,
            true,
            [TOTAL + 10_000, TOTAL + 10_000],
        ),
    ] {
        let sandbox = company_with(Settings {
            shared_payments: setting,
            ..Settings::default()
        });
        let [first, second, _] = three_invoices(&sandbox);
        let both = [first.clone(), second.clone()];
        let lump = NewPayment {
            amount: Some(TOTAL + 10_000),
            ..check(88)
        };
        let answered = sandbox.pay_invoices(&both, lump).unwrap();
        let mut told = PAID.to_vec();
        told.extend(["invoice.payment.succeeded", "job.updated"]);
        assert_eq!(events(&sandbox), told);
        let on_each = both.map(|invoice| payments(&sandbox, &invoice).remove(0));
        assert_eq!(on_each[0]["id"], answered.as_str());
        assert_eq!(on_each[0]["id"] == on_each[1]["id"], is_one_id);
        for (payment, amount) in on_each.iter().zip(amounts) {
            assert_eq!(payment["amount"], amount);
            assert_eq!(payment["note"], "Check 88");
        }
        assert_eq!(stands(&sandbox, &first), paid());
        assert_eq!(stands(&sandbox, &second), open(TOTAL - 10_000));
    }
}

#[test]
fn a_payment_with_one_id_arrives_comes_back_and_is_deleted_everywhere_at_once() {
    for (setting, due_on_second) in [(SharedPayments::OwnIds, TOTAL), (SharedPayments::OneId, 0)] {
        let sandbox = company_with(Settings {
            shared_payments: setting,
            ..Settings::default()
        });
        let [first, second, _] = three_invoices(&sandbox);
        let both = [first.clone(), second.clone()];
        let transfer = NewPayment {
            status: PaymentStatus::Pending,
            ..NewPayment::in_full(PaymentMethod::Ach)
        };
        let transfer = sandbox.pay_invoices(&both, transfer).unwrap();
        let settle = |status| sandbox.settle_payment(&first, &transfer, status).unwrap();
        let due = |invoice| stands(&sandbox, invoice).1;
        settle(PaymentStatus::Succeeded);
        assert_eq!((due(&first), due(&second)), (0, due_on_second));
        settle(PaymentStatus::Failed);
        assert_eq!((due(&first), due(&second)), (TOTAL, TOTAL));
        if setting == SharedPayments::OneId {
            let check = sandbox.pay_invoices(&both, check(4)).unwrap();
            assert_eq!((due(&first), due(&second)), (0, 0));
            sandbox.delete_payment(&second, &check).unwrap();
            assert_eq!((due(&first), due(&second)), (TOTAL, TOTAL));
        }
    }
}

#[test]
fn one_payment_is_for_invoices_of_one_customer_and_at_most_what_they_owe() {
    let sandbox = company();
    let [first, second, other] = three_invoices(&sandbox);
    let pay = |invoices: &[&InvoiceId], payment| {
        let invoices: Vec<_> = invoices.iter().copied().cloned().collect();
        sandbox.pay_invoices(&invoices, payment)
    };
    let all = || NewPayment::in_full(PaymentMethod::Ach);
    let of = |cents| NewPayment::of(PaymentMethod::Ach, cents);
    for (invoices, payment) in [
        (vec![&first, &other], all()),
        (vec![&first, &first], all()),
        (vec![&first, &second], of(2 * TOTAL + 1)),
        (vec![&first, &second], of(0)),
        (vec![], all()),
    ] {
        assert!(pay(&invoices, payment).is_err(), "{invoices:?}");
    }
    assert_eq!(events(&sandbox), [""; 0], "a refused press leaves no trace");
    pay(&[&first, &second], all()).unwrap();
    assert_eq!(stands(&sandbox, &second), paid());
}

#[test]
fn one_payment_over_the_deposit_and_the_rest_of_a_job_tips_once() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let deposit = sandbox
        .add_deposit(&job, Part::Amount(10_000), None)
        .unwrap();
    let rest = sandbox.send_invoice(&job).unwrap();
    let with_extras = NewPayment {
        tip: 600,
        surcharge: 300,
        ..NewPayment::in_full(PaymentMethod::Card)
    };
    sandbox.pay_job(&job, with_extras).unwrap();
    let amounts = |invoice| {
        let payment = payments(&sandbox, invoice).remove(0);
        (
            payment["amount"].as_i64().unwrap(),
            payment["surcharge_fee_amount"].as_i64().unwrap(),
        )
    };
    assert_eq!(amounts(&deposit), (10_600, 300));
    assert_eq!(amounts(&rest), (TOTAL - 10_000, 0));
    assert_eq!(sandbox.job(&job).unwrap()["total_amount"], TOTAL + 600);
    assert_eq!(sandbox.job(&job).unwrap()["outstanding_balance"], 0);
}

/// A card payment of the whole, with a tip of 10.00 and a surcharge of 8.50.
fn paid_with_extras(sandbox: &Sandbox) -> (InvoiceId, PaymentId) {
    let (_, invoice) = sent_invoice(sandbox);
    let payment = NewPayment {
        tip: 1_000,
        surcharge: 850,
        ..NewPayment::in_full(PaymentMethod::Card)
    };
    let payment = sandbox.pay_invoice(&invoice, payment).unwrap();
    events(sandbox);
    (invoice, payment)
}

#[test]
fn a_refund_counts_once_it_has_succeeded() {
    for (end, due, told) in [
        (
            PaymentStatus::Succeeded,
            1_500,
            vec!["invoice.refund.succeeded", "job.updated"],
        ),
        (PaymentStatus::Failed, 0, vec![]),
    ] {
        let sandbox = company();
        let (invoice, payment) = paid_with_extras(&sandbox);
        let refund = sandbox
            .refund(NewRefund {
                amount: Some(1_500),
                status: PaymentStatus::Pending,
                ..NewRefund::of(&invoice, &payment)
            })
            .unwrap();
        let record = || refunds_of(&sandbox, &invoice).remove(0);
        assert_eq!(record()["status"], "pending");
        assert_eq!(record()["refunded_at"], Value::Null);
        assert_eq!(events(&sandbox), [""; 0]);
        assert_eq!(stands(&sandbox, &invoice), paid());
        let too_much = Some(TOTAL + 1_000 - 1_499);
        assert!(
            sandbox
                .refund_payment(&invoice, &payment, too_much)
                .is_err()
        );
        sandbox.advance(DAY).unwrap();
        sandbox.settle_refund(&invoice, &refund, end).unwrap();
        assert_eq!(events(&sandbox), told);
        assert_eq!(stands(&sandbox, &invoice).1, due);
        let is_back = end == PaymentStatus::Succeeded;
        let expected = is_back.then_some("2026-03-03T14:30:00Z");
        assert_eq!(record()["refunded_at"], json!(expected));
        assert!(sandbox.settle_refund(&invoice, &refund, end).is_err());
        let again = sandbox.refund_payment(&invoice, &payment, too_much);
        assert_eq!(
            again.is_ok(),
            !is_back,
            "what failed can be given back again"
        );
    }
}

#[test]
fn a_refund_tells_how_much_of_it_is_tip_and_surcharge() {
    let whole = TOTAL + 1_000;
    // Amount, tip and surcharge as asked for; what the record shows of them, if it is possible.
    for (asked, shown) in [
        ((None, None, None), Some((whole, 1_000, 850))),
        ((Some(1_500), None, None), Some((1_500, 0, 0))),
        (
            (Some(1_500), Some(1_000), Some(45)),
            Some((1_500, 1_000, 45)),
        ),
        ((Some(whole - 1), None, None), Some((whole - 1, 999, 0))),
        ((Some(whole), Some(1_000), Some(0)), Some((whole, 1_000, 0))),
        ((Some(whole), Some(999), None), None),
        ((Some(1_500), Some(1_001), None), None),
        ((Some(500), Some(501), None), None),
        ((Some(1_500), Some(-1), None), None),
        ((Some(1_500), None, Some(851)), None),
        ((Some(1_500), None, Some(-1)), None),
        ((Some(whole + 1), None, None), None),
        ((Some(0), None, None), None),
    ] {
        for (surcharges, inside) in [(Surcharges::Apart, false), (Surcharges::InAmount, true)] {
            let sandbox = company_with(Settings {
                surcharges,
                ..Settings::default()
            });
            let (invoice, payment) = paid_with_extras(&sandbox);
            let (amount, tip, surcharge) = asked;
            let refunded = sandbox.refund(NewRefund {
                amount,
                tip,
                surcharge,
                ..NewRefund::of(&invoice, &payment)
            });
            let Some((amount, tip, surcharge)) = shown else {
                assert!(refunded.is_err(), "{asked:?}");
                continue;
            };
            refunded.unwrap();
            let record = refunds_of(&sandbox, &invoice).remove(0);
            let told = amount + if inside { surcharge } else { 0 };
            assert_eq!(record["amount"], told, "{asked:?}");
            assert_eq!(record["tip_amount"], tip, "{asked:?}");
            assert_eq!(record["surcharge_fee_amount"], surcharge, "{asked:?}");
            assert_eq!(stands(&sandbox, &invoice), open(amount + surcharge));
        }
    }
}

#[test]
fn refunds_in_parts_give_back_no_more_of_tip_and_surcharge_than_was_paid() {
    let sandbox = company();
    let (invoice, payment) = paid_with_extras(&sandbox);
    let give_back = |tip, surcharge| {
        sandbox.refund(NewRefund {
            amount: Some(2_000),
            tip: Some(tip),
            surcharge: Some(surcharge),
            ..NewRefund::of(&invoice, &payment)
        })
    };
    give_back(600, 500).unwrap();
    assert!(give_back(401, 0).is_err());
    assert!(give_back(0, 351).is_err());
    give_back(400, 350).unwrap();
    sandbox.refund_payment(&invoice, &payment, None).unwrap();
    let last = refunds_of(&sandbox, &invoice).remove(2);
    assert_eq!(last["amount"], TOTAL + 1_000 - 4_000);
    assert_eq!(last["tip_amount"], 0);
    assert_eq!(last["surcharge_fee_amount"], 0);
}

#[test]
fn a_bank_transfer_is_refunded_within_ninety_days() {
    for (method, days, is_refunded) in [
        (PaymentMethod::Ach, 90, true),
        (PaymentMethod::Ach, 91, false),
        (PaymentMethod::Card, 91, true),
    ] {
        let sandbox = company();
        let (_, invoice) = sent_invoice(&sandbox);
        let payment = NewPayment::in_full(method);
        let payment = sandbox.pay_invoice(&invoice, payment).unwrap();
        sandbox.advance(days * DAY).unwrap();
        let refunded = sandbox.refund_payment(&invoice, &payment, None);
        assert_eq!(
            refunded.is_ok(),
            is_refunded,
            "{method:?} after {days} days"
        );
    }
}

#[test]
fn what_was_refunded_can_be_paid_again() {
    let sandbox = company();
    let (invoice, payment) = paid_with_extras(&sandbox);
    sandbox
        .refund_payment(&invoice, &payment, Some(4_000))
        .unwrap();
    assert_eq!(
        events(&sandbox),
        ["invoice.refund.succeeded", "job.updated"]
    );
    assert_eq!(stands(&sandbox, &invoice), open(4_000));
    sandbox.advance(DAY).unwrap();
    sandbox.pay_invoice(&invoice, check(9)).unwrap();
    assert_eq!(events(&sandbox), PAID);
    assert_eq!(stands(&sandbox, &invoice), paid());
    assert_eq!(payments(&sandbox, &invoice)[1]["amount"], 4_000);
    let paid_at = sandbox.invoice(&invoice).unwrap()["paid_at"].clone();
    assert_eq!(paid_at, "2026-03-03T14:30:00Z");
}

#[test]
fn an_invoice_that_a_refund_left_paid_can_come_to_less_and_to_more() {
    let sandbox = company_with(Settings {
        refunds: Refunds::LeavePaid,
        ..Settings::default()
    });
    let (job, invoice, payment) = paid_job(&sandbox);
    sandbox.refund_payment(&invoice, &payment, None).unwrap();
    let line = sandbox.lines_of(&job).remove(0);
    // All that was paid has been given back; only what is more than that is due.
    for (price, due, told) in [
        (9_200, 0, vec![]),
        (12_200, 1_000, vec![]),
        (11_200, 0, vec!["invoice.paid"]),
    ] {
        events(&sandbox);
        let changes = LineChanges {
            unit_price: Some(price),
            ..LineChanges::default()
        };
        sandbox.edit_line(&job, &line, changes).unwrap();
        assert_eq!(stands(&sandbox, &invoice).1, due, "{price}");
        assert_eq!(sandbox.job(&job).unwrap()["outstanding_balance"], due);
        assert_eq!(events(&sandbox)[2..], told, "{price}");
    }
}

#[test]
fn a_deposit_that_was_given_back_can_be_asked_for_again() {
    let sandbox = company_with(Settings {
        invoicing: Invoicing::MatchJobNumber,
        ..Settings::default()
    });
    let job = repair_job(&sandbox);
    let ask = |cents| sandbox.add_deposit(&job, Part::Amount(cents), None);
    let deposit = ask(10_000).unwrap();
    let card = NewPayment::in_full(PaymentMethod::Card);
    let payment = sandbox.pay_invoice(&deposit, card).unwrap();
    assert!(sandbox.void_invoice(&deposit).is_err());
    sandbox.refund_payment(&deposit, &payment, None).unwrap();
    assert_eq!(stands(&sandbox, &deposit), open(10_000));
    sandbox.void_invoice(&deposit).unwrap();
    ask(5_000).unwrap();
    let rest = sandbox.send_invoice(&job).unwrap();
    assert_eq!(stands(&sandbox, &rest), open(TOTAL - 5_000));
    let record = sandbox.job(&job).unwrap();
    assert_eq!(record["outstanding_balance"], TOTAL);
}

fn pay_plan(sandbox: &Sandbox) -> InvoiceId {
    sandbox
        .pay_service_plan(PlanPayment {
            customer: first_customer(sandbox),
            plan: "Yearly care".to_owned(),
            amount: 12_000,
            payment: NewPayment::in_full(PaymentMethod::Cash),
        })
        .unwrap()
}

#[test]
fn only_the_filter_by_customer_tells_whose_a_plans_invoice_is() {
    for (merged, stays) in [
        (MergedCustomers::JobsKeepThem, true),
        (MergedCustomers::JobsFollow, false),
    ] {
        let sandbox = company_with(Settings {
            plan_invoices: PlanInvoices::WithoutJob,
            merged_customers: merged,
            ..Settings::default()
        });
        let plan = pay_plan(&sandbox);
        let customers = sandbox.customers();
        let found = |customer: usize| {
            let url = format!("/invoices?customer_uuid[]={}", customers[customer]);
            let list = read(&sandbox, &url)["invoices"].clone();
            list[0]["id"] == plan.as_str()
        };
        assert!(found(0) && !found(1));
        let record = sandbox.invoice(&plan).unwrap().to_string();
        assert!(!record.contains(customers[0].as_str()), "{record}");
        sandbox
            .merge_customers(&customers[0], &customers[1])
            .unwrap();
        assert_eq!((found(0), found(1)), (stays, !stays));
    }
}

#[test]
fn nothing_tells_whose_a_plans_invoice_is_unless_the_company_is_so() {
    let sandbox = company();
    let plan = pay_plan(&sandbox);
    let (_, invoice) = sent_invoice(&sandbox);
    let listed = |url: &str| {
        let list = read(&sandbox, url)["invoices"].clone();
        let mut ids: Vec<String> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let mut both = [plan.to_string(), invoice.to_string()];
    both.sort();
    assert_eq!(listed("/invoices"), both);
    let customer = first_customer(&sandbox);
    let of_customer = listed(&format!("/invoices?customer_uuid[]={customer}"));
    assert_eq!(of_customer, [invoice.to_string()]);
}

#[test]
fn a_plans_payment_by_cash_is_given_back_by_deleting_it() {
    let sandbox = company_with(Settings {
        plan_invoices: PlanInvoices::WithoutJob,
        ..Settings::default()
    });
    let plan = pay_plan(&sandbox);
    events(&sandbox);
    let payment = payments(&sandbox, &plan).remove(0);
    let payment = PaymentId::from(payment["id"].as_str().unwrap());
    sandbox.delete_payment(&plan, &payment).unwrap();
    assert_eq!(events(&sandbox), [""; 0]);
    assert_eq!(stands(&sandbox, &plan), open(12_000));
    sandbox.void_invoice(&plan).unwrap();
    assert_eq!(events(&sandbox), ["invoice.voided"]);
}

#[test]
fn what_was_pressed_in_the_past_stands_there_and_nobody_is_told() {
    let sandbox = company();
    events(&sandbox);
    let last_year = "2025-11-20T16:00:00Z";
    let (job, invoice): (JobId, InvoiceId) =
        sandbox.in_the_past(last_year.parse().unwrap(), |sandbox| {
            let (job, invoice) = sent_invoice(sandbox);
            sandbox.pay_invoice(&invoice, check(3)).unwrap();
            (job, invoice)
        });
    assert_eq!(events(&sandbox), [""; 0]);
    assert_eq!(payments(&sandbox, &invoice)[0]["paid_at"], last_year);
    assert_eq!(sandbox.job(&job).unwrap()["created_at"], last_year);
    sandbox.finish_job(&job).unwrap();
    assert_eq!(events(&sandbox), ["job.completed"]);
    let completed = &sandbox.job(&job).unwrap()["work_timestamps"]["completed_at"];
    assert_eq!(*completed, "2026-03-02T14:30:00Z");
}

#[test]
fn the_events_of_a_press_come_in_any_order_where_the_settings_say_so() {
    for (event_order, is_usual) in [(EventOrder::AsTheyHappen, true), (EventOrder::Any, false)] {
        let sandbox = company_with(Settings {
            event_order,
            ..Settings::default()
        });
        let mut orders = BTreeSet::new();
        for _ in 0..40 {
            let (_, invoice) = sent_invoice(&sandbox);
            let card = NewPayment::in_full(PaymentMethod::Card);
            sandbox.pay_invoice(&invoice, card).unwrap();
            orders.insert(events(&sandbox));
        }
        assert_eq!(orders.len() == 1, is_usual);
        for order in &orders {
            let told: BTreeSet<_> = order.iter().collect();
            assert_eq!(told, PAID.iter().collect());
        }
        let firsts: BTreeSet<_> = orders.iter().map(|order| order[0]).collect();
        assert_eq!(firsts.len() == PAID.len(), !is_usual);
    }
}
