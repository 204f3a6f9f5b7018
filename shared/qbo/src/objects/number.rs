use std::{fmt, str::FromStr};

use money::Cents;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;
use thiserror::Error;

/// Text that is not a decimal number, or one with more than 28 digits.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a decimal number of at most 28 digits")]
pub struct NumberError;

macro_rules! exact {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(Decimal);

        impl FromStr for $name {
            type Err = NumberError;

            fn from_str(text: &str) -> Result<Self, NumberError> {
                Decimal::from_str_exact(text)
                    .or_else(|_| Decimal::from_scientific(text))
                    .map(|number| Self(number.normalize()))
                    .map_err(|_| NumberError)
            }
        }

        /// In its shortest form, as QuickBooks writes it: `75`, `4.5`.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                RawValue::from_string(self.to_string())
                    .map_err(ser::Error::custom)?
                    .serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Box::<RawValue>::deserialize(deserializer)?
                    .get()
                    .parse()
                    .map_err(de::Error::custom)
            }
        }
    };
}

exact! {
    /// What one of something costs, in dollars. Exact: QuickBooks keeps more than two decimals and
    /// checks `Amount` against `Qty × UnitPrice` at the precision that was sent.
    Price
}

exact! {
    /// A percentage: `10` is ten per cent.
    Percent
}

impl Price {
    /// In whole cents; `None` when it has a fraction of a cent.
    pub fn cents(self) -> Option<Cents> {
        let cents = self.0.checked_mul(Decimal::ONE_HUNDRED)?;
        if cents.fract().is_zero() {
            cents.to_i64().map(Cents::new)
        } else {
            None
        }
    }
}

impl Percent {
    /// This percentage of `whole × part / of`, rounded once, half a cent away from zero; nothing of nothing.
    pub fn of_share(self, whole: Cents, part: Cents, of: Cents) -> Option<Cents> {
        if of == Cents::ZERO {
            return Some(Cents::ZERO);
        }
        let product = whole.dollars().checked_mul(part.dollars())?;
        let dollars = product.checked_mul(self.0)?.checked_div(of.dollars())?;
        // Dollars times per cent are cents.
        let cents = dollars.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        cents.to_i64().map(Cents::new)
    }
}

impl From<Cents> for Price {
    fn from(cents: Cents) -> Self {
        Self(cents.dollars().normalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_compared_by_value_and_keeps_every_decimal() {
        let read: Price = serde_json::from_str("33.333333").unwrap();
        assert_eq!(read.to_string(), "33.333333");
        assert_eq!(read.cents(), None);
        assert_eq!(
            serde_json::from_str::<Price>("75.00").unwrap(),
            Price::from(Cents::new(7_500))
        );
        assert_eq!(
            serde_json::to_string(&Price::from(Cents::new(7_500))).unwrap(),
            "75"
        );
        assert_eq!(
            "1E+2".parse::<Price>().unwrap().cents(),
            Some(Cents::new(10_000))
        );
        assert_eq!("\"1\"".parse::<Price>(), Err(NumberError));
    }

    #[test]
    fn a_percentage_of_a_share_is_rounded_once() {
        let of = |percent: &str, whole, part, of| {
            let [whole, part, of] = [whole, part, of].map(Cents::new);
            let percent: Percent = percent.parse().unwrap();
            percent.of_share(whole, part, of).map(Cents::get)
        };
        // 5.6 % of 325.75 less its part of a discount of 50 on 335.75, as QuickBooks has it.
        assert_eq!(of("5.6", 28_575, 32_575, 33_575), Some(1_553));
        assert_eq!(of("6", 32_575, 100, 100), Some(1_955));
        assert_eq!(of("8", 10_000, 0, 100), Some(0));
        assert_eq!(of("8", 10_000, 0, 0), Some(0));
        assert_eq!(of("50", -1, 1, 1), Some(-1));
    }
}
