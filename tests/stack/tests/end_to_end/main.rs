//! The deployed stack against the two sandboxes, from a press of a button to the invoice.
//!
//! One stack serves all scenarios, one after the other; each has customers of its own.

mod command;
mod connecting;
mod documents;
mod load;
mod news;
mod office;
mod scenarios;

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use stack::{Options, Stack};

type Outcome = Result<(), Box<dyn std::error::Error>>;
type Act = for<'a> fn(&'a Stack) -> Pin<Box<dyn Future<Output = Outcome> + 'a>>;
type Scenario = (&'static str, Act);

/// Names a function and boxes what it does.
macro_rules! scenarios {
    ($($module:ident: $($name:ident),+;)*) => {
        &[$($((stringify!($name), |stack| Box::pin($module::$name(stack)))),+),*]
    };
}

/// Fails the scenario, saying what was expected.
macro_rules! ensure {
    ($holds:expr, $($what:tt)+) => {
        if !$holds {
            return Err(format!($($what)+).into());
        }
    };
}
use ensure;

const SCENARIOS: &[Scenario] = scenarios![
    // First: it wants job 100.
    documents:
    job_100_and_its_deposit_bear_the_number_of_the_job,
    a_simple_invoice_takes_the_date_of_the_invoice_and_keeps_it,
    progress_invoices_are_one_invoice_dated_by_the_first,
    a_service_address_is_shipped_to_and_never_becomes_the_customers,
    a_line_of_its_own_is_sold_as_sales_and_a_new_material_is_no_inventory,
    a_net_term_that_quickbooks_lacks_is_made_and_used,
    an_invoice_that_is_due_on_a_date_has_no_term;
    scenarios:
    finishing_a_job_makes_one_invoice_to_the_cent,
    finishing_twice_with_webhooks_repeated_and_shuffled_makes_one_invoice,
    a_forged_webhook_is_refused_and_leaves_no_trace,
    the_check_of_the_address_is_answered,
    r1_webhooks_of_quickbooks_are_taken_and_forged_ones_refused,
    r1_the_schedule_has_each_company_looked_at,
    r2_a_check_that_is_entered_in_quickbooks_comes_back_to_the_job,
    a_consumer_that_is_killed_at_work_makes_one_invoice,
    an_invoice_whose_answer_was_lost_is_found_again,
    a_customer_whose_answer_was_lost_is_found_again,
    two_jobs_of_a_new_customer_at_once_make_one_customer,
    poison_goes_to_the_dead_letters_alone,
    the_sync_never_did_what_a_correct_client_does_not;
    news:
    s11_an_alert_is_mailed_to_those_who_can_mend_it_and_mailed_once;
    connecting:
    s9_a_company_is_connected_by_button_and_what_waited_goes_on;
    office:
    s2_an_alert_is_seen_mended_and_gone_through_the_api,
    s2_c7_a_way_out_of_an_alert_is_chosen_and_carried_out,
    s7_a_company_is_paused_and_goes_on,
    v23_who_did_not_sign_in_for_it_gets_nothing,
    v23_the_api_does_as_its_document_says;
    command:
    u1_s2_somebody_signs_in_with_the_command_pushes_by_number_and_resolves,
    u1_a_customer_is_pushed_with_the_command,
    i5_c6_k1_lists_are_shown_and_what_something_is_said_with_the_command,
    dead_letters_go_back_with_the_command;
    // After that: a worker that is killed may do things twice.
    load:
    v16_a_short_load_while_aws_fails_ends_by_itself,
    v21_a_short_load_under_faults_ends_by_itself;
];

/// A minute, though a second does when the machine has nothing else to do.
const SOON: Duration = Duration::from_secs(60);

/// Of one scenario; the slowest is the load.
const PATIENCE: Duration = Duration::from_secs(420);

#[tokio::test]
async fn every_scenario() {
    eprintln!();
    let stack = Stack::start(Options {
        aws_may_fail: true,
        progress: |what, took| eprintln!("  {:>5.1} s  {what}", took.as_secs_f64()),
        ..Options::default()
    })
    .await
    .unwrap_or_else(|error| panic!("{error}"));

    // A part of a name in SCENARIO runs those alone.
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let mut failed = Vec::new();
    for (name, scenario) in SCENARIOS.iter().filter(|(name, _)| name.contains(&only)) {
        let begun = Instant::now();
        let outcome = tokio::time::timeout(PATIENCE, begin(&stack, *scenario)).await;
        let took = begun.elapsed().as_secs_f64();
        match outcome {
            Ok(Ok(())) => eprintln!("  {took:>5.1} s  {name}"),
            Ok(Err(error)) => failed.push(report(name, took, &error.to_string())),
            Err(_) => failed.push(report(name, took, "it took too long")),
        }
    }
    let begun = Instant::now();
    let name = "v2_both_books_agree_at_the_end_of_all";
    match documents::both_books_agree(&stack).await {
        Ok(()) => eprintln!("  {:>5.1} s  {name}", begun.elapsed().as_secs_f64()),
        Err(error) => {
            let took = begun.elapsed().as_secs_f64();
            failed.push(report(name, took, &error.to_string()));
        }
    }
    if !failed.is_empty() {
        eprintln!("{}", stack.logs().await);
        panic!(
            "{} of {} failed:\n{}",
            failed.len(),
            SCENARIOS.len(),
            failed.join("\n")
        );
    }
}

/// Each begins today, however long the one before lasted.
async fn begin(stack: &Stack, scenario: Act) -> Outcome {
    stack.hcp.back_to_today().await?;
    scenario(stack).await
}

/// Says it at once, and once more after the logs, where it is looked for.
fn report(name: &'static str, took: f64, reason: &str) -> String {
    eprintln!("  {took:>5.1} s  {name} FAILED: {reason}");
    format!("{name}: {reason}")
}
