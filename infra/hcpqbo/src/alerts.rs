//! What wants somebody: the alerts, and what is done about them.

mod find;
mod handle;
mod show;

pub(crate) use handle::handle;
pub(crate) use show::lines;

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;

use crate::{
    client::{Asking, Office, part},
    failure::Failure,
    lists::{self, Paging, ending},
    orders::{self, Waiting},
    say,
};

/// Lists what wants somebody, the latest first; shows one, resolves or dismisses it.
///
/// An alert is named by the letters that the list shows, or by the number of its job where that has one open alert only (with
/// --type, one of that type).
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Alerts {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    asking: Asking,
    /// Those that were closed.
    #[arg(long)]
    closed: bool,
    /// Those of one type, as the list shows it.
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "customer")]
    kind: Option<String>,
    /// Those of customers whose name begins so.
    #[arg(long, value_name = "NAME")]
    customer: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Shows one, with what both systems have beside each other and its ways out.
    Show(One),
    /// Chooses one of its ways out: it is carried out, and its job is pushed. Waits for what comes of it.
    Resolve {
        #[command(flatten)]
        one: One,
        /// The way out, as `alerts show` names it.
        choice: String,
        /// What is said beside it, where it asks for something: a name, a number.
        #[arg(long, value_name = "TEXT")]
        said: Option<String>,
        #[command(flatten)]
        waiting: Waiting,
    },
    /// Chooses the same way out of every open alert of a type. Waits for what comes of it.
    ResolveAll {
        #[command(flatten)]
        asking: Asking,
        /// The type of the alerts, as the list shows it.
        #[arg(value_name = "TYPE")]
        kind: String,
        /// The way out, as `alerts show` names it.
        choice: String,
        #[command(flatten)]
        waiting: Waiting,
    },
    /// Closes one without anything being done. A later trigger may raise it again, unless it tells of a difference.
    Dismiss {
        #[command(flatten)]
        one: One,
        /// Why that is as it should be, for the log.
        #[arg(long)]
        reason: String,
    },
    /// Takes back that one was dismissed: it is open again.
    Undo(One),
    /// Lists what several documents wait for at once: closed books, a preference of QuickBooks, a tax without a rate.
    Causes {
        #[command(flatten)]
        asking: Asking,
        #[command(flatten)]
        paging: Paging,
    },
    /// Pushes all jobs that waited for a cause, once it is mended. Waits for what comes of it.
    Retry {
        #[command(flatten)]
        asking: Asking,
        /// The cause, as `alerts causes` names it.
        cause: String,
        #[command(flatten)]
        waiting: Waiting,
    },
}

/// One alert.
#[derive(Debug, Args)]
struct One {
    #[command(flatten)]
    asking: Asking,
    /// The letters that the list shows, or the number of its job.
    #[arg(value_name = "ALERT")]
    alert: String,
    /// Its type, where its job has several.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
}

/// An alert in a list.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Alert {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) resolution: String,
    pub(crate) job_number: Option<String>,
    pub(crate) count: u64,
    pub(crate) last_at: jiff::Timestamp,
    pub(crate) open: bool,
}

/// What several alerts tell of.
#[derive(Clone, Debug, Deserialize)]
struct Cause {
    key: String,
    words: String,
    resolution: String,
    count: usize,
}

impl Alerts {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.action {
            None => self.list.run().await,
            Some(Action::Show(one)) => one.show().await,
            Some(Action::Resolve {
                one,
                choice,
                said,
                waiting,
            }) => one.resolve(&choice, said.as_deref(), &waiting).await,
            Some(Action::ResolveAll {
                asking,
                kind,
                choice,
                waiting,
            }) => resolve_all(&asking, &kind, &choice, &waiting).await,
            Some(Action::Dismiss { one, reason }) => one.dismiss(&reason).await,
            Some(Action::Undo(one)) => one.undo().await,
            Some(Action::Causes { asking, paging }) => causes(&asking, &paging).await,
            Some(Action::Retry {
                asking,
                cause,
                waiting,
            }) => retry(&asking, &cause, &waiting).await,
        }
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let open = (!self.closed).to_string();
        let by = [
            ("open", Some(open)),
            ("kind", self.kind),
            ("customer", self.customer),
        ];
        let listed = lists::list::<Alert>(&mut office, "alerts", &by, &self.paging).await?;
        if self.asking.json {
            return say(&listed.raw);
        }
        let zone = office.company().zone();
        let mut text = String::new();
        for alert in &listed.items {
            text.push_str(&lines(alert, &zone));
        }
        let (one, several) = match self.closed {
            true => ("alert was closed", "alerts were closed"),
            false => ("alert is open", "alerts are open"),
        };
        text.push_str(&ending(listed.items.len(), one, several, listed.is_cut));
        if !listed.items.is_empty() && !self.closed {
            text.push_str(
                "hcpqbo alerts show, with the letters of one, shows what can be done about it.\n",
            );
        }
        say(&text)
    }
}

