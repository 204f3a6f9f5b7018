use qbo::{Invoice, LineDetail, Ref, TxnTaxDetail};

use super::{Memory, Totals, changes, stands_as_written};
use crate::{
    Marker,
    kind::{self, Family, Found, Kind, LookUp, Reread},
};

impl Kind for Invoice {
    type Memory = Memory;

    const FAMILY: Family = Family::Transaction;
    const KEY: &'static str = "DocNumber";

    fn key(&self) -> Option<String> {
        self.doc_number.as_ref().map(ToString::to_string)
    }

    /// Who has its number must be known of all invoices, and of numbers that may take its place (N4, N8).
    fn look_up(&self) -> LookUp {
        LookUp::Apart
    }

    fn references(&mut self) -> Vec<&mut Ref> {
        let header = [
            &mut self.customer_ref,
            &mut self.sales_term_ref,
            &mut self.class_ref,
        ];
        let lines = self
            .line
            .iter_mut()
            .flat_map(|line| match &mut line.detail {
                LineDetail::SalesItem(sale) => vec![&mut sale.item, &mut sale.class],
                _ => Vec::new(),
            });
        header.into_iter().chain(lines).flatten().collect()
    }

    /// By the marker of its slot (N8).
    fn find(&self, rows: &[Self], marker: &Marker) -> Found<Self> {
        kind::by_marker(self, rows, marker, |row| row.private_note.as_deref())
    }

    fn change(&self, last_written: &Self) -> Option<Self> {
        changes(last_written, self, None)
    }

    fn is_voided(&self) -> bool {
        kind::is_voided(self.private_note.as_deref(), self.total_amt)
    }

    fn remember(&self, memory: &mut Memory, ours: Option<Self>) -> Option<Self> {
        memory.totals = totals(self);
        let paid = self.total_amt.zip(self.balance);
        memory.paid = paid.and_then(|(total, left)| total.checked_sub(left));
        remember_head(self, memory);
        ours
    }

    fn reread(&self, memory: &mut Memory, ours: Option<Self>, marker: &Marker) -> Reread<Self> {
        memory.note = marker.theirs(self.private_note.as_deref());
        remember_head(self, memory);
        match ours.is_some_and(|ours| stands_as_written(self, &ours)) {
            true => Reread::Stands,
            false => Reread::Edited(None),
        }
    }

    fn overtaken(
        &self,
        memory: &mut Memory,
        _before: Option<Self>,
        _after: Option<Self>,
        marker: &Marker,
    ) -> Option<Self> {
        memory.note = marker.theirs(self.private_note.as_deref());
        self.remember(memory, None)
    }
}

/// What an invoice comes to, as QuickBooks worked it out (X4).
pub fn totals(invoice: &Invoice) -> Option<Totals> {
    let tax = invoice.txn_tax_detail.as_ref();
    Some(Totals {
        total: invoice.total_amt?,
        tax: tax.and_then(|tax| tax.total_tax).unwrap_or_default(),
        rates: tax.map_or(0, TxnTaxDetail::rates),
    })
}

/// Whose it is, its dates and its number, which is its job's, or not, as before.
fn remember_head(invoice: &Invoice, memory: &mut Memory) {
    let customer = invoice.customer_ref.as_ref();
    memory.made_out_to = customer.map(|to| to.value.clone());
    memory.made_out_to_name = customer.and_then(|to| to.name.clone());
    memory.date = invoice.txn_date;
    memory.due = invoice.due_date;
    let provisional = memory.is_provisional();
    memory.number = invoice.key();
    memory.provisional = memory.number.is_some().then_some(provisional);
}
