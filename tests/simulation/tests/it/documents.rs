//! Which QuickBooks invoices a job becomes, and their numbers (N1 to N9).

use std::time::Duration;

use hcp_sandbox::{
    DepositItems, DueTerms, Hundredths, Invoicing, JobId, NewEntry, NewLine, NewPayment, Part,
    PaymentMethod, TaxRate,
};
use qbo_sandbox::{Act, Json, SalesTax};
use simulation::Town;
use store::{JobState, Lists, Table, Write};

use crate::{
    InvoiceSlot,
    edits::reprice,
    parties::{alert, finish},
    people::{cents, invoices, job_with, new_customer, new_customer_in, requests, total},
    settings::change,
    stories::make,
};

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// A company in Housecall Pro that invoices in this way, and says so in its settings.
pub(crate) async fn town(seed: u64, invoicing: Invoicing, settings: &[(&str, &str)]) -> Town {
    let town = Town::with(
        seed,
        |hcp| hcp.settings.invoicing = invoicing,
        |qbo| qbo.company.sales_tax = SalesTax::Automated,
    )
    .await;
    let named = match invoicing {
        Invoicing::Simple => "simple",
        Invoicing::MatchJobNumber => "match_job_number",
        Invoicing::Progress => "progress",
    };
    let all: Vec<(&str, &str)> = [("invoicing", named)]
        .into_iter()
        .chain(settings.iter().copied())
        .collect();
    change(&town, &all).await.unwrap();
    town
}

pub(crate) const PER_INVOICE: [(&str, &str); 1] = [("progress_invoices", "per_invoice")];

/// Work for 200 dollars.
pub(crate) fn work(town: &Town) -> JobId {
    let line = NewLine::labor("Work", 20_000, Hundredths::ONE);
    job_with(town, &new_customer(town, "Dana", "Sample"), vec![line])
}

pub(crate) fn number(town: &Town, job: &JobId) -> String {
    let job = town.hcp.job(job).unwrap();
    job["invoice_number"].as_str().unwrap().to_owned()
}

/// Number and total of each invoice in QuickBooks, by number.
pub(crate) fn booked(town: &Town) -> Vec<(String, i64)> {
    let all = invoices(town).into_iter();
    let mut booked: Vec<(String, i64)> = all.map(|(number, _, total)| (number, total)).collect();
    booked.sort();
    booked
}

/// The same, as it is expected: by the ends of the numbers, which begin with `job`'s.
fn parts(job: &str, expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    let named = |(end, total): &(&str, i64)| (format!("{job}{end}"), *total);
    expected.iter().map(named).collect()
}

/// Ids in QuickBooks, by number.
fn ids(town: &Town) -> Vec<String> {
    let mut all: Vec<(String, String)> = town
        .qbo
        .objects("Invoice")
        .iter()
        .map(|invoice| {
            let text = |field| invoice.text(field).unwrap().to_owned();
            (text("DocNumber"), text("Id"))
        })
        .collect();
    all.sort();
    all.into_iter().map(|(_, id)| id).collect()
}

pub(crate) fn issue(town: &Town, job: &JobId, part: Part) -> hcp_sandbox::InvoiceId {
    let invoice = town.hcp.split_invoice(job, vec![part], None).unwrap();
    town.hcp.send_this_invoice(&invoice).unwrap();
    invoice
}

pub(crate) fn pay(town: &Town, invoice: &hcp_sandbox::InvoiceId) {
    let in_full = NewPayment::in_full(PaymentMethod::Cash);
    town.hcp.pay_invoice(invoice, in_full).unwrap();
}

fn deposit_items(town: &Town, deposit_items: DepositItems) {
    town.hcp.change_settings(hcp_sandbox::Settings {
        deposit_items,
        ..town.hcp.settings()
    });
}

fn quiet(town: &Town) {
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.qbo.violations(), []);
}

