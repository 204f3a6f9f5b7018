//! What the API lets a caller write, and what it does with the rest.

use hcp_sandbox::{Answer, Request, Sandbox};
use serde_json::{Value, json};

use crate::company::{company, events, first_customer, read, repair_job, token};

fn send(sandbox: &Sandbox, method: &str, url: &str, body: &Value) -> Answer {
    let mut request = Request::post(url, body).with_header("authorization", &token());
    request.method = method.to_owned();
    sandbox.call_api(&request)
}

#[track_caller]
fn ok(sandbox: &Sandbox, method: &str, url: &str, body: &Value, status: u16) -> Value {
    let answer = send(sandbox, method, url, body);
    assert_eq!(answer.status, status, "{}", answer.body_json());
    answer.body_json()
}

#[test]
fn lines_are_added_edited_and_removed() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    sandbox.send_invoice(&job).unwrap();
    let url = format!("/jobs/{job}/line_items");
    events(&sandbox);
    let own = json!({ "name": "Hose", "kind": "materials", "unit_price": 1_250, "quantity": 2.5, "colour": "red" });
    let line = ok(&sandbox, "POST", &url, &own, 201);
    assert_eq!(line["amount"], 3_125);
    // Our own writes echo back as webhooks.
    assert_eq!(events(&sandbox), ["job.updated", "invoice.amount_updated"]);
    let service = sandbox.price_book().remove(0);
    let booked = json!({
        "service_item_id": service.uuid, "service_item_type": "organizational", "name": "Tune-up"
    });
    let booked = ok(&sandbox, "POST", &url, &booked, 201);
    assert_eq!(booked["name"], "Tune-up");
    assert_eq!(booked["unit_price"], service.price);
    let one = format!("{url}/{}", line["id"].as_str().unwrap());
    let dearer = json!({ "unit_price": 1_300 });
    assert_eq!(ok(&sandbox, "PUT", &one, &dearer, 200)["amount"], 3_250);
    ok(&sandbox, "DELETE", &one, &json!({}), 204);
    assert_eq!(send(&sandbox, "DELETE", &one, &json!({})).status, 404);
    for wrong in [json!({ "name": "No price" }), json!({ "unit_price": 5 })] {
        assert_eq!(send(&sandbox, "POST", &url, &wrong).status, 422);
    }
    let text = json!({ "name": "Text", "unit_price": "much" });
    assert_eq!(send(&sandbox, "POST", &url, &text).status, 400);
}

#[test]
fn a_bulk_update_removes_what_it_leaves_out_unless_told_to_append() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let url = format!("/jobs/{job}/line_items/bulk_update");
    let kept = sandbox.lines_of(&job).remove(1);
    let new = json!({ "name": "Visit", "unit_price": 100 });
    let names = |list: &Value| -> Vec<String> {
        let rows = list["data"].as_array().unwrap();
        rows.iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let append = json!({ "line_items": [new], "append_line_items": true });
    let list = ok(&sandbox, "PUT", &url, &append, 200);
    assert_eq!(names(&list), ["Boiler repair", "Copper pipe", "Visit"]);
    let replace = json!({ "line_items": [{ "id": kept, "name": "Steel pipe" }, new] });
    let list = ok(&sandbox, "PUT", &url, &replace, 200);
    assert_eq!(names(&list), ["Steel pipe", "Visit"]);
    let half = json!({ "line_items": [{ "name": "Fine", "unit_price": 1 }, { "id": "rli_none" }] });
    assert_eq!(send(&sandbox, "PUT", &url, &half).status, 404);
    let after = read(&sandbox, &format!("/jobs/{job}/line_items"));
    assert_eq!(names(&after), ["Steel pipe", "Visit"], "all or nothing");
}

