//! What somebody deletes, voids or changes in QuickBooks of refund receipts, sales receipts and expenses that came from here is
//! told to the cent as soon as QuickBooks is looked at, and a person says what becomes of it (R4).

use std::time::Duration;

use hcp_sandbox::{InvoiceId, JobId, NewPayment, PaymentId, PaymentMethod};
use mapping::payment::Decision;
use simulation::Town;
use store::{Evidence, JobState};
use sync::work::message::{LookAt, Subject};

use crate::{
    deposits::quiet,
    documents::DAY,
    expenses::{expenses, overpaid},
    parties::{alert, edit, id},
    payments::{decide, invoiced, owed},
    people::{cents, requests},
    refunds::{card, paid, receipts, refund},
    repetitions::sold_again,
    stories::make,
};

/// One of these kinds, which stands in QuickBooks alone of its kind.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    RefundReceipt,
    SalesReceipt,
    Expense,
}

use Kind::{Expense, RefundReceipt, SalesReceipt};

impl Kind {
    fn name(self) -> &'static str {
        match self {
            RefundReceipt => "RefundReceipt",
            SalesReceipt => "SalesReceipt",
            Expense => "Purchase",
        }
    }

    /// The alert that it is gone.
    fn alert(self) -> &'static str {
        match self {
            SalesReceipt => "payment_gone",
            RefundReceipt | Expense => "refund_gone",
        }
    }

    /// A job with one of it, that is told nothing of.
    async fn town(self, seed: u64) -> (Town, JobId, (InvoiceId, PaymentId)) {
        let (town, job, of) = match self {
            Expense => {
                let (town, job, of) = overpaid(seed).await;
                refund(&town, &of, Some(5_000)).await;
                (town, job, of)
            }
            RefundReceipt | SalesReceipt => {
                let (town, job) = invoiced(seed).await;
                let of = paid(&town, &job, card()).await;
                refund(&town, &of, None).await;
                (town, job, of)
            }
        };
        if self == SalesReceipt {
            town.clock.advance(Duration::from_secs(60));
            paid(&town, &job, card()).await;
        }
        town.pull().await;
        quiet(&town);
        (town, job, of)
    }

    fn only(self, town: &Town) -> String {
        let mut all = town.qbo.objects(self.name());
        all.retain(|one| cents(one, "TotalAmt") != 0);
        assert_eq!(all.len(), 1, "{self:?}");
        all.remove(0).text("Id").unwrap().to_owned()
    }

    fn delete(self, town: &Town) {
        self.untie(town);
        town.qbo.delete(self.name(), &self.only(town)).unwrap();
    }

    fn void(self, town: &Town) {
        self.untie(town);
        town.qbo.void(self.name(), &self.only(town)).unwrap();
    }

    /// What a payment is tied to cannot be taken away before.
    fn untie(self, town: &Town) {
        if self != Expense {
            return;
        }
        let invoice = town.qbo.objects("Invoice").remove(0);
        let invoice = invoice.text("Id").unwrap();
        let payments = town.qbo.objects("Payment").into_iter();
        let mut ours = payments.filter(|one| one.text("PaymentRefNum") == Some("8"));
        let pays = format!(
            r#"{{"Line":[{{"Amount":49.00,"LinkedTxn":[{{"TxnId":"{invoice}","TxnType":"Invoice"}}]}}]}}"#
        );
        let ours = ours.next().unwrap();
        edit(town, "Payment", ours.text("Id").unwrap(), &pays);
    }

    /// What those in QuickBooks come to.
    fn amounts(self, town: &Town) -> Vec<i64> {
        let mut amounts = match self {
            RefundReceipt => receipts(town),
            SalesReceipt => sold_again(town),
            Expense => expenses(town),
        };
        amounts.retain(|amount| *amount != 0);
        amounts
    }
}

async fn push(town: &Town, job: &JobId) {
    town.push_by_hand(job).await;
    town.settle().await;
}

/// The words of an alert, beside whatever others.
fn told(town: &Town, kind: &str) -> Option<String> {
    let alerts = town.all::<store::AlertRecord>("alert#").into_iter();
    let mut alerts = alerts.filter(|alert| alert.value.open && alert.value.kind == kind);
    alerts.next().map(|alert| alert.value.message)
}

const KINDS: [(Kind, i64, &str); 3] = [
    (RefundReceipt, 9_900, "Of the refund of 99.00 on invoice"),
    (SalesReceipt, 9_900, "The payment of 99.00 on invoice"),
    (Expense, 5_000, "Of the refund of 50.00 on invoice"),
];

