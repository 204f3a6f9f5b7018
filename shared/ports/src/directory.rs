use std::{future::Future, sync::Arc};

use thiserror::Error;

use crate::Source;

/// The directory of those who can sign in did not answer, or refused.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// It takes no such mail address.
    #[error("the sign-in takes no such mail address")]
    Mail(#[source] Source),
    /// It did not answer, or refused for another reason.
    #[error("the directory of those who can sign in could not be asked: {0}")]
    Failed(#[source] Source),
}

/// Keeps who can sign in; what they may do is not its matter.
pub trait Directory: Send + Sync {
    /// The id of the one with this mail address. Who is not there is added, and told by mail how to sign in.
    fn invite(&self, mail: &str) -> impl Future<Output = Result<String, DirectoryError>> + Send;
}

impl<T: Directory> Directory for Arc<T> {
    fn invite(&self, mail: &str) -> impl Future<Output = Result<String, DirectoryError>> + Send {
        T::invite(self, mail)
    }
}
