//! Money and quantities: whole cents and whole hundredths, half a cent rounds up.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest unit price that the sandbox takes: ten million dollars, in cents.
pub(crate) const LARGEST_PRICE: i64 = 1_000_000_000;
/// The most lines on one job.
pub(crate) const MOST_LINES: usize = 500;

/// A number with two decimals, kept as a whole number of hundredths: a quantity or a percentage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hundredths(i64);

impl Hundredths {
    /// One.
    pub const ONE: Self = Self(100);
    /// The largest: 100,000.
    pub const LARGEST: Self = Self(10_000_000);

    /// From whole hundredths: 250 is 2.5.
    pub const fn new(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// As whole hundredths.
    pub const fn get(self) -> i64 {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 2 || !plain(whole) || !plain(fraction) {
            return None;
        }
        let fraction: i64 = format!("{fraction:0<2}").parse().ok()?;
        let hundredths = whole
            .parse::<i64>()
            .ok()?
            .checked_mul(100)?
            .checked_add(fraction)?;
        Some(Self(sign * hundredths))
    }

    /// As a JSON number with one or two decimals (`1.0`, `2.5`, `0.25`).
    pub(crate) fn to_json(self) -> serde_json::Value {
        serde_json::from_str(&self.to_string()).unwrap_or_default()
    }
}

/// One decimal at least: `1.0`, `2.5`, `0.25`.
impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        if rest.is_multiple_of(10) {
            write!(f, "{sign}{whole}.{}", rest / 10)
        } else {
            write!(f, "{sign}{whole}.{rest:02}")
        }
    }
}

impl Serialize for Hundredths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// From a number (`2.5`) or its text (`"2.5"`), at most two decimals.
impl<'de> Deserialize<'de> for Hundredths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(serde_json::Number),
            Text(String),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Number(number) => number.to_string(),
            Written::Text(text) => text.trim().to_owned(),
        };
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "{text:?} is not a number with at most two decimals"
            ))
        })
    }
}

/// `amount × numerator ÷ denominator` in whole cents; half a cent goes away from zero.
///
/// A live sample of Housecall Pro's shows the rounding: 10 % off 5729.95 takes off 573.00.
pub(crate) fn share(amount: i64, numerator: i64, denominator: i64) -> i64 {
    let product = i128::from(amount) * i128::from(numerator);
    let denominator = i128::from(denominator.max(1));
    let half = if product < 0 {
        -denominator
    } else {
        denominator
    };
    let rounded = (product * 2 + half) / (denominator * 2);
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_cent_goes_away_from_zero() {
        for (amount, numerator, denominator, expected) in [
            (572_995, 1_000, 10_000, 57_300),
            (16_125, 635, 10_000, 1_024),
            (6_450, 250, 100, 16_125),
            (1, 50, 100, 1),
            (-1, 50, 100, -1),
            (1, 49, 100, 0),
            (0, 1, 0, 0),
        ] {
            assert_eq!(share(amount, numerator, denominator), expected);
        }
    }

    #[test]
    fn quantities_are_read_from_numbers_and_text_and_never_rounded() {
        for (json, hundredths) in [("1", 100), ("2.5", 250), ("\"0.25\"", 25), ("-1.50", -150)] {
            let read: Hundredths = serde_json::from_str(json).unwrap();
            assert_eq!(read.get(), hundredths, "{json}");
        }
        for json in [
            "1.005",
            "\"\"",
            "\"1e3\"",
            "\".5\"",
            "\"--1\"",
            "99999999999999999999",
        ] {
            assert!(serde_json::from_str::<Hundredths>(json).is_err(), "{json}");
        }
        assert_eq!(serde_json::to_string(&Hundredths::ONE).unwrap(), "1.0");
        assert_eq!(
            serde_json::to_string(&Hundredths::new(825)).unwrap(),
            "8.25"
        );
    }
}
