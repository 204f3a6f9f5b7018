//! The command `hcpqbo`, run as people run it.

use std::process::Stdio;

use tokio::process::Command;

use crate::{Aws, Emulator, Housecall, QuickBooks, StackError, paths};

/// Variables for a command that is run.
pub(crate) type Environment = Vec<(&'static str, String)>;

/// What became of a command.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it said beside that.
    pub err: String,
}

/// Where people sign in and ask, as `target/outputs.env` names it after a deployment.
pub(crate) fn office(aws: &Aws) -> Environment {
    let outputs = aws.outputs();
    vec![
        ("OFFICE_URL", aws.office_url()),
        ("SIGN_IN_URL", aws.sign_in_url().to_owned()),
        ("SIGN_IN_CLIENT", outputs.sign_in_client.clone()),
        ("SIGN_IN_SCOPE", outputs.sign_in_scope.clone()),
        ("SIGN_IN_ANSWERS_TO", outputs.sign_in_answers_to.clone()),
    ]
}

/// What was deployed, for what works with rights on AWS.
pub(crate) fn on_aws(
    emulator: &Emulator,
    aws: &Aws,
    hcp: &Housecall,
    qbo: &QuickBooks,
) -> Environment {
    let outputs = aws.outputs();
    let deployed = [
        ("TABLE_NAME", outputs.table_name.clone()),
        ("QUEUE_URL", outputs.queue_url.clone()),
        (
            "DEAD_LETTER_QUEUE_URL",
            outputs.dead_letter_queue_url.clone(),
        ),
        ("SECRET_PREFIX", outputs.secret_prefix.clone()),
        ("USER_POOL_ID", outputs.user_pool_id.clone()),
        ("HCP_BASE_URL", hcp.url().to_owned()),
        ("QBO_BASE_URL", qbo.url().to_owned()),
        ("QBO_TOKEN_URL", qbo.token_url()),
    ];
    let rights = emulator.environment();
    rights
        .map(|(name, value)| (name, value.to_owned()))
        .into_iter()
        .chain(deployed)
        .collect()
}

/// Connects the sandbox company as whoever deploys would.
pub(crate) async fn connect(
    environment: &Environment,
    hcp: &Housecall,
    qbo: &QuickBooks,
) -> Result<(), StackError> {
    let (client_id, client_secret, refresh_token) = qbo.credentials();
    let secrets = [
        ("HCP_API_KEY", hcp.api_key()),
        ("HCP_SIGNING_SECRET", hcp.signing_secret()),
        ("QBO_CLIENT_ID", client_id),
        ("QBO_CLIENT_SECRET", client_secret),
        ("QBO_REFRESH_TOKEN", refresh_token),
        ("QBO_VERIFIER_TOKEN", qbo.verifier_token()),
    ];
    let secrets = secrets.map(|(name, value)| (name, value.to_owned()));
    let environment: Environment = environment.iter().cloned().chain(secrets).collect();
    let company = hcp.company().to_string();
    let connect = [
        "connect",
        "--company",
        &company,
        "--realm",
        qbo.realm(),
        "--own-sync-is-off",
        "--invoicing",
        "simple",
    ];
    succeed(&environment, &connect).await?;
    Ok(())
}

/// The command, ready to run with this environment and no other.
pub(crate) fn command(environment: &Environment) -> Result<Command, StackError> {
    let mut command = Command::new(paths::binary("hcpqbo")?);
    command
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    Ok(command)
}

/// Runs the command, and gives what became of it.
pub(crate) async fn run(environment: &Environment, arguments: &[&str]) -> Result<Ran, StackError> {
    let ended = command(environment)?.args(arguments).output().await;
    let ended = ended.map_err(StackError::io("run hcpqbo"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ran {
        code: ended.status.code(),
        out: text(&ended.stdout),
        err: text(&ended.stderr),
    })
}

/// Runs the command, which must succeed, and gives what it printed.
pub(crate) async fn succeed(
    environment: &Environment,
    arguments: &[&str],
) -> Result<String, StackError> {
    let ran = run(environment, arguments).await?;
    match ran.code {
        Some(0) => Ok(ran.out),
        _ => Err(StackError::Failed {
            name: format!("hcpqbo {}", arguments.first().unwrap_or(&"")),
            log: ran.err,
        }),
    }
}
