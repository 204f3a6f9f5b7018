//! What a sandbox company is like, and what it does where nobody knows what QuickBooks does.

use std::{fmt, path::PathBuf, time::Duration};

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Clock, webhooks::Webhook};

/// How to start a sandbox.
#[derive(Clone)]
pub struct Options {
    /// Company id (`realmId`); calls for another one are answered 403.
    pub realm: String,
    /// OAuth client id of the app.
    pub client_id: String,
    /// OAuth client secret of the app.
    pub client_secret: String,
    /// The refresh token that the app holds at the start.
    pub refresh_token: String,
    /// Where the app may send users back to, to the letter; with none, anywhere.
    pub redirect_uris: Vec<String>,
    /// Who connects the app, as `userinfo` tells it.
    pub user: User,
    /// Whether 500 calls a minute, 10 a second and 40 batches a minute are enforced.
    pub limits: bool,
    /// Where changes are told.
    pub webhook: Option<Webhook>,
    /// Where the company is kept; [`crate::Sandbox::open`] does not look at it.
    pub company_file: Option<PathBuf>,
    /// Seed of the failures that happen by chance.
    pub seed: u64,
    /// The time.
    pub clock: Clock,
    /// A new refresh token with every refresh instead of once in 24 hours.
    pub rotate_always: bool,
    /// A rotated refresh token that is used again kills the connection.
    pub punish_reuse: bool,
    /// The company's settings.
    pub company: Company,
    /// Behaviour that no source settles.
    pub doubts: Doubts,
}

/// Leaves the secret and the token out.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("realm", &self.realm)
            .field("client_id", &self.client_id)
            .field("limits", &self.limits)
            .field("clock", &self.clock)
            .field("rotate_always", &self.rotate_always)
            .field("punish_reuse", &self.punish_reuse)
            .field("company", &self.company)
            .field("doubts", &self.doubts)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            realm: "9341453000000001".to_owned(),
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
            refresh_token: "sandbox-refresh".to_owned(),
            redirect_uris: Vec::new(),
            user: User::default(),
            limits: true,
            webhook: None,
            company_file: None,
            seed: 0,
            clock: Clock::real(),
            rotate_always: false,
            punish_reuse: false,
            company: Company::default(),
            doubts: Doubts::default(),
        }
    }
}

/// The person who owns the company.
#[derive(Clone, Debug)]
pub struct User {
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number.
    pub phone: String,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
}

impl Default for User {
    fn default() -> Self {
        Self {
            given_name: "Sandbox".to_owned(),
            family_name: "Owner".to_owned(),
            email: "owner@example.com".to_owned(),
            phone: "+1 6505550100".to_owned(),
            street: "1 Sandbox Street".to_owned(),
            city: "Mountain View".to_owned(),
            state: "CA".to_owned(),
            postal_code: "94043".to_owned(),
        }
    }
}

/// A company's settings, as its owner would set them in QuickBooks.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Company {
    /// Name in `CompanyInfo`.
    pub name: String,
    /// Zone of dates and of every printed time.
    #[serde(with = "zone_name")]
    pub time_zone: TimeZone,
    /// `CustomTxnNumbers`: the app numbers documents; one without a number gets none.
    pub custom_txn_numbers: bool,
    /// Warn about a document number that is taken (not readable through the API). Works only with
    /// `custom_txn_numbers`.
    pub warn_duplicate_numbers: bool,
    /// Books are closed up to and with this day.
    pub book_close_date: Option<Date>,
    /// A password lets people change what is closed. An app never can.
    pub book_close_password: bool,
    /// `AllowDiscount`: sales forms may have a discount line.
    pub allow_discount: bool,
    /// `AutoApplyCredit`: QuickBooks itself links a new invoice to the open credits of its customer, and a new
    /// credit to the open invoices, by a payment without money.
    pub auto_apply_credit: bool,
    /// `ETransactionPaymentEnabled`: customers may pay invoices online.
    pub online_payments: bool,
    /// How sales tax is handled.
    pub sales_tax: SalesTax,
    /// Names of the custom fields of sales forms; QuickBooks has three.
    pub custom_fields: Vec<String>,
    /// Whether and where documents carry a class.
    pub class_tracking: ClassTracking,
    /// `TrackDepartments`: documents carry a location.
    pub track_departments: bool,
    /// The subscription has ended: the company can be read only.
    pub lapsed: bool,
    /// How long a new object stays invisible to queries.
    #[serde(with = "milliseconds")]
    pub query_lag: Duration,
}

