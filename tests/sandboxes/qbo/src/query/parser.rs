//! The grammar of a statement.

use super::{
    expected::expected_after,
    lexer::{Placed, Token, is_keyword, tokens},
};
use crate::fault::Refusal;

/// A statement, as it was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) selection: Selection,
    pub(crate) entity: String,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) order: Vec<Order>,
    pub(crate) start: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// What a statement wants to see of each object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// `*`, alone or among names.
    All,
    /// `count(*)`
    Count,
    /// Some properties.
    Only(Vec<String>),
}

/// `property operator value`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(crate) property: String,
    pub(crate) operator: Operator,
    /// One value, or several for `IN`.
    pub(crate) values: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    In,
    Like,
}

/// A value in a condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Bool(bool),
    CurrentDate,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) property: String,
    pub(crate) descending: bool,
}

/// Reads a statement.
pub(crate) fn parse(statement: &str) -> Result<Query, Refusal> {
    let mut parser = Parser {
        tokens: tokens(statement),
        at: 0,
    };
    parser.statement()
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> &Placed {
        // The last token is the end, and is never passed.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Placed {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.peek().token, Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.at += 1;
        }
        found
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek().token, Token::Sign(found) if found == sign);
        if found {
            self.at += 1;
        }
        found
    }

    fn need_word(&mut self, word: &str) -> Result<(), Refusal> {
        if self.eat_word(word) {
            Ok(())
        } else {
            Err(self
                .peek()
                .refusal(&[&format!("\"{}\"", word.to_lowercase())]))
        }
    }

    fn need_sign(&mut self, sign: &str) -> Result<(), Refusal> {
        if self.eat_sign(sign) {
            Ok(())
        } else {
            Err(self.peek().refusal(&[&format!("\"{sign}\"")]))
        }
    }

    fn name(&mut self) -> Result<String, Refusal> {
        let token = self.next();
        match &token.token {
            Token::Word(word) if !is_keyword(word) => Ok(word.clone()),
            _ => Err(token.refusal(&["<IDENTIFIER>"])),
        }
    }

    fn statement(&mut self) -> Result<Query, Refusal> {
        self.need_word("SELECT")?;
        let selection = self.selection()?;
        self.need_word("FROM")?;
        let mut query = Query {
            selection,
            entity: self.name()?,
            conditions: Vec::new(),
            order: Vec::new(),
            start: None,
            max: None,
        };
        if self.eat_word("WHERE") {
            query.conditions.push(self.condition()?);
            while self.eat_word("AND") {
                query.conditions.push(self.condition()?);
            }
        }
        if self.eat_word("ORDERBY") {
            query.order = self.order()?;
        } else if self.eat_word("ORDER") {
            self.need_word("BY")?;
            query.order = self.order()?;
        }
        loop {
            if query.start.is_none() && self.eat_word("STARTPOSITION") {
                query.start = Some(self.whole()?);
            } else if query.max.is_none() && self.eat_word("MAXRESULTS") {
                query.max = Some(self.whole()?);
            } else {
                break;
            }
        }
        match self.peek().token {
            Token::End => Ok(query),
            _ => Err(self.peek().refusal(expected_after(&query))),
        }
    }

    /// `count(*)`, or a list of names and stars.
    fn selection(&mut self) -> Result<Selection, Refusal> {
        if self.eat_word("COUNT") {
            for sign in ["(", "*", ")"] {
                self.need_sign(sign)?;
            }
            return Ok(Selection::Count);
        }
        let mut names = Vec::new();
        let mut has_star = false;
        loop {
            if self.eat_sign("*") {
                has_star = true;
            } else {
                match &self.peek().token {
                    Token::Word(word) if !is_keyword(word) => names.push(self.name()?),
                    _ if names.is_empty() && !has_star => {
                        return Err(self.peek().refusal(&["\"*\"", "\"count\"", "<IDENTIFIER>"]));
                    }
                    _ => return Err(self.peek().refusal(&["\"*\"", "<IDENTIFIER>"])),
                }
            }
            if !self.eat_sign(",") {
                break;
            }
        }
        Ok(if has_star {
            Selection::All
        } else {
            Selection::Only(names)
        })
    }

    fn condition(&mut self) -> Result<Condition, Refusal> {
        let property = self.name()?;
        let token = self.next();
        let operator = match &token.token {
            Token::Sign("=") => Operator::Equal,
            Token::Sign("<") => Operator::Less,
            Token::Sign(">") => Operator::Greater,
            Token::Sign("<=") => Operator::LessOrEqual,
            Token::Sign(">=") => Operator::GreaterOrEqual,
            Token::Word(word) if word.eq_ignore_ascii_case("IN") => Operator::In,
            Token::Word(word) if word.eq_ignore_ascii_case("LIKE") => Operator::Like,
            _ => {
                return Err(token.refusal(&[
                    "\"<\"", "\"<=\"", "\"=\"", "\">\"", "\">=\"", "\"in\"", "\"like\"",
                ]));
            }
        };
        let mut values = Vec::new();
        if operator == Operator::In {
            self.need_sign("(")?;
            values.push(self.value()?);
            while self.eat_sign(",") {
                values.push(self.value()?);
            }
            self.need_sign(")")?;
        } else {
            values.push(self.value()?);
        }
        Ok(Condition {
            property,
            operator,
            values,
        })
    }

    fn value(&mut self) -> Result<Value, Refusal> {
        let token = self.next();
        match &token.token {
            Token::Quoted(text) => Ok(Value::Text(text.clone())),
            Token::Word(word) if word.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            Token::Word(word) if word.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            Token::Word(word) if word.eq_ignore_ascii_case("CURRENT_DATE") => {
                Ok(Value::CurrentDate)
            }
            _ => Err(token.refusal(&["\"false\"", "\"true\"", "<STRING>"])),
        }
    }

    fn order(&mut self) -> Result<Vec<Order>, Refusal> {
        let mut order = Vec::new();
        loop {
            let property = self.name()?;
            let descending = self.eat_word("DESC");
            if !descending {
                self.eat_word("ASC");
            }
            order.push(Order {
                property,
                descending,
            });
            if !self.eat_sign(",") {
                return Ok(order);
            }
        }
    }

    fn whole(&mut self) -> Result<i64, Refusal> {
        let token = self.next();
        match &token.token {
            Token::Number(text) => text.parse().map_err(|_| token.refusal(&["<INTEGER>"])),
            _ => Err(token.refusal(&["<INTEGER>"])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_read_in_any_case_and_positions_in_either_order() {
        let query = parse(
            "select * from Customer where Id in ('5','6') And Active IN (true, false) order by Id desc MAXRESULTS 2 startposition 7",
        )
        .unwrap();
        assert_eq!(query.entity, "Customer");
        assert_eq!(query.conditions.len(), 2);
        assert_eq!(
            query.conditions[1].values,
            [Value::Bool(true), Value::Bool(false)]
        );
        assert!(query.order[0].descending);
        assert_eq!((query.start, query.max), (Some(7), Some(2)));
    }

    #[test]
    fn what_the_language_lacks_is_a_parse_error() {
        for statement in [
            "",
            "select",
            "select * from",
            "select * from NULL",
            "select * from Customer where Id = '1' or Id = '2'",
            "select * from Customer where not Id = '1'",
            "select * from Customer where Id != '1'",
            "select * from Customer where Id <> '1'",
            "select * from Customer where DisplayName = 'a''b'",
            "select * from Customer where DisplayName = 'open",
            "select * from Customer where TotalAmt > 300",
            "select * from Customer maxresults 5 maxresults 6",
            "select * from Customer maxresults -1",
            "select * from Customer group by Id",
            "select * from Customer where",
            "select * from Customer where Id in ()",
            "select * from Customer where DisplayName = \"x\"",
            "select count(Id) from Customer",
        ] {
            let refusal = parse(statement).unwrap_err();
            assert_eq!(refusal.code, "4000", "{statement}: {}", refusal.detail);
        }
    }

    #[test]
    fn the_complaint_names_the_token_and_its_column() {
        let refusal = parse("SELECT * FROM NULL").unwrap_err();
        assert_eq!(
            refusal.detail,
            "QueryParserError: Encountered \" \"null\" \"NULL \"\" at line 1, column 15.\nWas expecting:\n    <IDENTIFIER> ...\n    "
        );
    }

    #[test]
    fn complaints_are_those_that_others_got() {
        // Of the public issues node-quickbooks 56, quickbooks-php 129 and quickbooks-node-promise 1.
        for (statement, detail) in [
            (
                "select * from Vendor where DisplayName = 'Cutlery 'R Us'",
                "Encountered \" <IDENTIFIER> \"R \"\" at line 1, column 52.\nWas expecting one of:\n    <EOF> \n    <AND> ...\n    \"iterator\" ...\n    \"maxresults\" ...\n    <OR> ...\n    \"order\" ...\n    \"orderby\" ...\n    \"startposition\" ...\n    ",
            ),
            (
                "",
                "Encountered \"<EOF>\" at line 0, column 0.\nWas expecting:\n    \"select\" ...\n    ",
            ),
            (
                "select * from Account where AccountSubType %3D %27Inventory%27",
                "Invalid content. Lexical error at line 1, column 44.  Encountered: \"%\" (37), after : \"\"",
            ),
        ] {
            let refusal = parse(statement).unwrap_err();
            assert_eq!(refusal.detail, format!("QueryParserError: {detail}"));
        }
    }

    #[test]
    fn a_star_among_names_is_all() {
        for (selected, expected) in [
            ("*", Selection::All),
            ("*, Sku", Selection::All),
            ("Id,*", Selection::All),
            (
                "Id, MetaData.CreateTime",
                Selection::Only(vec!["Id".to_owned(), "MetaData.CreateTime".to_owned()]),
            ),
            ("COUNT ( * )", Selection::Count),
        ] {
            let query = parse(&format!("select {selected} from Item")).unwrap();
            assert_eq!(query.selection, expected, "{selected}");
        }
        for wrong in ["", "Id,", ",Id", "Id Name", "count(*), Id", "* *"] {
            let refusal = parse(&format!("select {wrong} from Item")).unwrap_err();
            assert_eq!(refusal.code, "4000", "{wrong}");
        }
    }
}
