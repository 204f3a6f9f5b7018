//! How deliveries of webhooks are counted.

use jiff::Timestamp;
use serde_json::json;

/// One line for standard output from which CloudWatch makes a metric (embedded metric format): `WebhookAccepted` or
/// `WebhookRefused` of a function, as a whole and by reason.
pub(super) fn metric(status: u16, reason: &str, function: &str, now: Timestamp) -> String {
    let name = match status {
        200 => "WebhookAccepted",
        _ => "WebhookRefused",
    };
    json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "hcp-qbo-sync",
                "Dimensions": [["FunctionName"], ["FunctionName", "reason"]],
                "Metrics": [{ "Name": name, "Unit": "Count" }],
            }],
        },
        "FunctionName": function,
        "reason": reason,
        name: 1,
    })
    .to_string()
}