#[tokio::test]
async fn n1_under_simple_invoicing_a_deposit_has_the_number_after_the_main_invoices() {
    for items in [DepositItems::Shares, DepositItems::OneItem] {
        let town = town(71, Invoicing::Simple, &[]).await;
        deposit_items(&town, items);
        // QuickBooks' sandbox collects automated tax there.
        let customer = new_customer_in(&town, "Dana", "Sample", "AZ");
        let lines = vec![
            NewLine::materials("Blower motor", 20_000, Hundredths::ONE),
            NewLine::labor("Hour of work", 9_500, Hundredths::ONE),
        ];
        let job = job_with(&town, &customer, lines);
        let county = TaxRate {
            name: "County".to_owned(),
            percent: Hundredths::new(825),
        };
        town.hcp.set_taxes(&job, vec![county]).unwrap();
        let half = Part::Percent(Hundredths::new(5_000));
        let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
        town.hcp.send_this_invoice(&deposit).unwrap();
        town.settle().await;
        let read = town.hcp.invoice(&deposit).unwrap();
        let after: u64 = read["invoice_number"].as_str().unwrap().parse().unwrap();
        // The work is not done: only the deposit is billed.
        assert_eq!(booked(&town), [(after.to_string(), 15_575)], "{items:?}");
        finish(&town, &job).await;
        assert_eq!(booked(&town).len(), 2);
        assert_eq!(invoices(&town)[1].0, number(&town, &job), "N4");
        let made = ids(&town);
        for _ in 0..2 {
            town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            let both = [
                ((after - 1).to_string(), 15_575),
                (after.to_string(), 15_575),
            ];
            assert_eq!(booked(&town), both, "{items:?}");
        }
        pay(&town, &deposit);
        town.settle().await;
        assert_eq!(total(&town, &job), 31_150);
        assert_eq!(
            booked(&town).iter().map(|(_, total)| total).sum::<i64>(),
            31_150
        );
        let mut now = ids(&town);
        now.sort();
        let mut made = made;
        made.sort();
        assert_eq!(now, made, "no third one");
        quiet(&town);
    }
}

#[tokio::test]
async fn n3_n6_per_invoice_each_progress_invoice_is_an_invoice_with_its_own_number_and_date() {
    let town = town(72, Invoicing::Progress, &PER_INVOICE).await;
    let job = work(&town);
    let job_number = number(&town, &job);
    finish(&town, &job).await;
    assert_eq!(booked(&town), parts(&job_number, &[("", 20_000)]), "N4");
    let first = ids(&town);
    town.clock.advance(DAY);
    let one = issue(&town, &job, Part::Amount(5_000));
    town.settle().await;
    // The main one becomes the first one's; what is not billed yet makes none.
    assert_eq!(booked(&town), parts(&job_number, &[("-1", 5_000)]));
    assert_eq!(ids(&town), first);
    town.clock.advance(DAY);
    let two = issue(&town, &job, Part::Rest);
    town.settle().await;
    let both = parts(&job_number, &[("-1", 5_000), ("-2", 15_000)]);
    assert_eq!(booked(&town), both);
    let dates: Vec<String> = invoices(&town)
        .into_iter()
        .map(|(_, date, _)| date)
        .collect();
    assert_eq!(dates, ["2026-07-25", "2026-07-26"], "D3, each for itself");
    for invoice in [&two, &one] {
        town.clock.advance(DAY);
        pay(&town, invoice);
        town.settle().await;
    }
    assert_eq!(booked(&town), both);
    assert_eq!(ids(&town)[..1], first);
    let again: Vec<String> = invoices(&town)
        .into_iter()
        .map(|(_, date, _)| date)
        .collect();
    assert_eq!(again, dates, "D3: a payment changes no date");
    assert_eq!(town.state(&job), JobState::Synced);
    quiet(&town);
}

#[tokio::test]
async fn d4_n6_per_invoice_and_service_date_each_is_dated_by_the_work() {
    let settings = [PER_INVOICE[0], ("date_source", "service_date")];
    let town = town(73, Invoicing::Progress, &settings).await;
    let job = work(&town);
    finish(&town, &job).await;
    for part in [Part::Amount(5_000), Part::Rest] {
        town.clock.advance(DAY);
        issue(&town, &job, part);
        town.settle().await;
    }
    let dates: Vec<String> = invoices(&town)
        .into_iter()
        .map(|(_, date, _)| date)
        .collect();
    assert_eq!(dates, ["2026-07-24", "2026-07-24"]);
    quiet(&town);
}

