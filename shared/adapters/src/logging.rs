use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Sends log events as JSON lines to standard output, without a time of their own: Lambda adds it.
///
/// `RUST_LOG` sets the levels, as in `info,adapters=debug`; without it, or when it cannot be read,
/// `info`. `Targets` and not `EnvFilter` reads it, which would bring a regular expression engine into
/// every function. A second call changes nothing.
pub fn logging() {
    let levels = std::env::var("RUST_LOG")
        .ok()
        .and_then(|levels| levels.parse::<Targets>().ok())
        .unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_ansi(false)
        .without_time();
    // The only failure is that a subscriber is there already, as in tests.
    let _already_set = tracing_subscriber::registry()
        .with(levels)
        .with(lines)
        .try_init();
}