impl Default for Company {
    fn default() -> Self {
        Self {
            name: "Sandbox Company".to_owned(),
            time_zone: TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC),
            custom_txn_numbers: false,
            warn_duplicate_numbers: true,
            book_close_date: None,
            book_close_password: true,
            allow_discount: true,
            auto_apply_credit: false,
            online_payments: false,
            sales_tax: SalesTax::Off,
            custom_fields: Vec::new(),
            class_tracking: ClassTracking::Off,
            track_departments: false,
            lapsed: false,
            query_lag: Duration::ZERO,
        }
    }
}

/// A zone by its name.
mod zone_name {
    use jiff::tz::TimeZone;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(zone: &TimeZone, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(zone.iana_name().unwrap_or("UTC"))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<TimeZone, D::Error> {
        let name = String::deserialize(from)?;
        TimeZone::get(&name).map_err(|_| D::Error::custom(format!("{name} is not a time zone")))
    }
}

/// A duration as a whole number.
mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

/// Where documents carry a class.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassTracking {
    /// Nowhere.
    Off,
    /// `ClassTrackingPerTxn`: one for a document.
    PerTxn,
    /// `ClassTrackingPerTxnLine`: one for each line.
    PerTxnLine,
}

/// How a company handles sales tax.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SalesTax {
    /// `UsingSalesTax` is false; tax in a request is ignored.
    Off,
    /// Tax codes kept by hand, as companies before November 2017 have it: a document names its code.
    Manual,
    /// Automated sales tax: the address that a document ships to decides. The company collects in California
    /// and in Arizona.
    Automated,
}

/// Behaviour that is a guess. The defaults are the harder one for a client.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Doubts {
    /// `:`, tab and newline in names are refused with 6000.
    pub refuse_name_characters: bool,
    /// An inactive customer, item, account or term in a reference is refused with this code.
    pub inactive_reference: InactiveReference,
    /// The outcome of a refused write is remembered for its `requestid` too.
    pub remember_refusals: bool,
    /// A `requestid` that comes again with another body is refused with 600; otherwise it is answered with
    /// the first response.
    pub refuse_changed_repeat: bool,
    /// A write whose `requestid` came before is answered with the first response; otherwise it is done again, as
    /// one public issue says of payments.
    pub honour_request_ids: bool,
    /// An update that changes nothing still moves the `SyncToken`. Deactivating what is inactive never
    /// does (recorded).
    pub idle_update_moves_token: bool,
    /// A customer with an open balance cannot be made inactive (6220).
    pub refuse_deactivation_with_balance: bool,
    /// Reactivating without a name takes ` (deleted)` off again; otherwise it stays in the name.
    pub reactivation_restores_name: bool,
    /// 429 comes in XML whatever was asked for; otherwise in the JSON of the gateway.
    pub throttle_in_xml: bool,
    /// Change data capture looks back 30 days and no further; otherwise it answers, as a company did in 2020.
    pub refuse_old_changes: bool,
    /// Webhooks tell of a list entry that was made inactive as deleted; otherwise as updated.
    pub inactive_is_told_as_deleted: bool,
    /// The word for a void in the type of a CloudEvent.
    pub void_event: VoidEvent,
    /// CloudEvents say that their data are JSON; otherwise `datacontenttype` is left out.
    pub events_tell_content_type: bool,
    /// The data of CloudEvents have `alternative_ids`; otherwise they are empty.
    pub events_tell_alternative_ids: bool,
    /// Webhooks wait until the one before them was taken; otherwise only the failed one waits.
    pub webhooks_keep_their_order: bool,
    /// A class or a location cannot be created while the company does not use them (5030).
    pub lists_need_their_feature: bool,
    /// A class or a location on a document is refused while the company does not use them there (5030);
    /// otherwise it is dropped.
    pub references_need_their_feature: bool,
    /// A list of properties in a query shows only these, in sparse objects; otherwise whole ones are shown, as
    /// an Intuit blog of 2017 has it.
    pub select_lists: bool,
    /// How long an authorization code can be exchanged.
    #[serde(with = "milliseconds")]
    pub code_life: Duration,
    /// `null` in a sparse update clears the field; otherwise it counts as not sent.
    pub sparse_null_clears: bool,
    /// A payment or a deposit moves the `SyncToken` of the documents that it is linked to, and a change of
    /// an invoice that of its payments.
    pub links_move_token: bool,
    /// Merging two customers moves the `SyncToken` of the documents that go to the other one.
    pub merge_moves_token: bool,
    /// How a payment is refused that is applied to another customer's document, or to one that has nothing
    /// open; and a deposit of a document that is missing or cannot be deposited.
    pub bad_link: LinkRefusal,
    /// How a payment is refused whose lines come to more than a document has open, or than its total.
    pub over_applied: LinkRefusal,
    /// What becomes of what a payment has for a document beyond what that has open.
    pub payment_above_balance: UnlinkedMoney,
    /// What becomes of what a payment has for another customer's document.
    pub foreign_link: UnlinkedMoney,
    /// What becomes of payments when an app lowers an invoice's total below what is paid.
    pub overpaid_invoice: UnlinkedMoney,
    /// What becomes of payments when an app voids their invoice.
    pub voided_paid_invoice: UnlinkedMoney,
    /// What becomes of payments when an app deletes their invoice.
    pub deleted_paid_invoice: UnlinkedMoney,
    /// Closed books without a password are refused with 6200, as the table of codes has it; otherwise with
    /// 6210 too, as everywhere else.
    pub closed_books_without_password_is_6200: bool,
    /// An amount of tax that was sent to automated sales tax stays when the document is changed without one;
    /// otherwise the tax is worked out anew.
    pub tax_override_survives_edit: bool,
    /// What becomes of an amount that was sent with a code where automated sales tax collects none, and for an
    /// exempt customer.
    pub uncollected_tax: UncollectedTax,
    /// A deposit shows the lines that take payments to the bank without their cents, as in recordings of 2014; its
    /// total has them.
    pub deposit_lines_lose_cents: bool,
    /// Automated sales tax works its own amount out, whatever amount was sent.
    pub automated_tax_overrides: bool,
    /// Invoices, sales receipts, refund receipts, credit memos and estimates share one space of document
    /// numbers; otherwise each has its own.
    pub numbers_are_shared: bool,
    /// The name of an item or a category is taken by any other; otherwise only by one in the same category, as
    /// the list of products in the browser suggests.
    pub item_names_are_unique: bool,
    /// An app cannot book an item to an account that holds what is owed (6430); otherwise it can, as a person in
    /// the browser.
    pub refuse_liability_items: bool,
    /// A query with a character outside Latin 1 cannot be read (4000), as the issues of several clients have it;
    /// otherwise it can, as Intuit says since 2022.
    pub queries_take_latin_1_only: bool,
}