impl One {
    /// The office, and the id of the alert, which is open; or any, where it may be closed.
    async fn find(&self, may_be_closed: bool) -> Result<(Office, String), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let kind = self.kind.as_deref();
        let id = find::find(&mut office, &self.alert, kind, may_be_closed).await?;
        Ok((office, id))
    }

    async fn show(self) -> Result<(), Failure> {
        let (mut office, id) = self.find(true).await?;
        let answer = office.get(&format!("alerts/{}", part(&id))).await?;
        if self.asking.json {
            return say(&answer.text());
        }
        let zone = office.company().zone();
        say(&show::in_full(&answer.read()?, &zone))
    }

    async fn resolve(
        self,
        choice: &str,
        said: Option<&str>,
        waiting: &Waiting,
    ) -> Result<(), Failure> {
        let (mut office, id) = self.find(false).await?;
        let taken = choose(&mut office, &id, choice, said).await?;
        let ended = orders::resolution(&mut office, &taken, waiting).await?;
        orders::report(&office, &[ended], self.asking.json)
    }

    async fn dismiss(self, reason: &str) -> Result<(), Failure> {
        let (mut office, id) = self.find(false).await?;
        let path = format!("alerts/{}/dismissal", part(&id));
        let answer = office.post(&path, json!({ "reason": reason })).await?;
        match self.asking.json {
            true => say(&answer.text()),
            false => say(&format!(
                "Dismissed. hcpqbo alerts undo {} takes that back.\n",
                handle(&id)
            )),
        }
    }

    async fn undo(self) -> Result<(), Failure> {
        let (mut office, id) = self.find(true).await?;
        let path = format!("alerts/{}", part(&id));
        let seen = office.get(&path).await?.tag();
        let answer = office.delete(&format!("{path}/dismissal"), seen).await?;
        match self.asking.json {
            true => say(&answer.text()),
            false => say("It is open again.\n"),
        }
    }
}

async fn choose(
    office: &mut Office,
    id: &str,
    choice: &str,
    said: Option<&str>,
) -> Result<orders::Taken, Failure> {
    let path = format!("alerts/{}/resolutions", part(id));
    let chosen = json!({ "choice": choice, "said": said });
    office.post(&path, chosen).await?.read()
}

async fn resolve_all(
    asking: &Asking,
    kind: &str,
    choice: &str,
    waiting: &Waiting,
) -> Result<(), Failure> {
    let mut office = Office::open(asking).await?;
    let by = [("kind", Some(kind.to_owned()))];
    let alerts: Vec<Alert> = lists::whole(&mut office, "alerts", &by).await?;
    if alerts.is_empty() {
        let words = format!("No open alert is of the type {kind}: hcpqbo alerts lists them.");
        return Err(Failure::Declined(words));
    }
    let mut all = Vec::new();
    for alert in &alerts {
        let of = alert.job_number.as_deref();
        let of = of.map_or_else(|| handle(&alert.id), |number| format!("job {number}"));
        match choose(&mut office, &alert.id, choice, None).await {
            Ok(taken) => all.push((of, Ok(taken))),
            // It stands in the way of no other.
            Err(Failure::Declined(words)) => all.push((of, Err(words))),
            Err(failed) => return Err(failed),
        }
    }
    let mut ended = Vec::new();
    for (of, taken) in all {
        ended.push(match taken {
            Ok(taken) => orders::resolution(&mut office, &taken, waiting).await?,
            Err(words) => orders::Ended::declined(of, words),
        });
    }
    orders::report(&office, &ended, asking.json)
}

async fn causes(asking: &Asking, paging: &Paging) -> Result<(), Failure> {
    let mut office = Office::open(asking).await?;
    let called = ("cause holds documents up", "causes hold documents up");
    let rows = |all: Vec<Cause>| all.iter().map(cause_lines).collect();
    lists::show(
        &mut office,
        ("causes", &[]),
        (paging, asking.json),
        called,
        rows,
    )
    .await
}

fn cause_lines(cause: &Cause) -> String {
    let Cause {
        key,
        words,
        resolution,
        count,
    } = cause;
    format!("{key}\n        {words} ({count} waiting)\n        To do: {resolution}\n")
}

async fn retry(asking: &Asking, cause: &str, waiting: &Waiting) -> Result<(), Failure> {
    let mut office = Office::open(asking).await?;
    let taken = office.post("retries", json!({ "cause": cause })).await?;
    let ended = orders::pushed(&mut office, &taken.read()?, waiting).await?;
    orders::report(&office, &[ended], asking.json)
}
