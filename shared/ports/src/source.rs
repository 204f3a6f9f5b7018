use std::error::Error;

/// What an error came from: another error, or plain words. It is kept whole; words are made of it where it is logged or
/// shown.
pub type Source = Box<dyn Error + Send + Sync>;
