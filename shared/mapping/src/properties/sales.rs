//! V22: whatever a job becomes, over all of its documents each item and each account has what the job sold.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::money;
use crate::{
    Bill, DepositForm, Document, ExtraAccount, Goods, Invoicing, JobRecords, Refusal, Role,
    SentBefore, SentDocument,
    fixtures::{finished, invoiced, labor, material, typed, with},
    item,
};

/// One of the invoices that a job is split into: its part of each line, of the discount and of the tax, and what was
/// paid on top of it.
#[derive(Clone, Debug)]
struct Share {
    lines: Vec<i64>,
    off: i64,
    tax: i64,
    tip: Option<i64>,
    surcharge: Option<i64>,
}

/// How Housecall Pro tells a tip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// As a line of the job that the invoice bills.
    Line,
    /// By the payment alone.
    Payment,
}

/// What is sold: taxable or not, of the price book or not.
#[derive(Clone, Copy, Debug)]
enum Sold {
    Service,
    Material,
    Typed,
}

/// How a job is invoiced: by one invoice, or in parts; with a deposit before that or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Whole,
    DepositAndRest { one_item: bool },
    Parts,
    DepositAndParts,
}

#[derive(Clone, Debug)]
struct Case {
    lines: Vec<(Sold, bool)>,
    shares: Vec<Share>,
    shape: Shape,
    invoicing: Invoicing,
    per_invoice: bool,
    /// What was chosen when the deposit was sent.
    deposit_account: ExtraAccount,
    tips: Told,
    /// So many of the invoices were made.
    made: usize,
}

fn share(lines: usize) -> impl Strategy<Value = Share> {
    let amount = prop_oneof![6 => 1_i64..50_000, 1 => Just(0)];
    (
        vec(amount, lines),
        prop_oneof![Just(0), 0_i64..=100],
        0_i64..5_000,
        option::of(1_i64..9_000),
        option::of(1_i64..500),
    )
        .prop_map(|(mut lines, off, tax, tip, surcharge)| {
            // None of them bills nothing.
            lines[0] = lines[0].max(1);
            Share {
                off: lines.iter().sum::<i64>() * off / 1_000,
                lines,
                tax,
                tip,
                surcharge,
            }
        })
}

fn case() -> impl Strategy<Value = Case> {
    let sold = select(vec![Sold::Service, Sold::Material, Sold::Typed]);
    let lines = vec((sold, any::<bool>()), 1..6);
    let shape = select(vec![
        Shape::Whole,
        Shape::DepositAndRest { one_item: false },
        Shape::DepositAndRest { one_item: true },
        Shape::Parts,
        Shape::DepositAndParts,
    ]);
    let tips = select(vec![Told::Line, Told::Payment]);
    let account = select(vec![ExtraAccount::Income, ExtraAccount::Liability]);
    let chosen = (any::<bool>(), account);
    (lines, shape, chosen, tips, 2_usize..5, 0_usize..5).prop_flat_map(
        |(lines, shape, (per_invoice, deposit_account), tips, parts, made)| {
            let invoicings = match shape {
                Shape::Parts | Shape::DepositAndParts => vec![Invoicing::Progress],
                _ => vec![Invoicing::Simple, Invoicing::MatchJobNumber],
            };
            let count = match shape {
                Shape::Whole => 1,
                Shape::DepositAndRest { .. } => 2,
                Shape::Parts | Shape::DepositAndParts => parts,
            };
            let shares = vec(share(lines.len()), count);
            (shares, select(invoicings)).prop_map(move |(shares, invoicing)| Case {
                lines: lines.clone(),
                shares,
                shape,
                invoicing,
                per_invoice,
                deposit_account,
                tips,
                made,
            })
        },
    )
}

impl Case {
    fn name(place: usize) -> String {
        format!("Line {place}")
    }

    /// Tips that are lines of the job, with the share that they were paid with.
    fn tips(&self) -> impl Iterator<Item = (usize, i64)> {
        let shares = self.shares.iter().take(self.made()).enumerate();
        let shares = shares.filter(|_| self.tips == Told::Line);
        shares.filter_map(|(place, share)| Some((place, share.tip?)))
    }

