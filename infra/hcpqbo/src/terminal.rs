//! What a person sees while they wait: a line on the error output of a terminal, which goes when the wait is over. Where that
//! is no terminal, nothing.

use std::{
    io::{IsTerminal, Write, stderr},
    time::Duration,
};

use adapters::SystemClock;
use ports::Clock;

/// The line is drawn anew so often.
const FRAME: Duration = Duration::from_millis(100);
const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// Waits, and tells meanwhile what for.
#[derive(Debug)]
pub(crate) struct Spinner {
    is_shown: bool,
    frame: usize,
    clock: SystemClock,
}

impl Spinner {
    pub(crate) fn new() -> Self {
        Self {
            is_shown: stderr().is_terminal(),
            frame: 0,
            clock: SystemClock::new(),
        }
    }

    /// Waits so long.
    pub(crate) async fn wait(&mut self, duration: Duration, what: &str) {
        if !self.is_shown {
            self.clock.sleep(duration).await;
            return;
        }
        let mut left = duration;
        while !left.is_zero() {
            let frame = FRAMES[self.frame % FRAMES.len()];
            self.frame += 1;
            // Whoever has closed it does not want to see it.
            let _ = write!(stderr(), "\r\x1b[2K{frame} {what}");
            let _ = stderr().flush();
            let step = left.min(FRAME);
            self.clock.sleep(step).await;
            left -= step;
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if self.is_shown && self.frame > 0 {
            let _ = write!(stderr(), "\r\x1b[2K");
            let _ = stderr().flush();
        }
    }
}
