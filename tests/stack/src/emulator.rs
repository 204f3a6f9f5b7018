use std::time::Duration;

use reqwest::Client;

use crate::{
    StackError,
    folder::Folder,
    http, paths, port,
    process::{Process, Program},
    unreliable::Unreliable,
};

/// The region that the emulator plays.
pub(crate) const REGION: &str = "us-east-1";

/// The AWS emulator (MiniStack), on a port of its own and with nothing in it.
///
/// It checks no credentials, so any will do.
#[derive(Debug)]
pub struct Emulator {
    endpoint: String,
    client: Client,
    process: Process,
    /// What the functions take for AWS, where calls are to fail.
    unreliable: Option<Unreliable>,
    folder: Folder,
}

impl Emulator {
    /// Starts one on a free port and waits until it answers.
    ///
    /// # Errors
    /// When it is not installed (`make setup`) or does not come up; the error shows its log.
    pub async fn start() -> Result<Self, StackError> {
        Self::start_on(None, false).await
    }

    /// Starts one on the given port, or on a free one, whose calls from functions can be made to fail.
    ///
    /// # Errors
    /// As [`Self::start`], and when the port is taken.
    pub async fn start_on(asked: Option<u16>, may_fail: bool) -> Result<Self, StackError> {
        port::start_on(asked, async |port| Self::launch(port, may_fail).await).await
    }

    async fn launch(port: u16, may_fail: bool) -> Result<Self, StackError> {
        // Its own script names the folder that it was installed in, and a clone may be moved.
        let python = paths::made_by(".venv/bin/python", "make setup")?;
        let folder = Folder::new("emulator")?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let unreliable = match may_fail {
            true => Some(Unreliable::start(&endpoint).await?),
            false => None,
        };
        let seen = unreliable.as_ref().map_or(&*endpoint, Unreliable::endpoint);
        let process = Program::new("emulator", python, folder.path())
            .args(["-m", "ministack"])
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("IOT_MTLS_ENABLED", "0")
            // Handed on to the functions, whose SDK finds the emulator by it.
            .env("AWS_ENDPOINT_URL", seen)
            .env("MINISTACK_REGION", REGION)
            .env("STATE_DIR", folder.path().join("state"))
            .env("S3_DATA_DIR", folder.path().join("s3"))
            .start()?;
        let mut emulator = Self {
            client: http::client(),
            endpoint,
            process,
            unreliable,
            folder,
        };
        let health = format!("{}/_ministack/health", emulator.endpoint);
        emulator
            .process
            .ready(&emulator.client, &health, Duration::from_secs(60))
            .await?;
        Ok(emulator)
    }

    /// Where all its services answer: `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// From now on so many of a hundred calls of functions to AWS fail, where it was started so. Gives how many did before.
    pub(crate) fn fail(&self, per_hundred: u64) -> u64 {
        let unreliable = self.unreliable.as_ref();
        unreliable.map_or(0, |unreliable| unreliable.fail(per_hundred))
    }

    /// The environment by which an AWS SDK or tool finds it.
    pub fn environment(&self) -> [(&'static str, &str); 5] {
        [
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("AWS_REGION", REGION),
            ("AWS_DEFAULT_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]
    }

    /// The end of its log, for a test that failed.
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}