    fn made(&self) -> usize {
        self.made.min(self.shares.len())
    }

    fn has_tax(&self) -> bool {
        self.lines.iter().any(|(_, taxable)| *taxable)
    }

    fn tax(&self, share: &Share) -> i64 {
        let taxable = share.lines.iter().zip(&self.lines);
        let taxable = taxable.filter(|(_, (_, taxable))| *taxable);
        let is_taxed = taxable.map(|(amount, _)| amount).sum::<i64>() > 0;
        if self.has_tax() && is_taxed {
            share.tax
        } else {
            0
        }
    }

    /// The job, and as many of its invoices as were made.
    fn records(&self) -> JobRecords {
        let whole = |place: usize| {
            self.shares
                .iter()
                .map(|share| share.lines[place])
                .sum::<i64>()
        };
        let mut lines: Vec<Value> = self
            .lines
            .iter()
            .enumerate()
            .map(|(place, (sold, taxable))| {
                let (name, amount) = (Self::name(place), whole(place));
                let line = match sold {
                    Sold::Service => labor(&name, 1.0, amount, amount),
                    Sold::Material => material(&name, 1.0, amount, amount),
                    Sold::Typed => typed(&name, amount),
                };
                let mut line = with(line, &json!({ "taxable": taxable, "order_index": place }));
                if !line["service_item_id"].is_null() {
                    line["service_item_id"] = json!(format!("entry_{place}"));
                }
                line
            })
            .collect();
        let extra = |kind: &str, name: &str, amount: i64| {
            let changes = json!({ "kind": kind, "service_item_id": null });
            with(labor(name, 1.0, amount, amount), &changes)
        };
        let off: i64 = self.shares.iter().map(|share| share.off).sum();
        if off > 0 {
            lines.push(extra("fixed discount", "Spring", off));
        }
        for (_, tip) in self.tips() {
            lines.push(extra("fixed gratuity", "Tip", tip));
        }
        let sold: i64 = (0..self.lines.len()).map(whole).sum();
        let tax: i64 = self.shares.iter().map(|share| self.tax(share)).sum();
        let tips: i64 = self.tips().map(|(_, tip)| tip).sum();
        let mut records = finished(&lines);
        records.job.total_amount = Some(::money::Cents::new(sold - off + tax + tips));
        (0..self.made()).fold(records, |records, place| self.bill(records, place))
    }

    fn bill(&self, records: JobRecords, place: usize) -> JobRecords {
        let share = &self.shares[place];
        let (number, is_deposit) = match (self.shape, self.invoicing, place) {
            (Shape::Whole, ..) => ("20311".to_owned(), false),
            (Shape::DepositAndRest { .. }, Invoicing::MatchJobNumber, 0) => {
                ("D-20311".to_owned(), true)
            }
            (Shape::DepositAndRest { .. }, Invoicing::MatchJobNumber, _) => {
                ("20311".to_owned(), false)
            }
            (Shape::DepositAndRest { .. }, _, 0) => ("30418".to_owned(), true),
            (Shape::DepositAndRest { .. }, ..) => ("30417".to_owned(), false),
            (Shape::DepositAndParts, _, 0) => ("D-20311".to_owned(), true),
            _ => (format!("20311-{place}"), false),
        };
        let items = share.lines.iter().enumerate().map(|(at, part)| {
            let whole: i64 = self.shares.iter().map(|share| share.lines[at]).sum();
            json!({
                "name": Self::name(at), "unit_price": whole, "amount": whole, "qty_in_hundredths": 100,
                "invoiced_amount": part,
            })
        });
        let tips = self.tips().map(|(with, tip)| {
            json!({
                "name": "Tip", "unit_price": tip, "amount": tip, "qty_in_hundredths": 100, "type": "fixed gratuity",
                "invoiced_amount": if with == place { tip } else { 0 },
            })
        });
        let mut items: Vec<Value> = items.chain(tips).collect();
        let tip = share.tip.unwrap_or_default();
        let on_top = if self.tips == Told::Payment { tip } else { 0 };
        let surcharge = share.surcharge.unwrap_or_default();
        let tax = self.tax(share);
        let work = share.lines.iter().sum::<i64>() - share.off + tax;
        let amount = work + tip + surcharge;
        let mut taxes = vec![json!({ "name": "County", "amount": tax })];
        let mut discounts = vec![json!({ "amount": share.off })];
        if is_deposit && self.shape == (Shape::DepositAndRest { one_item: true }) {
            // The tip that is a line of the job is in it, and cannot be told from it.
            let all = work + tip - on_top;
            items = vec![
                json!({ "name": "Deposit", "unit_price": all, "amount": all, "invoiced_amount": all }),
            ];
            (taxes, discounts) = (Vec::new(), Vec::new());
        }
        let payment = json!({
            "id": format!("invpay_{place}"), "status": "succeeded", "amount": amount,
            "tip_amount": on_top, "surcharge_fee_amount": surcharge,
        });
        let changes = json!({
            "id": format!("invoice_{place}"), "invoice_number": number, "amount": amount, "items": items,
            "taxes": taxes, "discounts": discounts, "payments": [payment],
        });
        invoiced(records, &changes)
    }

