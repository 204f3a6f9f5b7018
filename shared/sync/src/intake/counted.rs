//! How deliveries of webhooks are counted.

use jiff::Timestamp;
use ports::figures::{self, Figure};

/// One line for standard output from which CloudWatch makes a metric: `WebhookAccepted` or `WebhookRefused` of a function,
/// as a whole and by reason.
pub(super) fn metric(status: u16, reason: &str, function: &str, now: Timestamp) -> String {
    let name = match status {
        200 => "WebhookAccepted",
        _ => "WebhookRefused",
    };
    let figures = [Figure::count(name, 1)];
    figures::line_by_reason(function, now, reason, &figures)
}
