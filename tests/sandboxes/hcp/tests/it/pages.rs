//! The pages: every one stands, names are escaped, and what their forms send is understood.

use hcp_sandbox::{CustomerChanges, NewPayment, PaymentMethod, Request, Sandbox};
use serde_json::json;

use crate::company::{company, first_customer, repair_job, sent_invoice, token};

async fn page(sandbox: &Sandbox, path: &str) -> String {
    let answer = sandbox.handle(&Request::get(path)).await;
    assert_eq!(answer.status, 200, "{path}");
    String::from_utf8(answer.body).unwrap()
}

#[tokio::test]
async fn every_page_stands_and_loads_nothing_from_elsewhere() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    sandbox.finish_job(&job).unwrap();
    let payment = NewPayment::of(PaymentMethod::Check, 10_000);
    sandbox.pay_job(&job, payment).unwrap();
    let customer = first_customer(&sandbox);
    for (path, text) in [
        ("/".to_owned(), "No heat upstairs"),
        ("/_app/jobs/new".to_owned(), "Muñoz-Lefèvre"),
        (format!("/_app/jobs/{job}"), "$183.49"),
        ("/_app/customers".to_owned(), "Casco Dental Partners"),
        ("/_app/customers/new".to_owned(), "Service address"),
        (format!("/_app/customers/{customer}"), "Suite 410"),
        ("/_app/price-book".to_owned(), "Furnace tune-up"),
        ("/_app/price-book".to_owned(), "Move to materials"),
        ("/_app/offers".to_owned(), "New estimate"),
        ("/_app/team".to_owned(), "Lindqvist"),
        ("/_app/settings".to_owned(), "In parts (progress invoicing)"),
        ("/_app/webhooks".to_owned(), "Webhooks go nowhere yet"),
        ("/_page/style.css".to_owned(), "@media"),
        ("/_page/app.js".to_owned(), "use strict"),
    ] {
        let page = page(&sandbox, &path).await;
        assert!(page.contains(text), "{path} lacks {text}");
        assert!(
            !page.contains("src=\"http") && !page.contains("@import"),
            "{path}"
        );
    }
    for path in ["/_app/jobs/job_none", "/_app/nowhere"] {
        assert_eq!(sandbox.handle(&Request::get(path)).await.status, 404);
    }
}

#[tokio::test]
async fn names_are_escaped_wherever_they_stand() {
    let sandbox = company();
    let customer = first_customer(&sandbox);
    let hostile = "<script>\"'&";
    let changes = CustomerChanges {
        first_name: Some(hostile.to_owned()),
        notes: Some(hostile.to_owned()),
        ..CustomerChanges::default()
    };
    sandbox.edit_customer(&customer, changes).unwrap();
    let job = repair_job(&sandbox);
    for path in [
        "/".to_owned(),
        "/_app/customers".to_owned(),
        "/_app/jobs/new".to_owned(),
        format!("/_app/customers/{customer}"),
        format!("/_app/jobs/{job}"),
    ] {
        let page = page(&sandbox, &path).await;
        assert!(!page.contains("<script>"), "{path}");
        assert!(page.contains("&lt;script&gt;&quot;'&amp;"), "{path}");
    }
}

