//! V15: whatever went on in a week, the table is lost at its end, and another week follows.

use std::collections::BTreeMap;

use hcp_sandbox::Invoicing;
use mapping::marker::texts_in;

use super::{Week, weeks};
use crate::{
    restore::{acts_of, books, connect_again, forgotten, lose_the_table, restore, slots},
    settings::change,
};

/// Seeds, and events of each week, in every run; `PROOF` plays many more.
const USUAL: (u64, u64) = (40, 30);
const LONG: (u64, u64) = (2_000, 120);

impl Week {
    /// What the company chose.
    async fn choose(&self, seed: u64) {
        let account = if seed & 2 == 0 { "income" } else { "liability" };
        let refunds = if seed & 1 == 0 {
            "refund_receipt"
        } else {
            "reopen"
        };
        let chosen = [("deposit_account", account), ("refunds", refunds)];
        change(&self.town, &chosen).await.unwrap();
    }

    /// The table is lost and restored, and all is looked at once more.
    async fn lose_and_restore(&mut self, seed: u64) -> Result<(), String> {
        self.tell("the table is lost".to_owned());
        let (before, acts) = (books(&self.town), acts_of(&self.town));
        let known = slots(&self.town);
        lose_the_table(&mut self.town);
        connect_again(&self.town, (Invoicing::Simple, &[])).await;
        self.choose(seed).await;
        let report = restore(&self.town).await;
        self.tell(format!("{report:#?}"));
        if acts_of(&self.town) != acts {
            return Err("the restore wrote to QuickBooks".to_owned());
        }
        self.town.settle().await;
        self.rest().await;
        let after = books(&self.town);
        // Whose money it is that others entered or took away may be asked about anew.
        if !self.has_bookkeeper && (after != before || acts_of(&self.town) != acts) {
            let lines = |books: &[String], others: &[String]| {
                let lines = books.iter().filter(|line| !others.contains(line));
                lines.cloned().collect::<Vec<_>>().join("\n")
            };
            return Err(format!(
                "{:?} was written:\n{}\ninstead of\n{}",
                acts_of(&self.town),
                lines(&after, &before),
                lines(&before, &after)
            ));
        }
        let forgotten = forgotten(&self.town, &known);
        if !self.has_bookkeeper && !forgotten.is_empty() {
            return Err(forgotten.join("\n"));
        }
        Ok(())
    }

    /// No document of ours is there twice.
    fn made_once(&self) -> Result<(), String> {
        let kinds = [
            "Invoice",
            "Payment",
            "RefundReceipt",
            "SalesReceipt",
            "Purchase",
        ];
        for kind in kinds {
            let mut seen: BTreeMap<String, String> = BTreeMap::new();
            for one in self.town.qbo.objects(kind) {
                let note = one.text("PrivateNote").unwrap_or_default();
                let id = one.text("Id").unwrap().to_owned();
                if note.starts_with("Voided") {
                    continue;
                }
                for text in texts_in(Some(note)) {
                    if let Some(other) = seen.insert(text.to_owned(), id.clone()) {
                        return Err(format!("{kind} {other} is there once more as {id}: {note}"));
                    }
                }
            }
        }
        Ok(())
    }
}

async fn play(seed: u64, events: u64) -> Result<(), String> {
    let mut week = Week::with(seed, |qbo| qbo.doubts.refuse_liability_items = false).await;
    week.takes_deposits = true;
    week.has_bookkeeper = seed % 4 == 3 || seed % 8 == 4;
    week.choose(seed).await;
    week.play(events).await;
    let lost = week.lose_and_restore(seed).await;
    lost.map_err(|wrong| week.story(&wrong))?;
    for events in [0, events / 2] {
        if events > 0 {
            week.play(events).await;
        }
        let judged = week.judge().and_then(|()| week.made_once());
        judged.map_err(|wrong| week.story(&wrong))?;
    }
    Ok(())
}

#[tokio::test]
async fn v15_v2_after_any_week_the_table_is_lost_nothing_is_written_twice_and_another_week_goes_on()
{
    let (seeds, events) = weeks(USUAL, LONG);
    for seed in seeds {
        if let Err(wrong) = play(seed, events).await {
            panic!("seed {seed}: {wrong}");
        }
    }
}
