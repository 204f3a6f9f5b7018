//! The history of a job, and the log of a company (K1): what a look sent to QuickBooks and what came of it, and what people
//! did. An entry is stored with what it tells of, in the same transaction, so it is there once, whatever dies.

mod act;
mod difference;
pub(crate) mod trail;

use mapping::QboObject;
use store::{Answered, Mark, Reason, Write};

use crate::{
    ctx::Ctx,
    engine::Engine,
    ledger::Written,
    stop::{Stop, chain},
    world::World,
};

pub(crate) use act::Acting;
pub(crate) use difference::Room;
use difference::cut;
use trail::LONGEST;

/// What QuickBooks' answer to a write tells.
pub(crate) fn answered(written: &Written) -> Answered {
    match written {
        Ok(there) => took(there),
        Err(error) => Answered::Refused {
            words: cut(&chain(error), LONGEST),
        },
    }
}

/// It has it, as the object says.
pub(crate) fn took(there: &QboObject) -> Answered {
    match there.identity() {
        Some((id, _)) => Answered::Took {
            id,
            name: there.key(),
            total: there.total(),
        },
        None => Answered::Nothing,
    }
}

/// The reasons that marks tell.
pub(crate) fn reasons(marks: &[Mark]) -> Vec<Reason> {
    marks.iter().map(Reason::from).collect()
}

impl<W: World> Engine<W> {
    /// Writes records together with what the look has to tell so far.
    pub(crate) async fn put_and_tell(&self, cx: &Ctx, mut writes: Vec<Write>) -> Result<(), Stop> {
        writes.extend(cx.trail.write(&self.world, &cx.books)?);
        self.put(writes).await?;
        cx.trail.written();
        Ok(())
    }

    /// Stores what a look that came to its end has to tell and nobody has stored yet.
    pub(crate) async fn tell_rest(&self, cx: &Ctx) -> Result<(), Stop> {
        cx.trail.ends_somehow(&self.world);
        match cx.trail.write(&self.world, &cx.books)? {
            None => Ok(()),
            Some(write) => {
                self.put(vec![write]).await?;
                cx.trail.written();
                Ok(())
            }
        }
    }
}
