use std::{
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::{Child, ChildStdin, Command},
    time::{Instant, sleep},
};

use crate::{StackError, http};

/// Runs a program as a member of its own process group and ends the group as soon as standard input
/// closes, so that nothing outlives the harness, however that dies.
const LEASH: &str = r#"exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ cat <&3 >/dev/null; kill -KILL 0; } &
exec 3<&-
wait "$child""#;

/// A program to run, with an environment of its own: nothing is inherited but `PATH`.
pub(crate) struct Program {
    name: String,
    command: Command,
    log: PathBuf,
}

impl Program {
    /// `name` is what errors call it, and its log's file name in `folder`.
    pub(crate) fn new(name: &str, path: impl AsRef<OsStr>, folder: &Path) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", LEASH, "sh"])
            .arg(path)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("TMPDIR", folder)
            .current_dir(folder)
            .process_group(0)
            .kill_on_drop(true)
            .stdin(Stdio::piped());
        Self {
            name: name.to_owned(),
            command,
            log: folder.join(format!("{name}.log")),
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn envs(
        mut self,
        variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> Self {
        self.command.envs(variables);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Starts it and leaves it running.
    pub(crate) fn start(mut self) -> Result<Process, StackError> {
        let failed = |what: &str| StackError::io(format!("{what} {}", self.name));
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(failed("open the log of"))?;
        let errors = log.try_clone().map_err(failed("open the log of"))?;
        let mut child = self
            .command
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(failed("start"))?;
        Ok(Process {
            group: child.id().and_then(|id| Pid::from_raw(id.cast_signed())),
            leash: child.stdin.take(),
            child,
            name: self.name,
            log: self.log,
        })
    }

    /// Runs it to its end, which must be a success.
    pub(crate) async fn run(self) -> Result<(), StackError> {
        let mut process = self.start()?;
        let status = process
            .child
            .wait()
            .await
            .map_err(StackError::io(format!("wait for {}", process.name)))?;
        if status.success() {
            return Ok(());
        }
        Err(StackError::Failed {
            log: process.log_tail(),
            name: process.name.clone(),
        })
    }
}

/// A running program with all its children; dropping it ends them.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    group: Option<Pid>,
    leash: Option<ChildStdin>,
    log: PathBuf,
}

impl Process {
    /// Waits until `health` is answered with success.
    pub(crate) async fn ready(
        &mut self,
        client: &Client,
        health: &str,
        patience: Duration,
    ) -> Result<(), StackError> {
        let healthy = async || http::succeed(client.get(health), health).await.is_ok();
        self.ready_when(patience, healthy).await
    }

    /// Waits until the given check holds.
    pub(crate) async fn ready_when(
        &mut self,
        patience: Duration,
        check: impl AsyncFn() -> bool,
    ) -> Result<(), StackError> {
        let begun = Instant::now();
        loop {
            if check().await {
                return Ok(());
            }
            if !matches!(self.child.try_wait(), Ok(None)) {
                return Err(StackError::Ended {
                    name: self.name.clone(),
                    log: self.log_tail(),
                });
            }
            if begun.elapsed() > patience {
                return Err(StackError::NotReady {
                    name: self.name.clone(),
                    waited: patience,
                    log: self.log_tail(),
                });
            }
            sleep(Duration::from_millis(25)).await;
        }
    }

    /// The last lines of its log.
    pub(crate) fn log_tail(&self) -> String {
        tail(&self.log, 40)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // Already gone is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
        drop(self.leash.take());
    }
}

/// The last lines of a file; empty if it cannot be read.
pub(crate) fn tail(path: &Path, lines: usize) -> String {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let all: Vec<&str> = text.lines().collect();
    all.get(all.len().saturating_sub(lines)..)
        .unwrap_or_default()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use rustix::process::test_kill_process_group;

    use super::*;

    async fn gone(group: Pid) -> bool {
        for _ in 0..200 {
            if test_kill_process_group(group).is_err() {
                return true;
            }
            sleep(Duration::from_millis(10)).await;
        }
        false
    }

    #[tokio::test]
    async fn dropping_a_process_ends_its_children_too() {
        let folder = tempfile::tempdir().unwrap();
        let process = Program::new("parent", "sh", folder.path())
            .args(["-c", "sleep 600 & sleep 600"])
            .start()
            .unwrap();
        let group = process.group.unwrap();
        assert!(test_kill_process_group(group).is_ok());
        drop(process);
        assert!(gone(group).await);
    }

    #[tokio::test]
    async fn a_process_does_not_outlive_a_holder_that_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Program::new("orphan", "sleep", folder.path())
            .arg("600")
            .start()
            .unwrap();
        let group = process.group.unwrap();
        // What the system does to the pipe of a holder that died.
        drop(process.leash.take());
        assert!(process.child.wait().await.is_ok());
        assert!(gone(group).await);
    }

    #[tokio::test]
    async fn a_command_that_fails_shows_the_end_of_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let error = Program::new("worker", "sh", folder.path())
            .args(["-c", "echo one; echo two >&2; exit 3"])
            .run()
            .await
            .unwrap_err();
        assert!(matches!(&error, StackError::Failed { log, .. } if log == "one\ntwo"));
    }
}
