//! Money in whole cents, and exact decimals for quantities.
//!
//! No floating-point number touches an amount: JSON numbers are read and written as text.

mod cents;
mod quantity;

pub use cents::{Cents, CentsError};
pub use quantity::{Quantity, QuantityError};
