//! The materials of a company's price book, with their categories (I4): read when a job has a material, and
//! remembered for some minutes.

use std::time::Duration;

use hcp::{HcpError, Material, MaterialCategory, ServiceItemId};
use mapping::{
    alert::{Alert, AlertKind, Subject},
    normalised,
};
use ports::Clock;

use crate::{
    alerts,
    calls::{limits::Rate, price_books::CachedPriceBook},
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    stop::{Stop, chain},
    world::World,
};

/// How long it is remembered: a category that changes in Housecall Pro is seen within that time.
const REMEMBERED: Duration = Duration::from_secs(300);

/// A material that it does not hold, or a read that failed, makes it be read again, but not more often.
const AGAIN: Duration = Duration::from_secs(60);

/// How long one job waits for it. A large price book is read on with the next job.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pages that are reserved at once, as many as Housecall Pro lets one key read in a second. Reserving single ones
/// right behind those of a job would let too many come within it.
const PAGES: usize = 4;

/// How long one page may take.
const PAGE: Duration = Duration::from_secs(10);

/// What the job then needs for QuickBooks.
const LEFT: Duration = Duration::from_secs(8);

/// Whether the price book is read where it is not remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Book {
    /// It is not: an invoice does not wait for it.
    Remembered,
    /// It is.
    Read,
}

impl CachedPriceBook {
    /// Whether it must be asked for, to tell these.
    fn lacks(&self, ids: &[&ServiceItemId], now: Duration) -> bool {
        let missing = ids.iter().any(|id| !self.materials.contains_key(*id));
        self.is_due(missing, now)
    }

    /// The same where something that is looked for is missing, or not.
    fn is_due(&self, missing: bool, now: Duration) -> bool {
        let age = |since: Duration| now.saturating_sub(since);
        let Some(since) = self.since else {
            return self.tried == Duration::ZERO || age(self.tried) >= AGAIN;
        };
        age(since) >= REMEMBERED || (missing && (!self.rest.is_empty() || age(self.tried) >= AGAIN))
    }

    /// Those of a name.
    fn named(&self, name: &str) -> impl Iterator<Item = &Material> {
        let name = normalised(name);
        let is_it = move |told: &&Material| {
            let told = told.name.as_deref().map(normalised);
            told.as_ref() == Some(&name)
        };
        self.materials.values().filter(is_it)
    }
}

/// A read of it under way.
struct Reading {
    /// On the monotonic clock.
    began: Duration,
    /// Pages that may be read without waiting.
    reserved: usize,
}

/// Why a read of it ended before its end.
enum Unread {
    /// It is read on later.
    Later,
    /// It could not be read: no category is known for now.
    Failed {
        reason: String,
        /// For its form.
        unreadable: Option<String>,
    },
}

/// What a list holds, and the first of its records that could not be read for their form.
type Rows<T> = (Vec<T>, Option<String>);

impl<W: World> Engine<W> {
    /// What the price book tells of these materials; `None` of one of which it tells nothing, or which cannot be read:
    /// a sync goes on without it. `None` in all: it is not remembered, and was not to be read.
    ///
    /// # Errors
    /// Only when our own table or secrets do not answer.
    pub(crate) async fn materials(
        &self,
        cx: &Ctx,
        ids: &[&ServiceItemId],
        book: Book,
    ) -> Result<Option<Vec<Option<Material>>>, Stop> {
        if ids.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let known = self.price_books.last_or_default(&cx.books.company);
        // Who comes while it is read waits for it, and need not read it too.
        let mut known = known.lock().await;
        let now = self.world.clock().monotonic();
        if known.lacks(ids, now) {
            if book == Book::Remembered {
                return Ok(None);
            }
            self.read_on(cx, &mut known, now).await?;
        }
        let told = ids.iter().map(|id| known.materials.get(*id).cloned());
        let told: Vec<Option<Material>> = told.collect();
        if let Some(field) = &known.unreadable
            && told.contains(&None)
        {
            let field = field.clone();
            let alert = Alert::PriceBook { field };
            alerts::raise(&self.world, &cx.books, &alert).await?;
        }
        Ok(Some(told))
    }

    /// Which of two materials the price book has; `None`: it could not be read to its end.
    ///
    /// # Errors
    /// Only when our own table or secrets do not answer.
    pub(crate) async fn in_price_book(
        &self,
        cx: &Ctx,
        ids: [&ServiceItemId; 2],
    ) -> Result<Option<[bool; 2]>, Stop> {
        let known = self.price_books.last_or_default(&cx.books.company);
        let mut known = known.lock().await;
        let now = self.world.clock().monotonic();
        if known.lacks(&ids, now) {
            self.read_on(cx, &mut known, now).await?;
        }
        let is_read = known.since.is_some() && known.rest.is_empty();
        Ok(is_read.then(|| ids.map(|id| known.materials.contains_key(id))))
    }

    /// The materials of a name.
    ///
    /// # Errors
    /// [`Declined`] when Housecall Pro does not tell its price book; it waits for its turn while that is read in parts.
    pub(crate) async fn materials_named(
        &self,
        cx: &Ctx,
        name: &str,
    ) -> Result<Vec<Material>, NotDone> {
        let known = self.price_books.last_or_default(&cx.books.company);
        let mut known = known.lock().await;
        let now = self.world.clock().monotonic();
        let is_missing = !known.rest.is_empty() || known.named(name).next().is_none();
        if known.is_due(is_missing, now) {
            self.read_on(cx, &mut known, now).await?;
        }
        match (known.since, known.rest.is_empty()) {
            (Some(_), true) => Ok(known.named(name).cloned().collect()),
            _ if known.failed || known.unreadable.is_some() => {
                let words = "Housecall Pro does not tell its price book now: try it again in some minutes, or name the item by its id.";
                Err(Declined::not_usable("item", words).into())
            }
            _ => Err(Stop::out_of_time(self.world.clock().now()).into()),
        }
    }

