use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{DocNumber, Id, Ref, SyncToken};

/// Documents that share their numbers with invoices. Read because a number that one of them has is taken (6140);
/// only the head of each is.
macro_rules! numbered {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $name {
            /// Who it is.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub id: Option<Id>,
            /// Which version of it this is.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub sync_token: Option<SyncToken>,
            /// The number on the document.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub doc_number: Option<DocNumber>,
            /// Its date, in the company's time zone.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub txn_date: Option<Date>,
            /// Whom it is for.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub customer_ref: Option<Ref>,
            /// What it comes to.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub total_amt: Option<Cents>,
        }
    )*};
}

numbered! {
    /// What is given back on paper.
    CreditMemo,
    /// What something would cost.
    Estimate,
}