    /// What each item must have over all documents: all of the job, or what was billed of it where each part has a
    /// document of its own.
    fn sold(&self) -> Sales {
        let mut sales = Sales::default();
        let parts = match self.shape {
            Shape::Parts => self.made(),
            Shape::DepositAndParts => self.made().saturating_sub(1),
            Shape::Whole | Shape::DepositAndRest { .. } => 0,
        };
        let apart = self.per_invoice && parts > 0;
        for (place, share) in self.shares.iter().enumerate() {
            let is_made = place < self.made();
            if apart && !is_made {
                continue;
            }
            for (at, amount) in share.lines.iter().enumerate() {
                let item = match self.lines[at].0 {
                    Sold::Typed => "Sales".to_owned(),
                    _ => Self::name(at),
                };
                sales.add(&item, *amount);
            }
            sales.add("Discount", -share.off);
            if is_made {
                sales.add("Housecall Pro Tips", share.tip.unwrap_or_default());
                sales.add("Card surcharge", share.surcharge.unwrap_or_default());
            }
        }
        sales
    }
}

/// The account of deposits that are owed.
const OWED: &str = "Customer Deposits";

/// Sales by item and by account.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sales {
    items: BTreeMap<String, i64>,
    accounts: BTreeMap<String, i64>,
}

impl Sales {
    fn add(&mut self, item: &str, amount: i64) {
        // Some items of the price book have an account of their own.
        let account = match item {
            "Line 1" | "Line 3" => "Repairs",
            "Discount" => "Discounts given",
            "Housecall Pro Tips" => "Tips",
            "Housecall Pro Deposit, held" => OWED,
            _ => "Services",
        };
        for (sales, name) in [(&mut self.items, item), (&mut self.accounts, account)] {
            let sum = sales.entry(name.to_owned()).or_default();
            *sum += amount;
        }
    }

    /// What these documents book.
    fn of<'a>(bills: impl Iterator<Item = &'a Bill>) -> Self {
        let mut sales = Self::default();
        for bill in bills {
            for line in &bill.lines {
                sales.add(item::given_name(line), line.amount.get());
            }
            sales.add("Discount", -bill.discount.get());
        }
        sales
    }

    fn without_nothing(mut self) -> Self {
        self.items.retain(|_, amount| *amount != 0);
        self.accounts.retain(|_, amount| *amount != 0);
        self
    }
}

fn documents(case: &Case, standing: &SentBefore) -> Result<Vec<Document>, Refusal> {
    case.records().documents(case.invoicing, standing)
}