#[tokio::test]
async fn l2_a_progress_invoice_keeps_item_tax_and_discount_of_its_lines() {
    let town = town(74, Invoicing::Progress, &PER_INVOICE).await;
    let customer = new_customer_in(&town, "Dana", "Sample", "AZ");
    let book = town.hcp.price_book();
    let lines = vec![
        NewLine::from_price_book(&book[0].uuid, Hundredths::new(200)),
        NewLine::materials("Blower motor", 20_000, Hundredths::ONE),
        NewLine::percent_discount("Spring", Hundredths::new(1_000)),
    ];
    let job = job_with(&town, &customer, lines);
    let county = TaxRate {
        name: "County".to_owned(),
        percent: Hundredths::new(825),
    };
    town.hcp.set_taxes(&job, vec![county]).unwrap();
    for part in [Part::Percent(Hundredths::new(3_333)), Part::Rest] {
        issue(&town, &job, part);
        town.settle().await;
    }
    let invoices = town.qbo.objects("Invoice");
    assert_eq!(invoices.len(), 2);
    for invoice in &invoices {
        let at = |path: &str| invoice.text(path).unwrap_or_default();
        assert_eq!(at("Line.0.SalesItemLineDetail.ItemRef.name"), book[0].name);
        assert_eq!(at("Line.1.SalesItemLineDetail.ItemRef.name"), "Sales");
        assert_eq!(at("Line.1.SalesItemLineDetail.TaxCodeRef.value"), "TAX");
    }
    let booked: i64 = booked(&town).iter().map(|(_, total)| total).sum();
    assert_eq!(booked, total(&town, &job));
    quiet(&town);
}

/// Our records as they were before numbers, and the lines of progress invoices, were kept in them.
pub(crate) async fn as_before(town: &Town) {
    for record in town.table.all() {
        let kind = record.key.sort.split('#').next();
        let expect = store::Expect::Version(record.version);
        let write = match kind {
            Some("number") => Write::Delete {
                key: record.key,
                expect,
            },
            Some("slot") => {
                let mut body: serde_json::Value = serde_json::from_str(&record.body).unwrap();
                let data = body["data"].as_object_mut().unwrap();
                data.remove("number");
                data.remove("sent");
                Write::Put {
                    key: record.key,
                    expect,
                    body: body.to_string(),
                    due: record.due,
                    lists: Lists::default(),
                    expires: None,
                }
            }
            _ => continue,
        };
        let writer = uuid::Uuid::from_u128(7);
        town.table.write(writer, vec![write]).await.unwrap();
    }
}

/// What the invoices in QuickBooks sell, by number: item and amount of each line.
fn sold(town: &Town) -> Vec<(String, Vec<(String, i64)>)> {
    let mut sold: Vec<_> = town
        .qbo
        .objects("Invoice")
        .iter()
        .map(|invoice| {
            let lines = (0..10).map_while(|index| {
                let item = format!("Line.{index}.SalesItemLineDetail.ItemRef.name");
                let item = invoice.text(&item)?.to_owned();
                Some((item, cents(invoice, &format!("Line.{index}.Amount"))))
            });
            let number = invoice.text("DocNumber").unwrap().to_owned();
            (number, lines.collect())
        })
        .collect();
    sold.sort();
    sold
}

