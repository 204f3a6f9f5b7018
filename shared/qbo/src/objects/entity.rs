use serde::{Serialize, de::DeserializeOwned};

use super::{
    Account, Class, CompanyInfo, CreditMemo, Customer, Employee, Estimate, Id, Invoice, Item,
    Payment, PaymentMethod, Preferences, Purchase, RefundReceipt, SalesReceipt, SyncToken, TaxCode,
    TaxRate, Term, Vendor,
};

/// Something with an address of its own in the API.
pub trait Entity: Serialize + DeserializeOwned + Clone {
    /// Name in bodies and queries: `Customer`.
    const NAME: &'static str;
    /// Name in paths: `customer`.
    const PATH: &'static str;

    /// Who it is; `None` before it is created.
    fn id(&self) -> Option<&Id>;

    /// Which version of it this is; `None` before it is created.
    fn sync_token(&self) -> Option<&SyncToken>;

    /// Sets or clears both.
    fn set_identity(&mut self, identity: Option<(Id, SyncToken)>);
}

macro_rules! entity {
    ($($type:ident $path:literal),* $(,)?) => {$(
        impl Entity for $type {
            const NAME: &'static str = stringify!($type);
            const PATH: &'static str = $path;

            fn id(&self) -> Option<&Id> {
                self.id.as_ref()
            }

            fn sync_token(&self) -> Option<&SyncToken> {
                self.sync_token.as_ref()
            }

            fn set_identity(&mut self, identity: Option<(Id, SyncToken)>) {
                (self.id, self.sync_token) = identity.unzip();
            }
        }
    )*};
}

entity! {
    Account "account",
    Class "class",
    CompanyInfo "companyinfo",
    CreditMemo "creditmemo",
    Customer "customer",
    Employee "employee",
    Estimate "estimate",
    Invoice "invoice",
    Item "item",
    Payment "payment",
    PaymentMethod "paymentmethod",
    Preferences "preferences",
    Purchase "purchase",
    RefundReceipt "refundreceipt",
    SalesReceipt "salesreceipt",
    TaxCode "taxcode",
    TaxRate "taxrate",
    Term "term",
    Vendor "vendor",
}
