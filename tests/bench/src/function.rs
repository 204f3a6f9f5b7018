use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::timeout,
};

use crate::lambda::{Lambda, Told};

/// One start of a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// From the start of the process to its first question for work.
    pub(crate) ready: Duration,
    /// How much of that went into warming up connections, by the function's own log.
    pub(crate) warming: Duration,
    /// Time on a processor until then.
    pub(crate) cpu: Duration,
    /// Memory when it was ready.
    pub(crate) resident_kb: u64,
}

/// A function as it goes to AWS.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    bootstrap: PathBuf,
}

impl Function {
    pub(crate) fn find(folder: &Path, name: &'static str) -> Option<Self> {
        let bootstrap = folder.join(name).join("bootstrap");
        bootstrap.is_file().then_some(Self { name, bootstrap })
    }

    pub(crate) async fn start(&self, lambda: &mut Lambda) -> Result<Start, Box<dyn Error>> {
        let begun = Instant::now();
        let child = self.spawn(&lambda.address)?;
        let ready = match timeout(Duration::from_secs(20), lambda.told()).await {
            Ok(Some(Told::Ready(at))) => at - begun,
            Ok(Some(Told::Failed(error))) => {
                return Err(format!("{} does not start: {error}", self.name).into());
            }
            _ => {
                let log = stop(child).await?;
                return Err(format!("{} does not start:\n{log}", self.name).into());
            }
        };
        let process = PathBuf::from(format!("/proc/{}", child.id().unwrap_or_default()));
        let cpu = cpu(&process)?;
        let resident_kb = resident_kb(&process)?;
        Ok(Start {
            ready,
            warming: warming(&stop(child).await?),
            cpu,
            resident_kb,
        })
    }

    /// The environment is a function's own, with every address on this machine.
    fn spawn(&self, lambda: &str) -> std::io::Result<Child> {
        let url = format!("http://{lambda}");
        Command::new(&self.bootstrap)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", lambda)
            .env("AWS_LAMBDA_FUNCTION_NAME", self.name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL", &url)
            .env("RUST_LOG", "info")
            .env("TABLE_NAME", "records")
            .env("QUEUE_URL", format!("{url}/000000000000/work.fifo"))
            .env(
                "DEAD_LETTER_QUEUE_URL",
                format!("{url}/000000000000/dead.fifo"),
            )
            .env("SECRET_PREFIX", "sync/")
            .env("SIGNATURE_TOLERANCE_SECONDS", "300")
            .env("SETTLE_AFTER_SECONDS", "150")
            .env("WEBHOOK_FUNCTION", "hcp-webhook")
            .env("HCP_BASE_URL", &url)
            .env("QBO_BASE_URL", &url)
            .env("QBO_TOKEN_URL", format!("{url}/token"))
            .env("MAIL_FROM", "sync@example.com")
            .env("USER_POOL_ID", "us-east-1_people")
            .env("API_URL", &url)
            .env("OFFICE_URL", &url)
            .env("SIGN_IN_URL", &url)
            .env("SIGN_IN_CLIENT", "pages")
            .env("QBO_AUTHORIZE_URL", format!("{url}/connect"))
            .env("QBO_REVOKE_URL", format!("{url}/revoke"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    /// The size of its package, packed as CDK packs it.
    pub(crate) fn zipped_bytes(&self) -> Result<u64, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let package = folder.path().join("function.zip");
        let packed = std::process::Command::new("python3")
            .args(["-m", "zipfile", "-c"])
            .arg(&package)
            .arg(&self.bootstrap)
            .status()?;
        if !packed.success() {
            return Err("python3 could not pack the function".into());
        }
        Ok(fs::metadata(&package)?.len())
    }
}

/// Ends a function and gives what it logged.
async fn stop(mut child: Child) -> Result<String, Box<dyn Error>> {
    child.kill().await?;
    let mut log = String::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_string(&mut log).await?;
    }
    Ok(log)
}

/// The functions log `{"message": "warmed up", "us": 1200}`.
fn warming(log: &str) -> Duration {
    log.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|event| event["message"] == "warmed up")
        .filter_map(|event| event["us"].as_u64())
        .map(Duration::from_micros)
        .sum()
}

/// The kernel counts the time on a processor of each thread in nanoseconds.
fn cpu(process: &Path) -> Result<Duration, Box<dyn Error>> {
    let mut nanos = 0;
    for thread in fs::read_dir(process.join("task"))? {
        let counted = fs::read_to_string(thread?.path().join("schedstat"))?;
        let on_cpu = counted.split(' ').next().unwrap_or_default();
        nanos += on_cpu.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanos))
}

fn resident_kb(process: &Path) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string(process.join("status"))?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("no VmRSS")?;
    Ok(resident.trim().trim_end_matches(" kB").parse()?)
}
