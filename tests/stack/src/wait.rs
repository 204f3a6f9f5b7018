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

/// Both systems take few calls a second, of everybody together.
const ROOM: Duration = Duration::from_secs(30);

/// Asks one of the two systems, once more while its limit is used up by what is under test.
///
/// # Errors
/// When asking failed for another reason, or there was no room in time.
pub(crate) async fn taken<T>(
    what: &str,
    ask: impl AsyncFn() -> Result<T, StackError>,
) -> Result<T, StackError> {
    until(what, ROOM, async || match ask().await {
        Err(StackError::Refused { status: 429, .. }) => Ok(None),
        answer => answer.map(Some),
    })
    .await
}
