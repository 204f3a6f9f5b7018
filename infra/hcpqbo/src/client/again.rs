//! Which answers are waited out, and for how long.

use std::time::Duration;

use ports::{HttpFailure, HttpResponse};

/// What follows from an answer, or from none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is what there is.
    Enough,
    /// The same request is sent again after so long, for this reason.
    After(Duration, &'static str),
    /// The token is none that is accepted: another one may be.
    SignInAgain,
}

/// What was tried of one request.
#[derive(Debug, Default)]
pub(super) struct Tries {
    waits: u32,
    lost: u32,
    signed_in: bool,
}

/// So often a limit is waited out, some minutes in all; and so often an answer is asked for once more that was lost.
const MOST_WAITS: u32 = 20;
const MOST_LOST: u32 = 4;

const LONGEST: Duration = Duration::from_secs(30);

const LIMIT: &str = "The office asks to wait a moment; this goes on by itself";
const AWAY: &str = "The office does not answer; this tries again by itself";
const UNDER_WAY: &str = "It is being carried out";

impl Tries {
    /// `twice`: the request does the same once or twice.
    pub(super) fn next(&mut self, sent: &Result<HttpResponse, HttpFailure>, twice: bool) -> Next {
        let answer = match sent {
            Ok(answer) => answer,
            Err(failure) => {
                let unsent = matches!(failure, HttpFailure::NotSent { .. });
                return self.once_more(unsent || twice);
            }
        };
        match answer.status {
            401 if !self.signed_in => {
                self.signed_in = true;
                Next::SignInAgain
            }
            429 | 503 => self.wait(answer, LIMIT),
            // The office did not come to its end; whether it did what was asked is not known.
            500 | 502 | 504
                if answer.header("content-type") != Some("application/problem+json") =>
            {
                self.once_more(twice)
            }
            // The answer of the request before was lost, and it is still at work.
            409 if self.lost > 0 && twice => self.wait(answer, UNDER_WAY),
            _ => Next::Enough,
        }
    }

    fn wait(&mut self, answer: &HttpResponse, why: &'static str) -> Next {
        self.waits += 1;
        if self.waits > MOST_WAITS {
            return Next::Enough;
        }
        let told = answer.header("retry-after");
        let told = told.and_then(|told| told.trim().parse().ok());
        let told = told.map(Duration::from_secs);
        let grown = Duration::from_secs(1 << self.waits.min(5));
        Next::After(told.unwrap_or(grown).min(LONGEST), why)
    }

    fn once_more(&mut self, may: bool) -> Next {
        self.lost += 1;
        match may && self.lost <= MOST_LOST {
            true => Next::After(Duration::from_secs(1 << self.lost), AWAY),
            false => Next::Enough,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, after: Option<&str>) -> Result<HttpResponse, HttpFailure> {
        let after = after.map(|after| ("retry-after".to_owned(), after.to_owned()));
        Ok(HttpResponse {
            status,
            headers: after.into_iter().collect(),
            body: Vec::new(),
        })
    }

    fn seconds(next: Next) -> Option<u64> {
        match next {
            Next::After(wait, _) => Some(wait.as_secs()),
            _ => None,
        }
    }

    #[test]
    fn a_limit_is_waited_out_as_long_as_it_says_and_not_for_ever() {
        for status in [429, 503] {
            let mut tries = Tries::default();
            assert_eq!(
                seconds(tries.next(&answer(status, Some("5")), false)),
                Some(5)
            );
            assert_eq!(seconds(tries.next(&answer(status, None), false)), Some(4));
            assert_eq!(
                seconds(tries.next(&answer(status, Some("900")), false)),
                Some(30)
            );
            assert_eq!(
                seconds(tries.next(&answer(status, Some("soon")), false)),
                Some(16)
            );
            let left =
                (0..40).filter(|_| seconds(tries.next(&answer(status, None), false)).is_some());
            assert_eq!(left.count(), 16);
        }
    }

    #[test]
    fn a_lost_answer_is_asked_for_again_only_where_that_does_nothing_twice() {
        let lost = || Err(HttpFailure::lost("office", std::io::Error::other("reset")));
        let unsent = || {
            Err(HttpFailure::not_sent(
                "office",
                std::io::Error::other("refused"),
            ))
        };
        assert_eq!(Tries::default().next(&lost(), false), Next::Enough);
        assert_eq!(seconds(Tries::default().next(&lost(), true)), Some(2));
        assert_eq!(seconds(Tries::default().next(&unsent(), false)), Some(2));
        assert_eq!(
            Tries::default().next(&answer(502, None), false),
            Next::Enough
        );
        let mut tries = Tries::default();
        let waits: Vec<_> = (0..5).map(|_| seconds(tries.next(&lost(), true))).collect();
        assert_eq!(waits, [Some(2), Some(4), Some(8), Some(16), None]);
        // The first one is still at work.
        let mut tries = Tries::default();
        tries.next(&lost(), true);
        assert!(seconds(tries.next(&answer(409, None), true)).is_some());
        assert_eq!(
            Tries::default().next(&answer(409, None), true),
            Next::Enough
        );
    }

    #[test]
    fn a_token_that_is_not_accepted_is_renewed_once() {
        let mut tries = Tries::default();
        assert_eq!(tries.next(&answer(401, None), true), Next::SignInAgain);
        assert_eq!(tries.next(&answer(401, None), true), Next::Enough);
        for status in [200, 202, 400, 403, 404, 412, 422] {
            assert_eq!(
                Tries::default().next(&answer(status, None), true),
                Next::Enough
            );
        }
    }
}
