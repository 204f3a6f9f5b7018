//! Dead letters go back to the work queue.

use std::error::Error;

use adapters::{Connections, DeadLetters};
use clap::Args;

use crate::{failure::Failure, say};

/// Sends dead letters back to the work queue, once what stopped them is mended (rights on AWS).
///
/// Each message only says where to look: looking twice sends nothing twice. Each is put on the work queue first and taken from
/// the dead letters then, so whoever interrupts this loses nothing, and can run it again.
#[derive(Debug, Args)]
#[command(after_help = "\
Where it was deployed (target/outputs.env names both):
  QUEUE_URL, DEAD_LETTER_QUEUE_URL")]
pub(crate) struct Redrive {}

impl Redrive {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let config = adapters::operator_config(&Connections::default()).await;
        let (work, dead) = (
            adapters::env("QUEUE_URL")?,
            adapters::env("DEAD_LETTER_QUEUE_URL")?,
        );
        let letters = DeadLetters::new(&config, work, dead);
        // What comes back meanwhile, because it still cannot be worked on, is not sent in a circle.
        let there = letters.count().await?;
        let mut moved = 0;
        while moved < there {
            match letters.move_some().await {
                Ok(0) => break,
                Ok(some) => moved += some,
                Err(error) => {
                    let what = format!("{moved} went back to the work queue, then it failed");
                    return Err(Failure::because(&what, &error).into());
                }
            }
        }
        Ok(tell(there, moved)?)
    }
}

fn tell(there: usize, moved: usize) -> Result<(), Failure> {
    say(&match (there, moved) {
        (0, _) => "There are no dead letters.\n".to_owned(),
        (_, 1) => "1 dead letter went back to the work queue.\n".to_owned(),
        _ => format!("{moved} dead letters went back to the work queue.\n"),
    })?;
    match there.saturating_sub(moved) {
        0 => Ok(()),
        left => Err(Failure::Failed(format!(
            "{left} more are in somebody's hand, as after a run that was interrupted: run it again in a minute."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_in_hand_of_an_interrupted_run_is_told() {
        assert_eq!(tell(0, 0), Ok(()));
        assert_eq!(tell(3, 3), Ok(()));
        // More came while it ran.
        assert_eq!(tell(3, 4), Ok(()));
        let Err(Failure::Failed(words)) = tell(3, 1) else {
            panic!("two are left");
        };
        assert!(words.starts_with("2 more"), "{words}");
    }
}
