use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::{Cents, cents::decimal};

/// How many of something were sold; exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(Decimal);

/// Text that is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not a quantity")]
pub struct QuantityError(String);

impl Quantity {
    /// One.
    pub const ONE: Self = Self(Decimal::ONE);

    /// From hundredths, as Housecall Pro's invoices count (`250` is 2.5).
    pub fn from_hundredths(hundredths: i64) -> Self {
        Self(Decimal::new(hundredths, 2).normalize())
    }

    /// What this many cost at a price each, rounded half away from zero to whole cents: the way in which
    /// QuickBooks checks `Amount` against `Qty × UnitPrice`. `None` beyond the range.
    pub fn times(self, price: Cents) -> Option<Cents> {
        self.0
            .checked_mul(Decimal::from(price.get()))?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
            .to_i64()
            .map(Cents::new)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        decimal(text)
            .map(|quantity| Self(quantity.normalize()))
            .map_err(|_| QuantityError(text.to_owned()))
    }
}

/// In its shortest form: `2.5`, `1`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string())
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer)?
            .get()
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_product_is_rounded_to_whole_cents() {
        for (quantity, price, amount) in [
            ("2.5", 9_500, 23_750),
            ("1.0", 8_900, 8_900),
            ("0.33", 1_000, 330),
            ("0.5", 1, 1),
            ("-0.5", 1, -1),
            ("3", -250, -750),
        ] {
            let quantity: Quantity = quantity.parse().unwrap();
            assert_eq!(quantity.times(Cents::new(price)), Some(Cents::new(amount)));
        }
        assert_eq!(Quantity::from_hundredths(250).to_string(), "2.5");
        let two: Quantity = "2".parse().unwrap();
        assert_eq!(two.times(Cents::new(i64::MAX)), None);
    }

    proptest! {
        #![proptest_config(crate::cases())]

        #[test]
        fn v4_parse_after_print_is_the_identity(number in any::<i64>(), decimals in 0_u32..=18) {
            let written = Decimal::new(number, decimals).to_string();
            let quantity: Quantity = written.parse().unwrap();
            for text in [written, quantity.to_string()] {
                prop_assert_eq!(text.parse(), Ok(quantity));
            }
            let json = serde_json::to_string(&quantity).unwrap();
            prop_assert_eq!(&json, &quantity.to_string());
            prop_assert_eq!(serde_json::from_str::<Quantity>(&json).unwrap(), quantity);
            prop_assert_eq!(Quantity::ONE.times(Cents::new(number)), Some(Cents::new(number)));
        }
    }
}
