use std::{
    error::Error,
    io::{Write, stderr, stdout},
    time::Duration,
};

use clap::Args;
use mapping::restore::Difference;
use ports::Clock;
use sync::{
    NotDone,
    company::restore::{Differing, Lowered, Marked, Report, Restore as Restoring},
    engine::Engine,
};
use wiring::Live;

use crate::deployed;

/// Links again what is in QuickBooks of a company whose records here were lost (rights on AWS).
///
/// The company must be connected, and its settings entered as they were. Nothing is written to QuickBooks: as long as it
/// runs, and until it has ended well, all other work of the company waits. Each job of which QuickBooks has something is
/// read, which takes an hour for 3,500 of them. It can be repeated at any time.
#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Restore {
    #[command(flatten)]
    company: deployed::Company,
}

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// After so long a step that failed is taken again, and so often.
const AGAIN: Duration = Duration::from_secs(20);
const TRIES: u32 = 15;

/// Steps between two lines that tell how far it is.
const LINE: u32 = 200;

impl Restore {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let mut restoring = engine
            .begin_restore(&self.company.company, &deployed::by().await)
            .await?;
        let mut steps = 0;
        let report = loop {
            if let Some(report) = step(&engine, &mut restoring).await? {
                break report;
            }
            steps += 1;
            if steps % LINE == 0 {
                let progress = restoring.progress();
                writeln!(
                    stderr().lock(),
                    "{} documents and {} jobs read, {} linked",
                    progress.documents,
                    progress.jobs,
                    progress.linked
                )?;
            }
        };
        tell(&mut stdout().lock(), &report)?;
        Ok(report.is_complete().map_err(NotDone::from)?)
    }
}

/// One step. What passes by itself is waited for.
async fn step(engine: &Engine<Live>, restoring: &mut Restoring) -> Result<Option<Report>, NotDone> {
    let clock = &engine.world().clock;
    let mut tries = 0;
    loop {
        let deadline = clock.monotonic() + PATIENCE;
        match engine.restore_step(restoring, deadline).await {
            Err(NotDone::Stop(_)) if tries < TRIES => {
                tries += 1;
                clock.sleep(AGAIN).await;
            }
            step => return step,
        }
    }
}

fn tell(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    writeln!(out, "Linked             {}", report.linked)?;
    writeln!(out, "Linked already     {}", report.already)?;
    writeln!(out, "Differing          {}", report.differing.len())?;
    for differing in &report.differing {
        writeln!(out, "                   {}", differs(differing))?;
    }
    list(
        out,
        "Lowered by refunds",
        report.lowered.iter().map(lowered),
    )?;
    let named = |marked: &Marked| marked.to_string();
    list(out, "Of another job", report.held.iter().map(named))?;
    list(out, "Of no job", report.nobodys.iter().map(named))?;
    let missing = report.missing.iter().map(|number| format!("job {number}"));
    list(out, "Not in QuickBooks", missing)?;
    list(out, "Not to be read", report.unreadable.iter().cloned())?;
    let explained = [
        (
            report.is_complete().is_ok(),
            "Each job that was linked is looked at now: an invoice that differs becomes as it is in Housecall Pro.",
        ),
        (
            !report.lowered.is_empty(),
            "Lowered by refunds: QuickBooks has just as much less as went back in Housecall Pro, so that counts as carried.",
        ),
        (
            !report.nobodys.is_empty(),
            "Of no job: copies that somebody made in QuickBooks, or what Housecall Pro has no more. They stay as they are.",
        ),
        (
            !report.missing.is_empty(),
            "Not in QuickBooks: finished, and not sent yet or deleted there. hcpqbo push job sends one.",
        ),
        (
            !report.unreadable.is_empty(),
            "Not to be read: mend it in Housecall Pro, or say whose a service plan's invoice is with hcpqbo customer; then restore again.",
        ),
    ];
    for (_, words) in explained.iter().filter(|(is_told, _)| *is_told) {
        writeln!(out, "{words}")?;
    }
    Ok(())
}

fn list(
    out: &mut impl Write,
    title: &str,
    lines: impl ExactSizeIterator<Item = String>,
) -> std::io::Result<()> {
    writeln!(out, "{title:<18} {}", lines.len())?;
    for line in lines {
        writeln!(out, "                   {line}")?;
    }
    Ok(())
}

fn differs(differing: &Differing) -> String {
    let words: Vec<String> = differing.differences.iter().map(words).collect();
    format!(
        "job {}, {}: {}",
        differing.job,
        differing.what,
        words.join("; ")
    )
}

fn lowered(lowered: &Lowered) -> String {
    let Lowered { job, payment, by } = lowered;
    format!("job {job}, payment of {payment}: {by} less in QuickBooks")
}

fn words(difference: &Difference) -> String {
    let differs = |what: &str, ours: &str, theirs: &str| {
        format!("the {what} is {theirs} in QuickBooks and {ours} in Housecall Pro")
    };
    match difference {
        Difference::Number { ours, theirs } => differs("number", ours, theirs),
        Difference::Customer { ours, theirs } => differs("customer", ours, theirs),
        Difference::Amount { ours, theirs } => {
            differs("amount", &ours.to_string(), &theirs.to_string())
        }
        Difference::Void => "it is void in QuickBooks".to_owned(),
        Difference::MaybeGivenBack(refunded) => {
            format!(
                "what went back ({refunded}) may be in that or not, and is not carried again: look whether it is"
            )
        }
        Difference::Refused(why) => format!("it cannot be compared, since {why}"),
    }
}

#[cfg(test)]
mod tests {
    use money::Cents;

    use super::*;

    #[test]
    fn v15_a_report_says_what_differs_and_what_is_left_to_do() {
        let report = Report {
            linked: 12,
            already: 3,
            differing: vec![Differing {
                job: "104".to_owned(),
                what: "invoice 1009".to_owned(),
                differences: vec![
                    Difference::Number {
                        ours: "1004".to_owned(),
                        theirs: "1009".to_owned(),
                    },
                    Difference::Amount {
                        ours: Cents::new(9_900),
                        theirs: Cents::new(9_000),
                    },
                ],
            }],
            lowered: vec![Lowered {
                job: "105".to_owned(),
                payment: Cents::new(9_900),
                by: Cents::new(1_500),
            }],
            nobodys: vec![Marked {
                what: "payment",
                number: Some("1042".to_owned()),
                customer: Some("Dana Sample".to_owned()),
                total: Some(Cents::new(9_900)),
                made: None,
            }],
            missing: vec!["107".to_owned()],
            ..Report::default()
        };
        let mut out = Vec::new();
        tell(&mut out, &report).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        Linked             12
        Linked already     3
        Differing          1
                           job 104, invoice 1009: the number is 1009 in QuickBooks and 1004 in Housecall Pro; the amount is 90.00 in QuickBooks and 99.00 in Housecall Pro
        Lowered by refunds 1
                           job 105, payment of 99.00: 15.00 less in QuickBooks
        Of another job     0
        Of no job          1
                           payment 1042 of Dana Sample over 99.00
        Not in QuickBooks  1
                           job 107
        Not to be read     0
        Each job that was linked is looked at now: an invoice that differs becomes as it is in Housecall Pro.
        Lowered by refunds: QuickBooks has just as much less as went back in Housecall Pro, so that counts as carried.
        Of no job: copies that somebody made in QuickBooks, or what Housecall Pro has no more. They stay as they are.
        Not in QuickBooks: finished, and not sent yet or deleted there. hcpqbo push job sends one.
        ");
    }
}
