//! Discounts, tips and sales tax.

use hcp_sandbox::{
    Hundredths, Invoicing, JobId, NewLine, NewPayment, Part, PaymentMethod, TaxRate,
};
use qbo_sandbox::SalesTax;
use simulation::{Moment, Town};

use crate::people::{assert_books, invoices, job_with, new_customer, new_customer_in, new_job};

/// A motor that is taxed and an hour that is not.
pub(crate) fn taxed_job(town: &Town, percent: i64) -> JobId {
    let lines = vec![
        NewLine::materials("Blower motor", 20_000, Hundredths::ONE),
        NewLine::labor("Hour of work", 9_500, Hundredths::ONE),
    ];
    // QuickBooks' sandbox collects automated tax there.
    let customer = new_customer_in(town, "Dana", "Sample", "AZ");
    let job = job_with(town, &customer, lines);
    let county = TaxRate {
        name: "County".to_owned(),
        percent: Hundredths::new(percent),
    };
    town.hcp.set_taxes(&job, vec![county]).unwrap();
    job
}

/// The kinds of an invoice's lines and what they come to.
fn lines(town: &Town) -> Vec<(String, String)> {
    let invoice = &town.qbo.objects("Invoice")[0];
    let text = |n: usize, field: &str| {
        let path = format!("Line.{n}.{field}");
        invoice
            .at(&path)
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    (0..)
        .map(|n| (text(n, "DetailType"), text(n, "Amount")))
        .take_while(|(kind, _)| !kind.is_empty())
        .collect()
}

#[tokio::test]
async fn l3_a_discount_is_one_line_and_goes_when_it_is_taken_back() {
    let town = Town::new(17).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    let off = NewLine::percent_discount("Spring", Hundredths::new(1_000));
    let line = town.hcp.add_line(&job, off).unwrap();
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    let discounts = |town: &Town| {
        let lines = lines(town);
        lines
            .iter()
            .filter(|(kind, _)| kind.contains("Discount"))
            .count()
    };
    assert_eq!(discounts(&town), 1);
    town.hcp.remove_line(&job, &line).unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(discounts(&town), 0);
}

#[tokio::test]
async fn l3_where_quickbooks_allows_no_discounts_nothing_is_sent() {
    let town = Town::with(18, |_| {}, |qbo| qbo.company.allow_discount = false).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp
        .add_line(&job, NewLine::fixed_discount("Spring", 500))
        .unwrap();
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["discounts_off"]);
    assert_eq!(invoices(&town).len(), 0);
    assert_eq!(town.qbo.objects("Customer").len(), 0);
    // Once they are switched on, the next button carries the job; nobody has to connect again.
    town.qbo.configure(|company| company.allow_discount = true);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn l4_a_tip_is_a_line_on_an_item_of_its_own() {
    let town = Town::new(19).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.add_line(&job, NewLine::tip(2_000)).unwrap();
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    let items = town.qbo.objects("Item");
    let tips = items
        .iter()
        .filter(|item| item.text("Name") == Some("Housecall Pro Tips"));
    assert_eq!(tips.count(), 1);
}

#[tokio::test]
async fn x1_where_quickbooks_charges_no_tax_nothing_is_sent() {
    let town = Town::new(20).await;
    let job = taxed_job(&town, 825);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["sales_tax_off"]);
    assert_eq!(invoices(&town).len(), 0);
    assert_eq!(town.qbo.objects("Customer").len(), 0);
}

#[tokio::test]
async fn n3_n6_progress_invoices_are_one_invoice_over_the_whole_job() {
    let progress = |hcp: &mut hcp_sandbox::Options| {
        hcp.settings.invoicing = Invoicing::Progress;
    };
    let town = Town::with(21, progress, |_| {}).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    let day = std::time::Duration::from_secs(86_400);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    let finished = invoices(&town);
    let half = || Part::Percent(Hundredths::new(5_000));
    // D3: the first one dates the invoice, later ones and payments change nothing.
    town.clock.advance(day);
    let first = town.hcp.split_invoice(&job, vec![half()], None).unwrap();
    town.hcp.send_this_invoice(&first).unwrap();
    town.settle().await;
    let (number, date, total) = finished[0].clone();
    let sent = vec![(format!("{number}-1"), next(&date), total)];
    assert_eq!(invoices(&town), sent);
    town.clock.advance(day);
    let second = town
        .hcp
        .split_invoice(&job, vec![Part::Rest], None)
        .unwrap();
    town.hcp.send_this_invoice(&second).unwrap();
    town.settle().await;
    for invoice in [&first, &second] {
        town.clock.advance(day);
        let in_full = NewPayment::in_full(PaymentMethod::Card);
        town.hcp.pay_invoice(invoice, in_full).unwrap();
        town.settle().await;
    }
    assert_eq!(invoices(&town), sent);
    let note = town.qbo.objects("Invoice")[0]
        .text("PrivateNote")
        .unwrap_or_default()
        .to_owned();
    assert!(note.contains(&format!("{number}-1, {number}-2")), "{note}");
    assert!(town.open_alerts().is_empty());
}