    /// Reads it, or what is left of it.
    async fn read_on(
        &self,
        cx: &Ctx,
        known: &mut CachedPriceBook,
        now: Duration,
    ) -> Result<(), Stop> {
        known.tried = now;
        let mut reading = Reading {
            began: now,
            reserved: 0,
        };
        let is_old = known
            .since
            .is_none_or(|since| now.saturating_sub(since) >= REMEMBERED);
        if is_old || known.rest.is_empty() {
            match self.categories(cx, &mut reading).await? {
                Ok((categories, unreadable)) => {
                    *known = CachedPriceBook {
                        since: Some(now),
                        tried: now,
                        rest: categories,
                        unreadable,
                        ..CachedPriceBook::default()
                    };
                }
                Err(unread) => {
                    gave_up(known, unread);
                    return Ok(());
                }
            }
        }
        while let Some(category) = known.rest.last() {
            match self.materials_in(cx, category, &mut reading).await? {
                Ok((materials, unreadable)) => {
                    known.materials.extend(materials);
                    known.unreadable = known.unreadable.take().or(unreadable);
                }
                Err(unread) => {
                    gave_up(known, unread);
                    return Ok(());
                }
            }
            known.rest.pop();
        }
        if known.unreadable.is_none() {
            let kind = AlertKind::PriceBookUnreadable;
            alerts::close_one(&self.world, &cx.books, &Subject::PriceBook, kind).await?;
        }
        Ok(())
    }

    async fn categories(
        &self,
        cx: &Ctx,
        reading: &mut Reading,
    ) -> Result<Result<Rows<MaterialCategory>, Unread>, Stop> {
        let mut categories = Vec::new();
        let mut unreadable = None;
        for page in 1.. {
            if let Err(unread) = self.may_read(cx, reading).await? {
                return Ok(Err(unread));
            }
            let client = self.housecall(&cx.books.company).await?;
            match client.material_categories(page).await {
                Ok(found) => {
                    categories.extend(found.items);
                    unreadable = unreadable.or_else(|| found.unreadable.into_iter().next());
                    if page >= found.total_pages {
                        break;
                    }
                }
                Err(error) => return Ok(Err(self.unread(cx, &error).await?)),
            }
        }
        Ok(Ok((categories, unreadable)))
    }

    /// The materials of a category, each with the category's name.
    async fn materials_in(
        &self,
        cx: &Ctx,
        category: &MaterialCategory,
        reading: &mut Reading,
    ) -> Result<Result<Rows<(ServiceItemId, Material)>, Unread>, Stop> {
        let mut materials = Vec::new();
        let mut unreadable = None;
        for page in 1.. {
            if let Err(unread) = self.may_read(cx, reading).await? {
                return Ok(Err(unread));
            }
            let client = self.housecall(&cx.books.company).await?;
            let found = match client.materials(&category.id, page).await {
                Ok(found) => found,
                Err(error) => return Ok(Err(self.unread(cx, &error).await?)),
            };
            unreadable = unreadable.or_else(|| found.unreadable.into_iter().next());
            for mut material in found.items {
                // The list of categories is where a category is renamed.
                if category.name.is_some() {
                    material.material_category_name.clone_from(&category.name);
                }
                materials.push((material.id.clone(), material));
            }
            if page >= found.total_pages {
                break;
            }
        }
        Ok(Ok((materials, unreadable)))
    }

    /// Waits for the limit, unless the job would then have no time left for QuickBooks.
    async fn may_read(&self, cx: &Ctx, reading: &mut Reading) -> Result<Result<(), Unread>, Stop> {
        let now = self.world.clock().monotonic();
        if now.saturating_sub(reading.began) >= PATIENCE || now + PAGE + LEFT > cx.deadline {
            return Ok(Err(Unread::Later));
        }
        if reading.reserved > 0 {
            reading.reserved -= 1;
            return Ok(Ok(()));
        }
        let rate = Rate::Hcp(cx.books.company.clone());
        match self.limits.take(&self.world, &rate, PAGES, PATIENCE).await {
            Ok(_) => {
                reading.reserved = PAGES - 1;
                Ok(Ok(()))
            }
            Err(Stop::Turn { .. }) => Ok(Err(Unread::Later)),
            Err(stop) => Err(stop),
        }
    }

    async fn unread(&self, cx: &Ctx, error: &HcpError) -> Result<Unread, Stop> {
        if let HcpError::Throttled { wait, .. } = error {
            let rate = Rate::Hcp(cx.books.company.clone());
            let wait = wait.from(self.world.clock().now());
            self.limits
                .hold(&self.world, &rate, &cx.books.company, wait)
                .await?;
        }
        Ok(Unread::Failed {
            reason: chain(error),
            unreadable: match error {
                HcpError::UnreadableField { field, .. } => Some(field.clone()),
                _ => None,
            },
        })
    }
}

/// Forgets what a read did not end; for a while nothing is known then.
fn gave_up(known: &mut CachedPriceBook, unread: Unread) {
    let Unread::Failed { reason, unreadable } = unread else {
        if known.since.is_none() {
            known.tried = Duration::ZERO;
        }
        return;
    };
    if !known.failed {
        tracing::warn!(
            reason,
            "the price book cannot be read: no item is moved to another category"
        );
    }
    *known = CachedPriceBook {
        tried: known.tried,
        failed: true,
        unreadable,
        ..CachedPriceBook::default()
    };
}