#[tokio::test]
async fn the_buttons_understand_what_the_forms_send() {
    let sandbox = company();
    let press = async |action: &str, body: serde_json::Value| {
        let request = Request::post(&format!("/_app/{action}"), &body);
        let answer = sandbox.handle(&request).await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.body_json());
        answer.body_json()["id"].as_str().unwrap().to_owned()
    };
    let customer = press(
        "create_customer",
        json!({ "first_name": "Ines", "addresses": [{ "type": "service", "street": "1 Way" }] }),
    )
    .await;
    let new = json!({ "customer": customer, "description": "Leak" });
    let job = press("create_job", new).await;
    let entry = sandbox.price_book().remove(0).uuid;
    let line = json!({ "price_book": entry, "quantity": "1.5" });
    let line = press("add_line", json!({ "job": job, "line": line })).await;
    let own = json!({
        "name": "Hose", "kind": "materials", "unit_price": 1250, "quantity": "2", "taxable": true
    });
    press("add_line", json!({ "job": job, "line": own })).await;
    let changes = json!({ "name": "Tune-up", "description": "", "quantity": "1" });
    press(
        "edit_line",
        json!({ "job": job, "line": line, "changes": changes }),
    )
    .await;
    let taxes = json!([{ "name": "Sales tax", "percent": "5.5" }]);
    press("set_taxes", json!({ "job": job, "taxes": taxes })).await;
    for due in [
        json!("upon_receipt"),
        json!({ "net": 30 }),
        json!({ "on_date": "2026-04-01" }),
    ] {
        press("set_due_terms", json!({ "job": job, "due": due })).await;
    }
    let visit = json!({ "start": "2026-03-03T14:00:00.000Z", "end": "2026-03-03T15:00:00.000Z" });
    press("schedule_job", json!({ "job": job, "visit": visit })).await;
    for action in [
        "on_my_way",
        "start_job",
        "finish_job",
        "reopen_job",
        "finish_job",
    ] {
        press(action, json!({ "job": job })).await;
    }
    let invoice = press("send_invoice", json!({ "job": job })).await;
    let payment = json!({ "method": "check", "amount": 5000, "status": "succeeded" });
    let payment = press("pay_job", json!({ "job": job, "payment": payment })).await;
    let refund = json!({ "invoice": invoice, "payment": payment, "amount": 1000 });
    press("refund_payment", refund).await;
    let invoice = sandbox.invoice(&invoice.into()).unwrap();
    // 149.00 and 2 × 12.50, 5.5 % on the latter.
    assert_eq!(invoice["amount"], 14_900 + 2_500 + 138);
    assert_eq!(invoice["due_amount"], 14_900 + 2_500 + 138 - 5_000 + 1_000);
    assert_eq!(invoice["due_at"], "2026-04-01T04:00:00Z");
}

