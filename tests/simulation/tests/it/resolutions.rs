//! Each way out of an alert: what somebody chooses in the office is carried out, the alert closes, and QuickBooks is right.

use hcp_sandbox::{Hundredths, Invoicing, JobId, NewLine, NewPayment, PaymentMethod, PlanInvoices};
use office::{AlertView, AlertsBy, Caller, Paging, Role};
use simulation::Town;
use store::{ActKind, Did, HistoryEntry, JobState};
use sync::{
    Declined, NotDone,
    work::orders::{OrderState, Wish},
};
use uuid::Uuid;

use crate::{
    documents::{self, booked},
    foreign::{by_hand, customer, offered},
    office::{Desk, caller, declined, desk},
    parties::{alert, edit, entry, finish, id, job_of, names, small_job},
    payments::{amounts, assert_paid, enter, invoiced, of_note, pay_job},
    people::{assert_books, assert_same_books, invoices, job_with, new_customer, new_job},
    refunds,
    service_plans::{self, assert_sent, card, pay_plan},
    stories::{make, void_by_hand},
    taxes::{self, send, taxed},
};

/// A bookkeeper in the office.
struct Bench<'a> {
    town: &'a Town,
    desk: Desk,
    dana: Caller,
}

impl<'a> Bench<'a> {
    async fn new(town: &'a Town) -> Self {
        let desk = desk(town);
        let dana = caller(&desk, town, "dana@example.com", Role::Bookkeeper).await;
        Self { town, desk, dana }
    }

    /// The open alert of a type.
    async fn open(&self, kind: &str) -> AlertView {
        let by = AlertsBy::Type(kind.to_owned());
        let paging = Paging::default();
        let page = self.desk.alerts(&self.dana, true, &by, &paging).await;
        let mut rows = page.unwrap().rows;
        assert_eq!(rows.len(), 1, "{kind}: {:?}", self.town.open_alerts());
        rows.remove(0)
    }

    /// The keys of what an alert offers.
    async fn offers(&self, kind: &str) -> Vec<String> {
        let choices = self.open(kind).await.choices;
        choices.iter().map(mapping::alert::Choice::key).collect()
    }

    async fn ask(&self, alert: &AlertView, key: &str, said: Option<&str>) -> Result<Uuid, NotDone> {
        let id = Uuid::new_v4();
        let asked = self.desk.resolve(&self.dana, id, &alert.id, key, said);
        asked.await.map(|()| id)
    }

    /// Chooses what has this key, and waits for what becomes of it.
    async fn choose(&self, kind: &str, key: &str, said: Option<&str>) -> OrderState {
        let alert = self.open(kind).await;
        let id = self.ask(&alert, key, said).await.unwrap();
        self.town.settle().await;
        let told = self.desk.resolution(&self.dana, id).await.unwrap();
        assert_eq!(told.by, "dana@example.com");
        told.state
    }

    /// The same, of which nothing is left to do.
    async fn settle(&self, kind: &str, key: &str, said: Option<&str>) {
        let state = self.choose(kind, key, said).await;
        let done = matches!(
            state,
            OrderState::Settled | OrderState::Done(JobState::Synced)
        );
        assert!(
            done,
            "{kind} {key}: {state:?} {:?}",
            self.town.open_alerts()
        );
        assert_eq!(self.town.open_alerts(), Vec::<String>::new(), "{key}");
    }

    /// What people did, as the log keeps it.
    fn acts(&self) -> Vec<(ActKind, Option<String>)> {
        let all = self.town.all::<HistoryEntry>("history#");
        let acts = all.into_iter().filter_map(|entry| match entry.value.did {
            Did::Acted(act) if act.by.name == "dana@example.com" => Some((act.what, act.told)),
            _ => None,
        });
        acts.collect()
    }
}

