//! JSON text as values, by the grammar of RFC 8259.

use thiserror::Error;

use super::{Json, Object};

/// How deep arrays and objects may be nested; real documents have five levels.
const MAX_DEPTH: usize = 64;

/// Text that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason} at byte {at}")]
pub struct JsonError {
    reason: &'static str,
    at: usize,
}

impl Json {
    /// Reads a whole document.
    ///
    /// # Errors
    /// When the bytes are not UTF-8 or not JSON, or are nested deeper than 64 levels.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        let text = std::str::from_utf8(bytes).map_err(|error| JsonError {
            reason: "Invalid UTF-8",
            at: error.valid_up_to(),
        })?;
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.skip_space();
        if reader.at == text.len() {
            Ok(value)
        } else {
            Err(reader.error("Unexpected text after the document"))
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, reason: &'static str) -> JsonError {
        JsonError {
            reason,
            at: self.at,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonError> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.error("Unrecognized token"))
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        if depth > MAX_DEPTH {
            return Err(self.error("Too many levels"));
        }
        self.skip_space();
        match self.peek() {
            None => Err(self.error("Unexpected end-of-input")),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Json::Text),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        let mut object = Object::new();
        self.skip_space();
        if self.eat(b'}') {
            return Ok(Json::Object(object));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.error("Unexpected character, expecting a field name"));
            }
            let name = self.string()?;
            self.skip_space();
            if !self.eat(b':') {
                return Err(self.error("Unexpected character, expecting a colon"));
            }
            let value = self.value(depth + 1)?;
            object.set(&name, value);
            self.skip_space();
            if self.eat(b'}') {
                return Ok(Json::Object(object));
            }
            if !self.eat(b',') {
                return Err(self.error("Unexpected character, expecting a comma"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        let mut list = Vec::new();
        self.skip_space();
        if self.eat(b']') {
            return Ok(Json::List(list));
        }
        loop {
            list.push(self.value(depth + 1)?);
            self.skip_space();
            if self.eat(b']') {
                return Ok(Json::List(list));
            }
            if !self.eat(b',') {
                return Err(self.error("Unexpected character, expecting a comma"));
            }
        }
    }

    /// A number by the grammar of RFC 8259.
    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') && self.digits() == 0 {
            return Err(self.error("Unexpected character"));
        }
        if self.eat(b'.') && self.digits() == 0 {
            return Err(self.error("Unexpected character, expecting a digit"));
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            if self.digits() == 0 {
                return Err(self.error("Unexpected character, expecting a digit"));
            }
        }
        Ok(Json::Number(self.text[start..self.at].to_owned()))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let Some(c) = self.text[self.at..].chars().next() else {
                return Err(self.error("Unexpected end-of-input in a string"));
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                c if u32::from(c) < 0x20 => {
                    return Err(self.error("Illegal unquoted control character"));
                }
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let Some(byte) = self.peek() else {
            return Err(self.error("Unexpected end-of-input in a string"));
        };
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                let code = if (0xD800..0xDC00).contains(&high) {
                    if !(self.eat(b'\\') && self.eat(b'u')) {
                        return Err(self.error("Broken surrogate pair"));
                    }
                    let low = self.hex()?;
                    if !(0xDC00..0xE000).contains(&low) {
                        return Err(self.error("Broken surrogate pair"));
                    }
                    0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    high
                };
                char::from_u32(code).ok_or_else(|| self.error("Broken surrogate pair"))?
            }
            _ => return Err(self.error("Unrecognized character escape")),
        })
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits = self
            .text
            .as_bytes()
            .get(self.at..self.at + 4)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .ok_or_else(|| self.error("Broken character escape"))?;
        let code =
            u32::from_str_radix(digits, 16).map_err(|_| self.error("Broken character escape"))?;
        self.at += 4;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use crate::json::Json;

    #[test]
    fn numbers_keep_their_text_and_fields_their_order() {
        let text = r#"{"TotalAmt":100.00,"Qty":4.5,"A":[0,-1e3,{"é":"\"\\\n"}],"n":null}"#;
        assert_eq!(Json::parse(text.as_bytes()).unwrap().to_string(), text);
    }

    #[test]
    fn escapes_are_read() {
        let read = Json::parse(br#""\u00e9\ud83d\ude00\t\/""#).unwrap();
        assert_eq!(read.as_text(), Some("é😀\t/"));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "01x",
            "1.",
            "\"\u{1}\"",
            "\"\\ud800\"",
            "tru",
            "1 2",
            "-",
            "\"\\u12",
            "{\"a\":1,}",
        ] {
            assert!(Json::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Json::parse(&[b'"', 0xff, b'"']).is_err());
        assert!(Json::parse("[".repeat(100_000).as_bytes()).is_err());
    }
}
