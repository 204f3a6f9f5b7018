//! A schedule in, letters to the people of companies out: what wants somebody, by mail and in Slack.

use std::{
    io::{self, Write},
    time::{Duration, SystemTime},
};

use adapters::{
    AwsSecrets, Connections, DynamoTable, ReqwestHttp, SesMailer, SystemChance, SystemClock,
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use news::{Ends, Post};
use ports::Clock;
use serde::{Deserialize, Serialize};

type Live = Post<DynamoTable, SesMailer, ReqwestHttp, AwsSecrets, SystemClock, SystemChance>;

/// What is left of a function's time is for the letter that was begun.
const RESERVE: Duration = Duration::from_secs(12);

/// What the schedule sends says nothing: all companies are looked at.
#[derive(Debug, Deserialize)]
struct Scheduled {}

#[derive(Debug, Serialize)]
struct Told {
    letters: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let connections = Connections::default();
    let config = adapters::config(&connections).await;
    let post = Post {
        ends: Ends {
            table: DynamoTable::new(&config, adapters::env("TABLE_NAME")?),
            mailer: SesMailer::new(&config, adapters::env("MAIL_FROM")?),
            http: ReqwestHttp::new(&connections),
            secrets: AwsSecrets::new(&config),
            clock: SystemClock::new(),
            chance: SystemChance,
        },
        secret_prefix: adapters::env("SECRET_PREFIX")?,
        office: adapters::env("OFFICE_ADDRESS").ok(),
    };
    lambda_runtime::run(service_fn(async |event| notify(&post, event).await)).await
}

async fn notify(post: &Live, event: LambdaEvent<Scheduled>) -> Result<Told, Error> {
    let left = event
        .context
        .deadline()
        .duration_since(SystemTime::now())
        .unwrap_or_default()
        .saturating_sub(RESERVE);
    let clock = &post.ends.clock;
    let tally = post.send_due(clock.monotonic() + left).await?;
    tracing::info!(
        sent = tally.sent,
        failed = tally.failed,
        failing = tally.failing,
        "told"
    );
    let function = &event.context.env_config.function_name;
    writeln!(
        io::stdout().lock(),
        "{}",
        tally.metric(function, clock.now())
    )?;
    match tally.untold {
        0 => Ok(Told {
            letters: tally.sent,
        }),
        companies => Err(format!("the people of {companies} companies could not be told").into()),
    }
}
