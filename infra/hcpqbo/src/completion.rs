use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::{Arguments, failure::Failure, say};

/// Prints what a shell completes commands by: `source <(hcpqbo completion bash)`.
#[derive(Debug, Args)]
pub(crate) struct Completion {
    /// The shell.
    shell: Shell,
}

impl Completion {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut Arguments::command(), "hcpqbo", &mut script);
        say(&String::from_utf8_lossy(&script))
    }
}
