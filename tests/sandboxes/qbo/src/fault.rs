//! Why a request is refused, with the texts that QuickBooks uses.

mod books;

use crate::json::{Json, Object};

const MADE_INACTIVE: &str = "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.";

/// A refused request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) detail: String,
    pub(crate) element: Option<String>,
    pub(crate) kind: &'static str,
}

impl Refusal {
    fn new(code: &'static str, message: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            message,
            detail: detail.into(),
            element: None,
            kind: "ValidationFault",
        }
    }

    fn on(mut self, element: impl Into<String>) -> Self {
        self.element = Some(element.into());
        self
    }

    /// Something that QuickBooks knows and this sandbox does not: a clear no instead of a wrong yes. The code
    /// is a number that QuickBooks does not use; some clients read it as one.
    pub(crate) fn not_covered(what: impl Into<String>) -> Self {
        Self {
            status: 501,
            kind: "SandboxFault",
            ..Self::new("501", "Not covered by this sandbox", what)
        }
    }

    /// 500: a path that leads nowhere.
    pub(crate) fn unsupported_path(path: &str) -> Self {
        Self::new(
            "500",
            "Unsupported Operation",
            format!(
                "Operation Could not find resource for relative : {path} of full path: https://qbo.sandbox.invalid{path} is not supported."
            ),
        )
    }

    /// 500: an operation that the entity does not have.
    pub(crate) fn unsupported_operation(operation: &str) -> Self {
        Self::new(
            "500",
            "Unsupported Operation",
            format!("Operation {operation} is not supported."),
        )
    }

    /// 600: a request id that was used for something else.
    pub(crate) fn duplicate_request_id(id: &str) -> Self {
        Self::new(
            "600",
            "Duplicate Request ID",
            format!("Duplicate Request ID : {id}"),
        )
    }

    /// 610: no object has this id (the text is the same as for an inactive one, recorded).
    pub(crate) fn not_found() -> Self {
        Self::new(
            "610",
            "Object Not Found",
            format!("Object Not Found : {MADE_INACTIVE}"),
        )
        .on("")
    }

    /// 610: a write to a deleted transaction.
    pub(crate) fn deleted() -> Self {
        Self::new(
            "610",
            "Object Not Found",
            "Object Not Found : Another user has deleted this transaction.",
        )
        .on("")
    }

    /// 1040: more than 30 items in a batch.
    pub(crate) fn batch_too_large(limit: usize) -> Self {
        Self::new(
            "1040",
            "Batch size exceeds allowed limit",
            format!("Batch size exceeds allowed limit : {limit}"),
        )
    }

    /// 2010: a property that the type does not have.
    pub(crate) fn unknown_property(name: &str, class: &str, known: &[&str]) -> Self {
        /// Intuit's parser cuts its list of names at about this length.
        const CUT: usize = 1000;
        let mut names = String::new();
        for (n, known) in known.iter().enumerate() {
            if names.len() > CUT {
                names.push_str(" [truncated]");
                break;
            }
            let comma = if n > 0 { ", " } else { "" };
            names.push_str(&format!("{comma}\"{known}\""));
        }
        Self::bad_property(&format!(
            "Unrecognized field \"{name}\" (class com.intuit.schema.finance.v3.{class}), not marked as ignorable ({} known properties: {names}])\n",
            known.len(),
        ))
    }

    /// 2010: a value of the wrong JSON type, or a body that cannot be read.
    pub(crate) fn bad_property(reason: &str) -> Self {
        Self::new(
            "2010",
            "Request has invalid or unsupported property",
            format!("Property Name:{reason} specified is unsupported or invalid"),
        )
    }

    /// 2020: something required is missing.
    pub(crate) fn missing(path: &str) -> Self {
        Self::new(
            "2020",
            "Required param missing, need to supply the required value for the API",
            format!("Required parameter {path} is missing in the request"),
        )
        .on(path)
    }

    /// 2030: an id that is not a number.
    pub(crate) fn invalid_id(id: &str) -> Self {
        Self::new(
            "2030",
            "Invalid ID",
            format!("Id should be a valid number. Supplied value:{id}"),
        )
        .on("Id")
    }

    /// 2050: too long.
    pub(crate) fn length(label: &str, max: usize, found: usize) -> Self {
        Self::new(
            "2050",
            "String length is either shorter or longer than supported by specification",
            format!(
                "String length specified does not match the supported length. Min:0 Max:{} supported. Supplied length:{}",
                grouped(&max.to_string()),
                grouped(&found.to_string()),
            ),
        )
        .on(label)
    }

    /// 2060: not a day.
    pub(crate) fn date(path: &str, value: &str) -> Self {
        Self::new(
            "2060",
            "Invalid Date format",
            format!("Date format is invalid. Supplied value:{value}"),
        )
        .on(path)
    }

    /// 2070: a day that cannot be asked for.
    pub(crate) fn too_long_ago(path: &str) -> Self {
        Self::new(
            "2070",
            "Invalid Date value",
            format!("Invalid Date value : {path} is more than 30 days ago"),
        )
        .on(path)
    }

    /// 2090: not a number, out of range, or text in a reference.
    pub(crate) fn number(path: &str, value: &str) -> Self {
        Self::new(
            "2090",
            "Invalid Number",
            format!("Invalid Number : {value}"),
        )
        .on(path)
    }

    /// 2130: a request id (or a `bId` beside one) that is too long.
    pub(crate) fn request_id_format(id: &str) -> Self {
        Self::new(
            "2130",
            "Invalid Request Id Format",
            format!("Invalid Request Id Format : {id}"),
        )
    }

    /// 2170: not one of the allowed words.
    pub(crate) fn enumeration(path: &str, value: &str) -> Self {
        Self::new(
            "2170",
            "Invalid Enumeration",
            format!("Invalid Enumeration : {value}"),
        )
        .on(path)
    }

    /// 2210: not an e-mail address.
    pub(crate) fn email(path: &str) -> Self {
        Self::new(
            "2210",
            "Invalid Email Address Format",
            "Email Address does not conform to the RFC 822 format.",
        )
        .on(path)
    }

    /// 2500: a reference to nothing.
    pub(crate) fn invalid_reference(path: &str) -> Self {
        Self::new(
            "2500",
            "Invalid Reference Id",
            format!("Invalid Reference Id : {path}"),
        )
        .on(path)
    }

    /// 2500: a reference to something inactive.
    pub(crate) fn inactive_reference() -> Self {
        Self::new(
            "2500",
            "Invalid Reference Id",
            format!("Invalid Reference Id : {MADE_INACTIVE}"),
        )
        .on("")
    }

    /// 2500: a category as the item of a line.
    pub(crate) fn category_on_line() -> Self {
        Self::new(
            "2500",
            "Invalid Reference Id",
            "Invalid Reference Id : Categories cannot be used in transactions.",
        )
        .on("")
    }

    /// 3000: a custom field that the company does not have.
    pub(crate) fn custom_field(id: &str) -> Self {
        Self::new(
            "3000",
            "Invalid Custom Field",
            format!("Invalid Custom Field : {id}"),
        )
    }

    /// 4000: a query that cannot be read, in the words of a parser made by JavaCC.
    pub(crate) fn query_syntax(found: &str, at: (usize, usize), expected: &[&str]) -> Self {
        let one_of = if expected.len() > 1 { " one of" } else { "" };
        let list: String = expected
            .iter()
            .map(|token| {
                let more = if *token == "<EOF>" { "" } else { "..." };
                format!("    {token} {more}\n")
            })
            .collect();
        let (line, column) = at;
        Self::new(
            "4000",
            "Error parsing query",
            format!(
                "QueryParserError: Encountered \"{found}\" at line {line}, column {column}.\nWas expecting{one_of}:\n{list}    "
            ),
        )
    }

    /// 4000: a character that no statement has.
    pub(crate) fn query_character(found: &str, column: usize, after: &str) -> Self {
        Self::new(
            "4000",
            "Error parsing query",
            format!(
                "QueryParserError: Invalid content. Lexical error at line 1, column {column}.  Encountered: {found}, after : \"{after}\""
            ),
        )
    }

    /// 4001: a query that asks for what cannot be asked.
    pub(crate) fn query(reason: impl AsRef<str>) -> Self {
        Self::new(
            "4001",
            "Invalid query",
            format!("QueryValidationError: {}", reason.as_ref()),
        )
    }

    /// 5010: the object has changed since it was read.
    pub(crate) fn stale() -> Self {
        Self::new(
            "5010",
            "Stale Object Error",
            "Stale Object Error : You and Other User were working on this at the same time. Other User finished before you did, so your work was not saved.",
        )
        .on("")
    }

    /// 5030: a part of QuickBooks that this company does not use.
    pub(crate) fn feature(name: &str) -> Self {
        Self::new(
            "5030",
            "Feature Not Supported",
            format!("Feature Not Supported : {name} is not turned on for this company."),
        )
    }

    /// 6000: a rule of the books, in words.
    pub(crate) fn business(reason: &str) -> Self {
        Self::new(
            "6000",
            "A business validation error has occurred while processing your request",
            format!("Business Validation Error: {reason}"),
        )
        .on("")
    }

    /// 6000: the list of names is locked; goes away by itself.
    pub(crate) fn names_locked() -> Self {
        Self::business("You can only add or edit one name at a time. Please try again.")
    }

    /// 6010: an account without type and sub-type.
    pub(crate) fn account_type_missing() -> Self {
        Self::new(
            "6010",
            "Account Type or Account Sub Type needs to be specified",
            "Account Type or Account Sub Type needs to be specified",
        )
    }

    /// 6070: quantity times price is not the amount.
    pub(crate) fn amount_mismatch(amount: rust_decimal::Decimal) -> Self {
        Self::new(
            "6070",
            "Amount calculation incorrect in the request.",
            format!(
                "Amount is not equal to UnitPrice * Qty. Supplied value:{}",
                grouped(&amount.normalize().to_string())
            ),
        )
        .on("Line.Amount")
    }

    /// 6080: a customer without any name.
    pub(crate) fn no_name() -> Self {
        Self::new(
            "6080",
            "No Name Provided",
            "At least one of the name fields should be provided",
        )
    }

    /// 6090: a discount line without amount and percentage.
    pub(crate) fn discount_incomplete() -> Self {
        Self::new(
            "6090",
            "Discount Line missing required information",
            "Either an amount or a discount percent is required for a discount line",
        )
    }

    /// 6100: a line tax code other than TAX and NON.
    pub(crate) fn line_tax_code(code: &str) -> Self {
        Self::new(
            "6100",
            "Invalid Line TaxCode",
            format!("Invalid Line TaxCode : {code}. Supported values are TAX and NON"),
        )
    }

    /// 6140: the document number is taken.
    pub(crate) fn duplicate_number(number: &str, kind: &str, id: u64) -> Self {
        Self::new(
            "6140",
            "Duplicate Document Number Error",
            format!(
                "Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber={number} is assigned to TxnType={kind} with TxnId={id}"
            ),
        )
        .on("")
    }

    /// 6150: a sub-customer or sub-item without its parent.
    pub(crate) fn parent_missing() -> Self {
        Self::new("6150", "ParentRef is required", "ParentRef is required").on("ParentRef")
    }

    /// 6180: more than five levels.
    pub(crate) fn too_deep() -> Self {
        Self::new(
            "6180",
            "Maximum level of nesting exceeded",
            "You can only nest five levels deep",
        )
        .on("ParentRef")
    }

    /// 6190: the subscription has ended.
    pub(crate) fn lapsed() -> Self {
        Self::new(
            "6190",
            "Invalid Company Status",
            "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online Plus because your trial or subscription period ended.",
        )
        .on("")
    }

    /// 6210: a date in the closed period (the doubled word is in the live text).
    pub(crate) fn books_closed() -> Self {
        Self::new(
            "6210",
            "Account Period Closed, Cannot Update Through Services API",
            "The account period has closed and the account books cannot be updated through through the QBO Services API. Please use the QBO website to make these changes.",
        )
        .on("")
    }

    /// 6220: something with a balance cannot be made inactive.
    pub(crate) fn has_balance() -> Self {
        Self::new(
            "6220",
            "Delete Entity Has Balance",
            "An entity that has a balance cannot be deleted",
        )
    }

    /// 6240: the name is taken.
    pub(crate) fn duplicate_name(who: &str) -> Self {
        Self::new(
            "6240",
            "Duplicate Name Exists Error",
            format!(
                "The name supplied already exists. : Another {who} is already using this \nname. Please use a different name."
            ),
        )
        .on("")
    }

    /// 6420: an invoice that is to be mailed to nobody.
    pub(crate) fn email_required() -> Self {
        Self::new(
            "6420",
            "Email address is required",
            "Email address is required for the delivery by email",
        )
        .on("BillEmail")
    }

    /// 6430: an account of a type that does not fit.
    pub(crate) fn account_type(path: &str) -> Self {
        Self::new(
            "6430",
            "Invalid account type used",
            format!("Invalid account type used : {path}"),
        )
        .on(path)
    }

    /// 10000: QuickBooks failed by itself.
    pub(crate) fn system_failure() -> Self {
        Self {
            status: 500,
            kind: "SystemFault",
            ..Self::new(
                "10000",
                "An application error has occurred while processing your request",
                "System Failure Error: Unexpected Internal Error.",
            )
            .on("")
        }
    }

    /// The `Fault` object.
    pub(crate) fn to_json(&self) -> Json {
        let mut error = Object::new()
            .with("Message", self.message)
            .with("Detail", self.detail.as_str())
            .with("code", self.code);
        if let Some(element) = &self.element {
            error.set("element", element.as_str());
        }
        Object::new()
            .with("Error", vec![error.into()])
            .with("type", self.kind)
            .into()
    }
}

/// A number with thousands separators, as in QuickBooks' texts.
fn grouped(number: &str) -> String {
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (number, String::new()),
    };
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut out = String::from(sign);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + &fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_have_thousands_separators() {
        for (given, printed) in [
            ("45", "45"),
            ("1016", "1,016"),
            ("1000000.5", "1,000,000.5"),
            ("-100", "-100"),
        ] {
            assert_eq!(grouped(given), printed);
        }
    }

    #[test]
    fn a_long_list_of_known_properties_is_cut() {
        let names = vec!["AVeryLongPropertyName"; 200];
        let refusal = Refusal::unknown_property("X", "Invoice", &names);
        assert!(refusal.detail.contains("(200 known properties: "));
        assert!(refusal.detail.contains("[truncated]])"));
    }
}