#[tokio::test]
async fn n6_a_sent_part_stays_as_it_was_sent_whatever_becomes_of_the_job() {
    for old in [false, true] {
        let town = town(84, Invoicing::Progress, &PER_INVOICE).await;
        let service = NewEntry {
            name: "Service".to_owned(),
            category: "Care".to_owned(),
            price: 10_000,
            ..NewEntry::default()
        };
        let service = town.hcp.add_service(service).unwrap();
        let line = NewLine::from_price_book(&service, Hundredths::ONE);
        let job = job_with(&town, &new_customer(&town, "Dana", "Sample"), vec![line]);
        let job_number = number(&town, &job);
        let one = issue(&town, &job, Part::Percent(Hundredths::new(5_000)));
        town.settle().await;
        let part = |end: &str, amount| {
            let sold = vec![("Service".to_owned(), amount)];
            (format!("{job_number}{end}"), sold)
        };
        assert_eq!(sold(&town), [part("-1", 5_000)]);
        let written = || town.qbo.count(Act::Update, Some("Invoice"));
        if old {
            as_before(&town).await;
        }
        reprice(&town, &job, 12_000);
        town.clock.advance(DAY);
        issue(&town, &job, Part::Rest);
        town.settle().await;
        let both = [part("-1", 5_000), part("-2", 7_000)];
        assert_eq!(sold(&town), both, "old: {old}");
        pay(&town, &one);
        town.settle().await;
        town.clock.advance(DAY);
        town.push_by_hand(&job).await;
        town.settle().await;
        assert_eq!(sold(&town), both, "old: {old}");
        assert_eq!(written(), 0, "not even written");
        quiet(&town);
    }
}

#[tokio::test]
async fn n6_another_choice_holds_for_jobs_that_were_not_sent_yet() {
    for (before, after) in [("per_job", "per_invoice"), ("per_invoice", "per_job")] {
        let town = town(75, Invoicing::Progress, &[("progress_invoices", before)]).await;
        let old = work(&town);
        finish(&town, &old).await;
        change(&town, &[("progress_invoices", after)])
            .await
            .unwrap();
        // What workers remember of the settings ends.
        town.clock.advance(DAY);
        let young = work_of_another(&town);
        for job in [&old, &young] {
            for part in [Part::Amount(5_000), Part::Rest] {
                issue(&town, job, part);
                town.settle().await;
            }
        }
        let [one, several] = match before {
            "per_job" => [&old, &young],
            _ => [&young, &old],
        };
        let mut expected = parts(&number(&town, one), &[("-1", 20_000)]);
        let several = number(&town, several);
        expected.extend(parts(&several, &[("-1", 5_000), ("-2", 15_000)]));
        expected.sort();
        assert_eq!(booked(&town), expected, "{before}");
        quiet(&town);
    }
}

fn work_of_another(town: &Town) -> JobId {
    let line = NewLine::labor("Work", 20_000, Hundredths::ONE);
    job_with(town, &new_customer(town, "Robin", "Sample"), vec![line])
}

#[tokio::test]
async fn n9_an_invoice_voided_and_issued_again_is_the_same_document() {
    for synced in [true, false] {
        // The main one.
        let main = town(76, Invoicing::MatchJobNumber, &[]).await;
        let job = work(&main);
        main.hcp.finish_job(&job).unwrap();
        let invoice = main.hcp.send_invoice(&job).unwrap();
        if synced {
            main.settle().await;
        }
        let before = ids(&main);
        main.hcp.void_invoice(&invoice).unwrap();
        main.hcp.send_invoice(&job).unwrap();
        main.settle().await;
        let job_number = number(&main, &job);
        assert_eq!(booked(&main), parts(&job_number, &[("-1", 20_000)]));
        assert!(!synced || ids(&main) == before);
        quiet(&main);

        // The deposit.
        let deposits = town(77, Invoicing::MatchJobNumber, &[]).await;
        let job = work(&deposits);
        let half = || Part::Percent(Hundredths::new(5_000));
        let deposit = deposits.hcp.add_deposit(&job, half(), None).unwrap();
        deposits.hcp.send_this_invoice(&deposit).unwrap();
        if synced {
            deposits.settle().await;
        }
        let before = ids(&deposits);
        deposits.hcp.void_invoice(&deposit).unwrap();
        let again = deposits.hcp.add_deposit(&job, half(), None).unwrap();
        deposits.hcp.send_this_invoice(&again).unwrap();
        deposits.settle().await;
        let number = format!("D-{}-1", number(&deposits, &job));
        assert_eq!(booked(&deposits), [(number, 10_000)]);
        assert!(!synced || ids(&deposits) == before);
        quiet(&deposits);

        // The second of two progress invoices.
        for (choice, expected) in [
            ("per_job", &[("-1", 20_000)][..]),
            ("per_invoice", &[("-1", 5_000), ("-3", 15_000)]),
        ] {
            let progress = town(78, Invoicing::Progress, &[("progress_invoices", choice)]).await;
            let job = work(&progress);
            issue(&progress, &job, Part::Amount(5_000));
            let second = issue(&progress, &job, Part::Rest);
            if synced {
                progress.settle().await;
            }
            let before = ids(&progress);
            progress.hcp.void_invoice(&second).unwrap();
            issue(&progress, &job, Part::Rest);
            progress.settle().await;
            let job_number = crate::documents::number(&progress, &job);
            assert_eq!(booked(&progress), parts(&job_number, expected), "{choice}");
            assert!(!synced || ids(&progress) == before);
            quiet(&progress);
        }
    }
}