#[tokio::test]
async fn s2_r3_a_payment_is_the_same_or_another_one() {
    for (key, expected) in [("same", vec![4_000]), ("separate", vec![4_000, 4_000])] {
        let (town, job) = invoiced(2_001).await;
        enter(&town, "40.00", "2026-07-10", "77");
        let check = NewPayment {
            amount: Some(4_000),
            ..of_note(PaymentMethod::Check, "Check 1042")
        };
        pay_job(&town, &job, check).await;
        let bench = Bench::new(&town).await;
        bench.settle("payment_maybe_in_quickbooks", key, None).await;
        assert_eq!(amounts(&town), expected);
        assert_eq!(town.state(&job), JobState::Synced);
    }
}

#[tokio::test]
async fn s2_t12_n8_a_foreign_invoice_is_linked_or_the_job_gets_another_number() {
    for (key, said, numbers) in [
        ("link_invoice", None, vec![""]),
        ("other_number", None, vec!["", "-2"]),
        ("other_number", Some("A-77"), vec!["", "A-77"]),
    ] {
        let (town, job, _) = offered(2_002).await;
        let number = documents::number(&town, &job);
        let bench = Bench::new(&town).await;
        bench.settle("linkable_invoice", key, said).await;
        let expected: Vec<(String, i64)> = numbers
            .into_iter()
            .map(|end| match end.starts_with("A-") {
                true => (end.to_owned(), 9_900),
                false => (format!("{number}{end}"), 9_900),
            })
            .collect();
        assert_eq!(booked(&town), expected, "{key}");
        // And so it stays.
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(booked(&town).len(), expected.len(), "{key}");
        assert_eq!(town.open_alerts(), Vec::<String>::new(), "{key}");
    }
}

#[tokio::test]
async fn s2_n8_a_number_that_is_taken_is_another_and_the_invoice_of_others_is_not_touched() {
    let town = Town::new(2_003).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let number = documents::number(&town, &job);
    let erin = customer(&town, "Erin");
    by_hand(&town, "Invoice", &number, &erin, "5.00", "");
    finish(&town, &job).await;
    let bench = Bench::new(&town).await;
    let alert = bench.open("duplicate_invoice_number").await;
    for odd in ["9".repeat(22), "x".repeat(201), "a\tb".to_owned()] {
        let asked = bench.ask(&alert, "other_number", Some(&odd)).await;
        if let Ok(id) = asked {
            town.settle().await;
            let told = bench.desk.resolution(&bench.dana, id).await.unwrap();
            assert!(matches!(told.state, OrderState::Declined { .. }), "{odd}");
        }
    }
    bench
        .settle("duplicate_invoice_number", "other_number", None)
        .await;
    let expected = [(number.clone(), 500), (format!("{number}-2"), 9_900)];
    assert_eq!(booked(&town), expected);
    let told = format!("Send the invoice as {number}-2");
    assert_eq!(bench.acts(), [(ActKind::Resolved, Some(told))]);
}

