use qbo::{Ref, SalesReceipt};

use super::Memory;
use crate::{
    Marker,
    kind::{self, Family, Found, Kind, LookUp, Reread},
};

impl Kind for SalesReceipt {
    type Memory = Memory;

    const FAMILY: Family = Family::Transaction;
    /// It has no number of its own, and QuickBooks finds none by its reference.
    const KEY: &'static str = "TxnDate";
    const KEY_IS_UNIQUE: bool = false;

    fn key(&self) -> Option<String> {
        self.txn_date.map(|date| date.to_string())
    }

    fn references(&mut self) -> Vec<&mut Ref> {
        self.payment_method_ref.iter_mut().collect()
    }

    /// Its slot is asked, and not who has its date.
    fn look_up(&self) -> LookUp {
        LookUp::Nothing
    }

    /// By the marker of its slot alone: two genuine ones may agree in everything else.
    fn find(&self, rows: &[Self], marker: &Marker) -> Found<Self> {
        kind::by_marker(self, rows, marker, |row| row.private_note.as_deref())
    }

    /// What changed in Housecall Pro is told, and never forced (P8).
    fn change(&self, _last_written: &Self) -> Option<Self> {
        None
    }

    fn is_voided(&self) -> bool {
        kind::is_voided(self.private_note.as_deref(), self.total_amt)
    }

    fn remember(&self, memory: &mut Memory, ours: Option<Self>) -> Option<Self> {
        let account = self.deposit_to_account_ref.as_ref();
        memory.account = account.map(|account| account.value.clone());
        memory.total = self.total_amt;
        memory.date = self.txn_date;
        memory.how = Some(self.into());
        ours
    }

    fn reread(&self, memory: &mut Memory, ours: Option<Self>, _marker: &Marker) -> Reread<Self> {
        Reread::Edited(self.remember(memory, ours))
    }
}
