//! What people do in QuickBooks comes back to Housecall Pro: payments that they enter there, each told once (R1, R2, R4),
//! and what becomes of documents and payments of ours (R6, R8).

use hcp_sandbox::{JobId, NewPayment, PaymentMethod};
use mapping::payment::Decision;
use simulation::Town;
use store::JobState;

use crate::{
    documents::DAY,
    parties::{alert, edit},
    payments::{assert_paid, decide, enter, invoiced, of_note, owed},
    people::requests,
    stories::make,
};

/// What stands on a job in Housecall Pro: its notes and its tags.
pub(crate) fn left_on(town: &Town, job: &JobId) -> (Vec<String>, Vec<String>) {
    let job = town.hcp.job(job).unwrap();
    let texts = |list: &serde_json::Value, name: &str| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        let text =
            |one: &serde_json::Value| one.get(name).unwrap_or(one).as_str().unwrap().to_owned();
        list.map(text).collect()
    };
    (texts(&job["notes"], "content"), texts(&job["tags"], "name"))
}

/// What a person is asked to do in Housecall Pro.
pub(crate) async fn asked(town: &Town) -> Vec<String> {
    let inbox = town.worker().inbox(&town.books().company).await.unwrap();
    let entries = inbox.entries.iter();
    entries
        .map(|entry| mapping::received::request(&entry.news, &entry.facts))
        .collect()
}

async fn tick_off(town: &Town, job: &JobId, payment: &str) {
    let job = hcp::JobId::parse(job.as_str()).unwrap();
    let (company, payment) = (town.books().company, qbo::Id::new(payment));
    let by = simulation::person();
    let ticked = town.worker().tick_off(&company, &job, &payment, &by).await;
    ticked.unwrap();
}

/// What the open alert of a type says.
pub(crate) fn message(town: &Town, kind: &str) -> String {
    let mut alerts = town.all::<store::AlertRecord>("alert#").into_iter();
    let alert = alerts.find(|alert| alert.value.open && alert.value.kind == kind);
    alert.unwrap().value.message
}

fn number(town: &Town) -> String {
    let invoice = &town.qbo.objects("Invoice")[0];
    invoice.text("DocNumber").unwrap().to_owned()
}

#[tokio::test]
async fn r1_r2_a_payment_that_is_entered_in_quickbooks_is_told_once() {
    let (town, job) = invoiced(1_000).await;
    let payment = enter(&town, "99.00", "2026-07-24", "1042");
    let number = number(&town);
    for _ in 0..3 {
        town.pull().await;
        town.clock.advance(DAY);
    }
    let (notes, tags) = left_on(&town, &job);
    assert_eq!(
        notes,
        [format!(
            "Paid in QuickBooks: 99.00 on invoice {number} (2026-07-24, reference 1042). Please mark it as paid here; it \
             will not be sent to QuickBooks again. [QBO-{payment}]"
        )]
    );
    assert_eq!(tags, ["paid-in-qbo"]);
    let expected = format!("Mark as paid: 99.00 on invoice {number} (2026-07-24, reference 1042).");
    assert_eq!(asked(&town).await, [expected]);
    // Marked, it is the same money, whenever that is: its reference is named.
    let check = of_note(PaymentMethod::Check, &format!("Check, QBO-{payment}"));
    town.hcp.pay_job(&job, check).unwrap();
    town.settle().await;
    assert_paid(&town, &job);
    assert_eq!(asked(&town).await, Vec::<String>::new());
    assert_eq!(town.qbo.objects("Payment").len(), 1);
    town.pull().await;
    assert_eq!(left_on(&town, &job).0.len(), 1);
}