/// The code for a link that cannot be made; both are documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkRefusal {
    /// `Txn ID Cannot Be Linked`
    Code620,
    /// A business validation error
    Code6000,
}

/// What becomes of the part of a payment that its document does not take, or gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnlinkedMoney {
    /// The payment keeps it as not applied, without a word.
    Unapply,
    /// The call is refused.
    Refuse,
}

/// The word for a void in the type of a CloudEvent; both were seen.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidEvent {
    /// `qbo.payment.void.v1`, as Intuit's configuration page has it.
    Void,
    /// `qbo.payment.voided.v1`
    Voided,
}

/// What becomes of an amount of tax where none is collected.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UncollectedTax {
    /// The document has no tax.
    Drop,
    /// The document has it, under the code that came with it.
    Keep,
}

/// The code for an inactive object in a reference; both are documented.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InactiveReference {
    /// `Invalid Reference Id`
    Code2500,
    /// `Object Not Found`
    Code610,
}

impl Default for Doubts {
    fn default() -> Self {
        Self {
            refuse_name_characters: true,
            inactive_reference: InactiveReference::Code2500,
            remember_refusals: true,
            refuse_changed_repeat: false,
            honour_request_ids: true,
            idle_update_moves_token: true,
            refuse_deactivation_with_balance: true,
            reactivation_restores_name: false,
            throttle_in_xml: true,
            refuse_old_changes: true,
            inactive_is_told_as_deleted: true,
            void_event: VoidEvent::Void,
            events_tell_content_type: false,
            events_tell_alternative_ids: true,
            webhooks_keep_their_order: true,
            lists_need_their_feature: true,
            references_need_their_feature: true,
            select_lists: true,
            code_life: Duration::from_secs(600),
            sparse_null_clears: false,
            links_move_token: true,
            merge_moves_token: true,
            bad_link: LinkRefusal::Code620,
            over_applied: LinkRefusal::Code6000,
            payment_above_balance: UnlinkedMoney::Unapply,
            foreign_link: UnlinkedMoney::Unapply,
            overpaid_invoice: UnlinkedMoney::Unapply,
            voided_paid_invoice: UnlinkedMoney::Unapply,
            deleted_paid_invoice: UnlinkedMoney::Refuse,
            closed_books_without_password_is_6200: false,
            tax_override_survives_edit: false,
            uncollected_tax: UncollectedTax::Drop,
            deposit_lines_lose_cents: false,
            automated_tax_overrides: false,
            numbers_are_shared: true,
            item_names_are_unique: true,
            refuse_liability_items: true,
            queries_take_latin_1_only: true,
        }
    }
}
