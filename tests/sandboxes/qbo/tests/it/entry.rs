//! What a person enters on the pages: forms are filled in, and sent as the page's script sends them.

use qbo_sandbox::{Request, Sandbox};
use sandbox_kit::Site;
use serde_json::{Map, Value, json};

use crate::app::{App, invoice_body};

/// A form as it stands on a page.
#[derive(Clone)]
struct Form {
    action: String,
    fields: Vec<Field>,
}

#[derive(Clone)]
struct Field {
    name: String,
    label: String,
    value: String,
    is_json: bool,
}

/// The text between two others, and what comes after.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<(&'t str, &'t str)> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (value, _) = between(tag, &format!(" {name}=\""), "\"")?;
    Some(value.replace("&quot;", "\"").replace("&amp;", "&"))
}

async fn page(sandbox: &Sandbox, path: &str) -> String {
    let answer = Site::answer(sandbox, Request::get(path)).await;
    assert_eq!(answer.status, 200, "{path}");
    String::from_utf8(answer.body).unwrap()
}

fn field(tag: &str, label: &str, inside: &str) -> Option<Field> {
    let value = if tag.starts_with("select") {
        let chosen = inside
            .split("<option")
            .find(|option| option.contains(" selected"));
        let chosen = chosen.or_else(|| inside.split("<option").nth(1))?;
        attribute(chosen, "value")
    } else {
        attribute(tag, "value")
    };
    Some(Field {
        name: attribute(tag, "name")?,
        label: label.to_owned(),
        value: value.unwrap_or_default(),
        is_json: tag.contains("data-as=\"json\""),
    })
}

/// The form of a page that has this button.
async fn form(sandbox: &Sandbox, path: &str, button: &str) -> Form {
    let page = page(sandbox, path).await;
    let ends = format!(">{button}</button>");
    let form = page.split("<form ").find(|form| form.contains(&ends));
    let form = form.unwrap_or_else(|| panic!("{path} has no button {button}: {page}"));
    let mut fields = Vec::new();
    let mut rest = form;
    let mut label = "";
    while let Some((tag, after)) = between(rest, "<", ">") {
        if tag == "span" {
            label = after.split('<').next().unwrap_or_default();
        } else if tag.starts_with("input") || tag.starts_with("select") {
            let inside = after.split("</select>").next().unwrap_or_default();
            fields.extend(field(tag, label, inside));
        }
        rest = after;
    }
    Form {
        action: attribute(&format!(" {form}"), "data-action").unwrap(),
        fields,
    }
}

/// Puts a value at its place, as the script does.
fn put(target: &mut Value, path: &str, value: Value) {
    let path = path.replace('[', ".").replace(']', "");
    let mut place = target;
    for key in path.split('.') {
        place = match key.parse::<usize>() {
            Ok(index) => {
                if !place.is_array() {
                    *place = json!([]);
                }
                let list = place.as_array_mut().unwrap();
                list.resize(list.len().max(index + 1), Value::Null);
                &mut list[index]
            }
            Err(_) => {
                if !place.is_object() {
                    *place = Value::Object(Map::new());
                }
                place
                    .as_object_mut()
                    .unwrap()
                    .entry(key)
                    .or_insert(Value::Null)
            }
        };
    }
    *place = value;
}

impl Form {
    /// Fills a field in that is known by its name or by how its label begins.
    fn fill(mut self, known: &str, value: &str) -> Self {
        let mut fields = self.fields.iter_mut();
        let field = fields.find(|field| field.name == known || field.label.starts_with(known));
        let field = field.unwrap_or_else(|| panic!("there is no field {known}"));
        value.clone_into(&mut field.value);
        self
    }

