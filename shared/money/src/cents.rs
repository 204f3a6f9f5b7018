use std::{
    fmt,
    iter::Sum,
    ops::{Add, Neg, Sub},
    str::FromStr,
};

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;
use thiserror::Error;

/// An amount of money in whole cents.
///
/// As JSON it is a number of dollars with two decimals (`100.00`), as QuickBooks writes it. Housecall Pro
/// writes whole cents; its records use [`Cents::from_hcp`] through their own field attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(i64);

/// Text that is not an amount in whole cents.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CentsError {
    /// Not a decimal number.
    #[error("{0:?} is not a number")]
    NotANumber(String),
    /// More than two decimals, and not zeros.
    #[error("{0} has a fraction of a cent")]
    FractionOfACent(String),
    /// Beyond 92 quadrillion dollars.
    #[error("{0} is too large for an amount")]
    TooLarge(String),
}

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From whole cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// As whole cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or `None` beyond the range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, unless it leaves the range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The distance from zero.
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// From a number of whole cents as text, as Housecall Pro sends it (`8900`, sometimes `8900.0`).
    ///
    /// # Errors
    /// When the text is not a whole number of cents.
    pub fn from_hcp(text: &str) -> Result<Self, CentsError> {
        whole(decimal(text)?, text)
    }

    /// The dollars as an exact decimal.
    pub fn dollars(self) -> Decimal {
        Decimal::new(self.0, 2)
    }
}

pub(crate) fn decimal(text: &str) -> Result<Decimal, CentsError> {
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| CentsError::NotANumber(text.to_owned()))
}

fn whole(cents: Decimal, text: &str) -> Result<Cents, CentsError> {
    if !cents.fract().is_zero() {
        return Err(CentsError::FractionOfACent(text.to_owned()));
    }
    cents
        .to_i64()
        .map(Cents)
        .ok_or_else(|| CentsError::TooLarge(text.to_owned()))
}

/// Dollars with up to two decimals: `100`, `100.0`, `-3.50`, `1E+2`.
impl FromStr for Cents {
    type Err = CentsError;

    fn from_str(text: &str) -> Result<Self, CentsError> {
        let cents = decimal(text)?
            .checked_mul(Decimal::ONE_HUNDRED)
            .ok_or_else(|| CentsError::TooLarge(text.to_owned()))?;
        whole(cents, text)
    }
}

/// Dollars with two decimals: `-3.50`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string())
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Cents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer)?
            .get()
            .parse()
            .map_err(de::Error::custom)
    }
}

impl Add for Cents {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Cents {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_in_every_form_that_the_two_systems_write() {
        for (text, cents) in [
            ("0", 0),
            ("100.00", 10_000),
            ("100.0", 10_000),
            ("75", 7_500),
            ("4.5", 450),
            ("-62.50", -6_250),
            ("1E+2", 10_000),
            ("0.01", 1),
        ] {
            assert_eq!(text.parse(), Ok(Cents::new(cents)), "{text}");
        }
        assert_eq!(Cents::from_hcp("8900"), Ok(Cents::new(8_900)));
        assert_eq!(Cents::from_hcp("8900.0"), Ok(Cents::new(8_900)));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        assert!(matches!(
            "1.005".parse::<Cents>(),
            Err(CentsError::FractionOfACent(_))
        ));
        assert!(matches!(
            "\"1\"".parse::<Cents>(),
            Err(CentsError::NotANumber(_))
        ));
        assert!(matches!(
            "1e20".parse::<Cents>(),
            Err(CentsError::TooLarge(_))
        ));
        assert!(matches!(
            Cents::from_hcp("1.5"),
            Err(CentsError::FractionOfACent(_))
        ));
    }

    #[test]
    fn amounts_are_printed_in_dollars_with_two_decimals() {
        for (cents, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (-5, "-0.05"),
            (10_000, "100.00"),
            (-6_250, "-62.50"),
            (i64::MAX, "92233720368547758.07"),
            (i64::MIN, "-92233720368547758.08"),
        ] {
            let amount = Cents::new(cents);
            assert_eq!(amount.to_string(), text);
            assert_eq!(amount.dollars(), Decimal::from_str_exact(text).unwrap());
        }
    }

    #[test]
    fn the_distance_from_zero_has_no_sign() {
        for (cents, distance) in [(0, 0), (350, 350), (-350, 350), (i64::MIN, i64::MAX)] {
            assert_eq!(Cents::new(cents).abs(), Cents::new(distance));
        }
    }

    proptest! {
        #![proptest_config(crate::cases())]

        #[test]
        fn v4_a_sum_is_that_of_the_whole_cents_or_none(one in any::<i64>(), other in any::<i64>()) {
            let (amount, second) = (Cents::new(one), Cents::new(other));
            prop_assert_eq!(amount.checked_add(second), one.checked_add(other).map(Cents::new));
            prop_assert_eq!(amount.checked_sub(second), one.checked_sub(other).map(Cents::new));
        }

        #[test]
        fn v4_amounts_are_reckoned_as_whole_cents(
            cents in proptest::collection::vec(-1_000_000_000_i64..1_000_000_000, 1..9),
        ) {
            let amounts: Vec<Cents> = cents.iter().copied().map(Cents::new).collect();
            let (first, last) = (cents[0], cents[cents.len() - 1]);
            prop_assert_eq!(amounts.iter().copied().sum::<Cents>(), Cents::new(cents.iter().sum()));
            prop_assert_eq!(Cents::new(first) + Cents::new(last), Cents::new(first + last));
            prop_assert_eq!(Cents::new(first) - Cents::new(last), Cents::new(first - last));
            prop_assert_eq!(-Cents::new(first), Cents::new(-first));
        }

        #[test]
        fn v4_parse_after_print_is_the_identity(cents in any::<i64>()) {
            let amount = Cents::new(cents);
            prop_assert_eq!(Cents::from_hcp(&cents.to_string()), Ok(amount));
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Cents>(&json).unwrap(), amount);
        }
    }
}
