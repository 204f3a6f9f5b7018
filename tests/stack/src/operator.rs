use std::process::Stdio;

use tokio::process::Command;

use crate::{Emulator, Housecall, Outputs, QuickBooks, StackError, paths};

/// The environment in which the operator's command finds what was deployed.
pub(crate) fn environment(
    emulator: &Emulator,
    outputs: &Outputs,
    hcp: &Housecall,
    qbo: &QuickBooks,
) -> Vec<(&'static str, String)> {
    let deployed = [
        ("TABLE_NAME", outputs.table_name.clone()),
        ("QUEUE_URL", outputs.queue_url.clone()),
        ("SECRET_PREFIX", outputs.secret_prefix.clone()),
        ("USER_POOL_ID", outputs.user_pool_id.clone()),
        ("HCP_BASE_URL", hcp.url().to_owned()),
        ("QBO_BASE_URL", qbo.url().to_owned()),
        ("QBO_TOKEN_URL", qbo.token_url()),
    ];
    let aws = emulator.environment();
    aws.map(|(name, value)| (name, value.to_owned()))
        .into_iter()
        .chain(deployed)
        .collect()
}

/// Connects the sandbox company as an operator would.
pub(crate) async fn connect(
    environment: &[(&'static str, String)],
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
    let environment: Vec<(&str, String)> = environment.iter().cloned().chain(secrets).collect();
    let company = hcp.company().to_string();
    let connect = [
        "connect",
        "--company-id",
        &company,
        "--realm",
        qbo.realm(),
        "--own-sync-is-off",
        "--invoicing",
        "simple",
    ];
    run(&environment, &connect).await?;
    Ok(())
}

/// Runs the command, which must succeed, and gives what it printed.
pub(crate) async fn run(
    environment: &[(&'static str, String)],
    arguments: &[&str],
) -> Result<String, StackError> {
    let ended = Command::new(paths::binary("operator")?)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(StackError::io("run the operator's command"))?;
    if ended.status.success() {
        return Ok(String::from_utf8_lossy(&ended.stdout).into_owned());
    }
    Err(StackError::Failed {
        name: format!("operator {}", arguments.first().unwrap_or(&"")),
        log: String::from_utf8_lossy(&ended.stderr).into_owned(),
    })
}
