//! Sales forms and their lines.

use super::{
    Entity, Family, Field, Kind, Shape, Target, field, ignored, joined, reference,
    shared::{LINKED_TXN, MEMO, UNLIMITED, address, currency, email},
    tax::TXN_TAX_DETAIL,
    uncovered,
};
use crate::rules;

/// What every sales form has.
const COMMON: &[Field] = &[
    field("CustomField", Kind::List(&CUSTOM_FIELD)),
    field("DocNumber", Kind::Text(21)).kept().queryable(),
    field("TxnDate", Kind::Date).queryable(),
    reference("DepartmentRef", "Department"),
    currency(),
    field("ExchangeRate", Kind::Number),
    field("PrivateNote", Kind::Text(4000)),
    field("Line", Kind::List(&LINE)).required(),
    field("TxnTaxDetail", Kind::Object(&TXN_TAX_DETAIL)),
    field("CustomerMemo", Kind::Object(&MEMO)),
    address("BillAddr"),
    address("ShipAddr"),
    reference("ClassRef", "Class"),
    field("ShipMethodRef", Kind::Reference(Target::FreeText)),
    field("ShipDate", Kind::Date),
    field("TrackingNum", Kind::Text(UNLIMITED)),
    field("TotalAmt", Kind::Amount).read_only().queryable(),
    field(
        "GlobalTaxCalculation",
        Kind::OneOf(&["TaxExcluded", "TaxInclusive", "NotApplicable"]),
    ),
    field("ApplyTaxAfterDiscount", Kind::Bool).or_bool(false),
    field(
        "PrintStatus",
        Kind::OneOf(&["NotSet", "NeedToPrint", "PrintComplete"]),
    )
    .or_text("NeedToPrint"),
    field(
        "EmailStatus",
        Kind::OneOf(&["NotSet", "NeedToSend", "EmailSent"]),
    )
    .or_text("NotSet"),
    email("BillEmail"),
    email("BillEmailCc"),
    email("BillEmailBcc"),
    ignored("HomeBalance"),
    ignored("HomeTotalAmt"),
    ignored("DeliveryInfo"),
    ignored("RecurDataRef"),
    ignored("FreeFormAddress"),
    ignored("TxnSource"),
    uncovered("AttachableRef"),
    uncovered("AutoDocNumber"),
    uncovered("DiscountAmt"),
    uncovered("DiscountRate"),
    uncovered("FOB"),
    uncovered("GovtTxnRefIdentifier"),
    uncovered("PONumber"),
    uncovered("ProjectRef"),
    uncovered("RecurringInfo"),
    uncovered("RemitToRef"),
    uncovered("ARAccountRef"),
    uncovered("SalesRepRef"),
    uncovered("ShipFromAddr"),
    uncovered("Tag"),
    uncovered("TaxExemptionRef"),
    uncovered("TaxFormNum"),
    uncovered("TaxFormType"),
    uncovered("TemplateRef"),
    uncovered("TransactionLocationType"),
    uncovered("TxnApprovalInfo"),
];

const BALANCE: Field = field("Balance", Kind::Amount).read_only().queryable();

/// Links that only other documents make.
const LINKS: Field = field("LinkedTxn", Kind::List(&LINKED_TXN)).read_only();

/// A sales form by its name and the fields that the others do not have.
const fn form(name: &'static str, fields: &'static [Field]) -> Entity {
    Entity {
        name,
        family: Family::Transaction,
        series: "transactions",
        key: Some("DocNumber"),
        complete: rules::sales::complete,
        effect: rules::sales::effect,
        shape: Shape {
            class: name,
            fields,
        },
    }
}

pub(super) static INVOICE: Entity = form("Invoice", &{
    const OWN: &[Field] = &[
        field("AllowIPNPayment", Kind::Bool).or_bool(false),
        field("AllowOnlinePayment", Kind::Bool).or_bool(false),
        field("AllowOnlineCreditCardPayment", Kind::Bool).or_bool(false),
        field("AllowOnlineACHPayment", Kind::Bool).or_bool(false),
        reference("CustomerRef", "Customer").required().queryable(),
        field("LinkedTxn", Kind::List(&LINKED_TXN)).kept(),
        reference("SalesTermRef", "Term").queryable(),
        field("DueDate", Kind::Date).queryable(),
        BALANCE,
        ignored("InvoiceLink"),
        ignored("invoiceStatus"),
        ignored("invoiceStatusLog"),
        ignored("callToAction"),
        ignored("ECloudStatusTimeStamp"),
        ignored("EInvoiceStatus"),
        ignored("TxnStatus"),
        uncovered("ConvenienceFeeDetail"),
        uncovered("Deposit"),
        uncovered("DepositToAccountRef"),
        uncovered("InvoiceEx"),
        uncovered("LessCIS"),
        uncovered("PaymentDetailsMessage"),
        uncovered("PaymentMethodRef"),
        uncovered("PaymentRefNum"),
        uncovered("PaymentType"),
    ];
    joined::<{ OWN.len() + COMMON.len() }>(OWN, COMMON)
});

pub(super) static CREDIT_MEMO: Entity = form("CreditMemo", &{
    const OWN: &[Field] = &[
        reference("CustomerRef", "Customer").required().queryable(),
        LINKS,
        BALANCE,
        field("RemainingCredit", Kind::Amount).read_only(),
        reference("SalesTermRef", "Term"),
        reference("PaymentMethodRef", "PaymentMethod"),
        ignored("InvoiceRef"),
        ignored("TxnStatus"),
        uncovered("CreditMemoEx"),
        uncovered("DepositToAccountRef"),
        uncovered("PaymentRefNum"),
        uncovered("PaymentType"),
    ];
    joined::<{ OWN.len() + COMMON.len() }>(OWN, COMMON)
});