fn next(day: &str) -> String {
    let day: jiff::civil::Date = day.parse().unwrap();
    day.tomorrow().unwrap().to_string()
}

/// The tax and the total of the only invoice in QuickBooks.
fn taxed(town: &Town) -> [String; 2] {
    let invoice = &town.qbo.objects("Invoice")[0];
    ["TxnTaxDetail.TotalTax", "TotalAmt"].map(|path| invoice.at(path).unwrap().to_string())
}

#[tokio::test]
async fn x3_automated_tax_takes_housecall_pros_amount_and_follows_it() {
    let automated = |qbo: &mut qbo_sandbox::Options| {
        qbo.company.sales_tax = SalesTax::Automated;
    };
    let town = Town::with(22, |_| {}, automated).await;
    let job = taxed_job(&town, 825);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(taxed(&town), ["16.50", "311.50"]);
    let off = NewLine::percent_discount("Spring", Hundredths::new(1_000));
    town.hcp.add_line(&job, off).unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(taxed(&town), ["14.85", "280.35"]);
    town.hcp.set_taxes(&job, Vec::new()).unwrap();
    town.hcp
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
        .unwrap();
    town.settle().await;
    assert_eq!(taxed(&town), ["0", "265.50"]);
    assert!(town.open_alerts().is_empty(), "{:?}", town.open_alerts());
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn x4_a_cent_of_difference_is_an_alert_until_a_later_sync_agrees() {
    let overriding = |qbo: &mut qbo_sandbox::Options| {
        qbo.company.sales_tax = SalesTax::Automated;
        qbo.doubts.automated_tax_overrides = true;
    };
    let town = Town::with(27, |_| {}, overriding).await;
    let customer = new_customer_in(&town, "Dana", "Sample", "AZ");
    let motor = NewLine::materials("Blower motor", 10_000, Hundredths::ONE);
    let job = job_with(&town, &customer, vec![motor]);
    let county = |percent| {
        let county = TaxRate {
            name: "County".to_owned(),
            percent: Hundredths::new(percent),
        };
        town.hcp.set_taxes(&job, vec![county]).unwrap();
    };
    // QuickBooks makes it 5.60 per cent.
    county(561);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    let mismatch = |town: &Town| {
        let alert = town.all::<store::AlertRecord>("alert#").remove(0).value;
        assert_eq!(alert.kind, "total_mismatch");
        (alert.open, alert.count, alert.message)
    };
    let words = |difference: &str, housecall: &str| {
        format!(
            "Invoice 101 of job 101: QuickBooks has {difference} than Housecall Pro. {housecall}"
        )
    };
    let cent = words(
        "0.01 less and 0.01 less sales tax",
        "Housecall Pro says 105.61 with 5.61 of sales tax, QuickBooks says 105.60 with 5.60.",
    );
    assert_eq!(mismatch(&town), (true, 1, cent));
    assert_eq!(taxed(&town), ["5.60", "105.60"]);
    assert_eq!(town.state(&job), store::JobState::Alert);
    // Also a button that carries nothing new finds it so.
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let (open, count, _) = mismatch(&town);
    assert_eq!((open, count), (true, 3));
    county(562);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let (_, _, message) = mismatch(&town);
    assert!(message.contains("0.02 less"), "{message}");
    county(560);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), [""; 0]);
    assert_eq!(town.state(&job), store::JobState::Synced);
    assert_eq!(invoices(&town).len(), 1);
    assert_eq!(town.qbo.violations(), []);
}

