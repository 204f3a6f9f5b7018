//! A job's life: which buttons tell what, in which order, and what the records say after it.

use hcp_sandbox::{
    CanceledBy, DeletedJobs, DueTerms, Event, Hundredths, Invoicing, LineChanges, NewCustomer,
    NewLine, NewPayment, Options, PaymentMethod, PaymentStatus, Refusal, Sandbox, Settings, Visit,
    signature,
};

use crate::company::{
    PAID, SECRET, company, company_with, events, first_customer, get, options, paid_job, read,
    repair_job, sent_invoice,
};

#[test]
fn a_job_that_is_finished_invoiced_and_paid_tells_it_in_order() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    assert_eq!(events(&sandbox), ["job.created"]);
    let visit = Visit {
        start: "2026-03-03T14:00:00Z".parse().unwrap(),
        end: "2026-03-03T16:00:00Z".parse().unwrap(),
        arrival_window: 60,
    };
    sandbox.schedule_job(&job, visit).unwrap();
    assert_eq!(
        events(&sandbox),
        ["job.scheduled", "job.appointment.scheduled"]
    );
    sandbox.on_my_way(&job).unwrap();
    sandbox.start_job(&job).unwrap();
    sandbox.finish_job(&job).unwrap();
    assert_eq!(
        events(&sandbox),
        ["job.on_my_way", "job.started", "job.completed"]
    );
    let invoices = read(&sandbox, &format!("/jobs/{job}/invoices"));
    assert_eq!(invoices, serde_json::json!({ "invoices": [] }));
    let invoice = sandbox.send_invoice(&job).unwrap();
    assert_eq!(events(&sandbox), ["invoice.created", "invoice.sent"]);
    sandbox
        .pay_invoice(&invoice, NewPayment::of(PaymentMethod::Check, 10_000))
        .unwrap();
    assert_eq!(
        events(&sandbox),
        ["invoice.payment.succeeded", "job.updated"]
    );
    assert_eq!(sandbox.invoice(&invoice).unwrap()["status"], "open");
    assert_eq!(sandbox.invoice(&invoice).unwrap()["due_amount"], 18_349);
    sandbox
        .pay_invoice(&invoice, NewPayment::in_full(PaymentMethod::Card))
        .unwrap();
    assert_eq!(events(&sandbox), PAID);
    let paid = sandbox.invoice(&invoice).unwrap();
    assert_eq!(paid["status"], "paid");
    assert_eq!(paid["paid_at"], "2026-03-02T14:30:00Z");
    assert_eq!(paid["payments"][0]["payment_method"], "external");
    assert_eq!(paid["payments"][0]["note"], "Check");
    assert_eq!(sandbox.job(&job).unwrap()["outstanding_balance"], 0);
}

#[test]
fn paying_a_job_makes_its_invoice_first() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    events(&sandbox);
    sandbox
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Cash))
        .unwrap();
    assert_eq!(
        events(&sandbox),
        [
            "invoice.created",
            "invoice.payment.succeeded",
            "invoice.paid",
            "job.updated",
            "job.paid"
        ]
    );
}

#[test]
fn the_company_can_have_its_invoices_made_on_finish() {
    let sandbox = company_with(Settings {
        invoice_on_finish: true,
        ..Settings::default()
    });
    let job = repair_job(&sandbox);
    events(&sandbox);
    sandbox.finish_job(&job).unwrap();
    assert_eq!(events(&sandbox), ["job.completed", "invoice.created"]);
    sandbox.send_invoice(&job).unwrap();
    assert_eq!(events(&sandbox), ["invoice.sent"]);
}

#[test]
fn webhooks_are_signed_over_their_raw_bytes_and_carry_full_records() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let webhook = sandbox.take_webhooks().remove(0);
    let timestamp = webhook.header("api-timestamp").unwrap();
    assert_eq!(timestamp, "1772461800");
    assert_eq!(
        webhook.header("api-signature").unwrap(),
        signature(SECRET, timestamp, &webhook.body)
    );
    let body = webhook.json();
    assert_eq!(body["event_occurred_at"], "2026-03-02T14:30:00Z");
    assert_eq!(body["job"]["id"], job.as_str());
    assert_eq!(body["job"]["total_amount"], 28_349);
    assert!(body["job"].get("line_items").is_none());
    assert!(body["job"]["customer"].get("addresses").is_none());
}

