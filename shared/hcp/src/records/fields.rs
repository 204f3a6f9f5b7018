//! How single fields are read. Numbers are taken as text, so that no floating-point number touches them.

use std::{fmt::Display, str::FromStr};

use jiff::{Timestamp, civil, tz::TimeZone};
use money::{Cents, Quantity};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

type Raw = Option<Box<RawValue>>;

/// Whole cents: `8900`, also `8900.0`.
pub(crate) fn cents<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Cents>, D::Error> {
    Raw::deserialize(json)?
        .map(|raw| Cents::from_hcp(raw.get()).map_err(D::Error::custom))
        .transpose()
}

/// A quantity counted in hundredths: `250` is 2.5.
pub(crate) fn hundredths<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Quantity>, D::Error> {
    // A whole number with the same tolerance for `250.0` as an amount.
    Ok(cents(json)?.map(|count| Quantity::from_hundredths(count.get())))
}

/// Text. Numbers count as the text that they are written with (a job's number is a string when read and a number
/// when written); an empty string, a list and an object count as none (`customer.notes` is a list in the
/// published description and text in live answers).
pub(crate) fn text<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    let Some(raw) = Raw::deserialize(json)? else {
        return Ok(None);
    };
    let text = match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw.get()).map_err(D::Error::custom)?,
        Some(b'[' | b'{') => String::new(),
        _ => raw.get().to_owned(),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// An identifier that may be missing; an empty one is missing.
pub(crate) fn id<'de, D, T>(json: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    text(json)?
        .map(|text| text.parse().map_err(D::Error::custom))
        .transpose()
}

/// A point in time; an empty string is none.
pub(crate) fn time<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Timestamp>, D::Error> {
    text(json)?
        .map(|text| timestamp(&text).ok_or_else(|| D::Error::custom("not a point in time")))
        .transpose()
}

/// A point in time as text: RFC 3339; without a zone it is UTC (the published description writes it so).
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let local: civil::DateTime = text.parse().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

/// A list or a record, for which `null` is the same as empty.
pub(crate) fn or_default<'de, D, T>(json: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(json)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Fields {
        #[serde(default, deserialize_with = "cents")]
        money: Option<Cents>,
        #[serde(default, deserialize_with = "hundredths")]
        count: Option<Quantity>,
        #[serde(default, deserialize_with = "text")]
        word: Option<String>,
        #[serde(default, deserialize_with = "time")]
        at: Option<Timestamp>,
        #[serde(default, deserialize_with = "or_default")]
        list: Vec<u8>,
    }

    fn read(json: &str) -> Result<Fields, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn null_absent_and_empty_are_nothing() {
        let nothing = Fields {
            money: None,
            count: None,
            word: None,
            at: None,
            list: Vec::new(),
        };
        for json in [
            "{}",
            r#"{"money":null,"count":null,"word":null,"at":null,"list":null}"#,
            r#"{"word":"","at":"","list":[]}"#,
            r#"{"word":["a"]}"#,
            r#"{"word":{"content":"a"}}"#,
        ] {
            assert_eq!(read(json).unwrap(), nothing, "{json}");
        }
    }

    #[test]
    fn numbers_are_exact_in_both_forms() {
        for (json, cents) in [("8900", 8_900), ("8900.0", 8_900), ("-5", -5), ("9e2", 900)] {
            let fields = read(&format!(r#"{{"money":{json},"count":{json}}}"#)).unwrap();
            assert_eq!(fields.money, Some(Cents::new(cents)), "{json}");
            assert_eq!(
                fields.count,
                Some(Quantity::from_hundredths(cents)),
                "{json}"
            );
        }
        for json in ["89.5", "\"8900\"", "true", "[]", "99999999999999999999"] {
            assert!(read(&format!(r#"{{"money":{json}}}"#)).is_err(), "{json}");
        }
    }

    #[test]
    fn text_is_what_was_written() {
        for (json, text) in [
            (r#""O\u2019Neil""#, "O’Neil"),
            ("10427", "10427"),
            (r#""6-2""#, "6-2"),
        ] {
            assert_eq!(
                read(&format!(r#"{{"word":{json}}}"#))
                    .unwrap()
                    .word
                    .unwrap(),
                text
            );
        }
    }

    #[test]
    fn times_are_utc_unless_they_say_otherwise() {
        let at: Timestamp = "2026-07-25T15:30:00Z".parse().unwrap();
        for json in [
            "2026-07-25T15:30:00Z",
            "2026-07-25T15:30:00.000Z",
            "2026-07-25T15:30:00",
            "2026-07-25 15:30:00",
            "2026-07-25T10:30:00-05:00",
        ] {
            assert_eq!(
                read(&format!(r#"{{"at":"{json}"}}"#)).unwrap().at,
                Some(at),
                "{json}"
            );
        }
        for json in ["\"soon\"", "\"2026-02-30T00:00:00Z\"", "1784871495"] {
            assert!(read(&format!(r#"{{"at":{json}}}"#)).is_err(), "{json}");
        }
    }
}
