use std::time::Duration;

use crate::function::Start;

/// One function's figures. Times are in microseconds.
pub(crate) struct Row {
    name: &'static str,
    zipped_bytes: u64,
    start_p50: u128,
    start_p99: u128,
    warming_p50: u128,
    cpu_p50: u128,
    resident_kb: u64,
}

impl Row {
    pub(crate) fn new(name: &'static str, zipped_bytes: u64, starts: &[Start]) -> Self {
        let times = |what: fn(&Start) -> Duration| {
            let mut times: Vec<u128> = starts.iter().map(|s| what(s).as_micros()).collect();
            times.sort_unstable();
            times
        };
        // What warms connections up depends on the network, so it stands apart.
        let start = times(|start| start.ready.saturating_sub(start.warming));
        Self {
            name,
            zipped_bytes,
            start_p50: percentile(&start, 50),
            start_p99: percentile(&start, 99),
            warming_p50: percentile(&times(|start| start.warming), 50),
            cpu_p50: percentile(&times(|start| start.cpu), 50),
            resident_kb: starts.iter().map(|s| s.resident_kb).max().unwrap_or(0),
        }
    }
}

/// The smallest value that so many percent do not exceed.
fn percentile(sorted: &[u128], percent: usize) -> u128 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

/// The figures as a table in Markdown; the first row is the yardstick of the starts.
pub(crate) fn table(rows: &[Row], starts: usize) -> String {
    let mut text = format!(
        "Start to the first poll of the Runtime API, {starts} starts each, in turns. Warming is what the \
         function says it spent on opening connections, and is not in the start.\n\n\
         | function | start p50 ms | p99 ms | of bare | warming p50 ms | CPU p50 ms | memory MB | zipped MB |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    let yardstick = rows.first().map_or(1, |row| row.start_p50.max(1));
    for row in rows {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
            row.name,
            hundredths(row.start_p50, 1000),
            hundredths(row.start_p99, 1000),
            hundredths(row.start_p50, yardstick),
            hundredths(row.warming_p50, 1000),
            hundredths(row.cpu_p50, 1000),
            hundredths(u128::from(row.resident_kb), 1024),
            hundredths(u128::from(row.zipped_bytes), 1_000_000),
        ));
    }
    text
}

/// A quotient with two decimals.
fn hundredths(value: u128, unit: u128) -> String {
    let rounded = (value * 100 + unit / 2) / unit;
    format!("{}.{:02}", rounded / 100, rounded % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let twenty: Vec<u128> = (1..=20).collect();
        assert_eq!(percentile(&twenty, 50), 10);
        assert_eq!(percentile(&twenty, 99), 20);
        assert_eq!(percentile(&[7], 50), 7);
        assert_eq!(percentile(&[], 50), 0);
    }

    #[test]
    fn quotients_are_rounded_to_hundredths() {
        assert_eq!(hundredths(12_345, 1000), "12.35");
        assert_eq!(hundredths(5, 1000), "0.01");
        assert_eq!(hundredths(4, 1000), "0.00");
        assert_eq!(hundredths(3, 2), "1.50");
    }
}