/// What the forms of the other pages send, as their fields name it.
#[tokio::test]
async fn the_further_buttons_understand_what_their_forms_send() {
    let sandbox = company();
    let customers = sandbox.customers();
    let settings =
        json!({ "invoicing": "progress", "first_job_number": 101, "invoice_on_finish": false });
    let post = async |path: &str, body: serde_json::Value| {
        let answer = sandbox.handle(&Request::post(path, &body)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body_json());
        answer.body_json()["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    post("/_sandbox/settings", settings).await;
    let job = repair_job(&sandbox);
    let deposit = json!({ "job": job, "part": { "percent": "20" } });
    let deposit = post("/_app/add_deposit", deposit).await;
    post("/_app/send_this_invoice", json!({ "invoice": deposit })).await;
    let cash =
        json!({ "invoice": deposit, "payment": { "method": "cash", "status": "succeeded" } });
    post("/_app/pay_invoice", cash).await;
    let halves = json!({ "job": job, "parts": [{ "percent": "50" }, "rest"] });
    post("/_app/split_invoice", halves).await;
    post(
        "/_app/add_note",
        json!({ "job": job, "content": "Ring twice" }),
    )
    .await;
    post("/_app/tag_job", json!({ "job": job, "tag": "warranty" })).await;
    let employee = json!({ "first_name": "Noor", "office": true });
    let employee = post("/_app/add_employee", employee).await;
    post(
        "/_app/assign_pros",
        json!({ "job": job, "employees": [employee] }),
    )
    .await;
    post("/_app/add_segment", json!({ "job": job })).await;
    post("/_app/finish_job", json!({ "job": job })).await;
    post("/_app/rate_job", json!({ "job": job })).await;
    let entry =
        json!({ "name": "Sump pump", "category": "Pumps", "price": 15000, "taxable": true });
    let entry = post("/_app/add_service", entry).await;
    let changes = json!({ "name": "Pump", "category": "Pumps", "price": 15500 });
    post(
        "/_app/edit_entry",
        json!({ "entry": entry, "changes": changes }),
    )
    .await;
    let entry = post(
        "/_app/move_to_materials",
        json!({ "entry": entry, "category": "Filters" }),
    )
    .await;
    post("/_app/remove_entry", json!({ "entry": entry })).await;
    let address = json!({ "type": "billing", "street": "2 Way" });
    post(
        "/_app/add_address",
        json!({ "customer": customers[0], "address": address }),
    )
    .await;
    let plan = json!({ "customer": customers[0], "plan": "Yearly care", "amount": 9900 });
    post("/_app/pay_service_plan", plan).await;
    post(
        "/_app/merge_customers",
        json!({ "from": customers[0], "into": customers[1] }),
    )
    .await;
    let option = json!({ "name": "Boiler", "lines": [{ "kind": "labor", "name": "Work as agreed", "unit_price": 100 }] });
    let estimate = json!({ "customer": customers[1], "options": [option] });
    let estimate = post("/_app/create_estimate", estimate).await;
    post(
        "/_app/step_estimate",
        json!({ "estimate": estimate, "step": "send" }),
    )
    .await;
    let offers = page(&sandbox, "/_app/offers").await;
    assert!(offers.contains("awaiting response"), "{offers}");
    let lead = post("/_app/create_lead", json!({ "customer": customers[1] })).await;
    let job_of_lead = post(
        "/_app/step_lead",
        json!({ "lead": lead, "step": "convert" }),
    )
    .await;
    assert!(job_of_lead.starts_with("job_"));
    let job = page(&sandbox, &format!("/_app/jobs/{job}")).await;
    for text in [
        "Deposit D-101",
        "Progress invoice 101-2",
        "warranty",
        "Ring twice",
        "finished, rated",
    ] {
        assert!(job.contains(text), "the page lacks {text}");
    }
}

/// A setting that the page leaves out would fall back to its default when the page is saved.
#[tokio::test]
async fn the_settings_page_has_a_field_for_every_setting() {
    let sandbox = company();
    let settings = Request::get("/_sandbox/settings");
    let settings = sandbox.handle(&settings).await.body_json();
    let page = page(&sandbox, "/_app/settings").await;
    for name in settings.as_object().unwrap().keys() {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name}");
    }
}

/// Presses a button as the pages do; answers what they say then.
async fn said(sandbox: &Sandbox, action: &str, body: serde_json::Value) -> String {
    let answer = sandbox
        .handle(&Request::post(&format!("/_app/{action}"), &body))
        .await;
    assert_eq!(answer.status, 200, "{action}: {}", answer.body_json());
    answer.body_json()["said"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_press_says_what_happened() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let this = json!({ "job": job });
    assert_eq!(
        said(&sandbox, "finish_job", this.clone()).await,
        "Finish job. Webhooks: job.completed."
    );
    assert_eq!(
        said(&sandbox, "send_invoice", this).await,
        "Send invoice. Invoice 1001: made over $283.49. Invoice 1001: sent. \
         Webhooks: invoice.created, invoice.sent."
    );
    let check = json!({ "method": "check", "amount": 10_000, "note": "Check 1042" });
    assert_eq!(
        said(&sandbox, "pay_job", json!({ "job": job, "payment": check })).await,
        "Pay job. Invoice 1001: check payment of $100.00 (“Check 1042”): succeeded. \
         Webhooks: invoice.payment.succeeded, job.updated."
    );
    let card = json!({ "method": "card", "tip": 500, "surcharge": 150 });
    let paid = said(&sandbox, "pay_job", json!({ "job": job, "payment": card })).await;
    assert!(
        paid.starts_with(
            "Pay job. Invoice 1001: now over $288.49. Invoice 1001: card payment of $188.49, \
             $5.00 of it tip, and $1.50 surcharge: succeeded. Invoice 1001: paid. Webhooks: "
        ),
        "{paid}"
    );
    let payments = sandbox.invoice(&sandbox.invoices_of(&job)[0]).unwrap()["payments"].clone();
    let of = |payment: usize| json!({ "invoice": sandbox.invoices_of(&job)[0], "payment": payments[payment]["id"] });
    let mut refund = of(1);
    refund["amount"] = json!(18_849);
    assert_eq!(
        said(&sandbox, "refund_payment", refund).await,
        "Refund payment. Invoice 1001: refund of $188.49, $5.00 of it tip, and $1.50 surcharge: \
         succeeded. Webhooks: invoice.refund.succeeded, job.updated."
    );
    assert_eq!(
        said(&sandbox, "delete_payment", of(0)).await,
        "Delete payment. Invoice 1001: check payment of $100.00 (“Check 1042”) deleted."
    );
}

#[tokio::test]
async fn the_page_of_an_invoice_shows_who_pressed_what() {
    let sandbox = company();
    let (job, invoice) = sent_invoice(&sandbox);
    let (_, other) = sent_invoice(&sandbox);
    let new = json!({ "first_name": "Noor", "last_name": "Haddad" });
    let new = serde_json::from_value(new).unwrap();
    let noor = sandbox.add_employee(new).unwrap();
    let press_as =
        |employee: &str| Request::post("/_sandbox/person", &json!({ "employee": employee }));
    assert_eq!(sandbox.handle(&press_as("pro_none")).await.status, 404);
    assert_eq!(sandbox.handle(&press_as(&noor)).await.status, 200);
    sandbox
        .mark_as_paid(&other, PaymentMethod::Check, Some("Check 12"))
        .unwrap();
    let line = json!({ "name": "Filter", "unit_price": 2_000 });
    let line = Request::post(&format!("/jobs/{job}/line_items"), &line)
        .with_header("authorization", &token());
    assert_eq!(sandbox.call_api(&line).status, 201);
    for (invoice, number, present, absent) in [
        (
            &invoice,
            "1001",
            [
                "Marcus Oyelaran",
                "The API",
                "POST /jobs/{id}/line_items",
                "now over $303.49",
            ],
            "Check 12",
        ),
        (
            &other,
            "1002",
            [
                "Marcus Oyelaran",
                "Noor Haddad",
                "Mark as paid",
                "“Check 12”",
            ],
            "The API",
        ),
    ] {
        let page = page(&sandbox, &format!("/_app/invoices/{invoice}")).await;
        let history = page.split("Who pressed what").nth(1).unwrap();
        assert!(page.contains(&format!("Invoice {number}")));
        for text in present {
            assert!(history.contains(text), "{text}: {history}");
        }
        assert!(!history.contains(absent), "{history}");
    }
    let list = page(&sandbox, "/").await;
    assert!(list.contains("EST · Noor Haddad"));
    let job = page(&sandbox, &format!("/_app/jobs/{job}")).await;
    assert!(job.contains(&format!("href=\"/_app/invoices/{invoice}\"")));
}

#[tokio::test]
async fn pages_take_and_show_times_on_the_companys_clock() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    for (start, end, at) in [
        (
            "2026-03-03T09:00",
            "2026-03-03T11:00",
            "2026-03-03T14:00:00Z",
        ),
        // In summer time.
        (
            "2026-03-10T09:00",
            "2026-03-10T11:00",
            "2026-03-10T13:00:00Z",
        ),
        (
            "2026-03-03T09:00:00Z",
            "2026-03-03T10:00:00Z",
            "2026-03-03T09:00:00Z",
        ),
    ] {
        let visit = json!({ "job": job, "visit": { "start": start, "end": end } });
        said(&sandbox, "schedule_job", visit).await;
        assert_eq!(
            sandbox.job(&job).unwrap()["schedule"]["scheduled_start"],
            at
        );
    }
    let page = page(&sandbox, &format!("/_app/jobs/{job}")).await;
    for text in ["Mar 3, 2026, 4:00 AM", "Mar 2, 2026, 9:30 AM EST"] {
        assert!(page.contains(text), "{text}");
    }
    let never = json!({ "job": job, "visit": { "start": "soon", "end": "2026-03-03T11:00" } });
    let never = Request::post("/_app/schedule_job", &never);
    assert_eq!(sandbox.handle(&never).await.status, 400);
}

#[tokio::test]
async fn notes_and_tags_of_the_api_stand_on_the_page_and_can_be_taken_off() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let post = |path: &str, body: serde_json::Value| {
        let request = Request::post(path, &body).with_header("authorization", &token());
        let answer = sandbox.call_api(&request);
        assert_eq!(answer.status, 201, "{path}");
        answer.body_json()["id"].clone()
    };
    let note = json!({ "content": "Paid in QuickBooks" });
    let note = post(&format!("/jobs/{job}/notes"), note);
    let tag = post("/tags", json!({ "name": "paid-in-qbo" }));
    post(&format!("/jobs/{job}/tags"), json!({ "tag_id": tag }));
    let shows = async |is_there: bool| {
        let page = page(&sandbox, &format!("/_app/jobs/{job}")).await;
        for text in [
            "Paid in QuickBooks",
            "paid-in-qbo",
            note.as_str().unwrap(),
            tag.as_str().unwrap(),
        ] {
            assert_eq!(page.contains(text), is_there, "{text}");
        }
    };
    shows(true).await;
    said(&sandbox, "remove_note", json!({ "job": job, "note": note })).await;
    said(&sandbox, "untag_job", json!({ "job": job, "tag": tag })).await;
    shows(false).await;
}

