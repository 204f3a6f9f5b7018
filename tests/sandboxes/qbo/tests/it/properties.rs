//! What holds whatever is asked: no request breaks the sandbox, and the books always add up.

use proptest::{collection::vec, prelude::*};
use qbo_sandbox::{Json, Object, Request, SalesTax};
use rust_decimal::Decimal;

use crate::app::{App, answered, encoded};

/// Any JSON, made of names that the sandbox knows more often than not.
fn any_json() -> impl Strategy<Value = Json> {
    let name = prop_oneof![
        Just("Id"),
        Just("SyncToken"),
        Just("sparse"),
        Just("Line"),
        Just("Amount"),
        Just("DetailType"),
        Just("SalesItemLineDetail"),
        Just("ItemRef"),
        Just("CustomerRef"),
        Just("value"),
        Just("Qty"),
        Just("UnitPrice"),
        Just("DisplayName"),
        Just("ParentRef"),
        Just("Job"),
        Just("Active"),
        Just("TxnDate"),
        Just("DiscountLineDetail"),
        Just("DiscountPercent"),
        Just("PercentBased"),
        Just("Name"),
        Just("Type"),
        Just("DueDays"),
        Just("DayOfMonthDue"),
        Just("BatchItemRequest"),
        Just("bId"),
        Just("Query"),
        Just("operation"),
        Just("Customer"),
        Just("Invoice"),
        Just("DocNumber"),
        Just("TotalAmt"),
        Just("LinkedTxn"),
        Just("TxnId"),
        Just("TxnType"),
        Just("DepositToAccountRef"),
        Just("DepositLineDetail"),
        Just("AccountRef"),
        Just("JournalEntryLineDetail"),
        Just("PostingType"),
        Just("TxnTaxDetail"),
        Just("TxnTaxCodeRef"),
        Just("TotalTax"),
        Just("TaxCode"),
        Just("TaxRateDetails"),
        Just("RateValue"),
        Just("Anything"),
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        (any::<i64>(), 0_u32..28)
            .prop_map(|(n, scale)| Json::Number(Decimal::new(n, scale).to_string())),
        prop_oneof![
            Just("1e999999999"),
            Just("-0"),
            Just("1"),
            Just("99999999999999999999999999999999")
        ]
        .prop_map(|number| Json::Number(number.to_owned())),
        prop_oneof![
            Just("1"),
            Just("0"),
            Just("SalesItemLineDetail"),
            Just("DiscountLineDetail"),
            Just("Service"),
            Just("create"),
            Just("update"),
            Just("9999-12-31"),
            Just("-9999-01-01"),
            Just(""),
        ]
        .prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::List),
            vec((name.clone(), inner), 0..6).prop_map(|fields| {
                let mut object = Object::new();
                for (name, value) in fields {
                    object.set(name, value);
                }
                Json::Object(object)
            }),
        ]
    })
}

/// A statement put together from pieces of the language.
fn any_statement() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("select"),
        Just("*"),
        Just("count(*)"),
        Just("from"),
        Just("Customer"),
        Just("Invoice"),
        Just("where"),
        Just("and"),
        Just("in"),
        Just("like"),
        Just("("),
        Just(")"),
        Just(","),
        Just("="),
        Just("<="),
        Just("Id"),
        Just("DisplayName"),
        Just("Active"),
        Just("TotalAmt"),
        Just("MetaData.CreateTime"),
        Just("'1'"),
        Just("'%a%'"),
        Just("' '"),
        Just("true"),
        Just("CURRENT_DATE"),
        Just("'2020-01-01'"),
        Just("orderby"),
        Just("order by"),
        Just("desc"),
        Just("startposition"),
        Just("maxresults"),
        Just("7"),
        Just("99999999999999999999"),
        Just("\\"),
        Just("'"),
        Just("é"),
    ];
    let loose = vec(piece.clone(), 0..12).prop_map(|pieces| pieces.join(" "));
    let started = vec(piece, 0..8)
        .prop_map(|pieces| format!("select * from Customer where {}", pieces.join(" ")));
    prop_oneof![loose, started, ".{0,40}"]
}