#[tokio::test]
async fn r3_an_entry_that_was_ticked_off_joins_a_payment_that_is_marked_later() {
    for is_ticked in [true, false] {
        let (town, job) = invoiced(1_001).await;
        let payment = enter(&town, "99.00", "2026-07-24", "");
        town.pull().await;
        if is_ticked {
            tick_off(&town, &job, &payment).await;
        }
        town.clock.advance(DAY * 9);
        let card = NewPayment::in_full(PaymentMethod::Card);
        town.hcp.pay_job(&job, card).unwrap();
        town.settle().await;
        // A card payment that was just made is held all the same, since the pull has told.
        if !is_ticked {
            assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
            assert_eq!(asked(&town).await.len(), 1);
            decide(&town, &job, Decision::Same).await.unwrap();
        }
        assert_paid(&town, &job);
        assert_eq!(town.qbo.objects("Payment").len(), 1);
        assert_eq!(asked(&town).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn r4_a_payment_that_is_changed_and_voided_in_quickbooks_is_told_each_time() {
    let (town, job) = invoiced(1_002).await;
    let payment = enter(&town, "99.00", "2026-07-24", "");
    town.pull().await;
    let invoice = town.qbo.objects("Invoice").remove(0);
    let (id, customer) = (
        invoice.text("Id").unwrap(),
        invoice.text("CustomerRef.value").unwrap(),
    );
    let lower = format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":40.00,"Line":[{{"Amount":40.00,"LinkedTxn":[{{"TxnId":"{id}","TxnType":"Invoice"}}]}}]}}"#
    );
    edit(&town, "Payment", &payment, &lower);
    town.pull().await;
    let number = number(&town);
    let now = format!(
        "Change the payment of 99.00: in QuickBooks it is 40.00 on invoice {number} (2026-07-24) now."
    );
    assert_eq!(asked(&town).await, [now]);
    assert_eq!(left_on(&town, &job).1, Vec::<String>::new());
    town.qbo.void("Payment", &payment).unwrap();
    town.pull().await;
    town.pull().await;
    let (notes, tags) = left_on(&town, &job);
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert_eq!(tags, Vec::<String>::new());
    let gone = format!(
        "Take the payment off again: 40.00 on invoice {number} (2026-07-24) was deleted, voided or moved in QuickBooks."
    );
    assert_eq!(asked(&town).await, [gone]);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn r2_a_partial_payment_has_no_tag_and_a_credit_is_no_payment() {
    let (town, job) = invoiced(1_003).await;
    enter(&town, "40.00", "2026-07-24", "");
    town.pull().await;
    assert_eq!(left_on(&town, &job).1, Vec::<String>::new());
    enter(&town, "59.00", "2026-07-25", "");
    town.pull().await;
    let (notes, tags) = left_on(&town, &job);
    assert_eq!((notes.len(), tags.len()), (2, 1));
    assert_eq!(asked(&town).await.len(), 2);
}

#[tokio::test]
async fn r1_our_own_payments_are_known_and_cost_no_look() {
    let (town, job) = invoiced(1_004).await;
    let card = NewPayment::in_full(PaymentMethod::Card);
    town.hcp.pay_job(&job, card).unwrap();
    town.settle().await;
    assert_paid(&town, &job);
    let before = (requests(&town), town.hcp.calls().len());
    town.pull().await;
    assert_eq!(
        (requests(&town), town.hcp.calls().len()),
        (before.0 + 1, before.1)
    );
    assert_paid(&town, &job);
    assert_eq!(left_on(&town, &job).0, Vec::<String>::new());
}

#[tokio::test]
async fn r4_ours_that_is_deleted_or_changed_in_quickbooks_is_told_and_never_sent_again_by_itself() {
    let (town, job) = invoiced(1_005).await;
    let check = of_note(PaymentMethod::Check, "Check 1042");
    town.hcp.pay_job(&job, check).unwrap();
    town.settle().await;
    let ours = town.qbo.objects("Payment").remove(0);
    let id = ours.text("Id").unwrap().to_owned();
    edit(&town, "Payment", &id, r#"{"TxnDate":"2026-07-20"}"#);
    town.pull().await;
    assert_eq!(town.open_alerts(), ["payment_changed_in_quickbooks"]);
    assert_eq!(
        alert(&town, "payment_changed_in_quickbooks"),
        format!(
            "The payment of 99.00 on invoice {} (Check, 2026-07-24) was changed in QuickBooks: its date is \
             2026-07-20 there, and was 2026-07-24.",
            number(&town)
        )
    );
    assert_eq!(town.state(&job), JobState::Alert);
    // Put right there, it is settled with the next pull.
    edit(&town, "Payment", &id, r#"{"TxnDate":"2026-07-24"}"#);
    town.pull().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    town.qbo.delete("Payment", &id).unwrap();
    town.pull().await;
    assert_eq!(town.open_alerts(), ["payment_gone"]);
    assert_eq!(town.qbo.objects("Payment").len(), 0);
    decide(&town, &job, Decision::Separate).await.unwrap();
    assert_paid(&town, &job);
}

#[tokio::test]
async fn r8_p1_an_invoice_that_is_deleted_in_quickbooks_is_told_and_holds_its_payments() {
    let both = ["document_gone", "payment_without_invoice"];
    for (is_voided, is_pulled) in [(false, true), (true, true), (false, false), (true, false)] {
        let (town, job) = invoiced(1_006).await;
        let invoice = town.qbo.objects("Invoice").remove(0);
        let (id, number) = (invoice.text("Id").unwrap(), number(&town));
        match is_voided {
            true => town.qbo.void("Invoice", id).unwrap(),
            false => town.qbo.delete("Invoice", id).unwrap(),
        };
        if is_pulled {
            town.pull().await;
            assert_eq!(town.open_alerts(), ["document_gone"]);
        }
        let check = of_note(PaymentMethod::Check, "Check 1042");
        town.hcp.pay_job(&job, check).unwrap();
        town.settle().await;
        assert_eq!(town.open_alerts(), both);
        assert_eq!(
            message(&town, "payment_without_invoice"),
            format!(
                "The payment of 99.00 on invoice {number} (Check, 2026-07-24) was not sent to QuickBooks: the QuickBooks \
                 invoice {number} over 99.00 was deleted or voided there."
            )
        );
        assert_eq!(town.qbo.objects("Payment").len(), 0);
        // Nothing is made again by itself, and the alerts stay, whatever is pushed.
        town.push_by_hand(&job).await;
        town.settle().await;
        assert_eq!(town.open_alerts(), both);
        // The bookkeeper entered the money otherwise.
        decide(&town, &job, Decision::Same).await.unwrap();
        assert_eq!(town.open_alerts(), ["document_gone"]);
    }
}

#[tokio::test]
async fn r2_a_note_and_a_tag_whose_answers_were_lost_are_left_once() {
    let kinds = [
        hcp_sandbox::FaultKind::CommitThenDrop,
        hcp_sandbox::FaultKind::CommitThenError,
        hcp_sandbox::FaultKind::DropBeforeCommit,
        hcp_sandbox::FaultKind::ServerError,
        hcp_sandbox::FaultKind::Throttle,
    ];
    for (path, kind) in ["/notes", "/tags"]
        .iter()
        .flat_map(|path| kinds.iter().map(move |kind| (*path, kind)))
    {
        let (town, job) = invoiced(1_010).await;
        enter(&town, "99.00", "2026-07-24", "1042");
        let fault = hcp_sandbox::Fault::next(kind.clone());
        town.hcp.inject(fault.path(path).method("POST"));
        town.pull().await;
        let (notes, tags) = left_on(&town, &job);
        let told = (notes.len(), tags.len());
        assert_eq!(told, (1, 1), "{path} {kind:?} {notes:?}");
        assert_eq!(town.open_alerts(), Vec::<String>::new());
    }
}

/// An invoice over 99 dollars of which QuickBooks has a part, entered by the bookkeeper and come back to the job.
async fn with_instalment(seed: u64, amount: &str) -> (Town, JobId, String) {
    let (town, job) = invoiced(seed).await;
    let payment = enter(&town, amount, "2026-07-24", "");
    town.pull().await;
    (town, job, payment)
}

fn cash(amount: i64) -> NewPayment {
    NewPayment {
        amount: Some(amount),
        ..of_note(PaymentMethod::Cash, "cash")
    }
}

#[tokio::test]
async fn r3_of_two_equal_instalments_one_came_back_and_the_other_is_genuine() {
    let (town, job, payment) = with_instalment(1_020, "49.50").await;
    let marked = of_note(PaymentMethod::Cash, &format!("cash, QBO-{payment}"));
    let marked = NewPayment {
        amount: Some(4_950),
        ..marked
    };
    town.hcp.pay_job(&job, marked).unwrap();
    town.hcp.pay_job(&job, cash(4_950)).unwrap();
    town.settle().await;
    town.pull().await;
    assert_paid(&town, &job);
    assert_eq!(town.qbo.objects("Payment").len(), 2);
    assert_eq!(asked(&town).await, Vec::<String>::new());
}

#[tokio::test]
async fn r3_a_card_payment_of_the_same_amount_and_day_is_held_once_the_pull_has_told() {
    let (town, job, _) = with_instalment(1_021, "49.50").await;
    let card = NewPayment::of(PaymentMethod::Card, 4_950);
    town.hcp.pay_job(&job, card).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
    decide(&town, &job, Decision::Separate).await.unwrap();
    assert_eq!((owed(&town), town.qbo.objects("Payment").len()), (0, 2));
    // What came back is still to be marked.
    assert_eq!(asked(&town).await.len(), 1);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn r3_several_that_add_up_and_one_that_covers_several_are_a_persons() {
    let (town, job, _) = with_instalment(1_022, "40.00").await;
    enter(&town, "59.00", "2026-07-24", "");
    town.pull().await;
    town.hcp.pay_job(&job, cash(9_900)).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
    decide(&town, &job, Decision::Same).await.unwrap();
    assert_paid(&town, &job);
    assert_eq!(asked(&town).await, Vec::<String>::new());

    let (town, job, payment) = with_instalment(1_023, "99.00").await;
    for amount in [4_000, 5_900] {
        town.hcp.pay_job(&job, cash(amount)).unwrap();
        town.settle().await;
        assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
        decide(&town, &job, Decision::Same).await.unwrap();
    }
    assert_paid(&town, &job);
    assert_eq!(town.qbo.objects("Payment").len(), 1);
    tick_off(&town, &job, &payment).await;
    assert_eq!(asked(&town).await, Vec::<String>::new());
}

#[tokio::test]
async fn r3_one_that_is_entered_after_ours_was_sent_is_told_by_both_sides() {
    let (town, job) = invoiced(1_024).await;
    town.hcp.pay_job(&job, cash(4_000)).unwrap();
    town.settle().await;
    enter(&town, "40.00", "2026-07-24", "");
    town.pull().await;
    // Nothing says that it is the same: it is told as money that came.
    assert_eq!(asked(&town).await.len(), 1);
    assert_eq!(owed(&town), 1_900);
    let rest = NewPayment::of(PaymentMethod::Card, 5_900);
    town.hcp.pay_job(&job, rest).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
}

#[tokio::test]
async fn r1_the_pull_meets_ours_before_its_answer_is_known() {
    let (town, job) = invoiced(1_025).await;
    let lost = qbo_sandbox::Fault::next(qbo_sandbox::FaultKind::CommitThenDrop);
    town.qbo.inject(lost.on("Payment").method("POST"));
    let card = NewPayment::in_full(PaymentMethod::Card);
    town.hcp.pay_job(&job, card).unwrap();
    town.post().await;
    let worker = town.worker();
    assert!(town.batch(&worker).await);
    assert_eq!(town.qbo.objects("Payment").len(), 1, "made, and not known");
    town.pull().await;
    assert_paid(&town, &job);
    assert_eq!(town.qbo.objects("Payment").len(), 1);
    assert_eq!(left_on(&town, &job).0, Vec::<String>::new());
}

#[tokio::test]
async fn r4_one_that_was_joined_and_is_moved_to_another_invoice_is_told() {
    let (town, job, payment) = with_instalment(1_026, "99.00").await;
    let marked = of_note(PaymentMethod::Check, &format!("QBO-{payment}"));
    town.hcp.pay_job(&job, marked).unwrap();
    town.settle().await;
    assert_paid(&town, &job);
    let there = town.qbo.object("Payment", &payment).unwrap();
    let customer = there.text("CustomerRef.value").unwrap();
    let unlinked =
        format!(r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":99.00,"Line":[]}}"#);
    edit(&town, "Payment", &payment, &unlinked);
    town.pull().await;
    assert_eq!(owed(&town), 9_900);
    assert_eq!(town.open_alerts(), ["payment_changed_in_quickbooks"]);
    let told = alert(&town, "payment_changed_in_quickbooks");
    let what = "its use is 0.00 of the invoice there, and was 99.00 of the invoice. The difference is 99.00.";
    assert!(told.ends_with(what), "{told}");
}

#[tokio::test]
async fn r2_a_credit_that_is_applied_by_itself_is_told_as_credit() {
    let (town, job) = invoiced(1_027).await;
    let invoice = town.qbo.objects("Invoice").remove(0);
    let (id, customer) = (
        invoice.text("Id").unwrap(),
        invoice.text("CustomerRef.value").unwrap(),
    );
    let item = invoice
        .text("Line.0.SalesItemLineDetail.ItemRef.value")
        .unwrap();
    let credit = make(
        &town,
        "CreditMemo",
        &format!(
            r#"{{"CustomerRef":{{"value":"{customer}"}},"Line":[{{"Amount":20.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
        ),
    );
    make(
        &town,
        "Payment",
        &format!(
            r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":0,"Line":[{{"Amount":20.00,"LinkedTxn":[{{"TxnId":"{id}","TxnType":"Invoice"}}]}},{{"Amount":20.00,"LinkedTxn":[{{"TxnId":"{credit}","TxnType":"CreditMemo"}}]}}]}}"#
        ),
    );
    town.pull().await;
    assert_eq!(owed(&town), 7_900);
    let (notes, tags) = left_on(&town, &job);
    assert!(
        notes[0].starts_with("Credited in QuickBooks: 20.00"),
        "{notes:?}"
    );
    assert_eq!(tags, Vec::<String>::new());
    // The rest is paid in QuickBooks: not all of it was money.
    enter(&town, "79.00", "2026-07-24", "");
    town.pull().await;
    assert_eq!(left_on(&town, &job).1, Vec::<String>::new());
}

#[tokio::test]
async fn r1_changes_that_cannot_be_read_are_told_until_they_can_be() {
    let (town, job) = invoiced(1_030).await;
    enter(&town, "99.00", "2026-07-24", "1042");
    let refused =
        r#"{"Fault":{"Error":[{"Message":"Sorry","code":"5020"}],"type":"ValidationFault"}}"#;
    let is_first = std::sync::atomic::AtomicBool::new(true);
    town.refuse_in_quickbooks(move |_| {
        let first = is_first.swap(false, std::sync::atomic::Ordering::Relaxed);
        first.then(|| refused.as_bytes().to_vec())
    });
    town.pull().await;
    assert_eq!(town.open_alerts(), ["pull_fails"]);
    assert_eq!(left_on(&town, &job).0, Vec::<String>::new());
    town.pull().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(left_on(&town, &job).0.len(), 1);
}
