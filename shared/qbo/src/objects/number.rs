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
    /// This percentage of an amount, in dollars, not rounded. `None` beyond the range.
    pub fn of(self, amount: Cents) -> Option<Decimal> {
        self.0
            .checked_mul(amount.dollars())?
            .checked_div(Decimal::ONE_HUNDRED)
    }

    /// This percentage of an amount to the nearest cent, half a cent away from zero: what one rate of QuickBooks' makes.
    /// `None` beyond the range.
    pub fn tax_on(self, amount: Cents) -> Option<Cents> {
        let dollars = self.of(amount)?;
        let cents = dollars.checked_mul(Decimal::ONE_HUNDRED)?;
        cents
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
            .to_i64()
            .map(Cents::new)
    }

    /// The sum, or `None` beyond the range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(|sum| Self(sum.normalize()))
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
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
    fn a_percentage_of_an_amount_is_exact() {
        let percent = |text: &str| text.parse::<Percent>().unwrap();
        let of = |text: &str, cents| percent(text).of(Cents::new(cents)).unwrap().to_string();
        assert_eq!(of("7.25", 20_775), "15.061875");
        assert_eq!(of("5.6", -100), "-0.056");
        assert!(percent("0").of(Cents::new(1)).unwrap().is_zero());
        assert_eq!(percent("1E+20").of(Cents::new(i64::MAX)), None);
        assert_eq!(
            percent("6").checked_add(percent("1.250")),
            Some(percent("7.25"))
        );
        assert!(percent("0.00").is_zero());
        assert!(!percent("0.01").is_zero());
    }
}
