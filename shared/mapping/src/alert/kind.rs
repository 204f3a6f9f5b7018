use strum::{EnumIter, IntoStaticStr};

/// The types of alerts. Their names are stored: none is ever changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AlertKind {
    /// The job has something on it that this version cannot put into QuickBooks correctly.
    NotSupported,
    /// The invoice number is longer than QuickBooks allows (N5).
    NumberTooLong,
    /// Neither the invoice nor its job has a number (N4, N5).
    NumberMissing,
    /// The invoice number is taken in QuickBooks by a document that is not ours (N8).
    DuplicateInvoiceNumber,
    /// The invoice number is taken in QuickBooks by a credit memo (N8).
    DuplicateCreditMemoNumber,
    /// QuickBooks has an invoice with this number, customer and total that is not ours: perhaps it is the same (T12).
    LinkableInvoice,
    /// A QuickBooks customer of that name exists, and its contact data contradict ours (C6).
    CustomerMatchAmbiguous,
    /// The QuickBooks customer of that name belongs to another Housecall Pro customer (C6).
    LinkedCustomerMatch,
    /// Two customers were merged in one of the systems, and both are linked (C12).
    CustomersMerged,
    /// A vendor or employee has the name (C7).
    NameTaken,
    /// A QuickBooks item has the name and cannot be matched (I3).
    ItemNameTaken,
    /// A category of materials cannot be made, since QuickBooks gave its name to something else (I4).
    CategoryNameTaken,
    /// A category of materials was deleted or made inactive in QuickBooks (I4).
    CategoryInactive,
    /// Tips or card surcharges are to be booked as what is owed, and QuickBooks has no account for it (L4).
    NoLiabilityAccount,
    /// QuickBooks does not take an account that holds what is owed on the item of tips or surcharges (L4).
    LiabilityRefused,
    /// The invoice has no job, and its customer could not be found (P6).
    InvoiceWithoutCustomer,
    /// The job has no customer in Housecall Pro.
    JobWithoutCustomer,
    /// The lines of the job do not add up to its total in Housecall Pro.
    LinesDoNotAddUp,
    /// There is sales tax, and no line of the job is taxable (L2).
    TaxWithoutLine,
    /// There is sales tax, and QuickBooks is set to charge none (X1).
    SalesTaxOff,
    /// No single tax code of QuickBooks makes the tax (X2).
    TaxRateUnmapped,
    /// There is a discount, and QuickBooks is set not to allow any (L3).
    DiscountsOff,
    /// The totals of the two systems differ (X4).
    TotalMismatch,
    /// The date lies in a closed period (S6).
    ClosedPeriod,
    /// The QuickBooks document was deleted or voided by hand (R8).
    DocumentGone,
    /// The customer was deleted or made inactive in QuickBooks (C10).
    CustomerInactive,
    /// A product or service was deleted or made inactive in QuickBooks.
    ItemInactive,
    /// A service and a material of one name, where QuickBooks has one item (I7).
    ItemInBothBooks,
    /// Something else that the invoice uses is gone or inactive in QuickBooks.
    InactiveInQuickbooks,
    /// QuickBooks refused for a reason that has no type of its own (S5).
    QuickbooksRefused,
    /// The QuickBooks subscription has ended: the company can only be read.
    QuickbooksReadOnly,
    /// QuickBooks no longer accepts the connection (S7).
    Reconnect,
    /// QuickBooks has documents that came from here, and our records of them are lost (V15).
    RecordsLost,
    /// Intuit does not know the app by the client id and client secret that are stored (S7).
    AppKeysRefused,
    /// Housecall Pro no longer accepts the API key.
    HousecallUnauthorized,
    /// Housecall Pro refused a request, or sent something unreadable.
    HousecallRefused,
    /// Housecall Pro tells a field that a rule needs in a form that is not known (V24).
    FieldUnreadable,
    /// Housecall Pro told a field in a form that is not known, and the job was sent without it (V24).
    FieldLeftOut,
    /// Housecall Pro tells a part of the price book in a form that is not known (I4, V24).
    PriceBookUnreadable,
    /// A person pushed a job by hand that has not a single line (T9).
    NoLines,
    /// A person pushed a job by hand that is cancelled, deleted or unknown in Housecall Pro (U2).
    PushedButRemoved,
    /// What changed of a customer was not taken by QuickBooks (T5).
    CustomerNotUpdated,
    /// QuickBooks paid invoices with credit of a customer by itself (P4).
    CreditApplied,
    /// A job or an invoice was removed in Housecall Pro; its QuickBooks invoice is still there (T7).
    RemovedInHousecall,
    /// The QuickBooks invoice of something that was removed could not be voided (T7).
    VoidRefused,
    /// It cannot be told what the invoices of the job are: deposit, main invoice, progress invoices (N7).
    InvoicingUnclear,
    /// A taxed invoice bills something that is no line of the job (L2).
    UnknownLine,
    /// Housecall Pro said that something happened, and its records do not show it.
    RecordLags,
    /// Housecall Pro answers nobody (S10).
    HousecallAway,
    /// QuickBooks answers nobody (S10).
    QuickbooksAway,
    /// What people did in QuickBooks, or with the documents of one job there, cannot be looked at (R1).
    PullFails,
    /// One document fails for long while others do not (S10).
    KeepsFailing,
    /// Housecall Pro does not tell a payment so that it can be sent (P2).
    PaymentUnusable,
    /// The invoice of a payment was removed (P4).
    PaymentWithoutInvoice,
    /// Somebody may have entered a payment in QuickBooks already (R3).
    PaymentMaybeInQuickbooks,
    /// A payment is more than what was left to pay (P4).
    Overpayment,
    /// QuickBooks did not apply a payment as it was sent (P1, R3).
    PaymentNotApplied,
    /// A payment changed in Housecall Pro after it was sent (P8).
    PaymentChanged,
    /// A payment was changed in QuickBooks by hand after it was sent (R4).
    PaymentChangedInQuickbooks,
    /// A payment was deleted in Housecall Pro after it was sent (P8).
    PaymentRemoved,
    /// A payment was given back by the bank after it was sent (P8).
    PaymentReturned,
    /// A payment was deleted or voided in QuickBooks by hand (R4).
    PaymentGone,
    /// Housecall Pro does not tell a refund so that it can be sent (P5).
    RefundUnusable,
    /// A refund is more than what was paid (P5).
    RefundMoreThanPaid,
    /// A refund is more than what its payment and its invoice have left in QuickBooks (P5).
    RefundNotApplied,
    /// QuickBooks does not tell the account of the payment that a refund gives back (P5).
    RefundWithoutAccount,
    /// The receipt of a refund comes to something else in QuickBooks (P5).
    RefundDiffers,
    /// A refund became a receipt, since its payment could not be lowered (P5).
    RefundNotReopened,
    /// Somebody may have entered a receipt or an expense for a refund in QuickBooks already (P5).
    RefundMaybeInQuickbooks,
    /// The expense by which a refund gave credit back is not tied to its payment (P5).
    RefundNotTied,
    /// What a refund was in QuickBooks was deleted or voided there by hand (R4).
    RefundGone,
}

impl AlertKind {
    /// Those that ask whether money is the same as what QuickBooks has, or other money (R3, R4, P5).
    pub const ASKING: [Self; 8] = [
        Self::PaymentMaybeInQuickbooks,
        Self::PaymentWithoutInvoice,
        Self::PaymentGone,
        Self::RefundMaybeInQuickbooks,
        Self::RefundMoreThanPaid,
        Self::RefundNotApplied,
        Self::RefundWithoutAccount,
        Self::RefundGone,
    ];

    /// Those that are about a customer, and not about a job or an address of theirs.
    pub const OF_CUSTOMERS: [Self; 3] = [
        Self::CustomerInactive,
        Self::CustomerNotUpdated,
        Self::CreditApplied,
    ];

    /// The name that alerts of this type are stored under.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether a setting in QuickBooks may have caused it that was changed since we read it.
    pub(super) fn depends_on_setup(self) -> bool {
        matches!(
            self,
            Self::SalesTaxOff
                | Self::TaxRateUnmapped
                | Self::DiscountsOff
                | Self::ClosedPeriod
                | Self::NoLiabilityAccount
                | Self::LiabilityRefused
                | Self::InactiveInQuickbooks
                | Self::QuickbooksRefused
        )
    }
}
