use std::{io, path::PathBuf, time::Duration};

use thiserror::Error;

/// Why the local stack could not do what it was asked.
#[derive(Debug, Error)]
pub enum StackError {
    /// A tool or a build result is not there.
    #[error("{what} is missing: run `{remedy}`")]
    Missing {
        /// What was looked for, relative to the repository.
        what: PathBuf,
        /// The command that makes it.
        remedy: &'static str,
    },
    /// The port asked for is in use.
    #[error("port {0} is taken")]
    PortTaken(u16),
    /// A port was asked for that is none.
    #[error("{variable} is {text:?}, which is no port")]
    NoPort {
        /// The environment variable.
        variable: &'static str,
        /// What it says.
        text: String,
    },
    /// A program ended although it should have stayed.
    #[error("{name} ended early; the end of its log:\n{log}")]
    Ended {
        /// Which program.
        name: String,
        /// The last lines that it printed.
        log: String,
    },
    /// A program did not become ready.
    #[error("{name} was not ready after {} s; the end of its log:\n{log}", waited.as_secs())]
    NotReady {
        /// Which program.
        name: String,
        /// How long it was given.
        waited: Duration,
        /// The last lines that it printed.
        log: String,
    },
    /// A command did not succeed.
    #[error("{name} failed; the end of its log:\n{log}")]
    Failed {
        /// Which command.
        name: String,
        /// The last lines that it printed.
        log: String,
    },
    /// A local server answered something else than success.
    #[error("{request} was answered {status}: {body}")]
    Refused {
        /// Method and address.
        request: String,
        /// HTTP status.
        status: u16,
        /// The answer, shortened.
        body: String,
    },
    /// A local server did not answer.
    #[error("{request} was not answered")]
    Unanswered {
        /// Method and address.
        request: String,
        /// What the HTTP client said.
        #[source]
        source: reqwest::Error,
    },
    /// One of the systems tells something of its books in a form that is not known.
    #[error("the books cannot be compared: {0}")]
    Books(String),
    /// What a local server or a tool said could not be understood.
    #[error("{what} could not be understood")]
    Unreadable {
        /// Whose answer.
        what: String,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
    /// A state that was waited for did not come.
    #[error("waited {} s in vain for {what}", waited.as_secs())]
    InVain {
        /// The state.
        what: String,
        /// How long.
        waited: Duration,
    },
    /// A file or a process could not be handled.
    #[error("could not {action}")]
    Io {
        /// What was tried.
        action: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl StackError {
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}
