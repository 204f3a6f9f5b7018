//! The line that makes totals equal where QuickBooks rounds a sales tax otherwise (X6).

use hcp_sandbox::{Hundredths, Invoicing, NewLine, NewPayment, PaymentMethod};
use qbo_sandbox::{Act, Json, SalesTax};
use simulation::{Moment, Town};

use crate::{
    people::{assert_books, job_with, new_customer_in},
    settings::change,
    taxes::{LINE, a_cent_apart, finish, send, set_tax, taxed, town, writes},
};

/// What the lines of rounding in QuickBooks come to, by invoice.
fn rounding_lines(town: &Town) -> Vec<i64> {
    let items = town.qbo.objects("Item");
    let ours = items
        .iter()
        .filter(|item| item.text("Name") == Some("Rounding"));
    let ours: Vec<&str> = ours.filter_map(|item| item.text("Id")).collect();
    let is_ours = |line: &&Json| {
        let item = line.at("SalesItemLineDetail.ItemRef.value");
        item.and_then(Json::as_text)
            .is_some_and(|item| ours.contains(&item))
    };
    let of = |invoice: &Json| {
        let lines = invoice.at("Line").map(Json::as_list).unwrap_or_default();
        let amounts = lines.iter().filter(is_ours).map(|line| {
            let untaxed = line.at("SalesItemLineDetail.TaxCodeRef.value").unwrap();
            assert_eq!(untaxed.as_text(), Some("NON"));
            let amount = line.at("Amount").unwrap().to_string();
            amount.replace('.', "").parse::<i64>().unwrap()
        });
        amounts.sum::<i64>()
    };
    town.qbo
        .objects("Invoice")
        .iter()
        .map(of)
        .filter(|line| *line != 0)
        .collect()
}

