use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::StackError;

/// Asks until the answer is there, every 25 ms at first and less often later.
///
/// # Errors
/// When the answer was not there in time, or asking failed.
pub async fn until<T>(
    what: &str,
    patience: Duration,
    ask: impl AsyncFn() -> Result<Option<T>, StackError>,
) -> Result<T, StackError> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(25);
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if begun.elapsed() > patience {
            return Err(StackError::InVain {
                what: what.to_owned(),
                waited: patience,
            });
        }
        sleep(pause).await;
        pause = (pause * 5 / 4).min(Duration::from_millis(250));
    }
}
