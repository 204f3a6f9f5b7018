use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use tokio::process::Command;

use crate::{Emulator, StackError, paths, process::Program};

/// The account that the emulator plays.
const ACCOUNT: &str = "aws://000000000000/us-east-1";
const STACK_NAME: &str = "hcp-qbo-sync";
const FUNCTIONS: [&str; 9] = [
    "hcp-webhook",
    "qbo-webhook",
    "sync-consumer",
    "hcp-sweep",
    "payment-pull",
    "office",
    "manual-push",
    "connect",
    "notify",
];

/// What the deployed stack says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Outputs {
    /// Address of the webhook API as it would be on AWS.
    pub api_url: String,
    /// Address of the API of people as it would be on AWS.
    pub office_url: String,
    /// The user pool in which they sign in.
    pub user_pool_id: String,
    /// The program of a person's own machine that they sign in with.
    pub sign_in_client: String,
    /// The scope that its tokens must have.
    pub sign_in_scope: String,
    /// Where that program waits for the end of a sign-in.
    pub sign_in_answers_to: String,
    /// The one table.
    pub table_name: String,
    /// The work queue.
    pub queue_url: String,
    /// Where messages go that cannot be worked on.
    pub dead_letter_queue_url: String,
    /// First part of the names of all secrets.
    pub secret_prefix: String,
    /// Name of the function that takes webhooks.
    pub webhook_function: String,
    /// Name of the function that works on the queue.
    pub consumer_function: String,
    /// Name of the function that finds what no webhook told.
    pub sweep_function: String,
    /// Name of the function that takes QuickBooks' webhooks.
    pub qbo_webhook_function: String,
    /// Name of the function that has changes in QuickBooks looked at.
    pub pull_function: String,
    /// Name of the function that answers people.
    pub office_function: String,
    /// Name of the function that takes pushes by hand.
    pub push_function: String,
    /// Name of the function that connects companies.
    pub connect_function: String,
    /// Name of the function that tells people.
    pub notify_function: String,
}

/// Deploys the CDK app to the emulator, with the functions of `built` or those beside this program.
pub(crate) async fn deploy(
    emulator: &Emulator,
    context: &[(String, String)],
    built: Option<&Path>,
) -> Result<Outputs, StackError> {
    let folder = emulator.folder();
    let functions = pack(folder, built).await?;
    let assembly = folder.join("cdk.out");
    let outputs = folder.join("outputs.json");
    let architecture = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };

    let bootstrap = cdk("cdk-bootstrap", emulator)?.args(["bootstrap", ACCOUNT]);
    let mut synthesis = cdk("cdk-synth", emulator)?
        .folder(&paths::root()?.join("infra"))
        .args(["synth", "--quiet", "--output"])
        .arg(&assembly)
        .args(["--context", &format!("architecture={architecture}")])
        .args(["--context", "deletionProtection=false"])
        .arg("--context")
        .arg(format!("functionsDir={}", functions.display()));
    for (name, value) in context {
        synthesis = synthesis.args(["--context", &format!("{name}={value}")]);
    }
    tokio::try_join!(bootstrap.run(), synthesis.run())?;
    cdk("cdk-deploy", emulator)?
        .args(["deploy", "--require-approval", "never", "--app"])
        .arg(&assembly)
        .arg("--outputs-file")
        .arg(&outputs)
        .run()
        .await?;

    let text = fs::read(&outputs).map_err(StackError::io("read the outputs of the deployment"))?;
    let mut stacks: HashMap<String, Outputs> =
        serde_json::from_slice(&text).map_err(|source| StackError::Unreadable {
            what: "the outputs of the deployment".to_owned(),
            source,
        })?;
    stacks
        .remove(STACK_NAME)
        .ok_or_else(|| StackError::Missing {
            what: PathBuf::from("outputs of the deployment"),
            remedy: "make setup",
        })
}

fn cdk(name: &str, emulator: &Emulator) -> Result<Program, StackError> {
    let cdk = paths::made_by("infra/node_modules/.bin/cdk", "make setup")?;
    Ok(Program::new(name, cdk, emulator.folder())
        .envs(emulator.environment())
        .env("CI", "true")
        .env("NO_COLOR", "1")
        .env("NODE_NO_WARNINGS", "1")
        .env("CDK_DISABLE_CLI_TELEMETRY", "true"))
}

/// Lays the functions out as CDK wants them: without debug information and packed, but not compressed,
/// which would take longer than all the rest.
async fn pack(folder: &Path, built: Option<&Path>) -> Result<PathBuf, StackError> {
    const STORE: &str =
        "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').write(sys.argv[2], 'bootstrap')";
    let functions = folder.join("functions");
    let python = paths::made_by(".venv/bin/python", "make setup")?;
    for name in FUNCTIONS {
        let binary = match built {
            Some(built) => built.join(name).join("bootstrap"),
            None => paths::binary(name)?,
        };
        let home = functions.join(name);
        let bootstrap = home.join("bootstrap");
        fs::create_dir_all(&home).map_err(StackError::io("make a folder for the functions"))?;
        let stripped = Command::new("strip")
            .arg("-o")
            .arg(&bootstrap)
            .arg(&binary)
            .status()
            .await;
        // Without binutils it works as well, only slower.
        if !stripped.is_ok_and(|status| status.success()) {
            fs::copy(&binary, &bootstrap).map_err(StackError::io("copy a function"))?;
        }
        Program::new(&format!("pack-{name}"), &python, folder)
            .args(["-c", STORE])
            .arg(home.join("bootstrap.zip"))
            .arg(&bootstrap)
            .run()
            .await?;
    }
    Ok(functions)
}
