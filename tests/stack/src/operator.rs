use crate::{Emulator, Housecall, Outputs, QuickBooks, StackError, paths, process::Program};

/// Connects the sandbox company as an operator would.
pub(crate) async fn connect(
    emulator: &Emulator,
    outputs: &Outputs,
    hcp: &Housecall,
    qbo: &QuickBooks,
) -> Result<(), StackError> {
    let (client_id, client_secret, refresh_token) = qbo.credentials();
    Program::new(
        "operator-connect",
        paths::binary("operator")?,
        emulator.folder(),
    )
    .envs(emulator.environment())
    .env("TABLE_NAME", &outputs.table_name)
    .env("QUEUE_URL", &outputs.queue_url)
    .env("SECRET_PREFIX", &outputs.secret_prefix)
    .env("HCP_BASE_URL", hcp.url())
    .env("QBO_BASE_URL", qbo.url())
    .env("QBO_TOKEN_URL", qbo.token_url())
    .env("HCP_API_KEY", hcp.api_key())
    .env("HCP_SIGNING_SECRET", hcp.signing_secret())
    .env("QBO_CLIENT_ID", client_id)
    .env("QBO_CLIENT_SECRET", client_secret)
    .env("QBO_REFRESH_TOKEN", refresh_token)
    .args(["connect", "--company-id", &hcp.company().to_string()])
    .args(["--realm", qbo.realm(), "--own-sync-is-off"])
    .args(["--invoicing", "simple"])
    .run()
    .await
}
