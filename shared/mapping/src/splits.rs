//! However a job is split into invoices, its documents add up to it (V4, N6, N7).

use money::Cents;
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use crate::{
    Document, Invoicing, JobRecords, Refusal, Role, SentBefore,
    fixtures::{finished, invoiced, labor, with},
    properties::config,
};

/// What one invoice bills of a job.
#[derive(Clone, Debug)]
struct Share {
    lines: Vec<i64>,
    off: i64,
    tax: i64,
}

impl Share {
    fn total(&self) -> i64 {
        self.lines.iter().sum::<i64>() - self.off + self.tax
    }
}

/// A job of some lines, the first one taxable, split into shares of each line, of the discount and of the tax.
fn split(most: usize) -> impl Strategy<Value = Vec<Share>> {
    (1_usize..6, 2..=most).prop_flat_map(|(lines, shares)| {
        let share = (vec(1_i64..50_000, lines), 0_i64..=100, 0_i64..5_000);
        let share = share.prop_map(|(lines, off, tax)| {
            let off = lines.iter().sum::<i64>() * off / 1_000;
            Share { lines, off, tax }
        });
        vec(share, shares)
    })
}

fn line_name(place: usize) -> String {
    format!("Line {place}")
}

/// The job that the shares are of.
fn job(shares: &[Share]) -> JobRecords {
    let amounts = (0..shares[0].lines.len())
        .map(|place| shares.iter().map(|share| share.lines[place]).sum::<i64>());
    let mut lines: Vec<Value> = amounts
        .enumerate()
        .map(|(place, amount)| {
            let changes = json!({ "taxable": place == 0, "order_index": place });
            with(labor(&line_name(place), 1.0, amount, amount), &changes)
        })
        .collect();
    let off: i64 = shares.iter().map(|share| share.off).sum();
    if off > 0 {
        let changes =
            json!({ "kind": "fixed discount", "service_item_id": null, "order_index": 9 });
        lines.push(with(labor("Spring", 1.0, off, off), &changes));
    }
    let mut records = finished(&lines);
    let total = shares.iter().map(Share::total).sum();
    records.job.total_amount = Some(Cents::new(total));
    records
}

/// The job with an invoice over one of its shares.
fn bill(records: JobRecords, share: &Share, number: &str) -> JobRecords {
    let whole = |place: usize| records.lines[place].amount.map(Cents::get);
    let items: Vec<Value> = share
        .lines
        .iter()
        .enumerate()
        .map(|(place, part)| {
            json!({
                "name": line_name(place), "unit_price": whole(place), "amount": whole(place),
                "qty_in_hundredths": 100, "invoiced_amount": part,
            })
        })
        .collect();
    let changes = json!({
        "id": format!("invoice_{number}"), "invoice_number": number, "amount": share.total(), "items": items,
        "taxes": [{ "name": "County", "amount": share.tax }], "discounts": [{ "amount": share.off }],
    });
    invoiced(records, &changes)
}

/// The job with a deposit over a share that is told as one item.
fn bill_as_one_item(records: JobRecords, share: &Share, number: &str) -> JobRecords {
    let total = share.total();
    let item = json!({ "name": "Deposit", "unit_price": total, "amount": total, "invoiced_amount": total });
    let changes = json!({
        "id": format!("invoice_{number}"), "invoice_number": number, "amount": total, "items": [item],
    });
    invoiced(records, &changes)
}

fn documents(
    records: &JobRecords,
    invoicing: Invoicing,
    per_invoice: bool,
) -> Result<Vec<Document>, Refusal> {
    let standing = SentBefore {
        documents: Vec::new(),
        per_invoice,
        ..SentBefore::default()
    };
    records.documents(invoicing, &standing)
}

/// The documents add up to the job, and each one to its own total.
fn adds_up(records: &JobRecords, documents: &[Document]) -> Result<(), TestCaseError> {
    let total: Cents = documents.iter().map(|document| document.bill.total).sum();
    prop_assert_eq!(Some(total), records.job.total_amount);
    for document in documents {
        let bill = &document.bill;
        let lines: Cents = bill.lines.iter().map(|line| line.amount).sum();
        prop_assert_eq!(lines - bill.discount + bill.tax, bill.total);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn v4_n6_progress_invoices_add_up_to_the_job_as_one_document_and_as_several(shares in split(5)) {
        let count = shares.len();
        let billed = |records, (place, share)| bill(records, share, &format!("20311-{place}"));
        let records = (1..).zip(&shares).fold(job(&shares), billed);
        for invoicing in [Invoicing::Progress, Invoicing::Simple] {
            let one = documents(&records, invoicing, false).unwrap();
            prop_assert_eq!(one.len(), 1);
            adds_up(&records, &one)?;
            let several = documents(&records, invoicing, true).unwrap();
            prop_assert_eq!(several.len(), count);
            adds_up(&records, &several)?;
            for (document, share) in several.iter().zip(&shares) {
                prop_assert_eq!(document.bill.total.get(), share.total());
                prop_assert_eq!(document.bill.tax.get(), share.tax);
            }
        }
    }

    #[test]
    fn v4_n7_a_deposit_and_what_it_leaves_add_up_to_the_job(shares in split(2), one_item in any::<bool>()) {
        let [deposit, rest] = shares.as_slice() else {
            panic!("split(2) makes two");
        };
        // One item tells no tax: that there is any, the other invoice tells.
        prop_assume!(!one_item || deposit.tax == 0 || rest.tax > 0);
        for (invoicing, numbers) in [
            (Invoicing::Simple, ["30418", "30417"]),
            (Invoicing::MatchJobNumber, ["D-20311", "20311"]),
            (Invoicing::Progress, ["D-20311", "20311-1"]),
        ] {
            let as_told = if one_item { bill_as_one_item } else { bill };
            let early = as_told(job(&shares), deposit, numbers[0]);
            let late = bill(early.clone(), rest, numbers[1]);
            for records in [&early, &late] {
                let documents = documents(records, invoicing, false).unwrap();
                let roles: Vec<Role> = documents.iter().map(|document| document.role).collect();
                prop_assert_eq!(roles, [Role::Deposit, Role::Main]);
                prop_assert_eq!(documents[0].bill.total.get(), deposit.total());
                adds_up(records, &documents)?;
            }
        }
    }

    #[test]
    fn v4_n6_n7_a_deposit_and_progress_invoices_add_up_to_the_job(shares in split(4)) {
        let mut numbers = ["D-20311", "20311-1", "20311-2", "20311-3"].iter();
        let billed = |records, share| bill(records, share, numbers.next().unwrap());
        let records = shares.iter().fold(job(&shares), billed);
        for per_invoice in [false, true] {
            let documents = documents(&records, Invoicing::Progress, per_invoice).unwrap();
            let expected = if per_invoice { shares.len() } else { 2 };
            prop_assert_eq!(documents.len(), expected);
            adds_up(&records, &documents)?;
        }
    }
}
