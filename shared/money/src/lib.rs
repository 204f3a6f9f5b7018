//! Money in whole cents, and exact decimals for quantities.
//!
//! No floating-point number touches an amount: JSON numbers are read and written as text.

mod cents;
mod quantity;

pub use cents::{Cents, CentsError};
pub use quantity::{Quantity, QuantityError};

/// How many cases a property is tried with: some thousands, a million in the long form.
#[cfg(test)]
fn cases() -> proptest::test_runner::Config {
    let is_long = std::env::var("PROOF").is_ok_and(|proof| proof == "long");
    let usual = if is_long { 1_000_000 } else { 5_000 };
    let asked = std::env::var("PROPTEST_CASES").ok();
    proptest::test_runner::Config {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(usual),
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
