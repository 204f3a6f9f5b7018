//! What starts a sync, and when (T1 to T10).

use std::time::Duration;

use hcp_sandbox::{
    Approval, EstimateStep, Hundredths, JobId, LineChanges, NewEstimate, NewLine, NewOption,
    NewPayment, OptionId, PaymentMethod, Webhook,
};
use jiff::Timestamp;
use ledger::Envelope;
use ports::Clock;
use simulation::{Moment, Town};
use store::JobState;

use crate::{
    parties::{named, small_job},
    people::{assert_books, calls, invoices, job_with, new_customer, new_job},
    settings::change,
};

/// What happens to a job.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Press {
    Finish,
    Send,
    Pay,
}

impl Press {
    pub(crate) fn on(self, town: &Town, job: &JobId) {
        match self {
            Self::Finish => town.hcp.finish_job(job).unwrap(),
            Self::Send => drop(town.hcp.send_invoice(job).unwrap()),
            Self::Pay => {
                let in_full = NewPayment::in_full(PaymentMethod::Card);
                drop(town.hcp.pay_job(job, in_full).unwrap());
            }
        }
    }
}

fn event(webhook: &Webhook) -> String {
    let body: serde_json::Value = serde_json::from_slice(&webhook.body).unwrap();
    body["event"].as_str().unwrap().to_owned()
}

/// The bodies of all writes to QuickBooks.
fn written(town: &Town) -> Vec<String> {
    let envelopes = town.all::<Envelope>("envelope#").into_iter();
    let mut sent: Vec<String> = envelopes
        .map(|envelope| envelope.value.request.body().to_owned())
        .collect();
    sent.sort();
    sent
}

