//! The pages: every one stands, names are escaped, and what their forms send is understood.

use hcp_sandbox::{CustomerChanges, NewPayment, PaymentMethod, Request, Sandbox};
use serde_json::json;

use crate::company::{company, first_customer, repair_job};

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