    /// Sends it; gives the status and the answer.
    async fn send(self, sandbox: &Sandbox) -> (u16, Value) {
        let mut body = json!({});
        for field in &self.fields {
            if field.is_json {
                put(
                    &mut body,
                    &field.name,
                    serde_json::from_str(&field.value).unwrap(),
                );
            } else if !field.value.trim().is_empty() {
                put(&mut body, &field.name, field.value.trim().into());
            }
        }
        let request = Request {
            method: "POST".to_owned(),
            target: self.action,
            body: body.to_string().into_bytes(),
            ..Request::default()
        };
        let answer = Site::answer(sandbox, request).await;
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    async fn save(self, sandbox: &Sandbox) {
        let (status, answer) = self.send(sandbox).await;
        assert_eq!(status, 200, "{answer}");
    }
}

/// Amy (1), her barn (3), Bob (2); the invoices 1 of Amy over 2,000 and 2 of the barn over 300.
fn company() -> App {
    let app = App::new();
    app.customer("Amy");
    app.customer("Bob");
    app.post(
        "customer",
        r#"{"DisplayName":"Barn","Job":true,"ParentRef":{"value":"1"}}"#,
    );
    app.invoice("1", "2000");
    app.invoice("3", "300");
    app
}

async fn shows(app: &App, path: &str, all: &[&str]) {
    let page = page(&app.sandbox, path).await;
    for text in all {
        assert!(page.contains(text), "{path} lacks {text}: {page}");
    }
}

#[tokio::test]
async fn a_payment_of_the_parent_is_received_moved_voided_and_deleted() {
    let app = company();
    let sandbox = &app.sandbox;
    form(sandbox, "/new/payment/1", "Save")
        .await
        .fill("Amount received", "$1,250.00")
        .fill("Reference no.", "77")
        .fill("Invoice 1001 of 09/29/2020, $2,000.00 open", "1,000.00")
        .fill("Invoice 1002 of 09/29/2020, $300.00 open", "250")
        .save(sandbox)
        .await;
    assert_eq!(app.shown("Invoice", "1", "Balance"), "1000.00");
    assert_eq!(app.shown("Invoice", "2", "Balance"), "50.00");
    assert_eq!(app.shown("Payment", "3", "CustomerRef.value"), "\"1\"");
    shows(&app, "/customers", &["$1,000.00", "$50.00", "$1,050.00"]).await;
    shows(&app, "/reports", &["$1,250.00", "$1,050.00", "$2,300.00"]).await;

    // It goes to Amy's invoice alone.
    let edit = form(sandbox, "/transactions/payment/3", "Save").await;
    edit.clone()
        .fill("Invoice 1001", "1250")
        .fill("Invoice 1002", "")
        .save(sandbox)
        .await;
    assert_eq!(app.shown("Invoice", "1", "Balance"), "750.00");
    assert_eq!(app.shown("Invoice", "2", "LinkedTxn"), "[]");
    // To Bob, who owes nothing: it is not applied any more.
    edit.fill("Customer", "2").save(sandbox).await;
    assert_eq!(app.shown("Payment", "3", "UnappliedAmt"), "1250.00");
    shows(&app, "/customers", &["-$1,250.00"]).await;

    form(sandbox, "/transactions/payment/3", "Void")
        .await
        .save(sandbox)
        .await;
    assert_eq!(app.shown("Payment", "3", "TotalAmt"), "0");
    form(sandbox, "/transactions/payment/3", "Delete")
        .await
        .save(sandbox)
        .await;
    assert!(sandbox.objects("Payment").is_empty());
    shows(&app, "/reports", &["$2,300.00"]).await;
}

#[tokio::test]
async fn credits_deposits_entries_and_expenses_are_entered() {
    let app = company();
    let sandbox = &app.sandbox;
    form(sandbox, "/new/creditmemo/1", "Save")
        .await
        .fill("Amount", "1,100.00")
        .save(sandbox)
        .await;
    assert_eq!(app.shown("Customer", "1", "Balance"), "900.00");
    form(sandbox, "/new/payment/1", "Save")
        .await
        .fill("Amount received", "0")
        .fill("Invoice 1001", "1,100")
        .fill("Credit memo 1003", "1,100")
        .save(sandbox)
        .await;
    assert_eq!(app.shown("CreditMemo", "3", "RemainingCredit"), "0");

    for amount in ["600", "40"] {
        app.payment("2", amount, &[]);
    }
    form(sandbox, "/new/deposit", "Save")
        .await
        .fill("Payment #6, $40.00", "")
        .fill("Amount", "-12.50")
        .save(sandbox)
        .await;
    assert_eq!(app.shown("Account", "7", "CurrentBalance"), "587.50");
    assert_eq!(app.shown("Account", "4", "CurrentBalance"), "40.00");

    let line = |n: usize, field: &str| format!("Line[{n}].{field}");
    let account = |n| line(n, "JournalEntryLineDetail.AccountRef.value");
    let amy = r#"{"Type":"Customer","EntityRef":{"value":"1"}}"#;
    form(sandbox, "/new/journalentry", "Save")
        .await
        .fill(&account(0), "19")
        .fill(&line(0, "Amount"), "1,000.00")
        .fill(&account(1), "9")
        .fill(&line(1, "Amount"), "1,000.00")
        .fill(&line(1, "JournalEntryLineDetail.Entity"), amy)
        .save(sandbox)
        .await;
    assert_eq!(app.shown("Customer", "1", "Balance"), "-100.00");
    form(sandbox, "/new/purchase/2", "Save")
        .await
        .fill("Amount", "640")
        .save(sandbox)
        .await;
    assert_eq!(app.shown("Customer", "2", "Balance"), "0");
    shows(&app, "/customers/2", &["/transactions/purchase/9"]).await;
    form(sandbox, "/transactions/payment/6", "Save")
        .await
        .fill("Purchase #9", "40")
        .save(sandbox)
        .await;
    assert_eq!(app.shown("Payment", "6", "UnappliedAmt"), "0");
}

#[tokio::test]
async fn what_cannot_be_is_said_and_not_done() {
    let app = company();
    let payment = form(&app.sandbox, "/new/payment/1", "Save").await;
    for (amount, why) in [("", "6000: "), ("12,50", "2090: Invalid Number : 12,50")] {
        let filled = payment.clone().fill("Amount received", amount);
        let (status, answer) = filled.send(&app.sandbox).await;
        assert_eq!(status, 422);
        let told = answer["refused"].as_str().unwrap();
        assert!(told.starts_with(why), "{told}");
    }
    assert!(app.sandbox.objects("Payment").is_empty());
    for path in ["/new/payment/9", "/new/bill", "/new/deposit/1"] {
        let answer = Site::answer(&app.sandbox, Request::get(path)).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    shows(
        &app,
        "/new",
        &["/new/payment/3", "/new/journalentry", "Barn"],
    )
    .await;
    app.post("creditmemo", &invoice_body("1", "5"));
    shows(&app, "/transactions/creditmemo/3", &["/void", "/delete"]).await;
}
