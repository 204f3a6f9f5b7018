//! Figures for whoever runs a deployment: metrics without a name in them (S11).

use jiff::Timestamp;
use serde_json::{Value, json};

/// The namespace of all metrics.
const NAMESPACE: &str = "hcp-qbo-sync";

/// One figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The metric's name.
    pub name: &'static str,
    /// What is counted, as CloudWatch calls it: `Count`, `Seconds`.
    pub unit: &'static str,
    /// How much of it.
    pub value: i64,
}

impl Figure {
    /// How many there are.
    pub fn count(name: &'static str, many: impl TryInto<i64>) -> Self {
        Self {
            name,
            unit: "Count",
            value: many.try_into().unwrap_or(i64::MAX),
        }
    }

    /// How long it is.
    pub fn seconds(name: &'static str, value: i64) -> Self {
        Self {
            name,
            unit: "Seconds",
            value,
        }
    }
}

/// One line for standard output from which CloudWatch makes metrics of a function (embedded metric format).
pub fn line(function: &str, now: Timestamp, figures: &[Figure]) -> String {
    line_by(function, now, None, figures)
}

/// The same, as a whole and by reason.
pub fn line_by_reason(function: &str, now: Timestamp, reason: &str, figures: &[Figure]) -> String {
    line_by(function, now, Some(reason), figures)
}

fn line_by(function: &str, now: Timestamp, reason: Option<&str>, figures: &[Figure]) -> String {
    let metric = |figure: &Figure| json!({ "Name": figure.name, "Unit": figure.unit });
    let metrics: Vec<Value> = figures.iter().map(metric).collect();
    let dimensions = match reason {
        None => json!([["FunctionName"]]),
        Some(_) => json!([["FunctionName"], ["FunctionName", "reason"]]),
    };
    let mut line = json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": dimensions,
                "Metrics": metrics,
            }],
        },
        "FunctionName": function,
    });
    if let Some(reason) = reason {
        line["reason"] = reason.into();
    }
    for figure in figures {
        line[figure.name] = figure.value.into();
    }
    line.to_string()
}
