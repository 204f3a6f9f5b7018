//! Deposits: what is taken to the bank.

use super::{
    Entity, Family, Kind, Shape, field, ignored, reference,
    shared::{LINKED_TXN, UNLIMITED, currency},
    uncovered,
};
use crate::rules;

pub(super) static DEPOSIT: Entity = Entity {
    name: "Deposit",
    family: Family::Transaction,
    series: "transactions",
    key: Some("DocNumber"),
    complete: rules::deposit::complete,
    effect: rules::deposit::effect,
    shape: Shape {
        class: "Deposit",
        fields: &[
            reference("DepositToAccountRef", "Account"),
            field("TotalAmt", Kind::Amount).read_only().queryable(),
            field("DocNumber", Kind::Text(21)).queryable(),
            field("TxnDate", Kind::Date).queryable(),
            reference("DepartmentRef", "Department"),
            currency(),
            field("ExchangeRate", Kind::Number),
            field("PrivateNote", Kind::Text(4000)),
            field("Line", Kind::List(&LINE)).required(),
            ignored("GlobalTaxCalculation"),
            ignored("HomeTotalAmt"),
            ignored("RecurDataRef"),
            ignored("TxnSource"),
            ignored("TxnStatus"),
            uncovered("AttachableRef"),
            uncovered("CashBack"),
            uncovered("CustomField"),
            uncovered("DepositEx"),
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
        field("LinkedTxn", Kind::List(&LINKED_TXN)),
        field("DetailType", Kind::OneOf(&["DepositLineDetail"])),
        field("DepositLineDetail", Kind::Object(&DETAIL)),
        uncovered("CustomField"),
        uncovered("CustomExtensions"),
        uncovered("LineEx"),
        uncovered("ProjectRef"),
    ],
};

static DETAIL: Shape = Shape {
    class: "DepositLineDetail",
    fields: &[
        field("Entity", Kind::Object(&ENTITY)),
        reference("ClassRef", "Class"),
        reference("AccountRef", "Account"),
        reference("PaymentMethodRef", "PaymentMethod"),
        field("CheckNum", Kind::Text(21)),
        ignored("TxnType"),
        uncovered("TaxApplicableOn"),
        uncovered("TaxCodeRef"),
    ],
};

/// Flat, other than in journal entries; the nested form is passed over in silence (seen).
static ENTITY: Shape = Shape {
    class: "ReferenceType",
    fields: &[
        field("value", Kind::Text(20)),
        field("name", Kind::Text(UNLIMITED)),
        field("type", Kind::OneOf(&["CUSTOMER", "VENDOR", "EMPLOYEE"])),
        ignored("EntityRef"),
        ignored("Type"),
    ],
};