#[tokio::test]
async fn a_customers_page_collects_for_several_invoices_and_shows_plans() {
    let sandbox = company();
    let customer = first_customer(&sandbox);
    let path = format!("/_app/customers/{customer}");
    let (_, first) = sent_invoice(&sandbox);
    assert!(
        !page(&sandbox, &path)
            .await
            .contains("Collect for several invoices")
    );
    let (_, second) = sent_invoice(&sandbox);
    let plan = json!({ "customer": customer, "plan": "Yearly care", "amount": 9_900 });
    said(&sandbox, "pay_service_plan", plan).await;
    let shown = page(&sandbox, &path).await;
    for text in [
        "Collect for several invoices".to_owned(),
        format!("name=\"invoices[]\" value=\"{first}\""),
        format!("name=\"invoices[]\" value=\"{second}\""),
        "all: $566.98".to_owned(),
        "Service plan RSA-1".to_owned(),
    ] {
        assert!(shown.contains(&text), "{text}");
    }
    let both = json!({ "invoices": [first, second], "payment": { "method": "cash" } });
    let said = said(&sandbox, "pay_invoices", both).await;
    for text in ["Invoice 1001: paid", "Invoice 1002: paid"] {
        assert!(said.contains(text), "{said}");
    }
    assert!(
        !page(&sandbox, &path)
            .await
            .contains("Collect for several invoices")
    );
}

