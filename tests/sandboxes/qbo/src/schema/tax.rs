//! Sales tax: agencies, rates, codes, and what a document says of its tax.

use super::{
    Entity, Family, Kind, Shape, Target, field, ignored, reference, shared::UNLIMITED, uncovered,
};
use crate::rules;

pub(super) static AGENCY: Entity = Entity {
    name: "TaxAgency",
    family: Family::List {
        rivals: &["TaxAgency"],
        rival: "tax agency",
    },
    series: "taxagencies",
    key: Some("DisplayName"),
    complete: rules::tax::agency,
    effect: rules::nothing_else,
    shape: Shape {
        class: "TaxAgency",
        fields: &[
            field("DisplayName", Kind::Text(100)).required().queryable(),
            field("TaxTrackedOnSales", Kind::Bool).or_bool(true),
            field("TaxTrackedOnPurchases", Kind::Bool).or_bool(false),
            field("TaxRegistrationNumber", Kind::Text(UNLIMITED)),
            ignored("TaxAgencyConfig"),
            ignored("LastFileDate"),
            uncovered("TaxTrackedOnPurchasesRecoverable"),
        ],
    },
};

pub(super) static RATE: Entity = Entity {
    name: "TaxRate",
    family: Family::List {
        rivals: &["TaxRate"],
        rival: "tax rate",
    },
    series: "taxrates",
    key: Some("Name"),
    complete: rules::tax::from_tax_service,
    effect: rules::nothing_else,
    shape: Shape {
        class: "TaxRate",
        fields: &[
            field("Name", Kind::Text(100)).required().queryable(),
            field("Description", Kind::Text(100)),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            field("RateValue", Kind::Number),
            field("AgencyRef", Kind::Reference(Target::Nameless("TaxAgency"))),
            field("SpecialTaxType", Kind::Text(UNLIMITED)).or_text("NONE"),
            field("DisplayType", Kind::Text(UNLIMITED)).or_text("ReadOnly"),
        ],
    },
};

pub(super) static CODE: Entity = Entity {
    name: "TaxCode",
    family: Family::List {
        rivals: &["TaxCode"],
        rival: "tax code",
    },
    series: "taxcodes",
    key: Some("Name"),
    complete: rules::tax::from_tax_service,
    effect: rules::nothing_else,
    shape: Shape {
        class: "TaxCode",
        fields: &[
            field("Name", Kind::Text(100)).required().queryable(),
            field("Description", Kind::Text(100)),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            field("Hidden", Kind::Bool).or_bool(false),
            field("Taxable", Kind::Bool).or_bool(true),
            field("TaxGroup", Kind::Bool).or_bool(true),
            field("SalesTaxRateList", Kind::Object(&RATE_LIST)),
            field("PurchaseTaxRateList", Kind::Object(&RATE_LIST)),
            field("TaxCodeConfigType", Kind::Text(UNLIMITED)),
        ],
    },
};

static RATE_LIST: Shape = Shape {
    class: "TaxRateList",
    fields: &[field("TaxRateDetail", Kind::List(&RATE_DETAIL))],
};

static RATE_DETAIL: Shape = Shape {
    class: "TaxRateDetail",
    fields: &[
        reference("TaxRateRef", "TaxRate"),
        field("TaxTypeApplicable", Kind::Text(UNLIMITED)),
        field("TaxOrder", Kind::Whole(0, 999)),
    ],
};

/// What `taxservice/taxcode` takes.
pub(crate) static SERVICE: Shape = Shape {
    class: "TaxService",
    fields: &[
        field("TaxCode", Kind::Text(100)).required(),
        ignored("TaxCodeId"),
        field("TaxRateDetails", Kind::List(&SERVICE_RATE)).required(),
    ],
};

static SERVICE_RATE: Shape = Shape {
    class: "TaxRateDetails",
    fields: &[
        field("TaxRateName", Kind::Text(100)),
        field("TaxRateId", Kind::Text(20)),
        field("RateValue", Kind::Number),
        field("TaxAgencyId", Kind::Text(20)),
        field("TaxApplicableOn", Kind::OneOf(&["Sales", "Purchase"])).or_text("Sales"),
    ],
};

/// The tax of a document. Its lines are the system's.
pub(super) static TXN_TAX_DETAIL: Shape = Shape {
    class: "TxnTaxDetail",
    fields: &[
        field("TxnTaxCodeRef", Kind::Reference(Target::TxnTaxCode)),
        field("TotalTax", Kind::Amount),
        ignored("TaxLine"),
        ignored("DefaultTaxCodeRef"),
        ignored("TaxReviewStatus"),
        ignored("UseAutomatedSalesTax"),
    ],
};
