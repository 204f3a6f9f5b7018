use std::fmt::{self, Write};

use jiff::civil::Date;

use crate::{Id, objects::DocNumber};

/// A query over one kind of object: `SELECT * FROM … WHERE … AND …`.
///
/// The language knows no `OR` and no projections. Lists answer active entries only unless `Active` is
/// asked for; without [`Query::max_results`] QuickBooks stops at 100 rows and does not say so.
#[derive(Clone, PartialEq, Eq)]
pub struct Query {
    entity: &'static str,
    conditions: Vec<String>,
    order_by: Option<&'static str>,
    start_position: Option<u32>,
    max_results: Option<u16>,
}

/// A value in a condition.
#[derive(Clone, PartialEq, Eq)]
pub enum Literal {
    /// In quotes; numbers and dates too.
    Text(String),
    /// Bare.
    Bool(bool),
}

impl Query {
    /// Of this kind: `Customer`, or [`Entity::NAME`](crate::Entity::NAME).
    pub fn select(entity: &'static str) -> Self {
        Self {
            entity,
            conditions: Vec::new(),
            order_by: None,
            start_position: None,
            max_results: None,
        }
    }

    /// Only those whose field is this. Text is compared without case; a reference by its id.
    #[must_use]
    pub fn where_eq(self, field: &'static str, value: impl Into<Literal>) -> Self {
        self.condition(format!("{field} = {}", value.into()))
    }

    /// Only those whose field is this text, and where it has characters outside Latin 1 others too, which the caller
    /// must sort out: those characters count as any text, as in [`Query::where_like`].
    #[must_use]
    pub fn where_text(self, field: &'static str, text: &str) -> Self {
        if is_latin_1(text) {
            self.where_eq(field, text)
        } else {
            self.where_like(field, text)
        }
    }

    /// Only those whose field is at least this.
    #[must_use]
    pub fn where_from(self, field: &'static str, value: impl Into<Literal>) -> Self {
        self.condition(format!("{field} >= {}", value.into()))
    }

    /// Only those whose field is at most this.
    #[must_use]
    pub fn where_until(self, field: &'static str, value: impl Into<Literal>) -> Self {
        self.condition(format!("{field} <= {}", value.into()))
    }

    /// Only those whose field is one of these. The list must not be empty: QuickBooks cannot parse
    /// `IN ()`.
    #[must_use]
    pub fn where_in<V: Into<Literal>>(
        self,
        field: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let list: Vec<String> = values
            .into_iter()
            .map(|value| value.into().to_string())
            .collect();
        self.condition(format!("{field} IN ({})", list.join(", ")))
    }

    /// Only those whose field is like this pattern, in which `%` stands for any text. So do characters outside
    /// Latin 1: Intuit says that its parser takes them, and issues of several clients show that it did not (4000).
    #[must_use]
    pub fn where_like(self, field: &'static str, pattern: &str) -> Self {
        let mut asked = String::with_capacity(pattern.len());
        for character in pattern.chars() {
            let character = if character > LATIN_1 { '%' } else { character };
            if character != '%' || !asked.ends_with('%') {
                asked.push(character);
            }
        }
        self.condition(format!("{field} LIKE {}", Literal::Text(asked)))
    }

    /// Inactive ones too.
    #[must_use]
    pub fn with_inactive(self) -> Self {
        self.where_in("Active", [true, false])
    }

    /// In this order; pages need one.
    #[must_use]
    pub fn order_by(mut self, field: &'static str) -> Self {
        self.order_by = Some(field);
        self
    }

    /// From this row on, counted from 1.
    #[must_use]
    pub fn start_position(mut self, position: u32) -> Self {
        self.start_position = Some(position);
        self
    }

    /// All rows, in pages of as many as one answer can have: see [`Query::after`].
    #[must_use]
    pub fn in_pages(self) -> Self {
        self.order_by("Id").max_results(crate::limits::QUERY_ROWS)
    }

    /// The next page, when this one has so many rows; `None`: it was the last.
    pub fn after(&self, rows: usize) -> Option<Self> {
        let max = self.max_results?;
        let is_full = rows >= usize::from(max) && self.order_by.is_some();
        is_full.then(|| {
            let start = self.start_position.unwrap_or(1) + u32::from(max);
            self.clone().start_position(start)
        })
    }

    /// At most so many rows: 1 to [`QUERY_ROWS`](crate::limits::QUERY_ROWS).
    #[must_use]
    pub fn max_results(mut self, rows: u16) -> Self {
        self.max_results = Some(rows);
        self
    }

