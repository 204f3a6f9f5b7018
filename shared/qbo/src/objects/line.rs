use jiff::civil::Date;
use money::{Cents, Quantity};
use serde::{Deserialize, Serialize};

use super::{Id, LinkedTxn, Percent, Price, Ref, or_default};

/// One line of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Line {
    /// Which line it is. Sent: that line is changed; not sent: the line is new and gets a new id.
    pub id: Option<Id>,
    /// Its place, from 1.
    pub line_num: Option<u32>,
    /// Its text.
    pub description: Option<String>,
    /// What it comes to. For a discount a positive number.
    pub amount: Option<Cents>,
    /// Documents that this line is tied to.
    pub linked_txn: Vec<LinkedTxn>,
    /// What kind of line it is.
    pub detail: LineDetail,
}

/// What kind of line it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineDetail {
    /// Something sold.
    SalesItem(SalesItemLine),
    /// The sum of the lines above. QuickBooks adds it; it is never sent.
    SubTotal,
    /// A discount on the whole document; one at most, after the subtotal.
    Discount(DiscountLine),
    /// Text only.
    DescriptionOnly,
    /// Any other kind, by its name; empty when it has none.
    Other(String),
}

/// Something sold. When both `qty` and `unit_price` are sent, the line's amount must be their product
/// rounded to cents, or QuickBooks refuses it (6070).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SalesItemLine {
    /// What was sold.
    #[serde(rename = "ItemRef", default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Ref>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qty: Option<Quantity>,
    /// What one costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Price>,
    /// In the US `TAX` or `NON`.
    #[serde(
        rename = "TaxCodeRef",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub tax_code: Option<Ref>,
    /// Class, when classes are kept per line.
    #[serde(rename = "ClassRef", default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Ref>,
    /// When the work was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_date: Option<Date>,
}

/// A discount on the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DiscountLine {
    /// `true`: `percent` counts; `false`: the line's amount.
    #[serde(default, deserialize_with = "or_default")]
    pub percent_based: bool,
    /// How much.
    #[serde(
        rename = "DiscountPercent",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub percent: Option<Percent>,
    /// Where it is booked; else the company's default account.
    #[serde(
        rename = "DiscountAccountRef",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub account: Option<Ref>,
}

impl Line {
    /// A new line for something sold.
    pub fn sales_item(amount: Cents, detail: SalesItemLine) -> Self {
        Self {
            amount: Some(amount),
            ..Self::of(LineDetail::SalesItem(detail))
        }
    }

    /// A new line that takes a fixed amount (positive) off the document.
    pub fn discount(amount: Cents, account: Option<Ref>) -> Self {
        Self {
            amount: Some(amount),
            ..Self::of(LineDetail::Discount(DiscountLine {
                percent_based: false,
                percent: None,
                account,
            }))
        }
    }

    /// A new line of text.
    pub fn text(description: impl Into<String>) -> Self {
        Self {
            description: Some(description.into()),
            ..Self::of(LineDetail::DescriptionOnly)
        }
    }

    /// The same line with a text.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    fn of(detail: LineDetail) -> Self {
        Self {
            id: None,
            line_num: None,
            description: None,
            amount: None,
            linked_txn: Vec::new(),
            detail,
        }
    }
}

const SALES_ITEM: &str = "SalesItemLineDetail";
const SUB_TOTAL: &str = "SubTotalLineDetail";
const DISCOUNT: &str = "DiscountLineDetail";
const DESCRIPTION: &str = "DescriptionOnly";

/// A line as it travels. Read flat rather than as a tagged enum: serde buffers those, and a buffered
/// number is no longer exact.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line_num: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<Cents>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    linked_txn: Vec<LinkedTxn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sales_item_line_detail: Option<SalesItemLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discount_line_detail: Option<DiscountLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sub_total_line_detail: Option<Empty>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description_line_detail: Option<Empty>,
}

#[derive(Serialize, Deserialize)]
struct Empty {}

impl From<Wire> for Line {
    fn from(wire: Wire) -> Self {
        let kind = wire.detail_type.unwrap_or_default();
        let detail = match kind.as_str() {
            SALES_ITEM => LineDetail::SalesItem(wire.sales_item_line_detail.unwrap_or_default()),
            DISCOUNT => LineDetail::Discount(wire.discount_line_detail.unwrap_or_default()),
            SUB_TOTAL => LineDetail::SubTotal,
            DESCRIPTION => LineDetail::DescriptionOnly,
            _ => LineDetail::Other(kind),
        };
        Self {
            id: wire.id,
            line_num: wire.line_num,
            description: wire.description,
            amount: wire.amount,
            linked_txn: wire.linked_txn,
            detail,
        }
    }
}

impl From<Line> for Wire {
    fn from(line: Line) -> Self {
        let wire = Self {
            id: line.id,
            line_num: line.line_num,
            description: line.description,
            amount: line.amount,
            linked_txn: line.linked_txn,
            ..Self::default()
        };
        match line.detail {
            LineDetail::SalesItem(detail) => Self {
                detail_type: Some(SALES_ITEM.to_owned()),
                sales_item_line_detail: Some(detail),
                ..wire
            },
            LineDetail::Discount(detail) => Self {
                detail_type: Some(DISCOUNT.to_owned()),
                discount_line_detail: Some(detail),
                ..wire
            },
            LineDetail::SubTotal => Self {
                detail_type: Some(SUB_TOTAL.to_owned()),
                sub_total_line_detail: Some(Empty {}),
                ..wire
            },
            LineDetail::DescriptionOnly => Self {
                detail_type: Some(DESCRIPTION.to_owned()),
                description_line_detail: Some(Empty {}),
                ..wire
            },
            LineDetail::Other(kind) => Self {
                detail_type: Some(kind).filter(|kind| !kind.is_empty()),
                ..wire
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_survives_reading_and_writing() {
        for json in [
            r#"{"Id":"1","LineNum":1,"Description":"Tune-up","Amount":337.50,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"4"},"Qty":4.5,"UnitPrice":75,"TaxCodeRef":{"value":"NON"},"ServiceDate":"2026-03-02"}}"#,
            r#"{"Amount":337.50,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}"#,
            r#"{"Amount":5.00,"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":true,"DiscountPercent":10,"DiscountAccountRef":{"value":"86"}}}"#,
            r#"{"Description":"Thank you","DetailType":"DescriptionOnly","DescriptionLineDetail":{}}"#,
        ] {
            let line: Line = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&line).unwrap(), json);
        }
    }

    #[test]
    fn an_unknown_kind_keeps_its_id_amount_and_text() {
        let line: Line = serde_json::from_str(
            r#"{"Id":"7","Amount":1250.10,"Description":"Bundle","DetailType":"GroupLineDetail","GroupLineDetail":{"Line":[{"Amount":"odd"}],"Quantity":1}}"#,
        )
        .unwrap();
        assert_eq!(line.id, Some("7".into()));
        assert_eq!(line.amount, Some(Cents::new(125_010)));
        assert_eq!(line.description.as_deref(), Some("Bundle"));
        assert_eq!(line.detail, LineDetail::Other("GroupLineDetail".to_owned()));
    }

    #[test]
    fn a_line_without_a_kind_is_read() {
        let line: Line = serde_json::from_str(
            r#"{"Amount":55.00,"LinkedTxn":[{"TxnId":"69","TxnType":"Invoice"}]}"#,
        )
        .unwrap();
        assert_eq!(line.detail, LineDetail::Other(String::new()));
        assert_eq!(line.linked_txn[0].txn_id, "69".into());
    }
}
