//! Whatever a company does with its documents, its books add up, and a refused call changes nothing.

use proptest::{collection::vec, prelude::*};
use qbo_sandbox::{Json, Options, SalesTax, UncollectedTax, UnlinkedMoney};
use rust_decimal::Decimal;

use crate::{
    app::{App, options},
    books,
};

const FORMS: &[&str] = &["Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"];
const ALL: &[&str] = &[
    "Invoice",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Payment",
    "Deposit",
    "JournalEntry",
    "Purchase",
];

/// One call; an id stands for the document at its place among those that there are.
#[derive(Clone, Debug)]
enum Step {
    Form {
        kind: usize,
        id: Option<u8>,
        customer: u8,
        sale: Sale,
    },
    Pay {
        id: Option<u8>,
        customer: u8,
        cents: u32,
        lines: Vec<(usize, u8, u32)>,
    },
    Deposit {
        id: Option<u8>,
        documents: Vec<u8>,
        fee: Option<u8>,
    },
    Journal {
        cents: u32,
        accounts: (u8, u8),
        customer: u8,
    },
    Spend {
        id: Option<u8>,
        cents: u32,
        account: u8,
        customer: u8,
    },
    Move {
        id: u8,
        customer: u8,
    },
    Void(u8),
    Delete(u8),
    VoidByHand(u8),
    Tax(u8),
}

#[derive(Clone, Debug)]
struct Sale {
    cents: Vec<(u32, bool)>,
    percent: Option<u8>,
    discount_first: bool,
    code: Option<u8>,
    tax: Option<u16>,
}

fn any_sale() -> impl Strategy<Value = Sale> {
    (
        vec((0_u32..100_000, any::<bool>()), 1..3),
        proptest::option::of(0_u8..=100),
        any::<bool>(),
        proptest::option::of(2_u8..4),
        proptest::option::of(0_u16..5000),
    )
        .prop_map(|(cents, percent, discount_first, code, tax)| Sale {
            cents,
            percent,
            discount_first,
            code,
            tax,
        })
}

fn any_step() -> impl Strategy<Value = Step> {
    let id = any::<u8>;
    // Any account, mostly receivables.
    let account = || prop_oneof![1 => 1_u8..20, 3 => Just(9)];
    let maybe = || proptest::option::weighted(0.3, any::<u8>());
    prop_oneof![
        6 => (0_usize..4, maybe(), 1_u8..4, any_sale())
            .prop_map(|(kind, id, customer, sale)| Step::Form { kind, id, customer, sale }),
        6 => (maybe(), 1_u8..4, 0_u32..100_000, vec((0_usize..4, id(), 1_u32..100_000), 0..3))
            .prop_map(|(id, customer, cents, lines)| Step::Pay { id, customer, cents, lines }),
        3 => (maybe(), vec(id(), 1..4), proptest::option::of(any::<u8>()))
            .prop_map(|(id, documents, fee)| Step::Deposit { id, documents, fee }),
        3 => (0_u32..100_000, (1_u8..20, account()), 1_u8..4)
            .prop_map(|(cents, accounts, customer)| Step::Journal { cents, accounts, customer }),
        3 => (maybe(), 0_u32..100_000, account(), 1_u8..4).prop_map(|(id, cents, account, customer)| {
            Step::Spend { id, cents, account, customer }
        }),
        1 => (id(), 1_u8..4).prop_map(|(id, customer)| Step::Move { id, customer }),
        2 => id().prop_map(Step::Void),
        2 => id().prop_map(Step::Delete),
        1 => id().prop_map(Step::VoidByHand),
        1 => (0_u8..3).prop_map(Step::Tax),
    ]
}

fn cents(cents: u32) -> Decimal {
    Decimal::new(i64::from(cents), 2)
}

