//! Lists that documents are sorted and paid by: classes, locations, payment methods.

use super::{
    Entity, Family, Kind, Shape, field, reference,
    shared::{UNLIMITED, address},
};
use crate::rules;

pub(super) static CLASS: Entity = Entity {
    name: "Class",
    family: Family::List {
        rivals: &["Class"],
        rival: "class",
    },
    series: "classes",
    key: Some("Name"),
    complete: rules::classes::class,
    effect: rules::rename_children,
    shape: Shape {
        class: "Class",
        fields: &[
            field("Name", Kind::Text(100)).required().queryable(),
            field("SubClass", Kind::Bool).or_bool(false),
            reference("ParentRef", "Class"),
            field("FullyQualifiedName", Kind::Text(UNLIMITED))
                .read_only()
                .queryable(),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
        ],
    },
};

pub(super) static DEPARTMENT: Entity = Entity {
    name: "Department",
    family: Family::List {
        rivals: &["Department"],
        rival: "location",
    },
    series: "departments",
    key: Some("Name"),
    complete: rules::classes::department,
    effect: rules::rename_children,
    shape: Shape {
        class: "Department",
        fields: &[
            field("Name", Kind::Text(100)).required().queryable(),
            field("SubDepartment", Kind::Bool).or_bool(false),
            reference("ParentRef", "Department"),
            field("FullyQualifiedName", Kind::Text(UNLIMITED))
                .read_only()
                .queryable(),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            address("Address"),
        ],
    },
};

pub(super) static PAYMENT_METHOD: Entity = Entity {
    name: "PaymentMethod",
    family: Family::List {
        rivals: &["PaymentMethod"],
        rival: "payment method",
    },
    series: "paymentmethods",
    key: Some("Name"),
    complete: rules::classes::payment_method,
    effect: rules::nothing_else,
    shape: Shape {
        class: "PaymentMethod",
        fields: &[
            field("Name", Kind::Text(31)).required().queryable(),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            field("Type", Kind::OneOf(&["CREDIT_CARD", "NON_CREDIT_CARD"]))
                .kept()
                .queryable()
                .or_text("NON_CREDIT_CARD"),
        ],
    },
};