#[test]
fn invoice_numbers_run_on_their_own_or_match_the_job() {
    let simple = company();
    let first = repair_job(&simple);
    let second = repair_job(&simple);
    let number = |sandbox: &Sandbox, job| {
        let invoice = sandbox.send_invoice(job).unwrap();
        sandbox.invoice(&invoice).unwrap()["invoice_number"].clone()
    };
    assert_eq!(number(&simple, &second), "1001");
    assert_eq!(number(&simple, &first), "1002");
    assert_eq!(simple.job(&second).unwrap()["invoice_number"], "102");
    let matching = company_with(Settings {
        invoicing: Invoicing::MatchJobNumber,
        first_job_number: 500,
        ..Settings::default()
    });
    let job = repair_job(&matching);
    assert_eq!(number(&matching, &job), "500");
    let invoice = matching.invoices_of(&job).remove(0);
    matching.void_invoice(&invoice).unwrap();
    assert_eq!(number(&matching, &job), "500-1");
    assert_eq!(matching.invoice(&invoice).unwrap()["status"], "voided");
}

#[test]
fn a_refused_job_or_payment_uses_up_no_number() {
    let sandbox = company();
    let impossible = hcp_sandbox::NewJob {
        lines: vec![NewLine::fixed_discount("More than all", 1)],
        ..hcp_sandbox::NewJob::of(&first_customer(&sandbox))
    };
    sandbox.create_job(impossible).unwrap_err();
    let job = repair_job(&sandbox);
    assert_eq!(sandbox.job(&job).unwrap()["invoice_number"], "101");
    let too_much = NewPayment::of(PaymentMethod::Card, 1_000_000);
    sandbox.pay_job(&job, too_much).unwrap_err();
    assert!(sandbox.invoices_of(&job).is_empty());
    let invoice = sandbox.send_invoice(&job).unwrap();
    assert_eq!(sandbox.invoice(&invoice).unwrap()["invoice_number"], "1001");
}

#[test]
fn an_edit_after_invoicing_changes_the_invoice_but_not_the_ids_of_its_items() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let invoice = sandbox.send_invoice(&job).unwrap();
    let before = sandbox.invoice(&invoice).unwrap();
    events(&sandbox);
    let changes = LineChanges {
        unit_price: Some(12_200),
        ..LineChanges::default()
    };
    let line = sandbox.lines_of(&job).remove(0);
    sandbox.edit_line(&job, &line, changes).unwrap();
    assert_eq!(events(&sandbox), ["job.updated", "invoice.amount_updated"]);
    let after = sandbox.invoice(&invoice).unwrap();
    assert_eq!(after["amount"], 29_349);
    assert_eq!(after["items"][0]["id"], before["items"][0]["id"]);
}

#[test]
fn an_edit_that_leaves_less_than_was_paid_is_refused_whole() {
    let sandbox = company();
    let (job, ..) = paid_job(&sandbox);
    let before = sandbox.job(&job);
    events(&sandbox);
    let line = sandbox.lines_of(&job).remove(0);
    let refusal = sandbox.remove_line(&job, &line).unwrap_err();
    assert!(matches!(refusal, Refusal::NotCovered(_)), "{refusal}");
    assert_eq!(sandbox.job(&job), before);
    assert!(events(&sandbox).is_empty());
}

#[test]
fn an_edit_that_leaves_more_opens_a_paid_invoice_again() {
    let sandbox = company();
    let (job, invoice, _) = paid_job(&sandbox);
    let line = NewLine::labor("Second visit", 5_000, Hundredths::ONE);
    sandbox.add_line(&job, line).unwrap();
    let record = sandbox.invoice(&invoice).unwrap();
    assert_eq!(record["status"], "open");
    assert_eq!(record["due_amount"], 5_000);
    assert!(record["paid_at"].is_null());
}

#[test]
fn canceling_and_deleting_a_job_cancels_what_nobody_paid() {
    for (by, status) in [
        (CanceledBy::Customer, "user canceled"),
        (CanceledBy::Pro, "pro canceled"),
    ] {
        let sandbox = company();
        let (job, invoice) = sent_invoice(&sandbox);
        sandbox.cancel_job(&job, by).unwrap();
        assert_eq!(events(&sandbox), ["job.canceled", "invoice.canceled"]);
        assert_eq!(sandbox.job(&job).unwrap()["work_status"], status);
        assert_eq!(sandbox.invoice(&invoice).unwrap()["status"], "canceled");
        assert!(sandbox.finish_job(&job).is_err());
        sandbox.delete_job(&job).unwrap();
        assert_eq!(events(&sandbox), ["job.deleted"]);
    }
}

