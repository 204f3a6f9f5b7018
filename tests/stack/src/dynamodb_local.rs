use std::{process::Stdio, time::Duration};

use reqwest::Client;
use tokio::process::Command;

use crate::{
    StackError,
    folder::Folder,
    http, paths, port,
    process::{Process, Program},
};

const FOLDER: &str = "target/tools/dynamodb-local";

/// AWS's own DynamoDB Local, in memory: a second opinion on what the emulator says of tables.
///
/// It is not free software, so it is fetched by `make setup` and only where a JDK is present.
#[derive(Debug)]
pub struct DynamoDbLocal {
    endpoint: String,
    _process: Process,
    _folder: Folder,
}

impl DynamoDbLocal {
    /// Whether a JDK (11 or later) is present, which it needs.
    pub async fn has_java() -> bool {
        let version = Command::new("javac")
            .arg("-version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        version.await.is_ok_and(|status| status.success())
    }

    /// Starts one on a free port and waits until it answers.
    ///
    /// # Errors
    /// When it was not fetched (`make setup`) or does not come up; the error shows its log.
    pub async fn start() -> Result<Self, StackError> {
        port::start_on(None, Self::launch).await
    }

    async fn launch(port: u16) -> Result<Self, StackError> {
        let jar = paths::made_by(&format!("{FOLDER}/DynamoDBLocal.jar"), "make setup")?;
        let home = paths::root()?.join(FOLDER);
        let folder = Folder::new("dynamodb-local")?;
        let mut process = Program::new("dynamodb-local", "java", folder.path())
            .env("DDB_LOCAL_TELEMETRY", "0")
            .arg(format!(
                "-Djava.library.path={}",
                home.join("DynamoDBLocal_lib").display()
            ))
            .arg("-Xmx256m")
            .arg("-cp")
            .arg(jar)
            .arg(paths::root()?.join("tests/stack/src/Loopback.java"))
            .args(["-inMemory", "-port", &port.to_string()])
            .start()?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let client = http::client();
        process
            .ready_when(Duration::from_secs(60), async || {
                answers(&client, &endpoint).await
            })
            .await?;
        Ok(Self {
            endpoint,
            _process: process,
            _folder: folder,
        })
    }

    /// Where it answers: `http://127.0.0.1:<port>`. Any credentials will do.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

/// It has no page for health: anything it answers, even a refusal, means that it is up.
async fn answers(client: &Client, endpoint: &str) -> bool {
    http::exchange(client.get(endpoint), endpoint).await.is_ok()
}