impl Sale {
    fn fields(&self) -> String {
        let mut lines: Vec<String> = self
            .cents
            .iter()
            .map(|(amount, is_taxed)| {
                let code = if *is_taxed { "TAX" } else { "NON" };
                format!(r#"{{"Amount":{},"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"1"}},"TaxCodeRef":{{"value":"{code}"}}}}}}"#, cents(*amount))
            })
            .collect();
        if let Some(percent) = self.percent {
            lines.push(format!(r#"{{"DetailType":"DiscountLineDetail","DiscountLineDetail":{{"PercentBased":true,"DiscountPercent":{percent}}}}}"#));
        }
        let code = self.code.map_or(String::new(), |code| {
            let total = self.tax.map_or(String::new(), |tax| {
                format!(r#","TotalTax":{}"#, cents(tax.into()))
            });
            format!(r#""TxnTaxDetail":{{"TxnTaxCodeRef":{{"value":"{code}"}}{total}}},"#)
        });
        format!(
            r#"{code}"ApplyTaxAfterDiscount":{},"Line":[{}]"#,
            self.discount_first,
            lines.join(",")
        )
    }
}

/// The document at a place among those of some kinds, round and round.
fn at(app: &App, kinds: &[&'static str], place: u8) -> Option<(&'static str, Json)> {
    let all: Vec<(&'static str, Json)> = kinds
        .iter()
        .flat_map(|kind| {
            app.sandbox
                .objects(kind)
                .into_iter()
                .map(|object| (*kind, object))
        })
        .collect();
    all.get(usize::from(place) % all.len().max(1)).cloned()
}

/// The fields that make a write an update.
fn known(object: &Json) -> String {
    format!(
        r#""Id":"{}","SyncToken":"{}""#,
        object.text("Id").unwrap(),
        object.text("SyncToken").unwrap()
    )
}

fn update(app: &App, kind: &'static str, place: Option<u8>) -> String {
    place
        .and_then(|place| at(app, &[kind], place))
        .map_or(String::new(), |(_, object)| {
            format!(r#"{},"sparse":true,"#, known(&object))
        })
}

/// A line of a payment that is applied to a document, mostly so that it can be.
fn applied(app: &App, kind: usize, place: u8, amount: u32) -> Option<(String, String)> {
    let (kind, word, customer) = [
        ("Invoice", "Invoice", "CustomerRef.value"),
        ("CreditMemo", "CreditMemo", "CustomerRef.value"),
        (
            "JournalEntry",
            "JournalEntry",
            "Line.0.JournalEntryLineDetail.Entity.EntityRef.value",
        ),
        ("Purchase", "Expense", "EntityRef.value"),
    ][kind];
    let (_, document) = at(app, &[kind], place)?;
    let open = document.decimal("Balance").unwrap_or_default();
    let fits = !open.is_zero() && !amount.is_multiple_of(8);
    let amount = if fits {
        open.min(cents(amount))
    } else {
        cents(amount)
    };
    let id = document.text("Id").unwrap();
    Some((
        document.text(customer).unwrap().to_owned(),
        format!(r#"{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"{id}","TxnType":"{word}"}}]}}"#),
    ))
}

/// A journal entry of two lines about a customer.
fn journal(amount: Decimal, accounts: (u8, u8), customer: u8) -> String {
    let side = |posting: &str, account: u8| {
        format!(
            r#"{{"Amount":{amount},"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{{"PostingType":"{posting}","AccountRef":{{"value":"{account}"}},"Entity":{{"Type":"Customer","EntityRef":{{"value":"{customer}"}}}}}}}}"#
        )
    };
    format!(
        r#"{{"Line":[{},{}]}}"#,
        side("Debit", accounts.0),
        side("Credit", accounts.1)
    )
}

/// An expense that pays a customer out of the bank account.
fn expense(update: &str, amount: Decimal, account: u8, customer: u8) -> String {
    format!(
        r#"{{{update}"PaymentType":"Cash","AccountRef":{{"value":"7"}},"EntityRef":{{"value":"{customer}","type":"Customer"}},"Line":[{{"Amount":{amount},"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{{"AccountRef":{{"value":"{account}"}}}}}}]}}"#
    )
}

impl Step {
    /// Path and body; nothing when there is nothing to do it to.
    fn call(&self, app: &App) -> Option<(String, String)> {
        Some(match self {
            Self::Form {
                kind,
                id,
                customer,
                sale,
            } => {
                let kind = FORMS[*kind];
                let account = if kind == "RefundReceipt" {
                    r#""DepositToAccountRef":{"value":"4"},"#
                } else {
                    ""
                };
                let update = update(app, kind, *id);
                (
                    kind.to_lowercase(),
                    format!(
                        r#"{{{update}{account}"CustomerRef":{{"value":"{customer}"}},{}}}"#,
                        sale.fields()
                    ),
                )
            }
            Self::Pay {
                id,
                customer,
                cents: total,
                lines,
            } => {
                let lines: Vec<(String, String)> = lines
                    .iter()
                    .filter_map(|(kind, place, amount)| applied(app, *kind, *place, *amount))
                    .collect();
                let own = customer.to_string();
                let payer = match lines.first() {
                    // The barn pays for itself, or Amy for it.
                    Some((barn, _)) if barn == "3" && total.is_multiple_of(2) => "1",
                    Some((customer, _)) => customer,
                    None => &own,
                };
                let lines: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
                (
                    "payment".to_owned(),
                    format!(
                        r#"{{{}"CustomerRef":{{"value":"{payer}"}},"TotalAmt":{},"Line":[{}]}}"#,
                        update(app, "Payment", *id),
                        cents(*total),
                        lines.join(",")
                    ),
                )
            }
            Self::Deposit { id, documents, fee } => {
                let mut lines: Vec<String> = documents
                    .iter()
                    .filter_map(|place| {
                        let kinds = ["Payment", "SalesReceipt", "RefundReceipt"];
                        let (kind, object) = at(app, &kinds, *place)?;
                        let id = object.text("Id").unwrap();
                        let total = object.decimal("TotalAmt")?;
                        let total = if kind == "RefundReceipt" { -total } else { total };
                        Some(format!(r#"{{"Amount":{total},"LinkedTxn":[{{"TxnId":"{id}","TxnType":"{kind}"}}]}}"#))
                    })
                    .collect();
                lines.extend(fee.map(|fee| {
                    format!(r#"{{"Amount":-0.{fee:03},"DetailType":"DepositLineDetail","DepositLineDetail":{{"AccountRef":{{"value":"18"}}}}}}"#)
                }));
                (
                    "deposit".to_owned(),
                    format!(
                        r#"{{{}"DepositToAccountRef":{{"value":"7"}},"Line":[{}]}}"#,
                        update(app, "Deposit", *id),
                        lines.join(",")
                    ),
                )
            }
            Self::Journal {
                cents: amount,
                accounts,
                customer,
            } => (
                "journalentry".to_owned(),
                journal(cents(*amount), *accounts, *customer),
            ),
            Self::Spend {
                id,
                cents: amount,
                account,
                customer,
            } => (
                "purchase".to_owned(),
                expense(
                    &update(app, "Purchase", *id),
                    cents(*amount),
                    *account,
                    *customer,
                ),
            ),
            Self::Move { id, customer } => {
                let (kind, object) = at(app, ALL, *id)?;
                let known = known(&object);
                (
                    kind.to_lowercase(),
                    format!(r#"{{{known},"sparse":true,"CustomerRef":{{"value":"{customer}"}}}}"#),
                )
            }
            Self::Void(id) => {
                let (kind, object) = at(app, ALL, *id)?;
                let known = known(&object);
                let way = if kind == "Invoice" {
                    "void"
                } else {
                    "update&include=void"
                };
                (
                    format!("{}?operation={way}", kind.to_lowercase()),
                    format!("{{{known}}}"),
                )
            }
            Self::Delete(id) => {
                let (kind, object) = at(app, ALL, *id)?;
                let known = known(&object);
                (
                    format!("{}?operation=delete", kind.to_lowercase()),
                    format!("{{{known}}}"),
                )
            }
            Self::Tax(_) | Self::VoidByHand(_) => return None,
        })
    }

    /// Whether nothing can speak against it.
    fn is_certain(&self, app: &App) -> bool {
        match self {
            Self::Form { id: None, .. } => true,
            Self::Delete(place) => at(app, ALL, *place).is_some_and(|(kind, object)| {
                let links = object.at("LinkedTxn").map_or(&[][..], Json::as_list);
                links.is_empty() && !matches!(kind, "Invoice" | "CreditMemo")
            }),
            _ => false,
        }
    }

    fn run(&self, app: &App) {
        if let Self::Tax(mode) = self {
            let mode = [SalesTax::Off, SalesTax::Manual, SalesTax::Automated][usize::from(*mode)];
            app.sandbox.configure(|company| company.sales_tax = mode);
        }
        if let Self::VoidByHand(place) = self
            && let Some((kind, object)) = at(app, ALL, *place)
        {
            let before = everything(app);
            let done = app.sandbox.void(kind, object.text("Id").unwrap());
            assert!(done.is_ok() || before == everything(app), "{self:?}");
        }
        let Some((path, body)) = self.call(app) else {
            return;
        };
        let before = everything(app);
        let is_certain = self.is_certain(app);
        let status = app.call("POST", &path, &body).status;
        match status {
            200 => {}
            400 | 501 if is_certain => panic!("refused: {self:?}"),
            400 | 501 => assert_eq!(before, everything(app), "{self:?}"),
            other => panic!("{other}: {self:?}"),
        }
    }
}

fn everything(app: &App) -> Vec<Json> {
    ALL.iter()
        .chain(&["Customer", "Account"])
        .flat_map(|kind| app.sandbox.objects(kind))
        .collect()
}

/// A sales form comes to its lines and its tax; its tax to its tax lines.
fn check_form(form: &Json) {
    let sum = |path: &str, kind: &str, field: &str| -> Decimal {
        form.at(path)
            .map_or(&[][..], Json::as_list)
            .iter()
            .filter(|line| line.text("DetailType") == Some(kind))
            .map(|line| line.decimal(field).unwrap())
            .sum()
    };
    let lines = |kind| sum("Line", kind, "Amount");
    let tax = form.decimal("TxnTaxDetail.TotalTax").unwrap();
    assert_eq!(lines("SalesItemLineDetail"), lines("SubTotalLineDetail"));
    assert_eq!(
        lines("SubTotalLineDetail") - lines("DiscountLineDetail") + tax,
        form.decimal("TotalAmt").unwrap(),
        "{form}"
    );
    assert_eq!(
        sum("TxnTaxDetail.TaxLine", "TaxLineDetail", "Amount"),
        tax,
        "{form}"
    );
}

fn any_options() -> impl Strategy<Value = Options> {
    let choice = || prop_oneof![Just(UnlinkedMoney::Unapply), Just(UnlinkedMoney::Refuse)];
    let tax = prop_oneof![Just(UncollectedTax::Drop), Just(UncollectedTax::Keep)];
    let invoices = (choice(), choice(), choice(), choice(), choice());
    let switches = (any::<bool>(), any::<bool>(), any::<bool>());
    (invoices, tax, switches).prop_map(|(invoices, tax, switches)| {
        let mut options = options();
        let doubts = &mut options.doubts;
        (
            doubts.payment_above_balance,
            doubts.foreign_link,
            doubts.overpaid_invoice,
            doubts.voided_paid_invoice,
            doubts.deleted_paid_invoice,
        ) = invoices;
        doubts.uncollected_tax = tax;
        (
            options.company.auto_apply_credit,
            doubts.deposit_lines_lose_cents,
            doubts.tax_override_survives_edit,
        ) = switches;
        options
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_calls_leaves_the_books_balanced(options in any_options(), steps in vec(any_step(), 1..40)) {
        let app = App::with(options);
        app.customer("Amy");
        app.customer("Bob");
        app.post("customer", r#"{"DisplayName":"Amy's barn","Job":true,"ParentRef":{"value":"1"}}"#);
        for step in steps {
            step.run(&app);
            books::check(&app.sandbox);
        }
        for kind in FORMS {
            for form in app.sandbox.objects(kind) {
                check_form(&form);
            }
        }
    }
}
