//! Types that several entities use.

use super::{Field, Kind, Preset, Shape, Target, field, ignored};

pub(super) static ADDRESS: Shape = Shape {
    class: "PhysicalAddress",
    fields: &[
        ignored("Id"),
        field("Line1", Kind::Text(500)),
        field("Line2", Kind::Text(500)),
        field("Line3", Kind::Text(500)),
        field("Line4", Kind::Text(500)),
        field("Line5", Kind::Text(500)),
        field("City", Kind::Text(255)),
        field("Country", Kind::Text(255)),
        field("CountryCode", Kind::Text(255)),
        field("County", Kind::Text(255)),
        field("CountrySubDivisionCode", Kind::Text(255)),
        field("PostalCode", Kind::Text(30)),
        field("PostalCodeSuffix", Kind::Text(30)),
        ignored("Lat"),
        ignored("Long"),
        ignored("Tag"),
        ignored("Note"),
    ],
};

pub(super) static PHONE: Shape = Shape {
    class: "TelephoneNumber",
    fields: &[
        ignored("Id"),
        ignored("DeviceType"),
        ignored("CountryCode"),
        ignored("AreaCode"),
        ignored("ExchangeCode"),
        ignored("Extension"),
        field("FreeFormNumber", Kind::Text(30)),
        ignored("Default"),
        ignored("Tag"),
    ],
};

pub(super) static EMAIL: Shape = Shape {
    class: "EmailAddress",
    fields: &[
        ignored("Id"),
        field("Address", Kind::Email(100)),
        ignored("Default"),
        ignored("Tag"),
    ],
};

pub(super) static WEB: Shape = Shape {
    class: "WebSiteAddress",
    fields: &[
        ignored("Id"),
        field("URI", Kind::Text(1000)),
        ignored("Default"),
        ignored("Tag"),
    ],
};

pub(super) static MEMO: Shape = Shape {
    class: "MemoRef",
    fields: &[
        ignored("Id"),
        field("value", Kind::Text(1000)).labelled("Customer Memo"),
    ],
};

pub(super) static LINKED_TXN: Shape = Shape {
    class: "LinkedTxn",
    fields: &[
        field("TxnId", Kind::Text(20)),
        field("TxnType", Kind::Text(40)),
        field("TxnLineId", Kind::Text(20)),
    ],
};

/// Unlimited text where Intuit names no limit.
pub(super) const UNLIMITED: usize = usize::MAX;

pub(super) const fn address(name: &'static str) -> Field {
    field(name, Kind::Object(&ADDRESS))
}

pub(super) const fn phone(name: &'static str) -> Field {
    field(name, Kind::Object(&PHONE))
}

pub(super) const fn email(name: &'static str) -> Field {
    field(name, Kind::Object(&EMAIL))
}

/// The home currency, set by the system when it is not sent.
pub(super) const fn currency() -> Field {
    Field {
        default: Preset::None,
        ..field("CurrencyRef", Kind::Reference(Target::Currency)).kept()
    }
}
