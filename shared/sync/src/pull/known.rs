//! After a gap that change data capture does not reach back over: what was deleted meanwhile is found by asking for all that
//! is known, by its id.

use std::collections::BTreeSet;

use hcp::JobId;
use mapping::AnyKind;
use qbo::{Id, Purchase, RefundReceipt, SalesReceipt};
use store::{Key, Known, KnownWay, PullCursor, Record, Stored, Table};

use super::concerned::Changes;
use crate::{ctx::Ctx, engine::Engine, stop::Stop, world::World};

/// Objects that are asked for at once.
const AT_ONCE: usize = 200;

impl<W: World> Engine<W> {
    /// Asks for all that is known and was not asked for yet on this long way. Where the time is over, the next run goes on.
    pub(super) async fn ask_for_all_known(
        &self,
        cx: &Ctx,
        told: &mut BTreeSet<JobId>,
        cursor: &mut Stored<PullCursor>,
    ) -> Result<(), Stop> {
        let way = cursor.value.long_way.as_ref();
        let mut next = way.and_then(|way| way.known.clone());
        while let Some(KnownWay { of, after }) = next {
            let prefix = keys(cx, of);
            let table = self.world.table();
            let page = table.list(&prefix.partition, &prefix.sort, after).await?;
            for records in page.records.chunks(AT_ONCE) {
                self.has_time(cx)?;
                self.ask_for_known(cx, told, (of, &prefix), records).await?;
                let after = records.last().map(|record| record.key.sort.clone());
                enter(cursor, Some(KnownWay { of, after }));
                self.put(vec![cursor.put()?]).await?;
                cursor.written();
            }
            let after = page.next;
            let of = after.as_ref().map_or_else(|| of.next(), |_| Some(of));
            next = of.map(|of| KnownWay { of, after });
        }
        enter(cursor, None);
        Ok(())
    }

    async fn ask_for_known(
        &self,
        cx: &Ctx,
        told: &mut BTreeSet<JobId>,
        (of, prefix): (Known, &Key),
        records: &[Record],
    ) -> Result<(), Stop> {
        let ends = records.iter();
        let ends = ends.filter_map(|record| record.key.sort.strip_prefix(&prefix.sort));
        let ids: Vec<Id> = ends.map(Id::new).collect();
        let mut changes = Changes::default();
        let kind = kind(of);
        match of {
            Known::Payments | Known::Pulled => {
                changes.payments = self.by_ids(cx, kind, &ids).await?.1;
            }
            Known::Invoices => changes.invoices = self.by_ids(cx, kind, &ids).await?.1,
            Known::RefundReceipts => {
                changes.add::<RefundReceipt>(kind, self.by_ids(cx, kind, &ids).await?.1);
            }
            Known::SalesReceipts => {
                changes.add::<SalesReceipt>(kind, self.by_ids(cx, kind, &ids).await?.1);
            }
            Known::Expenses => {
                changes.add::<Purchase>(kind, self.by_ids(cx, kind, &ids).await?.1);
            }
        }
        self.concern(cx, told, &changes).await.map(drop)
    }
}

fn enter(cursor: &mut Stored<PullCursor>, known: Option<KnownWay>) {
    if let Some(way) = &mut cursor.value.long_way {
        way.known = known;
    }
}

fn kind(of: Known) -> AnyKind {
    match of {
        Known::Payments | Known::Pulled => AnyKind::Payment,
        Known::Invoices => AnyKind::Invoice,
        Known::RefundReceipts => AnyKind::RefundReceipt,
        Known::SalesReceipts => AnyKind::SalesReceipt,
        Known::Expenses => AnyKind::Purchase,
    }
}

/// What the keys of its records begin with; they end with the id in QuickBooks.
fn keys(cx: &Ctx, of: Known) -> Key {
    let books = &cx.books;
    match of {
        Known::Pulled => books.all_pulled(),
        Known::Payments
        | Known::Invoices
        | Known::RefundReceipts
        | Known::SalesReceipts
        | Known::Expenses => books.owners(&kind(of).name()),
    }
}
