use std::time::{Duration, Instant};

/// Lambda gives a start-up ten seconds; without warm connections everything works too.
const LIMIT: Duration = Duration::from_secs(2);

/// Lets a function open its connections while Lambda gives its start-up the full CPU, and logs how long
/// that took.
pub async fn warm_up(requests: impl Future) {
    let start = Instant::now();
    let done = tokio::time::timeout(LIMIT, requests).await.is_ok();
    let us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(done, us, "warmed up");
}
