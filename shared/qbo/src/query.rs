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

    /// Only those whose field is like this pattern, in which `%` stands for any text and nothing else does.
    #[must_use]
    pub fn where_like(self, field: &'static str, pattern: &str) -> Self {
        self.condition(format!(
            "{field} LIKE {}",
            Literal::Text(pattern.to_owned())
        ))
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