#[test]
fn a_restored_job_is_where_it_was_and_its_invoice_stays_canceled() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    assert!(sandbox.restore_job(&job).is_err());
    let invoice = sandbox.send_invoice(&job).unwrap();
    sandbox.finish_job(&job).unwrap();
    sandbox.cancel_job(&job, CanceledBy::Pro).unwrap();
    sandbox.delete_job(&job).unwrap();
    events(&sandbox);
    sandbox.restore_job(&job).unwrap();
    assert_eq!(events(&sandbox), ["job.updated"]);
    let read = sandbox.job(&job).unwrap();
    assert_eq!(read["work_status"], "complete unrated");
    assert!(read["canceled_at"].is_null() && read["deleted_at"].is_null());
    assert_eq!(sandbox.invoice(&invoice).unwrap()["status"], "canceled");
    assert_ne!(sandbox.send_invoice(&job).unwrap(), invoice);
}

#[test]
fn canceling_a_job_leaves_an_invoice_that_holds_money() {
    for status in [PaymentStatus::Succeeded, PaymentStatus::Pending] {
        let sandbox = company();
        let job = repair_job(&sandbox);
        let payment = NewPayment {
            status,
            ..NewPayment::of(PaymentMethod::Ach, 1_000)
        };
        sandbox.pay_job(&job, payment).unwrap();
        events(&sandbox);
        sandbox.cancel_job(&job, CanceledBy::Pro).unwrap();
        assert_eq!(events(&sandbox), ["job.canceled"]);
        let invoice = sandbox.invoices_of(&job).remove(0);
        assert_ne!(sandbox.invoice(&invoice).unwrap()["status"], "canceled");
    }
}

#[test]
fn a_deleted_job_is_still_returned_or_gone_as_the_settings_say() {
    for (setting, status, listed) in [
        (DeletedJobs::StillReturned, 200, 1),
        (DeletedJobs::Gone, 404, 0),
    ] {
        let sandbox = company_with(Settings {
            deleted_jobs: setting,
            ..Settings::default()
        });
        let job = repair_job(&sandbox);
        sandbox.delete_job(&job).unwrap();
        assert_eq!(get(&sandbox, &format!("/jobs/{job}")).status, status);
        assert_eq!(read(&sandbox, "/jobs")["total_items"], listed);
    }
}

#[test]
fn an_invoice_that_holds_money_cannot_be_voided_before_it_is_refunded() {
    let sandbox = company();
    let (_, invoice, payment) = paid_job(&sandbox);
    assert!(sandbox.void_invoice(&invoice).is_err());
    sandbox.refund_payment(&invoice, &payment, None).unwrap();
    sandbox.void_invoice(&invoice).unwrap();
    assert_eq!(
        events(&sandbox),
        ["invoice.refund.succeeded", "job.updated", "invoice.voided"]
    );
    assert!(sandbox.refund_payment(&invoice, &payment, None).is_err());
}

#[test]
fn a_bank_transfer_is_pending_until_it_arrives_or_fails() {
    let sandbox = company();
    let (_, invoice) = sent_invoice(&sandbox);
    let transfer = || NewPayment {
        status: PaymentStatus::Pending,
        ..NewPayment::in_full(PaymentMethod::Ach)
    };
    let status = || sandbox.invoice(&invoice).unwrap()["status"].clone();
    let failing = sandbox.pay_invoice(&invoice, transfer()).unwrap();
    assert!(events(&sandbox).is_empty());
    assert_eq!(status(), "pending_payment");
    sandbox
        .settle_payment(&invoice, &failing, PaymentStatus::Failed)
        .unwrap();
    assert_eq!(events(&sandbox), ["invoice.payment.failed"]);
    assert_eq!(status(), "open");
    let arriving = sandbox.pay_invoice(&invoice, transfer()).unwrap();
    sandbox
        .settle_payment(&invoice, &arriving, PaymentStatus::Succeeded)
        .unwrap();
    assert_eq!(events(&sandbox), PAID);
    assert_eq!(status(), "paid");
}

#[test]
fn a_card_tip_becomes_a_line_of_the_job() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let payment = NewPayment {
        tip: 2_000,
        ..NewPayment::in_full(PaymentMethod::Card)
    };
    sandbox.pay_job(&job, payment).unwrap();
    let invoice = sandbox.invoice(&sandbox.invoices_of(&job)[0]).unwrap();
    assert_eq!(invoice["amount"], 30_349);
    assert_eq!(invoice["subtotal"], 27_325);
    assert_eq!(invoice["payments"][0]["amount"], 30_349);
    assert_eq!(invoice["items"][2]["type"], "fixed gratuity");
}

#[test]
fn an_invoice_over_nothing_is_paid_without_a_payment() {
    let sandbox = company();
    let job = sandbox
        .create_job(hcp_sandbox::NewJob::of(&first_customer(&sandbox)))
        .unwrap();
    let invoice = sandbox.send_invoice(&job).unwrap();
    let record = sandbox.invoice(&invoice).unwrap();
    assert_eq!(record["status"], "paid");
    assert!(record["paid_at"].is_null());
    assert_eq!(record["payments"], serde_json::json!([]));
}

