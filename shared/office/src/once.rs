//! What a person's program asks for is done once, although it asks again: the answer may have been lost on the way.

use jiff::SignedDuration;
use ports::{Chance, Clock};
use store::{Answer, AnsweredOnce, Stored, Table, UserId, Write, WriteError, read};
use sync::{NotDone, World};
use uuid::Uuid;

use crate::Office;

/// Answers are kept for so long.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// Whoever began to carry it out is gone after so long: no function runs longer.
const GONE: SignedDuration = SignedDuration::from_secs(60);

/// A request that is to be carried out now.
#[derive(Debug)]
pub struct Begun {
    stored: Stored<AnsweredOnce>,
}

impl Begun {
    /// The id of what is made by it: the same when it is taken up again.
    pub fn id(&self) -> Uuid {
        self.stored.value.id
    }
}

/// How a request stands under its key.
#[derive(Debug)]
pub enum Once {
    /// It is to be carried out now.
    Begin(Begun),
    /// It was, with this answer.
    Answered(Answer),
    /// Something else was asked for under the same key.
    AnotherRequest,
    /// It is being carried out at this moment.
    UnderWay,
}

impl<W: World> Office<W> {
    /// Takes a request up. `digest` tells where it was sent and under which key, `asked` what it says.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn begin_once(
        &self,
        user: &UserId,
        digest: &str,
        asked: &str,
    ) -> Result<Once, NotDone> {
        let world = self.engine.world();
        let now = world.clock().now();
        let key = AnsweredOnce::key(user, digest);
        let known = read::<AnsweredOnce>(self.table(), &key).await?;
        let known = known.filter(|known| known.value.at + KEPT > now);
        let mut stored = match known {
            Some(known) if known.value.asked != asked => return Ok(Once::AnotherRequest),
            Some(known) => match known.value.answer {
                Some(answer) => return Ok(Once::Answered(answer)),
                None if known.value.at + GONE > now => return Ok(Once::UnderWay),
                None => known,
            },
            None => Stored::new(
                key,
                AnsweredOnce {
                    asked: asked.to_owned(),
                    id: world.chance().uuid(),
                    at: now,
                    answer: None,
                },
            ),
        };
        stored.value.at = now;
        let write = stored.put_until(now + KEPT)?;
        match self.table().write(world.chance().uuid(), vec![write]).await {
            Ok(()) => {
                stored.written();
                Ok(Once::Begin(Begun { stored }))
            }
            Err(WriteError::Conflict { .. }) => Ok(Once::UnderWay),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps what was answered.
    ///
    /// # Errors
    /// When the table does not answer: then the same request is carried out once more when it comes again.
    pub async fn answered(&self, begun: Begun, answer: Answer) -> Result<(), NotDone> {
        let mut stored = begun.stored;
        stored.value.answer = Some(answer);
        let until = stored.value.at + KEPT;
        self.end(stored.put_until(until)?).await
    }

    /// It was not done and may work later: the same request is carried out when it comes again.
    ///
    /// # Errors
    /// When the table does not answer: then that is so after a minute.
    pub async fn not_answered(&self, begun: Begun) -> Result<(), NotDone> {
        let expect = begun.stored.expect();
        let key = begun.stored.key;
        self.end(Write::Delete { key, expect }).await
    }

    /// Who took it up meanwhile ends it.
    async fn end(&self, write: Write) -> Result<(), NotDone> {
        let writer = self.engine.world().chance().uuid();
        match self.table().write(writer, vec![write]).await {
            Ok(()) | Err(WriteError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
