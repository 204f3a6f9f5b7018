//! Payments of customers.

use super::{
    Entity, Family, Kind, Shape, Target, field, ignored, reference,
    shared::{LINKED_TXN, currency},
    uncovered,
};
use crate::rules;

pub(super) static PAYMENT: Entity = Entity {
    name: "Payment",
    family: Family::Transaction,
    series: "transactions",
    key: None,
    complete: rules::payment::complete,
    effect: rules::payment::effect,
    shape: Shape {
        class: "Payment",
        fields: &[
            field("TxnDate", Kind::Date).queryable(),
            currency(),
            field("ExchangeRate", Kind::Number),
            field("PrivateNote", Kind::Text(4000)),
            field("LinkedTxn", Kind::List(&LINKED_TXN)).read_only(),
            field("Line", Kind::List(&LINE)),
            reference("CustomerRef", "Customer").required().queryable(),
            field(
                "DepositToAccountRef",
                Kind::Reference(Target::Nameless("Account")),
            ),
            reference("PaymentMethodRef", "PaymentMethod"),
            // No length is documented; the form in the browser takes 21 characters.
            field("PaymentRefNum", Kind::Text(21)).queryable(),
            field("TotalAmt", Kind::Amount).queryable(),
            field("UnappliedAmt", Kind::Amount).read_only(),
            field("ProcessPayment", Kind::Bool).or_bool(false),
            reference("ARAccountRef", "Account"),
            ignored("TxnSource"),
            ignored("TxnStatus"),
            ignored("PaymentEx"),
            uncovered("AttachableRef"),
            uncovered("CheckPayment"),
            uncovered("CreditCardPayment"),
            uncovered("CustomField"),
            uncovered("DepartmentRef"),
            uncovered("DocNumber"),
            uncovered("PaymentType"),
            uncovered("ProjectRef"),
            uncovered("TaxExemptionRef"),
            uncovered("TransactionLocationType"),
            uncovered("TxnTaxDetail"),
        ],
    },
};

static LINE: Shape = Shape {
    class: "Line",
    fields: &[
        ignored("Id"),
        ignored("LineNum"),
        ignored("Description"),
        field("Amount", Kind::Amount),
        field("LinkedTxn", Kind::List(&LINKED_TXN)),
        // Only read: it must not be sent back.
        uncovered("LineEx"),
        uncovered("CustomField"),
        uncovered("DetailType"),
        uncovered("PaymentLineDetail"),
    ],
};
