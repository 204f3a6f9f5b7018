//! The crate from outside: against recorded answers, against its own fixtures, and for what it sends.

#[cfg(test)]
mod client;
#[cfg(test)]
mod doubles;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod robustness;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod tokens;
