//! Journal entries.

use super::{
    Entity, Family, Kind, Shape, Target, field, ignored, reference,
    shared::{LINKED_TXN, currency},
    uncovered,
};
use crate::rules;

pub(super) static JOURNAL_ENTRY: Entity = Entity {
    name: "JournalEntry",
    family: Family::Transaction,
    series: "transactions",
    key: Some("DocNumber"),
    complete: rules::journal::complete,
    effect: rules::journal::effect,
    shape: Shape {
        class: "JournalEntry",
        fields: &[
            field("Adjustment", Kind::Bool).or_bool(false),
            field("DocNumber", Kind::Text(21)).kept().queryable(),
            field("TxnDate", Kind::Date).queryable(),
            currency(),
            field("ExchangeRate", Kind::Number),
            field("PrivateNote", Kind::Text(4000)),
            field("LinkedTxn", Kind::List(&LINKED_TXN)).read_only(),
            field("Line", Kind::List(&LINE)).required(),
            ignored("HomeTotalAmt"),
            ignored("RecurDataRef"),
            ignored("TotalAmt"),
            ignored("TxnSource"),
            uncovered("AttachableRef"),
            uncovered("CustomField"),
            uncovered("GlobalTaxCalculation"),
            uncovered("TransactionLocationType"),
            uncovered("TxnTaxDetail"),
        ],
    },
};

static LINE: Shape = Shape {
    class: "Line",
    fields: &[
        field("Id", Kind::Text(20)),
        ignored("LineNum"),
        field("Description", Kind::Text(4000)),
        field("Amount", Kind::Amount),
        field(
            "DetailType",
            Kind::OneOf(&["JournalEntryLineDetail", "DescriptionOnly"]),
        )
        .required(),
        field("JournalEntryLineDetail", Kind::Object(&DETAIL)),
        uncovered("CustomField"),
        uncovered("DescriptionLineDetail"),
        uncovered("LineEx"),
        uncovered("LinkedTxn"),
        uncovered("ProjectRef"),
    ],
};

static DETAIL: Shape = Shape {
    class: "JournalEntryLineDetail",
    fields: &[
        field("PostingType", Kind::OneOf(&["Debit", "Credit"])).required(),
        field("Entity", Kind::Object(&ENTITY)),
        reference("AccountRef", "Account").required(),
        reference("ClassRef", "Class"),
        reference("DepartmentRef", "Department"),
        ignored("TaxApplicableOn"),
        uncovered("BillableStatus"),
        uncovered("TaxAmount"),
        uncovered("TaxCodeRef"),
    ],
};

static ENTITY: Shape = Shape {
    class: "EntityTypeRef",
    fields: &[
        field(
            "Type",
            Kind::OneOf(&["Customer", "Vendor", "Employee", "Other"]),
        ),
        field("EntityRef", Kind::Reference(Target::FreeText)),
    ],
};
