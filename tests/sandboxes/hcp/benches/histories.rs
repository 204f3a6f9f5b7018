//! How many histories a second the company goes through: `cargo bench -p hcp-sandbox`.

#![expect(
    clippy::unwrap_used,
    reason = "a history that does not happen has no figure"
)]

use divan::{Bencher, black_box, counter::ItemsCount};
use hcp_sandbox::{
    Clock, CustomerId, Event, Hundredths, Invoicing, JobId, NewJob, NewLine, NewPayment, Options,
    Part, PaymentMethod, Sandbox, Settings,
};

fn main() {
    divan::main();
}

fn company(invoicing: Invoicing, events: &[Event]) -> (Sandbox, CustomerId) {
    let sandbox = Sandbox::new(Options {
        events: events.to_vec(),
        clock: Clock::manual("2026-03-02T14:30:00Z".parse().unwrap()),
        settings: Settings {
            invoicing,
            ..Settings::default()
        },
        ..Options::default()
    });
    let customer = sandbox.customers().remove(0);
    (sandbox, customer)
}

fn job_with_three_lines(sandbox: &Sandbox, customer: &CustomerId) -> JobId {
    let job = sandbox.create_job(NewJob::of(customer)).unwrap();
    for line in [
        NewLine::labor("Diagnosis", 8_900, Hundredths::ONE),
        NewLine::materials("Capacitor", 18_500, Hundredths::ONE),
        NewLine::materials("Refrigerant, per lb", 9_500, Hundredths::new(250)),
    ] {
        sandbox.add_line(&job, line).unwrap();
    }
    job
}

/// Create job, add three lines, finish, invoice, pay; with the webhooks of each step.
#[divan::bench(min_time = 3, sample_size = 100)]
fn create_finish_invoice_pay(bencher: Bencher<'_, '_>) {
    histories(bencher, Event::ALL);
}

/// The same with only the event switched on that a sync needs most.
#[divan::bench(min_time = 3, sample_size = 100)]
fn the_same_telling_only_of_completion(bencher: Bencher<'_, '_>) {
    histories(bencher, &[Event::JobCompleted]);
}

fn histories(bencher: Bencher<'_, '_>, events: &[Event]) {
    let (sandbox, customer) = company(Invoicing::Simple, events);
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        let job = job_with_three_lines(&sandbox, &customer);
        sandbox.finish_job(&job).unwrap();
        sandbox.send_invoice(&job).unwrap();
        sandbox
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
            .unwrap();
        black_box(sandbox.take_webhooks())
    });
}

/// The same in a company of its own, billed as a deposit and two parts.
#[divan::bench(min_time = 3, sample_size = 100)]
fn fresh_company_deposit_and_parts(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        let (sandbox, customer) = company(Invoicing::Progress, Event::ALL);
        let job = job_with_three_lines(&sandbox, &customer);
        let half = Part::Percent(Hundredths::new(5_000));
        sandbox
            .add_deposit(&job, Part::Amount(5_000), None)
            .unwrap();
        sandbox.finish_job(&job).unwrap();
        sandbox
            .split_invoice(&job, vec![half, Part::Rest], None)
            .unwrap();
        sandbox
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Check))
            .unwrap();
        black_box(sandbox.take_webhooks())
    });
}
