use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::xml::Element;

/// What QuickBooks says went wrong. Sorted into a [`QboError`](crate::QboError) by its codes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fault {
    /// Status of the answer; 200 for an item of a batch.
    pub status: u16,
    /// `ValidationFault`, `SystemFault`, `AUTHENTICATION`, `SERVICE` …; empty when not said.
    pub kind: String,
    /// What is wrong, one or several. Empty when the body could not be read: a gateway answers in
    /// HTML or not at all.
    pub errors: Vec<FaultError>,
}

/// One thing that is wrong.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FaultError {
    /// The number that decides, without leading zeros: `6240`. Empty when not said.
    pub code: String,
    /// A heading, in the company's language.
    pub message: String,
    /// A sentence, in the company's language. Can hold names: not for logs.
    pub detail: String,
    /// The field in question, as a path (`Line.Amount`) or a label (`Customer Memo`).
    pub element: Option<String>,
}

impl Fault {
    /// Reads the body of an error in any of its forms: JSON with `Fault` or `fault`, XML, HTML,
    /// nothing. Never fails; what cannot be read has no errors.
    pub fn parse(status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}').trim();
        let (kind, errors) = if text.starts_with('{') {
            serde_json::from_str(text)
                .ok()
                .and_then(|body: Value| field(&body, "Fault").map(from_json))
                .unwrap_or_default()
        } else {
            from_xml(text).unwrap_or_default()
        };
        Self {
            status,
            kind,
            errors,
        }
    }

    /// Reads the fault of one item of a batch.
    pub(crate) fn in_batch(json: &str) -> Self {
        let (kind, errors) = serde_json::from_str(json)
            .map(|fault: Value| from_json(&fault))
            .unwrap_or_default();
        Self {
            status: 200,
            kind,
            errors,
        }
    }

    /// The fault inside an answer that calls itself a success, if there is one.
    pub(crate) fn in_success(status: u16, body: &[u8]) -> Option<Self> {
        /// Skips over everything else: a page of rows is long.
        #[derive(Deserialize)]
        struct Envelope {
            #[serde(rename = "Fault", alias = "fault")]
            fault: Option<Value>,
        }
        let is_fault = serde_json::from_slice(body).map_or_else(
            |_| body.trim_ascii_start().starts_with(b"<"),
            |envelope: Envelope| envelope.fault.is_some(),
        );
        let fault = is_fault.then(|| Self::parse(status, body))?;
        (!fault.errors.is_empty()).then_some(fault)
    }

    /// Whether one of the errors has this code.
    pub fn has(&self, code: &str) -> bool {
        self.errors.iter().any(|error| error.code == code)
    }
}

fn from_json(fault: &Value) -> (String, Vec<FaultError>) {
    let errors = match field(fault, "Error") {
        Some(Value::Array(errors)) => errors.iter().map(error_from_json).collect(),
        Some(error @ Value::Object(_)) => vec![error_from_json(error)],
        _ => Vec::new(),
    };
    (text(fault, "Type").unwrap_or_default(), errors)
}

fn error_from_json(error: &Value) -> FaultError {
    FaultError::new(
        text(error, "Code"),
        text(error, "Message"),
        text(error, "Detail"),
        text(error, "Element"),
    )
}

fn from_xml(body: &str) -> Option<(String, Vec<FaultError>)> {
    let fault = Element::find(body, "Fault").or_else(|| Element::find(body, "fault"))?;
    let mut errors = Vec::new();
    let mut rest = fault.inner;
    while let Some(error) = Element::find(rest, "Error").or_else(|| Element::find(rest, "error")) {
        errors.push(FaultError::new(
            error.attribute("code"),
            error.text("Message").or_else(|| error.text("message")),
            error.text("Detail").or_else(|| error.text("detail")),
            error.attribute("element"),
        ));
        rest = error.rest;
    }
    Some((fault.attribute("type").unwrap_or_default(), errors))
}

impl FaultError {
    fn new(
        code: Option<String>,
        message: Option<String>,
        detail: Option<String>,
        element: Option<String>,
    ) -> Self {
        let message = message.unwrap_or_default();
        // The gateway writes `message=ThrottleExceeded; errorCode=003001; statusCode=429`.
        let code = code
            .filter(|code| !code.trim().is_empty())
            .or_else(|| {
                let (_, after) = message.split_once("errorCode=")?;
                Some(after.chars().take_while(char::is_ascii_digit).collect())
            })
            .unwrap_or_default();
        Self {
            code: normal(&code),
            detail: detail.unwrap_or_default(),
            element: element.filter(|element| is_field_name(element)),
            message,
        }
    }
}

/// Elements are shown in logs and alerts, so whatever does not look like a field is dropped.
fn is_field_name(element: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | ' ' | '_' | '[' | ']');
    (1..=80).contains(&element.len()) && element.chars().all(fits)
}

fn normal(code: &str) -> String {
    let code = code.trim();
    let digits = code.trim_start_matches('0');
    if digits.is_empty() && !code.is_empty() {
        "0".to_owned()
    } else {
        digits.to_owned()
    }
}

/// A field by its name in upper or lower case.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let fields: &Map<String, Value> = value.as_object()?;
    fields
        .iter()
        .find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null())
        .map(|(_, value)| value)
}

fn text(value: &Value, name: &str) -> Option<String> {
    match field(value, name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Shows the status and the codes only: texts can hold names.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("status", &self.status)
            .field("kind", &self.kind)
            .field("errors", &self.errors)
            .finish()
    }
}

/// Shows the code and the field only: texts can hold names.
impl fmt::Debug for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        match &self.element {
            Some(element) => write!(f, " at {element}"),
            None => Ok(()),
        }
    }
}
