//! The customers of a company: who is linked to whom in QuickBooks and why, of whom that is not clear, and who is linked to nobody.

use hcp::CustomerId;
use ledger::Slot;
use mapping::{
    Matched,
    alert::AlertKind,
    customer::{self, Memory},
};
use store::{AlertRecord, Stored, places};
use sync::{NotDone, World};

use crate::{AlertView, Caller, Office, Operation, Paging, Rows};

/// Which customers are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomersBy {
    /// Those who are linked and whose names begin so, in the order of the names.
    Linked(String),
    /// The same of those who are linked to nobody: of whom nothing was sent yet, or whose link a person took away.
    Unlinked(String),
    /// Those of whom a person must say who they are (C6), as open alerts tell; the latest first.
    Ambiguous,
    /// Those whose one in QuickBooks is linked to another customer (C6), as open alerts tell; the latest first.
    HeldByAnother,
}

/// A customer.
#[derive(Clone, Debug)]
pub enum CustomerRow {
    /// As they are stored.
    Known(Box<KnownCustomer>),
    /// As an open alert tells of them.
    Asked(Box<AlertView>),
}

/// A customer, as they are stored.
#[derive(Clone, Debug)]
pub struct KnownCustomer {
    /// Who it is in Housecall Pro.
    pub id: CustomerId,
    /// Their name there.
    pub name: Option<String>,
    /// What was sent of them last; none: nothing was.
    pub sent: Option<qbo::Customer>,
    /// What their e-mail field holds beside the address that QuickBooks has (C2).
    pub emails: Vec<String>,
    /// Who it is in QuickBooks, by the id there.
    pub linked: Option<qbo::Id>,
    /// The name there, where one was found and not made from here; and the evidence.
    pub matched: Option<Matched>,
}

impl<W: World> Office<W> {
    /// A page of the customers of the caller's company who were seen here.
    ///
    /// # Errors
    /// [`Declined::NotUsable`](sync::Declined::NotUsable) when the cursor is none of this list, or the table does not answer.
    pub async fn customers(
        &self,
        caller: &Caller,
        by: &CustomersBy,
        paging: &Paging,
    ) -> Result<Rows<CustomerRow>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let books = self.books(caller.company()).await?;
        let kind = match by {
            CustomersBy::Linked(name) => {
                let list = books.customers_named(true, name);
                return self.rows(list, paging, known).await;
            }
            CustomersBy::Unlinked(name) => {
                let list = books.customers_named(false, name);
                return self.rows(list, paging, known).await;
            }
            CustomersBy::Ambiguous => AlertKind::CustomerMatchAmbiguous,
            CustomersBy::HeldByAnother => AlertKind::LinkedCustomerMatch,
        };
        let list = books.alerts_of_type(true, kind.name()).backwards();
        let asked = |alert: Stored<AlertRecord>| {
            Some(CustomerRow::Asked(Box::new(AlertView::of(alert.value))))
        };
        self.rows(list, paging, asked).await
    }
}

fn known(slot: Stored<Slot<customer::Memory>>) -> Option<CustomerRow> {
    let id = slot.key.sort.strip_prefix("slot#customer#")?;
    let id = CustomerId::parse(id).ok()?;
    let slot = slot.value;
    let link = slot.link();
    let sent = link.and_then(|link| link.last_written.as_ref());
    let sent = sent.and_then(|sent| serde_json::from_str::<qbo::Customer>(sent.get()).ok());
    let linked = link.map(|link| link.id.clone());
    let name = match &sent {
        Some(sent) => places::customer_name(&slot.memory, sent).map(str::to_owned),
        None => slot.memory.original.clone(),
    };
    let Memory {
        emails, matched, ..
    } = slot.memory;
    Some(CustomerRow::Known(Box::new(KnownCustomer {
        id,
        name,
        sent,
        emails,
        linked,
        matched,
    })))
}