/// What can be pressed follows from what a payment is.
#[tokio::test]
async fn an_invoices_page_offers_what_is_possible() {
    for (method, status, present, absent) in [
        (
            "card",
            "succeeded",
            vec!["refund_payment"],
            vec!["delete_payment", "settle_payment"],
        ),
        (
            "check",
            "succeeded",
            vec!["refund_payment", "delete_payment"],
            vec!["settle_payment"],
        ),
        (
            "ach",
            "succeeded",
            vec!["refund_payment", "Returned by the bank"],
            vec!["delete_payment"],
        ),
        (
            "ach",
            "pending",
            vec!["Arrived", "Failed"],
            vec!["refund_payment", "delete_payment"],
        ),
        (
            "card",
            "failed",
            vec!["mark_as_paid"],
            vec!["refund_payment", "settle_payment"],
        ),
    ] {
        let sandbox = company();
        let (_, invoice) = sent_invoice(&sandbox);
        let payment = json!({ "method": method, "status": status });
        let payment = json!({ "invoice": invoice, "payment": payment });
        said(&sandbox, "pay_invoice", payment).await;
        let page = page(&sandbox, &format!("/_app/invoices/{invoice}")).await;
        for text in present {
            assert!(page.contains(text), "{method} {status} lacks {text}");
        }
        for text in absent {
            assert!(!page.contains(text), "{method} {status} has {text}");
        }
    }
}
