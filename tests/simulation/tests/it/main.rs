//! Stories of the whole sync, in one process.

mod crash;
mod people;
mod stories;
mod trouble;
