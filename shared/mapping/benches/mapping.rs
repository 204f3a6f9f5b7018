//! How many invoices a second one core maps, and how often each asks for memory: `cargo bench -p mapping`.

#![expect(
    clippy::unwrap_used,
    reason = "without its records there is nothing to measure"
)]

use divan::{Bencher, black_box, counter::ItemsCount};
use hcp::LineItem;
use jiff::{Timestamp, tz::TimeZone};
use mapping::{
    DateSource, Happened, Invoicing, JobRecords, Kind, ListEntry, SalesTax, SentBefore, Term,
    class_name, customer, invoice,
    invoice::{Class, References, Setup},
    item,
    marker::Marker,
};
use qbo::Id;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Lines of the job.
const LINES: i64 = 8;

/// Counts what one invoice allocates. That costs nothing that shows in the rate: without it the figures are the
/// same within what two runs differ by.
#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

/// All that a job's update takes: its lines with a discount and tax, its customer, their items, the dates, the term,
/// the class, the invoice, and what of it changed since it was last written.
#[divan::bench(min_time = 5, sample_size = 100)]
fn invoices(bencher: Bencher<'_, '_>) {
    let zone = TimeZone::get("America/Chicago").unwrap();
    let tax_code = Id::new("2");
    let setup = Setup {
        zone: &zone,
        discounts: true,
        sales_tax: SalesTax::Automated(Some(&tax_code)),
    };
    let customer_id = Id::new("58");
    let income = Id::new("79");
    let expense = Id::new("80");
    let items: Vec<Id> = (0..LINES).map(|n| Id::new(n.to_string())).collect();
    let company = hcp::CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506").unwrap();
    let marker = Marker::new(&company, "job_41c7#main");
    let terms = ["Due on receipt", "Net 15", "Net 30", "Net 60"].map(entry);
    let classes = ["Plumbing", "Heating", "Cooling"].map(entry);
    let map = |records: &JobRecords, wrote: Option<&qbo::Invoice>| {
        let documents = records
            .documents(Invoicing::default(), &SentBefore::default())
            .unwrap();
        let main = documents.last().unwrap();
        let lines = &main.bill.lines;
        for line in lines {
            black_box(item::wanted(line, &income, Some(&expense)));
        }
        let customer = customer::wanted(&records.customer, records.job.address.as_ref());
        let happened = Happened {
            only_finished: false,
            invoiced: true,
            refresh: false,
            at: Timestamp::UNIX_EPOCH,
        };
        let issued = records.invoices.first();
        let days = issued.map(|one| mapping::days_under(one, main.days.clone(), &zone));
        let days = days.unwrap_or_default();
        let dates = mapping::dates(DateSource::default(), None, happened, &days, &zone);
        let due = mapping::terms(&records.job, issued, None, happened, dates, &zone);
        let term = match due.term {
            Term::Days(days) => mapping::term(days).listed(&terms),
            Term::Clear | Term::Keep => None,
        };
        let class = class_name(&records.job).unwrap();
        let class = mapping::class(class).listed(&classes).unwrap();
        let dates = mapping::Dates {
            due: due.due,
            ..dates
        };
        let references = References {
            customer: &customer_id,
            items: &items,
            term: term.as_ref(),
            class: Some(Class::OfDocument(&class)),
            marker: &marker,
        };
        let wanted = invoice::wanted(records, main, &references, dates, setup).unwrap();
        let home = customer.bill_addr.as_ref();
        let change = wrote.and_then(|wrote| invoice::changes(wrote, &wanted, home));
        (wanted, change)
    };
    let (wrote, _) = map(&records(0), None);
    let edited = records(1);
    assert!(map(&edited, Some(&wrote)).1.is_some(), "a line was edited");
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| map(black_box(&edited), Some(&wrote)));
}

fn entry(name: &str) -> ListEntry {
    let number = name.split(' ').find_map(|word| word.parse().ok());
    ListEntry {
        id: Id::new(name.len().to_string()),
        name: name.to_owned(),
        days: Some(number.unwrap_or_default()),
        active: true,
    }
}

/// A finished and invoiced job; the first line costs `more` cents more.
fn records(more: i64) -> JobRecords {
    let mut lines: Vec<LineItem> = (0..LINES).map(|n| line(n, more)).collect();
    let sold: i64 = lines.iter().map(|line| line.amount.unwrap().get()).sum();
    let total = sold - 5_000 + 1_250;
    lines.push(read(&json!({
        "id": "rli_d", "name": "Spring", "kind": "fixed discount", "amount": -5_000, "order_index": LINES,
    })));
    JobRecords {
        customer_gone: false,
        lines,
        job: read(&json!({
            "id": "job_41c7",
            "invoice_number": "20311",
            "address": {
                "id": "adr_2", "type": "service", "street": "7 Mill Lane", "street_line_2": "Barn",
                "city": "Salem", "state": "OR", "zip": "97301", "country": "US",
            },
            "work_status": "complete unrated",
            "work_timestamps": { "completed_at": "2026-05-04T18:00:00Z" },
            "schedule": { "scheduled_start": "2026-05-04T15:00:00Z" },
            "total_amount": total,
            "job_fields": { "business_unit": { "id": "bu_1", "name": "Heating" } },
        })),
        invoices: vec![read(&json!({
            "id": "invoice_9d02",
            "status": "open",
            "invoice_number": "20311",
            "amount": total,
            "due_at": "2026-06-03T18:05:00Z",
            "due_concept": "net",
            "display_due_concept": "net 30",
            "taxes": [{ "name": "County", "amount": 1_250 }],
            "sent_at": "2026-05-04T18:05:00Z",
            "service_date": "2026-05-04T15:00:00Z",
            "invoice_date": "2026-05-04T18:04:30Z",
        }))],
        customer: read(&json!({
            "id": "cus_88",
            "first_name": "Rosa",
            "last_name": "Quill",
            "email": "rosa@example.com",
            "mobile_number": "5550100177",
            "work_number": "5550100178",
            "company": "Quill Bindery",
            "notes": "Ring twice.\nThe side door is open.",
            "addresses": [{
                "id": "adr_1", "type": "billing", "street": "12 Harbor Street", "street_line_2": "Unit 3",
                "city": "Salem", "state": "OR", "zip": "97301", "country": "US",
            }],
        })),
    }
}

fn line(n: i64, more: i64) -> LineItem {
    let price = 4_950 + 1_225 * n + if n == 0 { more } else { 0 };
    read(&json!({
        "id": format!("rli_{n}"),
        "name": format!("Replace air filter, size {n}"),
        "description": "Old filter taken along.\nNext change due in six months.",
        "unit_price": price,
        "quantity": 2.0,
        "kind": if n % 2 == 0 { "labor" } else { "materials" },
        "taxable": n % 2 == 1,
        "amount": 2 * price,
        "order_index": n,
        "service_item_id": if n % 4 == 3 { Value::Null } else { json!(format!("olit_{n}")) },
    }))
}

/// Through text, as answers arrive.
fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_str(&json.to_string()).unwrap()
}