#[test]
fn due_terms_give_their_codes_and_dates() {
    for (due, concept, display, at) in [
        (
            DueTerms::UponReceipt,
            "upon",
            "upon receipt",
            "2026-03-02T14:30:00Z",
        ),
        (
            DueTerms::UponCompletionOfWork,
            "upon",
            "upon completion of work",
            "2026-03-02T14:30:00Z",
        ),
        // Over the change to summer time: the same hour on New York's clocks.
        (DueTerms::Net(14), "net", "net 14", "2026-03-16T13:30:00Z"),
        (
            DueTerms::OnDate("2026-04-01".parse().unwrap()),
            "on",
            "on date",
            "2026-04-01T04:00:00Z",
        ),
    ] {
        let sandbox = company();
        let job = repair_job(&sandbox);
        sandbox.finish_job(&job).unwrap();
        sandbox.set_due_terms(&job, due).unwrap();
        let invoice = sandbox.send_invoice(&job).unwrap();
        let invoice = sandbox.invoice(&invoice).unwrap();
        assert_eq!(invoice["due_concept"], concept);
        assert_eq!(invoice["display_due_concept"], display);
        assert_eq!(invoice["due_at"], at, "{due:?}");
    }
    let sandbox = company();
    let job = repair_job(&sandbox);
    assert!(sandbox.set_due_terms(&job, DueTerms::Net(8)).is_err());
}

#[test]
fn updated_at_can_lag_behind_the_event() {
    let sandbox = company_with(Settings {
        updated_at_lag_seconds: 6_000,
        ..Settings::default()
    });
    let customer = first_customer(&sandbox);
    sandbox
        .advance(std::time::Duration::from_secs(86_400))
        .unwrap();
    let mut lags = 0;
    for _ in 0..20 {
        sandbox
            .edit_customer(&customer, Default::default())
            .unwrap();
        let body = sandbox.take_webhooks().remove(0).json();
        let at = |value: &serde_json::Value| -> jiff::Timestamp {
            value.as_str().unwrap().parse().unwrap()
        };
        let lag = at(&body["event_occurred_at"]).as_second()
            - at(&body["customer"]["updated_at"]).as_second();
        assert!((0..=6_000).contains(&lag), "{lag}");
        lags += i32::from(lag > 0);
    }
    assert!(lags > 10);
}

#[test]
fn events_that_are_switched_off_are_not_told() {
    let sandbox = Sandbox::new(Options {
        events: vec![Event::JobPaid],
        ..options()
    });
    let job = repair_job(&sandbox);
    sandbox
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
        .unwrap();
    assert_eq!(events(&sandbox), ["job.paid"]);
}

#[test]
fn the_sample_company_has_three_customers_and_a_price_book() {
    let sandbox = company();
    let customers = read(&sandbox, "/customers?sort_direction=asc");
    assert_eq!(customers["total_items"], 3);
    assert_eq!(
        customers["customers"][0]["company"],
        "Casco Dental Partners"
    );
    assert_eq!(customers["customers"][0]["addresses"][0]["type"], "billing");
    assert_eq!(
        customers["customers"][0]["addresses"][1]["street_line_2"],
        "Suite 410"
    );
    assert_eq!(customers["customers"][2]["last_name"], "Muñoz-Lefèvre");
    assert!(sandbox.jobs().is_empty());
    assert!(sandbox.take_webhooks().is_empty());
    assert_eq!(sandbox.price_book().len(), 12);
}

#[test]
fn a_business_name_alone_does_not_make_a_customer() {
    let nameless = NewCustomer {
        company: Some("Nameless Ltd".to_owned()),
        ..NewCustomer::default()
    };
    assert!(company().create_customer(nameless).is_err());
}

#[test]
fn a_deleted_customer_vanishes_but_jobs_still_name_them() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let customer = first_customer(&sandbox);
    sandbox.delete_customer(&customer).unwrap();
    assert_eq!(get(&sandbox, &format!("/customers/{customer}")).status, 404);
    assert_eq!(read(&sandbox, "/customers")["total_items"], 2);
    let job = read(&sandbox, &format!("/jobs/{job}"));
    assert_eq!(job["customer"]["id"], customer.as_str());
}

#[test]
fn the_same_seed_makes_the_same_company() {
    let ids = |seed| {
        let sandbox = Sandbox::new(Options { seed, ..options() });
        repair_job(&sandbox)
    };
    assert_eq!(ids(3), ids(3));
    assert_ne!(ids(3), ids(4));
}