pub(super) static SALES_RECEIPT: Entity = form("SalesReceipt", &{
    const OWN: &[Field] = &[
        reference("CustomerRef", "Customer").queryable(),
        LINKS,
        BALANCE,
        reference("PaymentMethodRef", "PaymentMethod"),
        field("PaymentRefNum", Kind::Text(21)),
        reference("DepositToAccountRef", "Account"),
        ignored("TxnStatus"),
        uncovered("CheckPayment"),
        uncovered("CreditCardPayment"),
        uncovered("PaymentType"),
        uncovered("SalesReceiptEx"),
    ];
    joined::<{ OWN.len() + COMMON.len() }>(OWN, COMMON)
});

pub(super) static REFUND_RECEIPT: Entity = form("RefundReceipt", &{
    const OWN: &[Field] = &[
        reference("CustomerRef", "Customer").queryable(),
        LINKS,
        BALANCE,
        reference("PaymentMethodRef", "PaymentMethod"),
        field("PaymentRefNum", Kind::Text(100)),
        field(
            "PaymentType",
            Kind::OneOf(&["Cash", "Check", "CreditCard", "Other"]),
        ),
        reference("DepositToAccountRef", "Account").required(),
        ignored("TxnStatus"),
        uncovered("CheckPayment"),
        uncovered("CreditCardPayment"),
        uncovered("RefundReceiptEx"),
    ];
    joined::<{ OWN.len() + COMMON.len() }>(OWN, COMMON)
});

/// People make estimates; an app can read them here.
pub(super) static ESTIMATE: Entity = form("Estimate", &{
    const OWN: &[Field] = &[
        reference("CustomerRef", "Customer").required().queryable(),
        LINKS,
        field(
            "TxnStatus",
            Kind::OneOf(&["Pending", "Accepted", "Closed", "Rejected", "Converted"]),
        )
        .or_text("Pending"),
        field("ExpirationDate", Kind::Date),
        field("AcceptedBy", Kind::Text(UNLIMITED)),
        field("AcceptedDate", Kind::Date),
    ];
    joined::<{ OWN.len() + COMMON.len() }>(OWN, COMMON)
});

static CUSTOM_FIELD: Shape = Shape {
    class: "CustomField",
    fields: &[
        field("DefinitionId", Kind::Text(20)).required(),
        ignored("Name"),
        field("Type", Kind::OneOf(&["StringType"])),
        field("StringValue", Kind::Text(31)),
        uncovered("BooleanValue"),
        uncovered("DateValue"),
        uncovered("NumberValue"),
    ],
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
                "SalesItemLineDetail",
                "SubTotalLineDetail",
                "DiscountLineDetail",
                "DescriptionOnly",
                "GroupLineDetail",
            ]),
        )
        .required(),
        field("SalesItemLineDetail", Kind::Object(&SALES_ITEM)),
        field("DiscountLineDetail", Kind::Object(&DISCOUNT)),
        field("DescriptionLineDetail", Kind::Object(&DESCRIPTION)),
        ignored("SubTotalLineDetail"),
        uncovered("GroupLineDetail"),
        uncovered("LinkedTxn"),
        uncovered("Received"),
        uncovered("ProjectRef"),
        uncovered("CustomField"),
        uncovered("CustomExtensions"),
        uncovered("AccountBasedExpenseLineDetail"),
        uncovered("DepositLineDetail"),
        uncovered("ItemBasedExpenseLineDetail"),
        uncovered("JournalEntryLineDetail"),
        uncovered("PaymentLineDetail"),
        uncovered("PurchaseOrderItemLineDetail"),
        uncovered("TDSLineDetail"),
        uncovered("TaxLineDetail"),
        uncovered("LineEx"),
    ],
};

static SALES_ITEM: Shape = Shape {
    class: "SalesItemLineDetail",
    fields: &[
        reference("ItemRef", "Item"),
        reference("ClassRef", "Class"),
        field("ServiceDate", Kind::Date),
        field("UnitPrice", Kind::Number),
        field("Qty", Kind::Number),
        LINE_TAX_CODE,
        ignored("ItemAccountRef"),
        ignored("TaxInclusiveAmt"),
        uncovered("DeferredRevenue"),
        uncovered("DiscountAmt"),
        uncovered("DiscountRate"),
        uncovered("MarkupInfo"),
        uncovered("PriceLevelRef"),
        uncovered("RatePercent"),
        uncovered("SalesItemLineDetailEx"),
        uncovered("TaxClassificationRef"),
        uncovered("UOMRef"),
    ],
};

static DISCOUNT: Shape = Shape {
    class: "DiscountLineDetail",
    fields: &[
        field("PercentBased", Kind::Bool).or_bool(false),
        field("DiscountPercent", Kind::Number),
        reference("DiscountAccountRef", "Account"),
        reference("ClassRef", "Class"),
        uncovered("Discount"),
        uncovered("DiscountRef"),
        uncovered("ServiceDate"),
        uncovered("TaxCodeRef"),
    ],
};

static DESCRIPTION: Shape = Shape {
    class: "DescriptionLineDetail",
    fields: &[field("ServiceDate", Kind::Date), LINE_TAX_CODE],
};

const LINE_TAX_CODE: Field = field("TaxCodeRef", Kind::Reference(Target::LineTaxCode));
