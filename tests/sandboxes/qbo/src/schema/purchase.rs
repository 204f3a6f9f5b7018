//! Expenses and checks.

use super::{
    Entity, Family, Kind, Shape, Target, field, ignored, reference,
    shared::{LINKED_TXN, UNLIMITED, currency},
    uncovered,
};
use crate::rules;

pub(super) static PURCHASE: Entity = Entity {
    name: "Purchase",
    family: Family::Transaction,
    series: "transactions",
    key: Some("DocNumber"),
    complete: rules::purchase::complete,
    effect: rules::purchase::effect,
    shape: Shape {
        class: "Purchase",
        fields: &[
            reference("AccountRef", "Account").required().queryable(),
            reference("PaymentMethodRef", "PaymentMethod"),
            field("PaymentType", Kind::OneOf(&["Cash", "Check", "CreditCard"]))
                .required()
                .queryable(),
            field("EntityRef", Kind::Object(&PAYEE)),
            field("Credit", Kind::Bool).or_bool(false),
            field("TotalAmt", Kind::Amount).read_only().queryable(),
            field("DocNumber", Kind::Text(21)).queryable(),
            field("TxnDate", Kind::Date).queryable(),
            reference("DepartmentRef", "Department"),
            currency(),
            field("ExchangeRate", Kind::Number),
            field("PrivateNote", Kind::Text(4000)),
            field("LinkedTxn", Kind::List(&LINKED_TXN)).read_only(),
            field("Line", Kind::List(&LINE)).required(),
            ignored("GlobalTaxCalculation"),
            ignored("PrintStatus"),
            ignored("PurchaseEx"),
            ignored("RecurDataRef"),
            ignored("TxnSource"),
            uncovered("AttachableRef"),
            uncovered("CheckPayment"),
            uncovered("CreditCardPayment"),
            uncovered("CustomField"),
            uncovered("IncludeInAnnualTPAR"),
            uncovered("RemitToAddr"),
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
            Kind::OneOf(&[
                "AccountBasedExpenseLineDetail",
                "ItemBasedExpenseLineDetail",
            ]),
        )
        .required(),
        field("AccountBasedExpenseLineDetail", Kind::Object(&DETAIL)),
        uncovered("ItemBasedExpenseLineDetail"),
        uncovered("CustomExtensions"),
        uncovered("CustomField"),
        uncovered("LineEx"),
        uncovered("LinkedTxn"),
        uncovered("ProjectRef"),
    ],
};

static DETAIL: Shape = Shape {
    class: "AccountBasedExpenseLineDetail",
    fields: &[
        reference("CustomerRef", "Customer"),
        reference("ClassRef", "Class"),
        reference("AccountRef", "Account").required(),
        field("BillableStatus", Kind::OneOf(&["NotBillable"])).or_text("NotBillable"),
        field("TaxCodeRef", Kind::Reference(Target::LineTaxCode)),
        uncovered("MarkupInfo"),
        uncovered("TaxAmount"),
        uncovered("TaxInclusiveAmt"),
    ],
};

/// Flat, as on deposits.
static PAYEE: Shape = Shape {
    class: "ReferenceType",
    fields: &[
        field("value", Kind::Text(20)),
        field("name", Kind::Text(UNLIMITED)),
        field("type", Kind::OneOf(&["Customer", "Vendor", "Employee"])).or_text("Vendor"),
    ],
};
