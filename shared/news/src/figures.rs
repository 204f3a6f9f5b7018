use jiff::Timestamp;
use ports::figures::{self, Figure};

/// What came of one run over all companies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Letters that were sent.
    pub sent: usize,
    /// Letters that could not be sent this time.
    pub failed: usize,
    /// Letters that wait, and could not be sent twice or more often: somebody does not hear of what is open.
    pub failing: usize,
    /// Companies whose people could not be told, since the table did not answer or has something unreadable.
    pub untold: usize,
}

impl Tally {
    /// The line of it from which CloudWatch makes metrics of the function that sent.
    pub fn metric(&self, function: &str, now: Timestamp) -> String {
        let figures = [
            Figure::count("LettersSent", self.sent),
            Figure::count("LettersFailed", self.failed),
            Figure::count("LettersFailing", self.failing),
        ];
        figures::line(function, now, &figures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_the_figures_of_letters_have_the_embedded_metric_format_and_no_name() {
        let tally = Tally {
            sent: 3,
            failed: 2,
            failing: 1,
            untold: 0,
        };
        let now = "2026-07-20T09:00:00Z".parse().unwrap();
        insta::assert_snapshot!(tally.metric("notify", now), @r#"{"FunctionName":"notify","LettersFailed":2,"LettersFailing":1,"LettersSent":3,"_aws":{"CloudWatchMetrics":[{"Dimensions":[["FunctionName"]],"Metrics":[{"Name":"LettersSent","Unit":"Count"},{"Name":"LettersFailed","Unit":"Count"},{"Name":"LettersFailing","Unit":"Count"}],"Namespace":"hcp-qbo-sync"}],"Timestamp":1784538000000}}"#);
    }
}
