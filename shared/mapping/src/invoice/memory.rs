use std::collections::BTreeMap;

use hcp::{CustomerId, InvoiceId};
use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::{Matched, SentLine, SlotName};

/// What is remembered of an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The Housecall Pro invoices that it stood for, also those that were removed since (N9).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<InvoiceId>,
    /// The number that it has in QuickBooks, as the last answer told it (N4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Whether that is only its job's, or takes the place of it: then it gives way to every other (N4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisional: Option<bool>,
    /// Whether its date is already the invoice date (D1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dated_by_invoice: bool,
    /// Of a main invoice: whether the progress invoices of its job become documents of their own (N6). What was
    /// chosen when it was first sent holds for the job.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub per_invoice: bool,
    /// Of a progress invoice with a document of its own: its lines as they were sent (N6).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentLine>,
    /// Of a deposit's invoice: the items that it billed when it was first sent. The main invoice takes the deposit off in
    /// that form, whatever the settings are by then (N7, P9). None on one that was sent before there was an item for
    /// deposits: it bills its shares of the job's lines, and is taken off the item *Sales*.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bills: Vec<SlotName>,
    /// Whether it was seen to be deleted or voided in QuickBooks. It is not made again (R8); of a deposit's, the main
    /// invoice bills what it billed (N7).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// The QuickBooks customer that it was made out to, as the last answer told it (C11, C12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_out_to: Option<qbo::Id>,
    /// That customer's name there, as the last answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_out_to_name: Option<String>,
    /// The Housecall Pro customer of its job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// Its date there, as the last answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// When it is due there, as the last answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// The items of its lines that are not in the price book, by the digest of their name. What the name stands for
    /// later does not rewrite them (L5).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub typed: BTreeMap<String, SlotName>,
    /// What payments and credits had paid of it there when it was written last; none once that was compared with what we
    /// know of them (P4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<Cents>,
    /// What it comes to in QuickBooks, as the last answer told it (X4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
    /// Whether the line that makes its totals equal was put right as often as is tried (X6).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rounding_tried: bool,
    /// What somebody else wrote into its private note, which stays before ours (R6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The number that a person chose in the place of another one's (N8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renumbered: Option<Renumbered>,
    /// The day before which it is not dated, since the books were closed until then when a person said so (S6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
    /// Why one that QuickBooks already had was taken for this one (T12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<Matched>,
}

/// A number that a person chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renumbered {
    /// The number in whose place it stands: a later one of Housecall Pro's counts again.
    pub from: String,
    /// The number.
    pub to: String,
}

/// What an invoice comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// With tax.
    pub total: Cents,
    /// The sales tax in it.
    pub tax: Cents,
    /// How many rates QuickBooks worked that out with (X6).
    #[serde(default)]
    pub rates: usize,
}

impl Memory {
    /// Whether the number is only its job's (N4). An invoice from before this was kept has its job's number as long as no
    /// invoice of Housecall Pro's stood behind it.
    pub fn is_provisional(&self) -> bool {
        self.provisional.unwrap_or(self.invoices.is_empty())
    }
}