/// One step in the life of a company.
#[derive(Clone, Debug)]
enum Step {
    Invoice {
        customer: u8,
        cents: u32,
        percent: Option<u8>,
    },
    Change {
        invoice: u8,
        cents: u32,
    },
    Move {
        invoice: u8,
        customer: u8,
    },
    Void(u8),
    Delete(u8),
    Below {
        child: u8,
        parent: u8,
    },
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_u8..4, 0_u32..1_000_000, proptest::option::of(0_u8..=100))
            .prop_map(|(customer, cents, percent)| Step::Invoice { customer, cents, percent }),
        2 => (0_u8..8, 0_u32..1_000_000).prop_map(|(invoice, cents)| Step::Change { invoice, cents }),
        1 => (0_u8..8, 0_u8..4).prop_map(|(invoice, customer)| Step::Move { invoice, customer }),
        1 => (0_u8..8).prop_map(Step::Void),
        1 => (0_u8..8).prop_map(Step::Delete),
        1 => (0_u8..4, 0_u8..4).prop_map(|(child, parent)| Step::Below { child, parent }),
    ]
}

/// The lines of one sale and, maybe, a discount.
fn lines(cents: u32, percent: Option<u8>) -> String {
    let amount = Decimal::new(i64::from(cents), 2);
    let discount = percent.map_or(String::new(), |percent| {
        format!(r#",{{"DetailType":"DiscountLineDetail","DiscountLineDetail":{{"PercentBased":true,"DiscountPercent":{percent}}}}}"#)
    });
    format!("[{}{discount}]", crate::app::line(&amount.to_string()))
}

impl Step {
    /// Does it when it can be done.
    fn run(&self, app: &App) {
        let token = |entity: &str, id: u8| {
            let object = app.sandbox.object(entity, &id.to_string())?;
            Some(object.text("SyncToken").unwrap().to_owned())
        };
        let (path, body) = match self {
            Self::Invoice {
                customer,
                cents,
                percent,
            } => (
                "invoice",
                format!(
                    r#"{{"CustomerRef":{{"value":"{}"}},"Line":{}}}"#,
                    customer + 1,
                    lines(*cents, *percent)
                ),
            ),
            Self::Change { invoice, cents } => {
                let Some(token) = token("Invoice", *invoice) else {
                    return;
                };
                (
                    "invoice",
                    format!(
                        r#"{{"Id":"{invoice}","SyncToken":"{token}","sparse":true,"Line":{}}}"#,
                        lines(*cents, None)
                    ),
                )
            }
            Self::Move { invoice, customer } => {
                let Some(token) = token("Invoice", *invoice) else {
                    return;
                };
                (
                    "invoice",
                    format!(
                        r#"{{"Id":"{invoice}","SyncToken":"{token}","sparse":true,"CustomerRef":{{"value":"{}"}}}}"#,
                        customer + 1
                    ),
                )
            }
            Self::Void(invoice) | Self::Delete(invoice) => {
                let Some(token) = token("Invoice", *invoice) else {
                    return;
                };
                let path = if matches!(self, Self::Void(_)) {
                    "invoice?operation=void"
                } else {
                    "invoice?operation=delete"
                };
                (
                    path,
                    format!(r#"{{"Id":"{invoice}","SyncToken":"{token}"}}"#),
                )
            }
            Self::Below { child, parent } => {
                let Some(token) = token("Customer", child + 1) else {
                    return;
                };
                (
                    "customer",
                    format!(
                        r#"{{"Id":"{}","SyncToken":"{token}","sparse":true,"Job":true,"ParentRef":{{"value":"{}"}}}}"#,
                        child + 1,
                        parent + 1
                    ),
                )
            }
        };
        let status = app.call("POST", path, &body).status;
        // Only a circle of parents is refused.
        assert!(
            status == 200 || matches!(self, Self::Below { .. }),
            "{self:?}"
        );
    }
}

fn sum(objects: &[Json], path: &str) -> Decimal {
    objects
        .iter()
        .map(|object| object.decimal(path).unwrap())
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_body_breaks_the_sandbox(
        path in prop_oneof![
            Just("payment"), Just("payment?operation=update&include=void"), Just("deposit"), Just("creditmemo"),
            Just("salesreceipt"), Just("refundreceipt"), Just("journalentry"), Just("taxservice/taxcode"),
            Just("taxagency"), Just("estimate"),
            Just("invoice"), Just("customer"), Just("item"), Just("term"), Just("account"), Just("vendor"), Just("batch"),
            Just("invoice?operation=void"), Just("invoice?operation=delete"), Just("preferences"), Just("employee"),
        ],
        body in any_json(),
        tax in prop_oneof![Just(SalesTax::Off), Just(SalesTax::Manual), Just(SalesTax::Automated)],
    ) {
        let app = App::new();
        app.sandbox.configure(|company| company.sales_tax = tax);
        app.customer("Amy");
        app.invoice("1", "10");
        let status = app.call("POST", path, &body.to_string()).status;
        prop_assert!(matches!(status, 200 | 400 | 501), "{status}");
        app.get("invoice/1");
    }

    #[test]
    fn no_bytes_break_the_sandbox(bytes in vec(any::<u8>(), 0..200), target in ".{0,60}", method in "[A-Z]{0,6}") {
        let app = App::new();
        let mut request = app.request("POST", "customer", "");
        request.body = bytes.clone();
        let status = answered(app.sandbox.handle(&request)).status;
        prop_assert!(matches!(status, 200 | 400 | 501), "{status}");
        let loose = Request { method, target, headers: request.headers, body: bytes };
        let _ = app.sandbox.handle(&loose);
    }

    #[test]
    fn no_statement_breaks_the_sandbox(statement in any_statement()) {
        let app = App::new();
        app.customer("Amy");
        let response = app.call("GET", &format!("query?query={}", encoded(&statement)), "");
        prop_assert!(matches!(response.status, 200 | 400 | 501), "{}", response.status);
    }

    #[test]
    fn json_is_printed_as_it_was_read(json in any_json()) {
        let text = json.to_string();
        prop_assert_eq!(Json::parse(text.as_bytes()).unwrap(), json);
    }

    #[test]
    fn the_books_add_up_after_every_step(steps in vec(any_step(), 1..30)) {
        let app = App::new();
        for name in ["Amy", "Bob", "Cat", "Dan"] {
            app.customer(name);
        }
        for step in steps {
            step.run(&app);
            let invoices = app.sandbox.objects("Invoice");
            let customers = app.sandbox.objects("Customer");
            for invoice in &invoices {
                // Nothing is paid here, so an invoice is open in full.
                prop_assert_eq!(invoice.decimal("Balance"), invoice.decimal("TotalAmt"));
                let lines = invoice.at("Line").unwrap().as_list();
                let of = |kind: &str| -> Decimal {
                    lines
                        .iter()
                        .filter(|line| line.text("DetailType") == Some(kind))
                        .map(|line| line.decimal("Amount").unwrap())
                        .sum()
                };
                prop_assert_eq!(of("SalesItemLineDetail"), of("SubTotalLineDetail"));
                let total = of("SubTotalLineDetail") - of("DiscountLineDetail");
                // A voided invoice with a discount has zero everywhere.
                prop_assert_eq!(Some(total), invoice.decimal("TotalAmt"));
            }
            for customer in &customers {
                let id = customer.text("Id").unwrap();
                let own: Vec<Json> = invoices.iter().filter(|invoice| invoice.text("CustomerRef.value") == Some(id)).cloned().collect();
                prop_assert_eq!(customer.decimal("Balance").unwrap(), sum(&own, "Balance"));
                let name = customer.text("FullyQualifiedName").unwrap();
                let below: Vec<Json> = customers
                    .iter()
                    .filter(|other| {
                        let full = other.text("FullyQualifiedName").unwrap();
                        full == name || full.starts_with(&format!("{name}:"))
                    })
                    .cloned()
                    .collect();
                prop_assert_eq!(customer.decimal("BalanceWithJobs").unwrap(), sum(&below, "Balance"));
            }
            let receivable = app.sandbox.object("Account", "9").unwrap();
            prop_assert_eq!(receivable.decimal("CurrentBalance").unwrap(), sum(&invoices, "Balance"));
        }
    }
}
