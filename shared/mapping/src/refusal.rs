use money::Cents;
use thiserror::Error;

/// Why a job cannot become an invoice as it is. Nothing is sent then; a person is told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Something on it has no counterpart here yet; sending the rest would make a wrong balance.
    #[error("it has {0}")]
    NotSupported(&'static str),
    /// N5.
    #[error("the number {0} is no number for QuickBooks")]
    Number(String),
    /// Neither the job nor an invoice tells what it amounts to.
    #[error("its total is not known")]
    NoTotal,
    /// The lines do not add up to the total that Housecall Pro shows.
    #[error("its lines add up to {lines}, its total is {total}")]
    LinesDoNotAddUp {
        /// Sum of the lines.
        lines: Cents,
        /// Housecall Pro's total.
        total: Cents,
    },
}