#[tokio::test]
async fn x4_a_difference_that_a_dead_worker_did_not_report_is_reported() {
    let overriding = |qbo: &mut qbo_sandbox::Options| {
        qbo.company.sales_tax = SalesTax::Automated;
        qbo.doubts.automated_tax_overrides = true;
    };
    let mut step = 0;
    loop {
        let town = Town::with(28, |_| {}, overriding).await;
        let job = taxed_job(&town, 825);
        town.hcp.finish_job(&job).unwrap();
        town.post().await;
        town.steps.begin(Some((step, Moment::After)));
        let worker = town.worker();
        let mut died = false;
        while !died && !town.queue.messages().is_empty() {
            died = !town.batch(&worker).await;
        }
        town.steps.begin(None);
        town.settle().await;
        assert_eq!(town.open_alerts(), ["total_mismatch"], "after step {step}");
        assert_eq!(invoices(&town).len(), 1, "after step {step}");
        if !died {
            break;
        }
        step += 1;
    }
    assert!(step > 20, "{step} steps");
}

#[tokio::test]
async fn x2_rates_kept_by_hand_are_found_by_their_amounts() {
    let manual = |qbo: &mut qbo_sandbox::Options| {
        qbo.company.sales_tax = SalesTax::Manual;
    };
    // 5.6 per cent is a rate of the company, 9.9 is not.
    for (percent, expected) in [(560, Some(["11.20", "306.20"])), (990, None)] {
        let town = Town::with(23, |_| {}, manual).await;
        let job = taxed_job(&town, percent);
        town.hcp.finish_job(&job).unwrap();
        town.settle().await;
        match expected {
            Some(expected) => {
                assert_eq!(taxed(&town), expected);
                assert!(town.open_alerts().is_empty());
                town.hcp.set_taxes(&job, Vec::new()).unwrap();
                town.hcp.send_invoice(&job).unwrap();
                town.settle().await;
                assert_eq!(taxed(&town), ["0", "295.00"]);
                assert_books(&town, &[&job]);
            }
            None => {
                assert_eq!(town.open_alerts(), ["tax_rate_unmapped"]);
                assert_eq!(invoices(&town).len(), 0);
            }
        }
    }
}

#[tokio::test]
async fn n2_n7_a_deposit_is_an_invoice_of_its_own() {
    let matched = |hcp: &mut hcp_sandbox::Options| {
        hcp.settings.invoicing = Invoicing::MatchJobNumber;
    };
    let automated = |qbo: &mut qbo_sandbox::Options| {
        qbo.company.sales_tax = SalesTax::Automated;
    };
    let town = Town::with(24, matched, automated).await;
    let job = taxed_job(&town, 825);
    let half = Part::Percent(Hundredths::new(5_000));
    let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
    town.hcp.send_this_invoice(&deposit).unwrap();
    town.settle().await;
    let totals = |town: &Town| {
        let mut booked: Vec<(String, i64)> = invoices(town)
            .into_iter()
            .map(|(number, _, total)| (number, total))
            .collect();
        booked.sort();
        booked
    };
    // The work is not done: only the deposit is billed.
    let read = town.hcp.job(&job).unwrap();
    let number = read["invoice_number"].as_str().unwrap().to_owned();
    let deposit_number = format!("D-{number}");
    assert_eq!(totals(&town), [(deposit_number.clone(), 15_575)]);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    let both = [(number, 15_575), (deposit_number, 15_575)];
    assert_eq!(totals(&town), both);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(totals(&town), both);
    let in_full = NewPayment::in_full(PaymentMethod::Card);
    town.hcp.pay_invoice(&deposit, in_full).unwrap();
    town.settle().await;
    assert_eq!(totals(&town), both);
    assert!(town.open_alerts().is_empty(), "{:?}", town.open_alerts());
    assert!(town.qbo.violations().is_empty());
}

#[tokio::test]
async fn t7_a_deposit_that_is_voided_is_for_a_person_to_void() {
    let matched = |hcp: &mut hcp_sandbox::Options| {
        hcp.settings.invoicing = Invoicing::MatchJobNumber;
    };
    let town = Town::with(25, matched, |_| {}).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    let half = Part::Percent(Hundredths::new(5_000));
    let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
    town.hcp.send_this_invoice(&deposit).unwrap();
    town.settle().await;
    town.hcp.void_invoice(&deposit).unwrap();
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["removed_in_housecall"]);
    assert_eq!(invoices(&town).len(), 2);
}