#[tokio::test]
async fn x6_a_line_of_rounding_makes_the_totals_equal_and_stays_without_another_write() {
    let town = town(106, Invoicing::Simple, &LINE).await;
    let job = a_cent_apart(&town);
    finish(&town, &job).await;
    assert_books(&town, &[&job]);
    assert_eq!(rounding_lines(&town), [-1]);
    send(&town, &job).await;
    let before = writes(&town);
    send(&town, &job).await;
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(writes(&town), before);
    assert_books(&town, &[&job]);
    // Another amount needs no line, and a third one the other way round.
    for (more, expected) in [(2_225, vec![]), (56, vec![1])] {
        let line = NewLine::materials("Filter", more, Hundredths::ONE);
        town.hcp.add_line(&job, line).unwrap();
        send(&town, &job).await;
        assert_books(&town, &[&job]);
        assert_eq!(rounding_lines(&town), expected, "{more}");
        let before = writes(&town);
        send(&town, &job).await;
        assert_eq!(writes(&town), before);
    }
    // A line that is there stays when the company chooses otherwise: that alone is no reason to write.
    change(&town, &[("rounding", "alert")]).await.unwrap();
    let before = town.qbo.count(Act::Update, Some("Invoice"));
    let in_full = NewPayment::in_full(PaymentMethod::Other);
    town.hcp.pay_job(&job, in_full).unwrap();
    town.settle().await;
    assert_eq!(town.qbo.count(Act::Update, Some("Invoice")), before);
    assert_eq!(rounding_lines(&town), [1]);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn x6_a_company_that_chooses_the_line_later_gets_it_with_the_next_button() {
    let town = town(107, Invoicing::Simple, &[]).await;
    let job = a_cent_apart(&town);
    finish(&town, &job).await;
    assert_eq!(town.open_alerts(), ["total_mismatch"]);
    change(&town, &LINE).await.unwrap();
    assert_eq!(rounding_lines(&town), [0_i64; 0]);
    send(&town, &job).await;
    assert_eq!(rounding_lines(&town), [-1]);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn x6_where_the_line_itself_moves_the_tax_it_is_tried_twice_and_never_again() {
    let town = town(113, Invoicing::Simple, &LINE).await;
    let job = taxed(&town, &[(44_809, true), (54_956, false)], 725);
    // QuickBooks spreads it over the line as well: without one its tax is a cent less, with one it is not.
    let off = NewLine::fixed_discount("Spring", 83_531);
    town.hcp.add_line(&job, off).unwrap();
    finish(&town, &job).await;
    assert_eq!(town.open_alerts(), ["total_mismatch"]);
    assert_eq!(town.qbo.count(Act::Create, Some("Invoice")), 1);
    assert_eq!(town.qbo.count(Act::Update, Some("Invoice")), 2);
    // Its number and its date.
    send(&town, &job).await;
    let before = writes(&town);
    for _ in 0..3 {
        send(&town, &job).await;
    }
    assert_eq!(writes(&town), before);
    assert_eq!(town.open_alerts(), ["total_mismatch"]);
    // Another amount is another matter.
    let more = NewLine::labor("More work", 1_000, Hundredths::ONE);
    town.hcp.add_line(&job, more).unwrap();
    send(&town, &job).await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn x6_in_a_closed_month_no_line_is_asked_for() {
    let town = town(111, Invoicing::Simple, &[]).await;
    let job = a_cent_apart(&town);
    finish(&town, &job).await;
    send(&town, &job).await;
    change(&town, &LINE).await.unwrap();
    town.qbo
        .configure(|company| company.book_close_date = Some("2026-07-31".parse().unwrap()));
    town.connect().await;
    let updates = || town.qbo.count(Act::Update, Some("Invoice"));
    let before = updates();
    let in_full = NewPayment::in_full(PaymentMethod::Card);
    town.hcp.pay_job(&job, in_full).unwrap();
    town.settle().await;
    assert_eq!(updates(), before);
    // The payment is dated in that month too.
    assert_eq!(town.open_alerts(), ["closed_period", "total_mismatch"]);
    assert_eq!(town.qbo.violations(), []);
}

#[tokio::test]
async fn x6_automated_tax_that_takes_no_amount_is_made_equal_too() {
    let overriding = |qbo: &mut qbo_sandbox::Options| {
        qbo.company.sales_tax = SalesTax::Automated;
        qbo.doubts.automated_tax_overrides = true;
    };
    for (settings, expected) in [(&[][..], vec!["total_mismatch"]), (&LINE, vec![])] {
        let town = Town::with(112, |_| {}, overriding).await;
        change(&town, settings).await.unwrap();
        let motor = NewLine::materials("Motor", 10_000, Hundredths::ONE);
        let customer = new_customer_in(&town, "Dana", "Sample", "AZ");
        let job = job_with(&town, &customer, vec![motor]);
        // QuickBooks makes it 5.60 per cent.
        set_tax(&town, &job, "County", 561);
        finish(&town, &job).await;
        assert_eq!(town.open_alerts(), expected);
        let lines = if expected.is_empty() {
            vec![1]
        } else {
            Vec::new()
        };
        assert_eq!(rounding_lines(&town), lines);
    }
}

#[tokio::test]
async fn x6_more_than_a_cent_for_each_rate_is_never_made_equal() {
    let town = town(108, Invoicing::Simple, &LINE).await;
    change(&town, &[("tax_rates.County", "Arizona")])
        .await
        .unwrap();
    let job = taxed(&town, &[(20_000, true)], 561);
    send(&town, &job).await;
    assert_eq!(
        town.open_alerts(),
        ["total_mismatch"],
        "two cents, and one rate"
    );
    assert_eq!(rounding_lines(&town), [0_i64; 0]);
    let before = writes(&town);
    let items = town.qbo.objects("Item");
    assert!(
        items
            .iter()
            .all(|item| item.text("Name") != Some("Rounding"))
    );
    set_tax(&town, &job, "County", 560);
    send(&town, &job).await;
    assert!(writes(&town) > before);
    assert_books(&town, &[&job]);
}

/// A job a cent apart is finished, and the worker dies at this step. Gives the steps, and whether it died.
async fn dies_at(step: Option<(usize, Moment)>) -> (Vec<String>, bool) {
    let town = town(109, Invoicing::Simple, &LINE).await;
    let job = a_cent_apart(&town);
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    town.steps.begin(step);
    let worker = town.worker();
    let mut died = false;
    while !died && !town.queue.messages().is_empty() {
        died = !town.batch(&worker).await;
    }
    let steps = town.steps.names();
    town.steps.begin(None);
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(rounding_lines(&town), [-1], "{step:?}");
    (steps, died)
}

#[tokio::test]
async fn x6_a_worker_that_dies_after_the_invoice_leaves_one_of_it_and_one_line() {
    let (steps, _) = dies_at(None).await;
    let writes = |step: &&String| step.contains("/invoice (");
    assert_eq!(
        steps.iter().filter(writes).count(),
        2,
        "without the line and with it"
    );
    let made = steps.iter().position(|step| writes(&step));
    for (step, name) in steps.iter().enumerate().skip(made.unwrap()) {
        for moment in [Moment::Before, Moment::After] {
            let (_, died) = dies_at(Some((step, moment))).await;
            assert!(died, "{name}");
        }
    }
}
