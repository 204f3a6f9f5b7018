//! Lists of payments.

use jiff::civil::Date;
use mapping::{
    payment::{Decision, Memory},
    received::Received,
};

use super::{SlotTold, remembered, with, written};
use crate::{
    books::Books,
    list::{Index, List, Lists},
    received::JobReceived,
    table::Key,
};

fn payments(partition: &str) -> String {
    format!("{partition}#payments")
}

fn unmatched(partition: &str) -> String {
    format!("{partition}#payments#unmatched")
}

fn entered(partition: &str) -> String {
    format!("{partition}#payments#entered")
}

fn undeposited(partition: &str) -> String {
    format!("{partition}#payments#undeposited")
}

fn in_account(partition: &str, account: &qbo::Id) -> String {
    format!("{partition}#payments#in#{account}")
}

/// Of a payment of Housecall Pro's: by its date; apart as long as QuickBooks lacks it; and by the account in which its money
/// lies there, as long as no deposit took it to a bank.
pub(super) fn of_payment(key: &Key, name: &str, slot: &impl SlotTold, lists: Lists) -> Lists {
    let Some(memory) = remembered::<Memory>(slot) else {
        return lists;
    };
    let known = written::<qbo::Payment>(slot);
    let date = known.as_ref().and_then(|known| known.txn_date);
    let Some(date) = memory.date.or(memory.paid_on).or(date) else {
        return lists;
    };
    let dated = format!("{date}#{name}");
    let partition = &key.partition;
    let mut lists = lists.and(Index::First, payments(partition), dated.as_str());
    if slot.is_empty() && is_unmatched(&memory) {
        lists = lists.and(Index::Second, unmatched(partition), dated.as_str());
    }
    let how = memory.how.as_ref().filter(|how| !how.deposited);
    let account = how.and_then(|how| how.account.as_ref());
    if let Some(account) = account.filter(|_| slot.is_linked()) {
        lists = lists.and(Index::Third, in_account(partition, &account.value), dated);
    }
    lists
}

/// Whether QuickBooks lacks a payment that is not linked, by what is remembered of it: neither is it not to be sent, nor is it
/// there as sales receipts.
fn is_unmatched(memory: &Memory) -> bool {
    memory.decision != Some(Decision::Same) && memory.repeats.is_empty()
}

/// Of what people entered in QuickBooks for a job: with the job; by its first date as long as Housecall Pro lacks some of it;
/// and by the same as long as no deposit took some of it to a bank.
pub(crate) fn of_received(key: &Key, job: &str, received: &JobReceived) -> Lists {
    let first = |of: fn(&Received) -> bool| -> Option<Date> {
        let all = received.payments.iter().filter(|one| of(one));
        all.filter_map(|one| one.facts.date).min()
    };
    let partition = &key.partition;
    let mut lists = with(key, job);
    if let Some(date) = first(Received::is_only_in_quickbooks) {
        lists = lists.and(Index::First, entered(partition), format!("{date}#{job}"));
    }
    if let Some(date) = first(Received::is_not_deposited) {
        let sort = format!("{date}#{job}");
        lists = lists.and(Index::Third, undeposited(partition), sort);
    }
    lists
}

impl Books {
    /// The payments of Housecall Pro's that were looked at, by date.
    pub fn payments_by_date(&self) -> List {
        List::new(Index::First, payments(&self.partition()))
    }

    /// Those of them that QuickBooks lacks, by date.
    pub fn payments_unmatched(&self) -> List {
        List::new(Index::Second, unmatched(&self.partition()))
    }

    /// The jobs for which payments were entered in QuickBooks that Housecall Pro lacks, by the first date of these.
    pub fn payments_entered(&self) -> List {
        List::new(Index::First, entered(&self.partition()))
    }

    /// Those of them whose money lies in an account of QuickBooks' and that no deposit took to a bank; by date, up to this day.
    pub fn payments_in(&self, account: &qbo::Id, until: Date) -> List {
        let list = List::new(Index::Third, in_account(&self.partition(), account));
        list.between("", &until.to_string())
    }

    /// The jobs for which payments were entered in QuickBooks that no deposit took to a bank, by the first date of these, up
    /// to this day.
    pub fn payments_entered_undeposited(&self, until: Date) -> List {
        let list = List::new(Index::Third, undeposited(&self.partition()));
        list.between("", &until.to_string())
    }
}
