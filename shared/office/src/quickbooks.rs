//! How QuickBooks is set up, as it was read last: what items, payments, taxes and classes can be mapped to.

use jiff::Timestamp;
use mapping::{ListEntry, TaxCode};
use store::{Accounts, NamedId, Preferences};
use sync::{NotDone, World};

use crate::{Caller, Office, Operation};

/// How QuickBooks is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickbooksView {
    /// When it was read last.
    pub read_at: Option<Timestamp>,
    /// The settings there that decide how it treats an invoice.
    pub preferences: Preferences,
    /// Where new items are booked.
    pub accounts: Accounts,
    /// The income accounts.
    pub income_accounts: Vec<NamedId>,
    /// The accounts that payments can be deposited to.
    pub money_accounts: Vec<NamedId>,
    /// The sales tax codes.
    pub tax_codes: Vec<TaxCode>,
    /// The classes.
    pub classes: Vec<ListEntry>,
    /// The methods of payment.
    pub payment_methods: Vec<ListEntry>,
}

impl<W: World> Office<W> {
    /// How the QuickBooks of the caller's company is set up, as it was read last.
    ///
    /// # Errors
    /// [`Declined::NotAllowed`](sync::Declined::NotAllowed), or when the table does not answer.
    pub async fn quickbooks(&self, caller: &Caller) -> Result<QuickbooksView, NotDone> {
        caller.may(Operation::SeeSettings)?;
        let connection = self.engine.company(caller.company()).await?.connection;
        Ok(QuickbooksView {
            read_at: connection.read_at,
            preferences: connection.preferences,
            accounts: connection.accounts,
            income_accounts: connection.income_accounts,
            money_accounts: connection.money_accounts,
            tax_codes: connection.tax_codes,
            classes: connection.classes,
            payment_methods: connection.payment_methods,
        })
    }
}