#[test]
fn customers_and_addresses_are_written() {
    let sandbox = company();
    let new = json!({
        "first_name": "Ines", "email": "ines@mail.example", "nonsense": 1, "company": null,
        "addresses": [{ "street": "1 Way", "city": "Portland", "planet": "Earth" }]
    });
    let customer = ok(&sandbox, "POST", "/customers", &new, 201);
    assert_eq!(events(&sandbox), ["customer.created"]);
    assert_eq!(customer["addresses"][0]["street"], "1 Way");
    let url = format!("/customers/{}", customer["id"].as_str().unwrap());
    let edited = ok(&sandbox, "PUT", &url, &json!({ "last_name": "Ruiz" }), 200);
    assert_eq!(edited["last_name"], "Ruiz");
    assert_eq!(edited["first_name"], "Ines");
    let address = json!({ "type": "billing", "street": "2 Way" });
    let address = ok(&sandbox, "POST", &format!("{url}/addresses"), &address, 201);
    assert_eq!(address["type"], "billing");
    assert_eq!(read(&sandbox, &url)["addresses"][1]["id"], address["id"]);
    let nobody = json!({ "company": "Nameless Ltd" });
    assert_eq!(send(&sandbox, "POST", "/customers", &nobody).status, 422);
    let source = json!({ "first_name": "Ada", "lead_source": "Radio" });
    let refused = send(&sandbox, "POST", "/customers", &source);
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body_json()["message"], "Lead source not found");
}

#[test]
fn a_job_is_made_and_scheduled() {
    let sandbox = company();
    let customer = first_customer(&sandbox);
    let new = json!({
        "customer_id": customer, "description": "Leak",
        "schedule": { "scheduled_start": "2026-03-03T14:00:00", "scheduled_end": "2026-03-03T16:00:00Z", "arrival_window": 30 }
    });
    let job = ok(&sandbox, "POST", "/jobs", &new, 201);
    assert_eq!(job["work_status"], "scheduled");
    assert_eq!(job["schedule"]["scheduled_start"], "2026-03-03T14:00:00Z");
    let nobody = json!({ "customer_id": "cus_none" });
    assert_eq!(send(&sandbox, "POST", "/jobs", &nobody).status, 404);
    assert_eq!(send(&sandbox, "POST", "/jobs", &json!({})).status, 400);
    let numbered = json!({ "customer_id": customer, "invoice_number": 7 });
    assert_eq!(send(&sandbox, "POST", "/jobs", &numbered).status, 501);
}

#[test]
fn materials_and_their_categories_are_written() {
    let sandbox = company();
    let categories = "/api/price_book/material_categories";
    let materials = "/api/price_book/materials";
    let category = ok(
        &sandbox,
        "POST",
        categories,
        &json!({ "name": "Valves" }),
        201,
    );
    let uuid = &category["uuid"];
    let new = json!({ "name": "Ball valve", "price": 2_400, "cost": 900, "material_category_uuid": uuid });
    let material = ok(&sandbox, "POST", materials, &new, 201);
    assert_eq!(material["material_category_name"], "Valves");
    let url = format!("{materials}/{}", material["uuid"].as_str().unwrap());
    let edited = ok(&sandbox, "PUT", &url, &json!({ "price": 2_500 }), 200);
    assert_eq!(
        (&edited["price"], &edited["cost"]),
        (&json!(2_500), &json!(900))
    );
    ok(&sandbox, "DELETE", &url, &json!({}), 204);
    assert_eq!(
        send(&sandbox, "PUT", &url, &json!({ "price": 1 })).status,
        404
    );
    let homeless = json!({ "name": "Ball valve", "price": 1 });
    assert_eq!(send(&sandbox, "POST", materials, &homeless).status, 400);
}

#[test]
fn nothing_writes_payments_invoices_or_the_state_of_a_job() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    sandbox.send_invoice(&job).unwrap();
    let before = (sandbox.job(&job), read(&sandbox, "/invoices"));
    for (method, url) in [
        ("POST", format!("/jobs/{job}/payments")),
        ("POST", "/invoices".to_owned()),
        ("PUT", format!("/jobs/{job}")),
        ("DELETE", format!("/jobs/{job}")),
        ("DELETE", format!("/customers/{}", first_customer(&sandbox))),
        ("GET", "/webhooks".to_owned()),
    ] {
        let answer = send(&sandbox, method, &url, &json!({}));
        assert_eq!(answer.status, 404, "{method} {url}");
        assert!(answer.body.starts_with(b"<!DOCTYPE html>"), "an HTML page");
    }
    assert_eq!(before, (sandbox.job(&job), read(&sandbox, "/invoices")));
}