proptest! {
    #![proptest_config(money(2_000))]

    #[test]
    fn v22_over_all_documents_each_item_and_account_has_what_the_job_sold(case in case()) {
        let standing = case.standing();
        let documents = match documents(&case, &standing) {
            Ok(documents) => documents,
            // A deposit that tells no tax, of a job whose tax is all in it.
            Err(Refusal::LinesDoNotAddUp { .. }) if case.hides_all_tax() => return Ok(()),
            Err(refusal) => return Err(TestCaseError::fail(refusal.to_string())),
        };
        let bills = documents.iter().map(|document| &document.bill);
        prop_assert_eq!(Sales::of(bills.clone()).without_nothing(), case.sold().without_nothing());
        // L4: on the document that it was paid with.
        let is_apart = documents.iter().any(|document| matches!(document.role, Role::Part(_)));
        for (document, share) in documents.iter().zip(&case.shares) {
            let by_itself = document.role == Role::Deposit || is_apart;
            let one_item = case.shape == Shape::DepositAndRest { one_item: true };
            if by_itself && !one_item {
                let sales = Sales::of([&document.bill].into_iter());
                for (item, paid) in [("Housecall Pro Tips", share.tip), ("Card surcharge", share.surcharge)] {
                    let booked = sales.items.get(item).copied();
                    prop_assert_eq!(booked.unwrap_or_default(), paid.unwrap_or_default());
                }
            }
        }
        // L3, X5: no discount lies on what Housecall Pro does not discount.
        for bill in bills {
            let is_other = |goods: &Goods| matches!(goods, Goods::Tip | Goods::Surcharge | Goods::DepositOffSales) || goods.is_deposit();
            let mixed = bill.lines.iter().any(|line| is_other(&line.goods));
            prop_assert!(bill.discount.get() == 0 || bill.tax.get() == 0 || !mixed);
        }
        let deposit = |document: &&Document| document.role == Role::Deposit;
        if let Some(deposit) = documents.iter().find(deposit).filter(|_| !is_apart && !case.per_invoice) {
            let lines = deposit.bill.lines.iter();
            let lines = lines.filter(|line| line.goods.is_deposit());
            prop_assert!(lines.count() <= 2);
        }
    }

    #[test]
    fn p9_v22_a_deposit_that_is_owed_is_earned_with_the_main_document(case in case()) {
        let (now, standing) = (case.deposit_account, case.standing());
        let Ok(documents) = documents(&case, &standing) else {
            return Ok(());
        };
        let deposit = |document: &&Document| document.role == Role::Deposit && document.bill.has_deposit();
        let Some(deposit) = documents.iter().find(deposit) else {
            return Ok(());
        };
        let booked = Sales::of([&deposit.bill].into_iter());
        let work = deposit.bill.lines.iter().filter(|line| line.goods.is_deposit());
        let work: i64 = work.map(|line| line.amount.get()).sum();
        let owed = if now == ExtraAccount::Liability { work } else { 0 };
        prop_assert_eq!(booked.accounts.get(OWED).copied().unwrap_or_default(), owed);
        prop_assert_eq!(booked.accounts.get("Services").copied().unwrap_or_default(), {
            let surcharges = deposit.bill.lines.iter().filter(|line| line.goods == Goods::Surcharge);
            work - owed + surcharges.map(|line| line.amount.get()).sum::<i64>()
        });
        // Another choice since changes neither document.
        for chosen in [ExtraAccount::Income, ExtraAccount::Liability] {
            let after = self::documents(&case, &case.after_deposit(chosen));
            prop_assert_eq!(after.as_ref(), Ok(&documents));
        }
    }
}

impl Case {
    fn standing(&self) -> SentBefore {
        SentBefore {
            per_invoice: self.per_invoice,
            deposit_account: self.deposit_account,
            ..SentBefore::default()
        }
    }

    /// The same once the deposit's document was sent, with this choice since.
    fn after_deposit(&self, chosen: ExtraAccount) -> SentBefore {
        let deposit = SentDocument {
            role: Role::Deposit,
            invoices: vec![serde_json::from_value(json!("invoice_0")).unwrap()],
            linked: true,
            sent: Vec::new(),
        };
        SentBefore {
            documents: vec![deposit],
            deposit: Some(DepositForm::Item(self.deposit_account)),
            deposit_account: chosen,
            ..self.standing()
        }
    }

    /// Whether the main invoice beside a deposit of one item tells no tax although the job has some.
    fn hides_all_tax(&self) -> bool {
        self.shape == (Shape::DepositAndRest { one_item: true })
            && self.made() == 2
            && self.tax(&self.shares[1]) == 0
            && self.tax(&self.shares[0]) > 0
    }
}