#[tokio::test]
async fn r4_what_is_deleted_or_voided_is_told_and_made_again_or_left_as_a_person_says() {
    let mut seed = 4_000;
    for (kind, amount, words) in KINDS {
        for take_away in [Kind::delete, Kind::void] {
            for decision in [Decision::Separate, Decision::Same] {
                seed += 1;
                let (town, job, _) = kind.town(seed).await;
                let before = owed(&town);
                take_away(kind, &town);
                town.pull().await;
                let message = told(&town, kind.alert()).expect("it is told");
                assert!(message.starts_with(words), "{message}");
                assert!(
                    message.contains("deleted or voided in QuickBooks"),
                    "{message}"
                );
                assert_eq!(town.state(&job), JobState::Alert, "{kind:?}");
                assert_eq!(town.differences(), Vec::<String>::new(), "{kind:?}");
                // Nothing is sent again by itself, and it is told once.
                push(&town, &job).await;
                assert_eq!(kind.amounts(&town), Vec::<i64>::new(), "{kind:?}");
                assert_eq!(told(&town, kind.alert()), Some(message), "{kind:?}");
                assert_eq!(town.differences(), Vec::<String>::new(), "{kind:?}");
                decide(&town, &job, decision).await.unwrap();
                town.settle().await;
                town.pull().await;
                assert_eq!(told(&town, kind.alert()), None, "{kind:?} {decision:?}");
                let made = match decision {
                    Decision::Separate => vec![amount],
                    Decision::Same => Vec::new(),
                };
                assert_eq!(kind.amounts(&town), made, "{kind:?} {decision:?}");
                assert_eq!(owed(&town), before, "{kind:?}");
                // Either is the end of it.
                push(&town, &job).await;
                town.pull().await;
                assert_eq!(kind.amounts(&town), made, "{kind:?} {decision:?}");
                assert_eq!(town.differences(), Vec::<String>::new(), "{kind:?}");
                if decision == Decision::Separate {
                    quiet(&town);
                    // One that is made again is looked at like any other.
                    take_away(kind, &town);
                    town.pull().await;
                    assert!(told(&town, kind.alert()).is_some(), "{kind:?}");
                }
            }
        }
    }
}

/// QuickBooks' webhook tells of it.
async fn tell(town: &Town, kind: &str, id: &str) {
    let at = ports::Clock::now(&*town.clock);
    let look_at = LookAt {
        v: LookAt::VERSION,
        company: town.books().company,
        subject: Subject::told(),
        evidence: Some(Evidence::of_quickbooks(kind, &qbo::Id::new(id), at)),
    };
    let message = look_at.to_queue(format!("{kind} {id}")).unwrap();
    ports::Queue::send(&town.queue, message).await.unwrap();
    town.settle().await;
}

#[tokio::test]
async fn r4_r1_what_is_gone_is_found_by_webhooks_and_after_a_long_gap() {
    for (seed, (kind, ..)) in (4_020..).zip(KINDS) {
        let (town, ..) = kind.town(seed).await;
        let id = kind.only(&town);
        kind.delete(&town);
        tell(&town, kind.name(), &id).await;
        assert!(told(&town, kind.alert()).is_some(), "{kind:?}");

        let (town, ..) = kind.town(seed).await;
        kind.delete(&town);
        town.clock.advance(DAY * 45);
        town.pull().await;
        assert!(told(&town, kind.alert()).is_some(), "{kind:?}");
    }
}

#[tokio::test]
async fn r4_an_amount_that_is_changed_in_quickbooks_is_told_to_the_cent() {
    for (seed, kind, alert_kind) in [
        (4_030, RefundReceipt, "refund_differs"),
        (4_031, SalesReceipt, "payment_changed"),
    ] {
        let (town, job, _) = kind.town(seed).await;
        let item = id(&town, "Item", "Name", "Sales");
        let line = format!(
            r#"{{"Line":[{{"Amount":98.50,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
        );
        edit(&town, kind.name(), &kind.only(&town), &line);
        town.pull().await;
        let message = alert(&town, alert_kind);
        assert!(message.contains("The difference is 0.50."), "{message}");
        assert_eq!(town.state(&job), JobState::Alert, "{kind:?}");
        edit(
            &town,
            kind.name(),
            &kind.only(&town),
            &line.replace("98.50", "99.00"),
        );
        town.pull().await;
        quiet(&town);
    }
}

#[tokio::test]
async fn r4_p4_what_is_paid_while_a_refund_is_gone_waits_for_what_becomes_of_it() {
    for (seed, decision) in [(4_040, Decision::Separate), (4_041, Decision::Same)] {
        let (town, job, _) = RefundReceipt.town(seed).await;
        RefundReceipt.void(&town);
        town.pull().await;
        town.clock.advance(Duration::from_secs(60));
        paid(&town, &job, NewPayment::of(PaymentMethod::Card, 4_000)).await;
        let message = alert(&town, "refund_gone");
        assert!(message.contains("wait: 40.00."), "{message}");
        assert_eq!(town.differences(), Vec::<String>::new());
        decide(&town, &job, decision).await.unwrap();
        town.settle().await;
        let again = match decision {
            Decision::Separate => vec![4_000],
            Decision::Same => Vec::new(),
        };
        assert_eq!(SalesReceipt.amounts(&town), again, "{decision:?}");
    }
}

#[tokio::test]
async fn r4_what_is_nobodys_here_costs_no_read_and_a_look_one_question_where_there_are_such_objects()
 {
    let (town, _, _) = RefundReceipt.town(4_050).await;
    let idle = {
        let before = requests(&town);
        town.pull().await;
        requests(&town) - before
    };
    let account = id(&town, "Account", "AccountType", "Expense");
    let bank = make(
        &town,
        "Account",
        r#"{"Name":"Check account","AccountType":"Bank"}"#,
    );
    let purchase = format!(
        r#"{{"PaymentType":"Cash","AccountRef":{{"value":"{bank}"}},"Line":[{{"Amount":7.00,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{{"AccountRef":{{"value":"{account}"}}}}}}]}}"#
    );
    let bought = make(&town, "Purchase", &purchase);
    let before = requests(&town);
    town.pull().await;
    town.qbo.delete("Purchase", &bought).unwrap();
    town.pull().await;
    assert_eq!(requests(&town) - before, 2 * idle);
    let before = requests(&town);
    tell(&town, "Purchase", &bought).await;
    assert_eq!(requests(&town), before);
    quiet(&town);
}
