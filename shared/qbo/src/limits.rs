//! How long QuickBooks lets texts be, in characters, and how much one call may hold.
//!
//! Source: Intuit's reference of the Accounting API (2023, compared with 2026 where both were at
//! hand). A longer text is refused with 2050.

/// Customer, vendor and employee: `DisplayName`.
pub const DISPLAY_NAME: usize = 500;
/// `GivenName`, `MiddleName`, `FamilyName`, each.
pub const PERSON_NAME: usize = 100;
/// `Title` and `Suffix`, each.
pub const TITLE: usize = 16;
/// `CompanyName` of a customer.
pub const COMPANY_NAME: usize = 100;
/// `PrintOnCheckName`.
pub const PRINT_ON_CHECK_NAME: usize = 110;
/// `Notes` of a customer.
pub const NOTES: usize = 2_000;
/// `FreeFormNumber` of a telephone.
pub const PHONE: usize = 30;
/// `Address` of an e-mail.
pub const EMAIL: usize = 100;
/// `Line1` to `Line5` of an address, each.
pub const ADDRESS_LINE: usize = 500;
/// `Line1` to `Line5` of an address, together.
pub const ADDRESS_LINES: usize = 2_000;
/// `City`, `Country` and `CountrySubDivisionCode`, each.
pub const CITY: usize = 255;
/// `PostalCode`.
pub const POSTAL_CODE: usize = 30;
/// `Name` of an item.
pub const ITEM_NAME: usize = 100;
/// `Description` of an item or a line.
pub const DESCRIPTION: usize = 4_000;
/// `PurchaseDesc` of an item.
pub const PURCHASE_DESCRIPTION: usize = 1_000;
/// `Sku` of an item.
pub const SKU: usize = 100;
/// `Name` of a term.
pub const TERM_NAME: usize = 31;
/// `Name` of a class.
pub const CLASS_NAME: usize = 100;
/// `Name` of a payment method.
pub const PAYMENT_METHOD_NAME: usize = 31;
/// `DocNumber`.
pub const DOC_NUMBER: usize = 21;
/// Reference number of a payment: no length is documented; the form in the browser takes so many.
pub const PAYMENT_REF_NUM: usize = 21;
/// `PrivateNote`.
pub const PRIVATE_NOTE: usize = 4_000;
/// `CustomerMemo.value`.
pub const CUSTOMER_MEMO: usize = 1_000;
/// `requestid` of one call.
pub const REQUEST_ID: usize = 50;
/// `requestid` of a batch.
pub const BATCH_REQUEST_ID: usize = 36;
/// `bId` of an item in a batch that has a `requestid`.
pub const BATCH_ID: usize = 10;
/// Items of a batch. Intuit recommends it as the maximum; more are refused with 1040.
pub const BATCH_ITEMS: usize = 30;
/// Objects that change data capture tells at once, of all kinds together.
pub const CHANGES: usize = 1_000;
/// Days that change data capture looks back.
pub const CHANGES_DAYS: i64 = 30;
/// Rows of one page of a query; 100 when not asked for.
pub const QUERY_ROWS: u16 = 1_000;
/// Lines of a document that is not taxed.
pub const LINES: usize = 10_000;
/// Lines of a taxed document.
pub const TAXED_LINES: usize = 750;