#[tokio::test]
async fn t2_each_trigger_creates_the_invoice_and_no_other_event_does() {
    let all = [Press::Finish, Press::Send, Press::Pay];
    for told in [
        "job.completed",
        "invoice.sent",
        "invoice.paid",
        "invoice.payment.succeeded",
        "job.paid",
    ] {
        let town = Town::new(41).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        drop(town.hcp.take_webhooks());
        for press in all {
            press.on(&town, &job);
        }
        let (triggers, others): (Vec<Webhook>, Vec<Webhook>) = town
            .hcp
            .take_webhooks()
            .into_iter()
            .partition(|webhook| event(webhook) == told);
        let triggered = ["job.completed", "invoice.sent", "invoice.paid"];
        let rest = others.into_iter().filter(|webhook| {
            let event = event(webhook);
            !triggered.contains(&event.as_str())
                && event != "job.paid"
                && event != "invoice.payment.succeeded"
        });
        town.receive(rest.collect()).await;
        town.settle().await;
        assert_eq!(town.qbo.objects("Invoice").len(), 0, "before {told}");
        assert!(!triggers.is_empty(), "{told}");
        town.receive(triggers).await;
        town.settle().await;
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn t1_a_push_by_hand_sends_the_same_bytes_as_an_automatic_sync() {
    for press in [Press::Finish, Press::Send, Press::Pay] {
        let mut sent = Vec::new();
        for by_hand in [false, true] {
            let town = Town::new(42).await;
            let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
            town.post().await;
            press.on(&town, &job);
            if by_hand {
                drop(town.hcp.take_webhooks());
                town.push_by_hand(&job).await;
            }
            town.settle().await;
            assert_books(&town, &[&job]);
            sent.push(written(&town));
        }
        assert_eq!(sent[0], sent[1], "{press:?}");
        let paid = usize::from(matches!(press, Press::Pay));
        assert_eq!(
            sent[0].len(),
            3 + paid,
            "category, customer with items, invoice; the payment"
        );
    }
}

#[tokio::test]
async fn t1_estimates_never_reach_quickbooks() {
    let town = Town::new(43).await;
    let dana = new_customer(&town, "Dana", "Sample");
    town.post().await;
    let option = NewOption {
        name: "Repair".to_owned(),
        lines: vec![NewLine::labor("Repair", 8_000, Hundredths::ONE)],
    };
    let estimate = NewEstimate {
        customer: dana,
        options: vec![option],
    };
    let estimate = town.hcp.create_estimate(estimate).unwrap();
    let posted = town.hcp.take_webhooks();
    let made: serde_json::Value = serde_json::from_slice(&posted[0].body).unwrap();
    let option = made["estimate"]["options"][0]["id"].as_str().unwrap();
    let option = OptionId::from(option);
    town.receive(posted).await;
    let mut made = String::new();
    for step in [
        EstimateStep::OnMyWay,
        EstimateStep::Finish,
        EstimateStep::Send,
        EstimateStep::Decide {
            option: option.clone(),
            approval: Approval::Approved,
        },
        EstimateStep::CopyToJob { option },
    ] {
        made = town.hcp.step_estimate(&estimate, step).unwrap();
        town.settle().await;
    }
    for entity in ["Estimate", "Invoice", "Customer"] {
        assert_eq!(town.qbo.objects(entity).len(), 0, "{entity}");
    }
    // The job that it became is a job like any other.
    let job = JobId::from(made);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(town.qbo.objects("Estimate").len(), 0);
}

#[tokio::test]
async fn t3_a_changed_setting_counts_for_jobs_that_have_not_reached_the_trigger() {
    let town = Town::new(44).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let jobs = [
        new_job(&town, &dana),
        new_job(&town, &dana),
        new_job(&town, &dana),
    ];
    let [synced, waiting, unfinished] = &jobs;
    town.hcp.finish_job(synced).unwrap();
    town.settle().await;
    change(&town, &[("sync_trigger", "job_invoiced")])
        .await
        .unwrap();
    // What is linked goes on as before; what is not waits.
    let line = NewLine::labor("Extra hour", 9_900, Hundredths::ONE);
    town.hcp.add_line(synced, line).unwrap();
    town.clock.advance(Duration::from_secs(60));
    town.hcp.reopen_job(synced).unwrap();
    town.hcp.finish_job(synced).unwrap();
    town.hcp.finish_job(waiting).unwrap();
    town.settle().await;
    assert_books(&town, &[synced]);
    assert_eq!(town.state(waiting), JobState::WaitsForTrigger);
    change(&town, &[("sync_trigger", "job_finished")])
        .await
        .unwrap();
    town.hcp.finish_job(unfinished).unwrap();
    town.settle().await;
    assert_books(&town, &[synced, unfinished]);
    assert_eq!(
        town.state(waiting),
        JobState::WaitsForTrigger,
        "it passed that trigger"
    );
    town.hcp.send_invoice(waiting).unwrap();
    town.settle().await;
    assert_books(&town, &[synced, waiting, unfinished]);
}

#[tokio::test]
async fn t4_whatever_is_repeated_reordered_delayed_or_interrupted_there_is_one_invoice() {
    for seed in 0..30 {
        let chance = fakes::SeededChance::new(seed);
        let below = |n: usize| usize::try_from(chance.next_u64()).unwrap() % n;
        let town = Town::new(seed).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        drop(town.hcp.take_webhooks());
        let mut posted = Vec::new();
        for press in [Press::Finish, Press::Send, Press::Pay] {
            press.on(&town, &job);
            town.clock.advance(Duration::from_secs(60));
            posted.extend(town.hcp.take_webhooks());
        }
        posted.extend(posted.clone());
        for i in (1..posted.len()).rev() {
            posted.swap(i, below(i + 1));
        }
        for webhook in posted {
            town.receive(vec![webhook]).await;
            match below(4) {
                0 => town.push_by_hand(&job).await,
                1 => town.clock.advance(Duration::from_secs(3_600)),
                2 => {
                    let moment = [Moment::Before, Moment::After][below(2)];
                    town.steps.begin(Some((below(30), moment)));
                    town.settle().await;
                    town.steps.begin(None);
                }
                _ => town.settle().await,
            }
        }
        town.settle().await;
        assert_books(&town, &[&job]);
    }
}

/// When an invoice was last written, of several the last one.
fn last_written(town: &Town) -> Timestamp {
    let invoices = town.qbo.objects("Invoice");
    let times = invoices
        .iter()
        .map(|invoice| invoice.text("MetaData.LastUpdatedTime").unwrap());
    times.map(|time| time.parse().unwrap()).max().unwrap()
}

#[tokio::test]
async fn t10_from_the_trigger_to_the_invoice_nothing_is_waited_for() {
    let town = Town::new(45).await;
    let dana = new_customer(&town, "Dana", "Sample");
    // The first use of a material waits for the price book, which tells its category.
    let first = new_job(&town, &dana);
    town.hcp.finish_job(&first).unwrap();
    town.settle().await;
    let job = new_job(&town, &dana);
    // Each press meets a worker that remembers nothing.
    for press in [Press::Finish, Press::Send] {
        town.clock.advance(Duration::from_secs(60));
        let pressed = whole_second(town.clock.now());
        press.on(&town, &job);
        town.settle().await;
        assert_eq!(last_written(&town), pressed, "{press:?}");
        assert_books(&town, &[&first, &job]);
    }
    let by_hand = new_job(&town, &dana);
    town.clock.advance(Duration::from_secs(60));
    town.push_by_hand(&by_hand).await;
    let pressed = whole_second(town.clock.now());
    town.settle().await;
    assert_eq!(last_written(&town), pressed);
}

/// As QuickBooks prints times.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap()
}

#[tokio::test]
async fn t8_a_job_from_before_the_connection_is_listed_and_can_be_pushed_by_hand() {
    let town = Town::new(46).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.clock.set_now("2026-07-24T12:00:00Z".parse().unwrap());
    town.hcp.finish_job(&job).unwrap();
    town.clock.set_now("2026-07-25T12:00:00Z".parse().unwrap());
    town.settle().await;
    assert_eq!(town.state(&job), JobState::BeforeConnection);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(invoices(&town)[0].1, "2026-07-24", "D6");
    // From then on it is a job like any other.
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn u2_a_push_by_hand_needs_no_status_no_trigger_and_no_record_that_shows_it() {
    for trigger in ["job_finished", "job_invoiced"] {
        let town = Town::new(47).await;
        change(&town, &[("sync_trigger", trigger)]).await.unwrap();
        let dana = new_customer(&town, "Dana", "Sample");
        let (unfinished, finished) = (small_job(&town, &dana), small_job(&town, &dana));
        town.hcp.finish_job(&finished).unwrap();
        drop(town.hcp.take_webhooks());
        for job in [&unfinished, &finished] {
            // Housecall Pro's limit is not what is waited for here.
            town.clock.advance(Duration::from_secs(2));
            let before = town.clock.monotonic();
            town.push_by_hand(job).await;
            town.settle().await;
            assert_eq!(town.clock.monotonic(), before, "nothing is waited for");
        }
        assert_books(&town, &[&unfinished, &finished]);
        // D6: there is no other day, so it is the day of the push.
        assert_eq!(invoices(&town)[0].1, "2026-07-24");
    }
}

#[tokio::test]
async fn u2_what_a_person_pushes_does_not_wait_for_what_another_event_told() {
    let town = Town::new(48).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    // Reads show the job before it was finished, for a long while.
    let stale = hcp_sandbox::HcpFault::StaleRead;
    town.hcp.inject(hcp_sandbox::Fault::next(stale).times(8));
    town.push_by_hand(&job).await;
    town.post().await;
    let worker = town.worker();
    let look = town.queue.take();
    let messages = look.iter().map(|message| {
        let message: sync::work::message::LookAt = serde_json::from_str(&message.body).unwrap();
        (message.subject, message.evidence)
    });
    let (subjects, evidence): (Vec<_>, Vec<_>) = messages.unzip();
    let evidence: Vec<_> = evidence.into_iter().flatten().collect();
    let pushed = town.clock.monotonic();
    let company = town.books().company;
    let looked = worker.look(&company, &subjects[0], &evidence, town.deadline());
    looked.await.unwrap();
    assert_eq!(town.clock.monotonic(), pushed, "not even for a moment");
    assert_eq!(invoices(&town).len(), 1, "it is there");
    assert_eq!(
        town.waiting().len(),
        1,
        "and what was told is still waited for"
    );
    town.settle().await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn u2_pushed_twice_nothing_is_sent_the_second_time() {
    let town = Town::new(49).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.push_by_hand(&job).await;
    town.push_by_hand(&job).await;
    town.settle().await;
    let sent = town.qbo.calls().len();
    let first = town.qbo.objects("Invoice");
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(town.qbo.calls().len(), sent);
    assert_eq!(town.qbo.objects("Invoice"), first);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn u2_a_job_that_is_not_there_is_refused_in_plain_words() {
    let town = Town::new(50).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.delete_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(town.open_alerts(), ["pushed_but_removed"]);
    assert_eq!(town.state(&job), JobState::Alert);
    let nobody = hcp::CompanyId::parse("00000000-0000-4000-8000-000000000000").unwrap();
    let subject = sync::work::message::Subject::Job(hcp::JobId::parse(job.as_str()).unwrap());
    let refused = town
        .worker()
        .push_by_hand(&nobody, &subject, &simulation::person())
        .await;
    assert!(refused.unwrap_err().to_string().contains("run connect"));
    assert!(town.queue.messages().is_empty());
}

#[tokio::test]
async fn t9_a_job_of_nothing_is_sent_by_hand_if_it_has_a_line() {
    let town = Town::new(51).await;
    let customer = named(&town, "Dana");
    let free = NewLine::labor("Warranty visit", 0, Hundredths::ONE);
    let job = job_with(&town, &customer, vec![free.clone()]);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.state(&job), JobState::NothingToSend);
    assert_eq!(invoices(&town).len(), 0);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(invoices(&town)[0].2, 0);

    let empty = job_with(&town, &customer, Vec::new());
    town.hcp.finish_job(&empty).unwrap();
    town.settle().await;
    assert_eq!(town.state(&empty), JobState::NothingOnIt);
    town.push_by_hand(&empty).await;
    town.settle().await;
    assert_eq!(town.open_alerts(), ["no_lines"]);
    assert_eq!(town.state(&empty), JobState::Alert);
    assert_eq!(invoices(&town).len(), 1);
    town.hcp.add_line(&empty, free).unwrap();
    town.push_by_hand(&empty).await;
    town.settle().await;
    assert_books(&town, &[&job, &empty]);
}

#[tokio::test]
async fn t9_a_linked_invoice_that_falls_to_nothing_is_updated() {
    let town = Town::new(52).await;
    let visit = NewLine::labor("Visit", 9_900, Hundredths::ONE);
    let job = job_with(&town, &named(&town, "Dana"), vec![visit]);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(invoices(&town)[0].2, 9_900);
    let line = town.hcp.lines_of(&job)[0].clone();
    let free = LineChanges {
        unit_price: Some(0),
        ..LineChanges::default()
    };
    town.hcp.edit_line(&job, &line, free).unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(invoices(&town)[0].2, 0);
    assert_books(&town, &[&job]);
    let made = calls(&town, qbo_sandbox::Act::Create);
    assert_eq!(made, 3, "customer, item and invoice");
}