#[tokio::test]
async fn s2_c6_c7_a_customer_is_the_chosen_one_or_a_new_one_with_another_name() {
    let named =
        r#"{"DisplayName":"Dana Sample","PrimaryEmailAddr":{"Address":"other@example.com"}}"#;
    for (key, said, expected) in [
        ("use", None, vec!["Dana Sample"]),
        (
            "make_customer",
            None,
            vec!["Dana Sample", "Dana Sample (customer)"],
        ),
        (
            "make_customer",
            Some("Dana Sample, Bangor"),
            vec!["Dana Sample", "Dana Sample, Bangor"],
        ),
    ] {
        let town = Town::new(2_004).await;
        let dana = new_customer(&town, "Dana", "Sample");
        let theirs = make(&town, "Customer", named);
        let job = small_job(&town, &dana);
        finish(&town, &job).await;
        let bench = Bench::new(&town).await;
        let key = match key {
            "use" => format!("use_customer:{theirs}"),
            key => key.to_owned(),
        };
        bench.settle("customer_match_ambiguous", &key, said).await;
        assert_eq!(names(&town, "Customer", "DisplayName"), expected);
        assert_same_books(&town, &[&job]);
        let to = id(
            &town,
            "Customer",
            "DisplayName",
            expected[expected.len() - 1],
        );
        let invoice = &town.qbo.objects("Invoice")[0];
        assert_eq!(invoice.text("CustomerRef.value"), Some(to.as_str()));
    }
    let town = Town::new(2_005).await;
    make(&town, "Vendor", r#"{"DisplayName":"Dana Sample"}"#);
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let bench = Bench::new(&town).await;
    let state = bench
        .choose("name_taken", "make_customer", Some("Bangor"))
        .await;
    let OrderState::Declined { words } = state else {
        panic!("{state:?}");
    };
    assert!(
        words.starts_with("The new name begins with Dana Sample"),
        "{words}"
    );
    let state = bench
        .choose("name_taken", "use_named_customer", Some("Nobody"))
        .await;
    assert!(matches!(state, OrderState::Declined { .. }), "{state:?}");
    bench.settle("name_taken", "make_customer", None).await;
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn s2_i3_an_item_is_the_chosen_one_or_made_under_another_name() {
    for (key, said, expected) in [
        ("make_item", None, "Flush (price book)"),
        ("make_item", Some("Flush (Care)"), "Flush (Care)"),
        ("use_named_item", Some("old flush"), "Old flush"),
    ] {
        let town = Town::new(2_006).await;
        make(&town, "Item", r#"{"Name":"Flush","Type":"Category"}"#);
        let old = r#"{"Name":"Old flush","Type":"Service","IncomeAccountRef":{"value":"INCOME"}}"#;
        if key == "use_named_item" {
            make(&town, "Item", old);
        }
        let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
        let job = job_of(&town, &[&service]).await;
        let bench = Bench::new(&town).await;
        bench.settle("item_name_taken", key, said).await;
        assert_same_books(&town, &[&job]);
        assert_eq!(names(&town, "Item", "Name"), ["Flush", expected]);
    }
}

#[tokio::test]
async fn s2_x2_a_rate_that_was_picked_counts_for_the_tax_from_then_on() {
    let town = taxes::town(2_007, Invoicing::Simple, &[]).await;
    let phoenix =
        r#"{"Name":"Phoenix","SalesTaxRateList":{"TaxRateDetail":[{"TaxRateRef":{"value":"3"}}]}}"#;
    let phoenix = make(&town, "TaxCode", phoenix);
    town.connect().await;
    let job = taxed(&town, &[(20_000, true)], 560);
    send(&town, &job).await;
    let bench = Bench::new(&town).await;
    bench
        .settle("tax_rate_unmapped", &format!("use_rate:{phoenix}"), None)
        .await;
    assert_books(&town, &[&job]);
    let second = taxed(&town, &[(10_000, true)], 560);
    send(&town, &second).await;
    assert_eq!(town.open_alerts(), Vec::<String>::new(), "it is asked once");
    let codes = town.qbo.objects("Invoice");
    let codes: Vec<_> = codes
        .iter()
        .map(|one| one.text("TxnTaxDetail.TxnTaxCodeRef.value"))
        .collect();
    assert_eq!(codes, [Some(phoenix.as_str()); 2]);
}

#[tokio::test]
async fn s6_an_invoice_in_closed_books_is_dated_on_the_first_open_day_where_somebody_says_so() {
    let town = Town::new(2_008).await;
    let closed = Some("2026-07-31".parse().unwrap());
    town.qbo
        .configure(|company| company.book_close_date = closed);
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let number = documents::number(&town, &job);
    let bench = Bench::new(&town).await;
    bench.settle("closed_period", "first_open_day", None).await;
    let expected = [(number, "2026-08-01".to_owned(), 9_900)];
    assert_eq!(invoices(&town), expected);
    // What happens to it later does not bring it back into the closed month.
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(invoices(&town)[0].1, "2026-08-01");
    assert_eq!(invoices(&town).len(), 1);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn s2_r8_a_document_that_is_gone_is_made_again_or_left() {
    for (key, is_voided) in [
        ("make_again", false),
        ("make_again", true),
        ("leave", false),
        ("leave", true),
    ] {
        let town = Town::new(2_009).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        finish(&town, &job).await;
        match is_voided {
            true => void_by_hand(&town).await,
            false => {
                let gone = town.qbo.objects("Invoice").remove(0);
                town.qbo
                    .delete("Invoice", gone.text("Id").unwrap())
                    .unwrap();
            }
        }
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        let bench = Bench::new(&town).await;
        let standing = usize::from(is_voided);
        match key {
            "make_again" => {
                bench.settle("document_gone", key, None).await;
                assert_eq!(invoices(&town).len(), standing + 1);
                assert_eq!(town.state(&job), JobState::Synced);
                town.push_by_hand(&job).await;
            }
            _ => {
                let state = bench.choose("document_gone", key, None).await;
                let done = matches!(state, OrderState::Done(JobState::NotSynced));
                assert!(done, "{state:?}");
                // Nor is it told by what comes later.
                town.push_by_hand(&job).await;
            }
        }
        town.settle().await;
        let expected = standing + usize::from(key == "make_again");
        assert_eq!(invoices(&town).len(), expected, "{key}");
        assert_eq!(town.open_alerts(), Vec::<String>::new(), "{key}");
    }
}

#[tokio::test]
async fn s2_r4_a_payment_that_is_gone_is_sent_again_or_left() {
    for (key, expected) in [("send_again", vec![9_900]), ("not_send", vec![])] {
        let (town, job) = invoiced(2_010).await;
        pay_job(&town, &job, of_note(PaymentMethod::Check, "Check 1042")).await;
        let ours = town.qbo.objects("Payment").remove(0);
        town.qbo
            .delete("Payment", ours.text("Id").unwrap())
            .unwrap();
        town.pull().await;
        let bench = Bench::new(&town).await;
        bench.settle("payment_gone", key, None).await;
        assert_eq!(amounts(&town), expected, "{key}");
        if key == "send_again" {
            assert_paid(&town, &job);
        }
    }
}

#[tokio::test]
async fn s2_t7_what_was_removed_is_voided_or_left() {
    for key in ["void", "leave"] {
        for whole in [true, false] {
            let town = documents::town(2_011, Invoicing::Simple, &[]).await;
            let job = documents::work(&town);
            town.hcp.finish_job(&job).unwrap();
            let invoice = town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            match whole {
                true => town.hcp.delete_job(&job).unwrap(),
                false => town.hcp.void_invoice(&invoice).unwrap(),
            }
            town.settle().await;
            let bench = Bench::new(&town).await;
            let state = bench.choose("removed_in_housecall", key, None).await;
            assert!(matches!(state, OrderState::Done(_)), "{key} {state:?}");
            assert_eq!(town.open_alerts(), Vec::<String>::new(), "{key} {whole}");
            let left = match key {
                "void" => 0,
                _ => 20_000,
            };
            assert_eq!(booked(&town)[0].1, left, "{key} {whole}");
            if whole {
                assert_eq!(town.state(&job), JobState::Gone, "{key}");
            }
        }
    }
    // Money stands against it: the person is told, and the alert stays.
    let (town, job) = invoiced(2_012).await;
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    town.hcp.delete_job(&job).unwrap();
    town.settle().await;
    let bench = Bench::new(&town).await;
    let state = bench.choose("removed_in_housecall", "void", None).await;
    let OrderState::Declined { words } = state else {
        panic!("{state:?}");
    };
    assert!(words.contains("was not voided"), "{words}");
    assert_eq!(town.open_alerts(), ["removed_in_housecall"]);
    assert_eq!(invoices(&town)[0].2, 9_900);
}

#[tokio::test]
async fn s2_c10_a_customer_and_items_are_active_again() {
    let town = Town::with(
        2_013,
        |_| {},
        |qbo| qbo.doubts.refuse_deactivation_with_balance = false,
    )
    .await;
    let dana = new_customer(&town, "Dana", "Sample");
    let first = small_job(&town, &dana);
    finish(&town, &first).await;
    let gone = id(&town, "Customer", "DisplayName", "Dana Sample");
    edit(&town, "Customer", &gone, r#"{"Active":false}"#);
    let second = small_job(&town, &dana);
    finish(&town, &second).await;
    let bench = Bench::new(&town).await;
    bench
        .settle("customer_inactive", "reactivate_customer", None)
        .await;
    let there = id(&town, "Customer", "DisplayName", "Dana Sample");
    assert_eq!(there, gone, "the same one, under its name");
    assert_same_books(&town, &[&first, &second]);

    let town = Town::new(2_014).await;
    let services =
        ["Flush", "Survey"].map(|name| town.hcp.add_service(entry(name, "Care")).unwrap());
    let both = || {
        services
            .iter()
            .map(|one| NewLine::from_price_book(one, Hundredths::ONE))
    };
    let first = job_with(
        &town,
        &new_customer(&town, "Dana", "Sample"),
        both().collect(),
    );
    finish(&town, &first).await;
    for name in ["Flush", "Survey"] {
        let item = id(&town, "Item", "Name", name);
        edit(&town, "Item", &item, r#"{"Active":false}"#);
    }
    let second = job_with(
        &town,
        &new_customer(&town, "Eli", "Sample"),
        both().collect(),
    );
    finish(&town, &second).await;
    let bench = Bench::new(&town).await;
    bench
        .settle("item_inactive", "reactivate_items", None)
        .await;
    assert_eq!(names(&town, "Item", "Name"), ["Flush", "Survey"]);
    assert_same_books(&town, &[&first, &second]);
}

#[tokio::test]
async fn s2_p6_an_invoice_without_a_customer_gets_the_one_who_is_named() {
    let town = service_plans::town(2_015, PlanInvoices::WithoutCustomer).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let plan = pay_plan(&town, &dana, card());
    town.settle().await;
    let bench = Bench::new(&town).await;
    let alert = bench.open("invoice_without_customer").await;
    let nothing = declined(bench.ask(&alert, "its_customer", Some(" ")).await);
    assert!(matches!(nothing, Declined::NotUsable { .. }), "{nothing}");
    bench
        .settle(
            "invoice_without_customer",
            "its_customer",
            Some("dana sample"),
        )
        .await;
    assert_sent(&town, &plan, "Dana Sample");
}

#[tokio::test]
async fn s2_what_is_closed_or_not_offered_any_more_is_refused_and_a_repeat_is_no_second_one() {
    let (town, job, _) = offered(2_016).await;
    let bench = Bench::new(&town).await;
    let alert = bench.open("linkable_invoice").await;
    for (key, said) in [
        ("use_rate:1", None),
        ("", None),
        ("link_invoice", Some("x")),
    ] {
        let refused = declined(bench.ask(&alert, key, said).await);
        let is_gone = matches!(refused, Declined::Changed { .. });
        assert_eq!(is_gone, said.is_none(), "{key}: {refused}");
    }
    let missing = bench
        .desk
        .resolve(&bench.dana, Uuid::new_v4(), "bm9uZQ", "push_again", None);
    assert!(matches!(declined(missing.await), Declined::NoSuch { .. }));
    // The same one twice, and two in the same moment.
    let id = Uuid::new_v4();
    for _ in 0..2 {
        let asked = bench
            .desk
            .resolve(&bench.dana, id, &alert.id, "link_invoice", None);
        asked.await.unwrap();
    }
    let other = bench.ask(&alert, "other_number", None).await.unwrap();
    town.settle().await;
    let told = [
        bench.desk.resolution(&bench.dana, id).await.unwrap().state,
        bench
            .desk
            .resolution(&bench.dana, other)
            .await
            .unwrap()
            .state,
    ];
    let declined_ones = told
        .iter()
        .filter(|state| matches!(state, OrderState::Declined { .. }));
    assert_eq!(declined_ones.count(), 1, "{told:?}");
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    let late = declined(bench.ask(&alert, "link_invoice", None).await);
    assert!(matches!(late, Declined::Changed { .. }), "{late}");
    assert_eq!(town.state(&job), JobState::Synced);
    let unknown = bench.desk.resolution(&bench.dana, Uuid::new_v4()).await;
    assert!(matches!(declined(unknown), Declined::NoSuch { .. }));
}

/// A job whose customer's name a vendor has.
async fn held(seed: u64) -> (Town, JobId) {
    let town = Town::new(seed).await;
    make(&town, "Vendor", r#"{"DisplayName":"Dana Sample"}"#);
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    alert(&town, "name_taken");
    (town, job)
}

#[tokio::test]
async fn s3_an_alert_is_dismissed_for_a_reason_raised_again_and_taken_back() {
    let (town, job) = held(2_017).await;
    let bench = Bench::new(&town).await;
    let alert = bench.open("name_taken").await;
    for odd in ["", "  ", &"x".repeat(501)] {
        let told = declined(bench.desk.dismiss_alert(&bench.dana, &alert.id, odd).await);
        assert!(matches!(told, Declined::NotUsable { .. }), "{odd}");
    }
    let closed = bench
        .desk
        .dismiss_alert(&bench.dana, &alert.id, "entered by hand")
        .await
        .unwrap();
    let dismissed = closed.record.dismissed.as_ref().unwrap();
    assert_eq!(dismissed.reason, "entered by hand");
    assert_eq!(dismissed.by.as_ref().unwrap().name, "dana@example.com");
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.state(&job), JobState::NotSynced);
    let twice = bench
        .desk
        .dismiss_alert(&bench.dana, &alert.id, "again")
        .await;
    assert!(matches!(declined(twice), Declined::Changed { .. }));

    // Taken back, on top of what was seen.
    let tag = closed.tag();
    let late = bench
        .desk
        .take_dismissal_back(&bench.dana, &alert.id, Some("1-2-3"));
    assert!(matches!(declined(late.await), Declined::Changed { .. }));
    let opened = bench
        .desk
        .take_dismissal_back(&bench.dana, &alert.id, Some(&tag))
        .await
        .unwrap();
    assert!(opened.record.open && opened.record.dismissed.is_none());
    assert_eq!(town.open_alerts(), ["name_taken"]);
    assert_eq!(town.state(&job), JobState::Alert);
    let again = bench.desk.take_dismissal_back(&bench.dana, &alert.id, None);
    assert!(matches!(declined(again.await), Declined::HeldBy { .. }));

    // A later trigger raises it again.
    let dismissed = bench.desk.dismiss_alert(&bench.dana, &alert.id, "later");
    dismissed.await.unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["name_taken"]);
    let acts: Vec<ActKind> = bench.acts().into_iter().map(|(what, _)| what).collect();
    assert_eq!(acts.len(), 3, "{acts:?}");
    bench.settle("name_taken", "make_customer", None).await;
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn s2_what_fails_once_more_opens_the_alert_again() {
    let (town, _) = held(2_018).await;
    let bench = Bench::new(&town).await;
    let offers = bench.offers("name_taken").await;
    assert_eq!(
        offers,
        ["make_customer", "use_named_customer", "push_again"]
    );
    let state = bench.choose("name_taken", "push_again", None).await;
    assert!(matches!(state, OrderState::NeedsYou(_)), "{state:?}");
    assert_eq!(bench.open("name_taken").await.record.count, 2);
    make(
        &town,
        "Vendor",
        r#"{"DisplayName":"Dana Sample (customer)"}"#,
    );
    let state = bench.choose("name_taken", "make_customer", None).await;
    assert!(matches!(state, OrderState::NeedsYou(_)), "{state:?}");
    let offered = bench.open("name_taken").await.choices[0].words();
    assert_eq!(
        offered,
        "Make a new customer named Dana Sample (customer 2)"
    );
    let named = Some("Dana Sample (home)");
    bench.settle("name_taken", "make_customer", named).await;
    assert_eq!(
        names(&town, "Customer", "DisplayName"),
        ["Dana Sample (home)"]
    );
}

#[tokio::test]
async fn s4_one_cause_is_told_once_with_its_list_and_all_of_it_is_tried_again() {
    let town = Town::new(2_019).await;
    let closed = Some("2026-07-31".parse().unwrap());
    town.qbo
        .configure(|company| company.book_close_date = closed);
    let jobs =
        ["Dana", "Ben", "Eli"].map(|first| small_job(&town, &new_customer(&town, first, "Sample")));
    for job in &jobs {
        finish(&town, job).await;
    }
    let bench = Bench::new(&town).await;
    let causes = bench.desk.causes(&bench.dana).await.unwrap();
    assert_eq!(causes.len(), 1);
    assert_eq!(
        (causes[0].cause.key().as_str(), causes[0].alerts.len()),
        ("closed_books", 3)
    );
    let other = bench
        .desk
        .retry_cause(&bench.dana, Uuid::new_v4(), "discounts_off");
    assert!(matches!(declined(other.await), Declined::NoSuch { .. }));
    town.qbo.configure(|company| company.book_close_date = None);
    let id = Uuid::new_v4();
    for _ in 0..2 {
        bench
            .desk
            .retry_cause(&bench.dana, id, "closed_books")
            .await
            .unwrap();
    }
    town.settle().await;
    let told = bench
        .desk
        .order_status(&bench.dana, id, Wish::Push)
        .await
        .unwrap();
    assert_eq!(told.len(), 3);
    let jobs: Vec<&JobId> = jobs.iter().collect();
    assert_same_books(&town, &jobs);
    assert!(bench.desk.causes(&bench.dana).await.unwrap().is_empty());
}

/// Closes the books until the end of July.
fn close(town: &Town) {
    let last = "2026-07-31".parse().unwrap();
    town.qbo
        .configure(|company| company.book_close_date = Some(last));
}

/// The dates of what QuickBooks has of a kind.
fn dates(town: &Town, kind: &str) -> Vec<String> {
    let all = town.qbo.objects(kind).into_iter();
    let dates = all.filter_map(|one| one.text("TxnDate").map(str::to_owned));
    dates.collect()
}

#[tokio::test]
async fn s6_a_payment_and_a_refund_in_closed_books_are_dated_on_the_first_open_day() {
    let (town, job) = invoiced(4_101).await;
    close(&town);
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Check)).await;
    let bench = Bench::new(&town).await;
    assert_eq!(
        bench.offers("closed_period").await,
        ["first_open_day", "push_again"]
    );
    bench.settle("closed_period", "first_open_day", None).await;
    assert_eq!(dates(&town, "Payment"), ["2026-08-01"]);
    assert_eq!(amounts(&town), [9_900]);
    // It is told no more, whatever is pushed: the day was chosen.
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(dates(&town, "Payment"), ["2026-08-01"]);

    let (town, job) = invoiced(4_102).await;
    let of = refunds::paid(&town, &job, refunds::card()).await;
    close(&town);
    refunds::refund(&town, &of, Some(4_000)).await;
    let bench = Bench::new(&town).await;
    bench.settle("closed_period", "first_open_day", None).await;
    assert_eq!(dates(&town, "RefundReceipt"), ["2026-08-01"]);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}
