use std::{future::Future, sync::Arc};

use thiserror::Error;

use crate::Source;

/// One mail to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address that it goes to.
    pub to: String,
    /// One line.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// The mail was not taken, or nobody knows whether it was.
#[derive(Debug, Error)]
#[error("the mail was not sent: {0}")]
pub struct MailError(#[source] pub Source);

/// Sends mails.
pub trait Mailer: Send + Sync {
    /// Returns once the mail is taken for delivery. Repeats nothing: a mail whose answer was lost may be on its way.
    fn send(&self, mail: Mail) -> impl Future<Output = Result<(), MailError>> + Send;
}

impl<T: Mailer> Mailer for Arc<T> {
    fn send(&self, mail: Mail) -> impl Future<Output = Result<(), MailError>> + Send {
        T::send(self, mail)
    }
}