    fn condition(mut self, condition: String) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// The last character of Latin 1.
const LATIN_1: char = '\u{ff}';

/// Whether every parser of QuickBooks takes this text in a condition.
pub fn is_latin_1(text: &str) -> bool {
    text.chars().all(|character| character <= LATIN_1)
}

/// The statement, not yet percent-encoded.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SELECT * FROM {}", self.entity)?;
        for (index, condition) in self.conditions.iter().enumerate() {
            let word = if index == 0 { "WHERE" } else { "AND" };
            write!(f, " {word} {condition}")?;
        }
        if let Some(field) = self.order_by {
            write!(f, " ORDERBY {field}")?;
        }
        if let Some(position) = self.start_position {
            write!(f, " STARTPOSITION {position}")?;
        }
        if let Some(rows) = self.max_results {
            write!(f, " MAXRESULTS {rows}")?;
        }
        Ok(())
    }
}

/// Shows the kind only: conditions carry names.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conditions = self.conditions.len();
        write!(f, "query of {} ({conditions} conditions)", self.entity)
    }
}

/// Escaped by a backslash, as QuickBooks wants it (a doubled quote is not understood).
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Text(text) => {
                f.write_char('\'')?;
                for character in text.chars() {
                    if matches!(character, '\'' | '\\') {
                        f.write_char('\\')?;
                    }
                    f.write_char(character)?;
                }
                f.write_char('\'')
            }
        }
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Literal {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&Id> for Literal {
    fn from(id: &Id) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<&DocNumber> for Literal {
    fn from(number: &DocNumber) -> Self {
        Self::Text(number.to_string())
    }
}

impl From<Date> for Literal {
    fn from(date: Date) -> Self {
        Self::Text(date.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_statement_reads_as_quickbooks_wants_it() {
        let query = Query::select("Customer")
            .where_eq("DisplayName", "Adam's \\ Candy")
            .where_in("Id", ["5", "6"])
            .where_from("TxnDate", jiff::civil::date(2026, 3, 2))
            .with_inactive()
            .order_by("Id")
            .start_position(1)
            .max_results(1_000);
        insta::assert_snapshot!(query, @r"SELECT * FROM Customer WHERE DisplayName = 'Adam\'s \\ Candy' AND Id IN ('5', '6') AND TxnDate >= '2026-03-02' AND Active IN (true, false) ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000");
    }

    #[test]
    fn c6_a_text_outside_latin_1_is_asked_for_with_any_text_in_its_place() {
        let asked = |text: &str| Query::select("Item").where_text("Name", text).to_string();
        for (text, condition) in [
            ("Erin O'Neil", r"Name = 'Erin O\'Neil'"),
            ("Erin O\u{2019}Neil", "Name LIKE 'Erin O%Neil'"),
            ("Zo\u{eb} \u{ff}", "Name = 'Zo\u{eb} \u{ff}'"),
            ("\u{160}koda \u{2013}\u{2014}x", "Name LIKE '%koda %x'"),
            ("\u{682a}%\u{5f0f}", "Name LIKE '%'"),
        ] {
            assert_eq!(asked(text), format!("SELECT * FROM Item WHERE {condition}"));
        }
    }

    #[test]
    fn a_full_page_has_another_one_behind_it() {
        let query = Query::select("Item").in_pages();
        assert_eq!(query.after(999), None);
        let second = query.after(1_000).unwrap();
        insta::assert_snapshot!(second, @"SELECT * FROM Item ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000");
        let third = second.after(1_000).unwrap();
        insta::assert_snapshot!(third, @"SELECT * FROM Item ORDERBY Id STARTPOSITION 2001 MAXRESULTS 1000");
        assert_eq!(
            Query::select("Item").max_results(5).after(5),
            None,
            "in no order"
        );
    }

    /// What a reader of the statement makes of a quoted value.
    fn unescape(quoted: &str) -> String {
        let mut text = String::new();
        let mut characters = quoted[1..quoted.len() - 1].chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => text.extend(characters.next()),
                '\'' => panic!("the value ends early"),
                other => text.push(other),
            }
        }
        text
    }

    proptest! {
        #[test]
        fn a_value_is_read_back_as_it_was(value in r"(\PC|['\\\\\n]){0,40}") {
            let quoted = Literal::from(value.as_str()).to_string();
            prop_assert_eq!(unescape(&quoted), value);
        }
    }
}
