//! QuickBooks' query language: `SELECT * FROM Customer WHERE DisplayName = 'Amy\'s'`.

mod condition;
mod expected;
mod lexer;
mod parser;
mod run;
mod select;

pub(crate) use condition::time;
pub(crate) use lexer::in_latin_1;
pub(crate) use parser::parse;
pub(crate) use run::run;
