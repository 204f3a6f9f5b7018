use qbo::{Payment, Ref};

use super::Memory;
use crate::{
    Marker,
    kind::{self, Family, Found, Kind, LookUp, Reread},
};

impl Kind for Payment {
    type Memory = Memory;

    const FAMILY: Family = Family::Transaction;
    const KEY: &'static str = "PaymentRefNum";
    const KEY_IS_UNIQUE: bool = false;

    fn key(&self) -> Option<String> {
        self.payment_ref_num.clone()
    }

    fn references(&mut self) -> Vec<&mut Ref> {
        self.payment_method_ref.iter_mut().collect()
    }

    /// Its slot is asked, and what QuickBooks has on the invoice (R3), but not who has its reference: many may.
    fn look_up(&self) -> LookUp {
        LookUp::Nothing
    }

    /// By the marker of its slot alone: two genuine payments may agree in everything else (P1).
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
        let applied = self.line.iter().flat_map(|line| {
            let linked = line.linked_txn.iter();
            linked.map(|linked| (linked.txn_id.clone(), line.amount))
        });
        memory.applied = applied.collect();
        memory.total = self.total_amt;
        memory.date = self.txn_date;
        memory.how = Some(self.into());
        memory.unapplied = self.unapplied_amt.unwrap_or_default();
        let changed = self.meta_data.as_ref();
        memory.changed_at = changed.and_then(|changed| changed.last_updated_time);
        ours
    }

    /// What was paid with it may have moved; what we wrote is compared with Housecall Pro all the same.
    fn reread(&self, memory: &mut Memory, ours: Option<Self>, _marker: &Marker) -> Reread<Self> {
        let ours = self.remember(memory, ours);
        Reread::Edited(ours)
    }

    /// A refund that was to lower it, or to be tied to it, did so, or was overtaken: then it is still to be done (P5).
    fn overtaken(
        &self,
        memory: &mut Memory,
        before: Option<Self>,
        after: Option<Self>,
        _marker: &Marker,
    ) -> Option<Self> {
        let total = |payment: &Option<Self>| payment.as_ref().and_then(|one| one.total_amt);
        let lines = after.iter().flat_map(|after| &after.line);
        let mut tied = lines.filter(|line| line.is_given_back());
        let is_done = self.total_amt == total(&after) && tied.all(|line| self.line.contains(line));
        if !is_done && total(&before) != total(&after) {
            memory.reopened.pop();
        }
        self.remember(memory, if is_done { after } else { before })
    }
}
