//! Housecall Pro's identifiers: a prefix and 32 hexadecimal digits.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub(crate) const PREFIX: &'static str = $prefix;

            /// The identifier as it stands in records.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A customer.
    CustomerId = "cus_";
    /// An address of a customer.
    AddressId = "adr_";
    /// A job.
    JobId = "job_";
    /// A line of a job.
    LineId = "rli_";
    /// An invoice.
    InvoiceId = "invoice_";
    /// A payment on an invoice.
    PaymentId = "invpay_";
    /// A refund on an invoice.
    RefundId = "invref_";
    /// A note on a job.
    NoteId = "nte_";
    /// A tag.
    TagId = "tag_";
    /// An estimate.
    EstimateId = "csr_";
    /// An option of an estimate.
    OptionId = "est_";
    /// A lead.
    LeadId = "lea_";
    /// An appointment of a job.
    AppointmentId = "appt_";
}
