//! How a command ends that does not do what it was asked for, and what a script can tell from that.

use std::{error::Error, process::ExitCode};

use sync::NotDone;
use thiserror::Error;

/// Why a command ended without what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Failure {
    /// It cannot be had as it was asked for: the words say what to do instead.
    #[error("{0}")]
    Declined(String),
    /// It could not be done now, and can be tried again.
    #[error("{0}")]
    Failed(String),
}

impl Failure {
    pub(crate) fn declined(words: impl Into<String>) -> Self {
        Self::Declined(words.into())
    }

    /// Something that went wrong, with why.
    pub(crate) fn because(what: &str, error: &(dyn Error + 'static)) -> Self {
        Self::Failed(format!("{what}: {}", sync::chain(error)))
    }
}

/// What a script can tell from.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it could not be done now, for a reason of ours or of one of the two systems: it can be repeated
  2  the command is not written right
  3  it cannot be done as it was asked for, or it waits for a person: the text says what to do instead";

/// The exit code of what a person asked for and cannot have.
const DECLINED: u8 = 3;

pub(crate) fn exit_code(error: &(dyn Error + 'static)) -> ExitCode {
    let of_ours = error.downcast_ref();
    let of_sync = error.downcast_ref();
    match (of_ours, of_sync) {
        (Some(Failure::Declined(_)), _) | (_, Some(NotDone::Declined(_))) => {
            ExitCode::from(DECLINED)
        }
        _ => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use sync::{Declined, Source, Stop, company::connect::ConnectError};

    use super::*;

    #[test]
    fn what_a_person_cannot_have_is_told_from_what_failed() {
        let words = "there is no job 9104".to_owned();
        let declined = Declined::NotUsable { what: "job", words };
        let broken = || Stop::Broken(Source::from("the table did not answer"));
        let cases: [(Box<dyn Error>, ExitCode); 7] = [
            (NotDone::from(declined).into(), ExitCode::from(3)),
            (
                NotDone::from(ConnectError::OwnSync).into(),
                ExitCode::from(3),
            ),
            (NotDone::from(broken()).into(), ExitCode::FAILURE),
            (
                NotDone::from(ConnectError::Stop(broken())).into(),
                ExitCode::FAILURE,
            ),
            (
                NotDone::from(Stop::PlanAgain("job job_1".to_owned())).into(),
                ExitCode::from(3),
            ),
            (
                Failure::declined("there is no job 9104").into(),
                ExitCode::from(3),
            ),
            (
                Failure::Failed("the office does not answer".to_owned()).into(),
                ExitCode::FAILURE,
            ),
        ];
        for (error, code) in cases {
            let told = exit_code(&*error);
            assert_eq!(format!("{told:?}"), format!("{code:?}"), "{error}");
        }
    }
}
