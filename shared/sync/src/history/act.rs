//! What people do, as the log of the company tells it.

use std::time::Duration;

use hcp::CompanyId;
use mapping::alert::JobRef;
use ports::{Chance, Clock};
use store::{About, Act, ActKind, Books, By, Did, Ended, FieldChange, HistoryEntry, Stored, Write};

use crate::{
    declined::NotDone, engine::Engine, history::difference::cut, stop::Stop, world::World,
};

/// An act of a person.
pub(crate) struct Acting {
    act: Act,
    about: Option<About>,
}

/// Bytes of what a person said that are kept.
const LONGEST: usize = 1_000;

impl Acting {
    pub(crate) fn new(by: &By, what: ActKind) -> Self {
        Self {
            act: Act {
                by: by.clone(),
                what,
                told: None,
                changes: Vec::new(),
            },
            about: None,
        }
    }

    /// About what, by its id in Housecall Pro.
    pub(crate) fn about(mut self, id: &impl ToString) -> Self {
        self.about = Some(About {
            id: id.to_string(),
            number: None,
            customer: None,
        });
        self
    }

    /// About a job.
    pub(crate) fn about_job(mut self, job: JobRef) -> Self {
        self.about = Some(About {
            id: job.id.to_string(),
            number: job.number,
            customer: job.customer,
        });
        self
    }

    /// With what, or why.
    pub(crate) fn told(mut self, told: impl AsRef<str>) -> Self {
        self.act.told = Some(cut(told.as_ref(), LONGEST));
        self
    }

    /// What is otherwise since then.
    pub(crate) fn changes(mut self, changes: Vec<FieldChange>) -> Self {
        self.act.changes = changes;
        self
    }

    /// The entry that tells of it, which is written with what the act writes.
    pub(crate) fn write(self, world: &impl World, books: &Books) -> Result<Write, Stop> {
        let entry = HistoryEntry {
            at: world.clock().now(),
            about: self.about,
            did: Did::Acted(self.act),
            sent: Vec::new(),
            more: 0,
            ended: Ended::Done,
            heard: None,
            took: 0,
        };
        let key = books.history(&entry, world.chance().uuid());
        Ok(Stored::new(key, entry).put()?)
    }
}

impl<W: World> Engine<W> {
    /// The entry that tells of what a person changed of a company as a whole, to be written with what that writes.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn entry_of_act(
        &self,
        company: &CompanyId,
        by: &By,
        what: ActKind,
        changes: Vec<FieldChange>,
    ) -> Result<Write, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let act = Acting::new(by, what).changes(changes);
        Ok(act.write(&self.world, &cx.books)?)
    }
}
