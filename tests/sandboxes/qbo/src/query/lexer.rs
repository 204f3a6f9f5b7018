//! Splits a statement into words, values and signs.

use crate::fault::Refusal;

/// A piece of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A keyword or a name, as written.
    Word(String),
    /// A value in single quotes, unescaped.
    Quoted(String),
    /// A number without quotes.
    Number(String),
    /// `=`, `<`, `>`, `<=`, `>=`, `(`, `)`, `,`, `*`
    Sign(&'static str),
    /// The end of the statement.
    End,
    /// What no statement has, with the complaint: made only when the parser comes to it.
    Broken(Refusal),
}

/// A token and the column where it starts, from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) column: usize,
}

const SIGNS: &[&str] = &["<=", ">=", "=", "<", ">", "(", ")", ",", "*"];

/// Words that cannot be names.
pub(super) const KEYWORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "NULL",
    "TRUE",
    "FALSE",
    "ORDERBY",
    "ORDER",
    "BY",
    "ASC",
    "DESC",
    "STARTPOSITION",
    "MAXRESULTS",
];

impl Placed {
    /// As the parser of QuickBooks names it in its complaint.
    fn image(&self) -> String {
        match &self.token {
            Token::Word(word) if is_keyword(word) => {
                format!(" {} \"{word} \"", keyword_image(word))
            }
            Token::Word(word) => format!(" <IDENTIFIER> \"{word} \""),
            Token::Quoted(text) => format!(" <STRING> \"\'{text}\' \""),
            Token::Number(text) => format!(" <INTEGER> \"{text} \""),
            Token::Sign(sign) => format!(" \"{sign}\" \"{sign} \""),
            Token::End | Token::Broken(_) => "<EOF>".to_owned(),
        }
    }

    /// Its complaint about this token. The end is where the last character was; that of nothing is nowhere.
    pub(super) fn refusal(&self, expected: &[&str]) -> Refusal {
        if let Token::Broken(refusal) = &self.token {
            return refusal.clone();
        }
        let at = match (&self.token, self.column) {
            (Token::End, 1) => (0, 0),
            (Token::End, column) => (1, column - 1),
            (_, column) => (1, column),
        };
        Refusal::query_syntax(&self.image(), at, expected)
    }
}

/// Some keywords have a name in the parser's tables, the others stand for themselves.
fn keyword_image(word: &str) -> String {
    match word.to_ascii_uppercase().as_str() {
        known @ ("AND" | "OR") => format!("<{known}>"),
        other => format!("\"{}\"", other.to_lowercase()),
    }
}

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// Refuses a statement with a character that is not in Latin 1, as a parser does that reads no others.
pub(crate) fn in_latin_1(statement: &str) -> Result<(), Refusal> {
    let found = statement.chars().zip(1..).find(|(c, _)| *c > '\u{ff}');
    found.map_or(Ok(()), |(c, column)| {
        let before = statement.split(c).next().unwrap_or_default();
        let quoted = before.rfind('\'').map_or("", |quote| &before[quote..]);
        Err(Refusal::query_character(&shown(c), column, quoted))
    })
}

/// A character as the parser names it.
fn shown(c: char) -> String {
    let code = u32::from(c);
    if c.is_ascii_graphic() {
        format!("\"{}\" ({code})", c.escape_default())
    } else {
        format!("\"\\u{code:04x}\" ({code})")
    }
}

/// The tokens of a statement, the last one being [`Token::End`] or [`Token::Broken`].
pub(super) fn tokens(statement: &str) -> Vec<Placed> {
    let chars: Vec<char> = statement.chars().collect();
    let mut tokens = Vec::new();
    let (column, token) = match read(&chars, &mut tokens) {
        Ok(()) => (chars.len() + 1, Token::End),
        Err((column, refusal)) => (column, Token::Broken(refusal)),
    };
    tokens.push(Placed { token, column });
    tokens
}

fn read(chars: &[char], tokens: &mut Vec<Placed>) -> Result<(), (usize, Refusal)> {
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let column = at + 1;
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let token = if c == '\'' {
            let (text, end) = quoted(chars, at).map_err(|refusal| (column, refusal))?;
            at = end;
            Token::Quoted(text)
        } else if c.is_ascii_digit() {
            let end = end_of(chars, at, |c| c.is_ascii_digit() || c == '.');
            let text = chars[at..end].iter().collect();
            at = end;
            Token::Number(text)
        } else if c.is_alphabetic() || c == '_' {
            let end = end_of(chars, at, |c| c.is_alphanumeric() || c == '_' || c == '.');
            let text = chars[at..end].iter().collect();
            at = end;
            Token::Word(text)
        } else {
            let rest: String = chars[at..].iter().take(2).collect();
            let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) else {
                let refusal = Refusal::query_character(&shown(c), column, "");
                return Err((column, refusal));
            };
            at += sign.len();
            Token::Sign(sign)
        };
        tokens.push(Placed { token, column });
    }
    Ok(())
}

fn end_of(chars: &[char], start: usize, belongs: impl Fn(char) -> bool) -> usize {
    chars[start..]
        .iter()
        .position(|c| !belongs(*c))
        .map_or(chars.len(), |length| start + length)
}

/// A quoted value and where it ends; a backslash escapes the next character.
fn quoted(chars: &[char], start: usize) -> Result<(String, usize), Refusal> {
    let mut text = String::new();
    let mut at = start + 1;
    while let Some(&c) = chars.get(at) {
        match c {
            '\'' => return Ok((text, at + 1)),
            '\\' => {
                let Some(&escaped) = chars.get(at + 1) else {
                    break;
                };
                text.push(escaped);
                at += 2;
            }
            c => {
                text.push(c);
                at += 1;
            }
        }
    }
    Err(Refusal::query_character(
        "<EOF>",
        chars.len(),
        &chars[start..].iter().collect::<String>(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_escapes_the_apostrophe() {
        let read = tokens(r"DisplayName = 'Amy\'s \\ Bird'");
        assert_eq!(read[2].token, Token::Quoted(r"Amy's \ Bird".to_owned()));
        assert_eq!(read[2].column, 15);
    }

    #[test]
    fn a_doubled_apostrophe_is_two_values() {
        let read = tokens("'a''b'");
        assert_eq!(read.len(), 3);
    }
}