#[tokio::test]
async fn n9_a_document_knows_its_invoice_also_where_nothing_had_to_be_sent() {
    let town = town(83, Invoicing::MatchJobNumber, &[]).await;
    let job = work(&town);
    // As a finished job has it: due on its day, without a term.
    let same_day = DueTerms::OnDate(jiff::civil::date(2026, 7, 24));
    town.hcp.set_due_terms(&job, same_day).unwrap();
    finish(&town, &job).await;
    let before = requests(&town);
    let invoice = town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(requests(&town), before, "S8");
    let slots = town.all::<InvoiceSlot>(&format!("slot#{}#main", job.as_str()));
    let known: Vec<&str> = slots[0]
        .value
        .memory
        .invoices
        .iter()
        .map(hcp::InvoiceId::as_str)
        .collect();
    assert_eq!(known, [invoice.as_str()]);
}

/// An invoice that somebody made in QuickBooks by hand.
fn by_hand(town: &Town, number: &str) -> String {
    let somebody = make(town, "Customer", r#"{"DisplayName":"Somebody Else"}"#);
    let item = make(
        town,
        "Item",
        r#"{"Name":"Old work","Type":"Service","IncomeAccountRef":{"value":"INCOME"}}"#,
    );
    make(
        town,
        "Invoice",
        &format!(
            r#"{{"DocNumber":"{number}","CustomerRef":{{"value":"{somebody}"}},"Line":[{{"Amount":10.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
        ),
    )
}

#[tokio::test]
async fn n9_where_the_changed_number_is_taken_the_old_one_stays_and_an_alert_says_so() {
    let town = town(79, Invoicing::MatchJobNumber, &[]).await;
    let job = work(&town);
    let invoice = town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let job_number = number(&town, &job);
    let theirs = by_hand(&town, &format!("{job_number}-1"));
    town.hcp.void_invoice(&invoice).unwrap();
    town.hcp
        .add_line(&job, NewLine::labor("Extra hour", 9_900, Hundredths::ONE))
        .unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let told = alert(&town, "duplicate_invoice_number");
    assert!(told.contains(&format!("{job_number}-1")), "{told}");
    // All but the number is carried.
    let expected = parts(&job_number, &[("", 29_900), ("-1", 1_000)]);
    assert_eq!(booked(&town), expected);
    // Once it is free, the next button carries it.
    let other = Json::parse(br#"{"DocNumber":"A-7"}"#).unwrap();
    town.qbo.edit("Invoice", &theirs, &other).unwrap();
    town.clock.advance(DAY);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let mut expected = parts(&job_number, &[("-1", 29_900)]);
    expected.push(("A-7".to_owned(), 1_000));
    expected.sort();
    assert_eq!(booked(&town), expected);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn n7_where_neither_signs_nor_setting_tell_an_alert_asks_and_nothing_is_sent() {
    let town = town(80, Invoicing::Progress, &[]).await;
    // The company says that it bills each job once.
    change(&town, &[("invoicing", "match_job_number")])
        .await
        .unwrap();
    let job = work(&town);
    issue(&town, &job, Part::Amount(5_000));
    town.settle().await;
    let told = alert(&town, "invoicing_unclear");
    let job_number = number(&town, &job);
    assert!(
        told.contains(&format!("{job_number}-1 over 50.00")),
        "{told}"
    );
    assert_eq!(booked(&town), []);
    assert_eq!(town.qbo.objects("Customer").len(), 0);
    assert_eq!(town.state(&job), JobState::Alert);
    change(&town, &[("invoicing", "progress")]).await.unwrap();
    town.clock.advance(DAY);
    issue(&town, &job, Part::Rest);
    town.settle().await;
    assert_eq!(booked(&town), parts(&job_number, &[("-1", 20_000)]));
    quiet(&town);
}

#[tokio::test]
async fn n6_a_lump_payment_voids_what_it_does_not_cover_and_that_is_no_removal() {
    for (choice, paid, rest) in [
        ("per_job", &[("-1", 20_000)][..], &[("-1", 20_000)][..]),
        // Of the two that are voided, the new one takes over the first, and the rest the second.
        (
            "per_invoice",
            &[("-2", 10_000), ("-3", 3_000)],
            &[("-3", 3_000), ("-4", 17_000)],
        ),
    ] {
        let town = town(81, Invoicing::Progress, &[("progress_invoices", choice)]).await;
        let job = work(&town);
        for part in [Part::Amount(10_000), Part::Rest] {
            issue(&town, &job, part);
        }
        town.settle().await;
        let before = ids(&town);
        let job_number = number(&town, &job);
        let lump = NewPayment::of(PaymentMethod::Check, 3_000);
        town.hcp.pay_job(&job, lump).unwrap();
        town.settle().await;
        let numbered = |expected: &[(&str, i64)]| parts(&job_number, expected);
        match choice {
            // Numbered like the first one that lives.
            "per_job" => assert_eq!(booked(&town), numbered(&[("-3", 20_000)])),
            _ => assert_eq!(booked(&town), numbered(paid), "{choice}"),
        }
        quiet(&town);
        issue(&town, &job, Part::Rest);
        town.settle().await;
        match choice {
            "per_job" => {
                let invoices = booked(&town);
                assert_eq!(invoices.len(), 1);
                assert_eq!(invoices[0].1, rest[0].1);
            }
            _ => assert_eq!(booked(&town), numbered(rest), "{choice}"),
        }
        let (mut now, mut before) = (ids(&town), before);
        now.sort();
        before.sort();
        assert_eq!(now, before, "no more than before");
        quiet(&town);
    }
}

#[tokio::test]
async fn n4_n5_segments_keep_their_numbers_until_their_invoices_tell_others() {
    let town = town(82, Invoicing::Simple, &[]).await;
    let job = work(&town);
    let segment = town.hcp.add_segment(&job).unwrap();
    town.hcp
        .add_line(
            &segment,
            NewLine::labor("Second visit", 7_000, Hundredths::ONE),
        )
        .unwrap();
    for job in [&job, &segment] {
        finish(&town, job).await;
    }
    let job_number = number(&town, &job);
    assert_eq!(number(&town, &segment), format!("{job_number}-1"));
    let both = parts(&job_number, &[("", 20_000), ("-1", 7_000)]);
    assert_eq!(booked(&town), both);
    let before = ids(&town);
    let invoice = town.hcp.send_invoice(&segment).unwrap();
    town.settle().await;
    let read = town.hcp.invoice(&invoice).unwrap();
    let own = read["invoice_number"].as_str().unwrap().to_owned();
    let mut expected = parts(&job_number, &[("", 20_000)]);
    expected.push((own, 7_000));
    expected.sort();
    assert_eq!(booked(&town), expected);
    let (mut now, mut before) = (ids(&town), before);
    now.sort();
    before.sort();
    assert_eq!(now, before);
    quiet(&town);
}
