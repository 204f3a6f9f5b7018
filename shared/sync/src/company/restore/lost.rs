//! Whether QuickBooks has documents that came from here and of which there is no record.

use std::collections::BTreeSet;

use jiff::Timestamp;
use ledger::LinkOwner;
use mapping::{AnyKind, QboObject};
use qbo::{Query, limits};
use store::{Key, read_many};

use super::documents::{Marked, made, texts};
use crate::{ctx::Ctx, engine::Engine, stop::Stop, world::World};

/// Records that are read in one call.
const AT_ONCE: usize = 100;

/// What is looked at: a page of each is enough to tell, since nothing is lost alone.
const KINDS: [AnyKind; 2] = [AnyKind::Invoice, AnyKind::Payment];

impl<W: World> Engine<W> {
    /// The newest of QuickBooks' invoices and payments that carries a marker of ours and has no record here, of those that were
    /// made between these times: what was made before is accounted for, and what was made later may be entered yet.
    pub(crate) async fn lost_records(
        &self,
        cx: &Ctx,
        (since, until): (Option<Timestamp>, Timestamp),
    ) -> Result<Option<Marked>, Stop> {
        let mut marked = Vec::new();
        for kind in KINDS {
            let newest = Query::select(kind.as_str())
                .order_by("MetaData.CreateTime DESC")
                .max_results(limits::QUERY_ROWS);
            let newest = match since {
                // Whole seconds: finer ones are not known to be understood.
                Some(since) => {
                    let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                    newest.where_from("MetaData.CreateTime", since)
                }
                None => newest,
            };
            let rows = kind.rows(&self.ask_page(cx, &newest).await?)?;
            let ours = |one: &QboObject| {
                !one.is_voided() && one.identity().is_some() && !texts(one).is_empty()
            };
            marked.extend(rows.into_iter().filter(ours));
        }
        let owned = self.have_owners(cx, &marked).await?;
        let known = marked.iter().zip(&owned).filter(|(_, owned)| **owned);
        let known: BTreeSet<&str> = known.flat_map(|(one, _)| texts(one)).collect();
        let mut lost = marked.iter().zip(&owned);
        // A copy that somebody made of one of ours has the marker of that.
        let lost = lost.find(|(one, owned)| {
            let is_copy = texts(one).iter().any(|text| known.contains(text));
            let is_entered = made(one).is_none_or(|made| made <= until);
            !**owned && !is_copy && is_entered
        });
        Ok(lost.map(|(one, _)| Marked::of(one)))
    }

    /// Whether each of these belongs to a slot.
    pub(super) async fn have_owners(
        &self,
        cx: &Ctx,
        documents: &[QboObject],
    ) -> Result<Vec<bool>, Stop> {
        let key = |one: &QboObject| -> Option<Key> {
            let (id, _) = one.identity()?;
            Some(cx.books.owner(&one.kind().name(), &id))
        };
        let keys: Vec<Key> = documents.iter().filter_map(key).collect();
        let mut owned = Vec::with_capacity(keys.len());
        for keys in keys.chunks(AT_ONCE) {
            let owners = read_many::<LinkOwner>(self.world.table(), keys).await?;
            owned.extend(owners.iter().map(Option::is_some));
        }
        Ok(owned)
    }
}
