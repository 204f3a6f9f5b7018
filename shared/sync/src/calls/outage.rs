//! S10: when a system answers nobody. Two subjects in a row that fail and a question of our own that fails too begin an
//! outage: the clock of turns stands, so that everybody keeps the place, one asks every 15 seconds, and what waited is
//! due as soon as the system answers.

use std::time::Duration;

use hcp::HcpError;
use jiff::{SignedDuration, Timestamp};
use mapping::alert::{Alert, AlertKind, ConnectionAlert, Subject};
use ports::Clock;
use qbo::{QboError, Request};
use store::{Limit, Outage, Suspect, System, Why};

use crate::{alerts, calls::limits, ctx::Ctx, engine::Engine, stop::Stop, world::World};

/// Seconds between two questions whether a system answers again.
const EVERY: u32 = 15;

/// Two failures that lie further apart are not the same trouble.
const IN_A_ROW: SignedDuration = SignedDuration::from_mins(10);

/// A person is told of an outage that lasts longer.
const TOLD_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// A question takes this long at most.
const LONGEST: Duration = Duration::from_secs(10);

/// What the failure of a subject means.
enum Sign {
    /// It is the first: it may be the subject's own.
    First,
    /// Somebody else's was the last: the system itself must be asked.
    Second(Suspect),
    /// There is an outage.
    Outage(Outage),
}

impl<W: World> Engine<W> {
    /// A system failed for a subject. Returns the outage that this is part of, if it is.
    pub(crate) async fn system_failed(
        &self,
        cx: &Ctx,
        system: System,
        subject: &str,
        cause: &str,
    ) -> Result<Option<Outage>, Stop> {
        let company = &cx.books.company;
        let sign = self
            .limits
            .change_company(&self.world, company, |limit, now| {
                sign(limit, now, system, subject)
            });
        match sign.await?.unwrap_or(Sign::First) {
            Sign::First => Ok(None),
            Sign::Outage(outage) => {
                self.tell_of(cx, &outage).await?;
                Ok(Some(outage))
            }
            Sign::Second(first) if self.answers(cx, system).await => {
                tracing::info!(
                    system = system.name(),
                    first = first.subject,
                    subject,
                    "it answers others"
                );
                Ok(None)
            }
            Sign::Second(first) => self
                .begin_outage(cx, system, first.at, subject, cause)
                .await
                .map(Some),
        }
    }

    /// A subject keeps failing, and nobody else was there to fail: whether the system itself is away. The outage, if so.
    pub(crate) async fn is_away(
        &self,
        cx: &Ctx,
        system: System,
        subject: &str,
        cause: &str,
    ) -> Result<Option<Outage>, Stop> {
        if self.answers(cx, system).await {
            return Ok(None);
        }
        let now = self.world.clock().now();
        self.begin_outage(cx, system, now, subject, cause)
            .await
            .map(Some)
    }

    async fn begin_outage(
        &self,
        cx: &Ctx,
        system: System,
        began: Timestamp,
        subject: &str,
        cause: &str,
    ) -> Result<Outage, Stop> {
        let outage = Outage {
            system,
            began,
            probe: subject.to_owned(),
            probe_at: self.world.clock().now() + SignedDuration::from_secs(i64::from(EVERY)),
            every: EVERY,
            cause: cause.to_owned(),
        };
        tracing::warn!(
            system = system.name(),
            cause,
            "an outage begins: everybody waits"
        );
        let why = Why::Outage(outage.clone());
        self.limits
            .close(&self.world, &cx.books.company, &why)
            .await?;
        Ok(outage)
    }

    /// It is this subject's turn to ask whether the system answers again. If so, the outage ends and all that waited is
    /// put back; else returns it.
    pub(crate) async fn ask_again(
        &self,
        cx: &Ctx,
        system: System,
        subject: &str,
    ) -> Result<Option<Outage>, Stop> {
        if self.answers(cx, system).await {
            self.end_outage(cx, system).await?;
            return Ok(None);
        }
        let company = &cx.books.company;
        let asked = self
            .limits
            .change_company(&self.world, company, |limit, now| {
                limits::ask_next(limit, now, subject)
            });
        let outage = asked.await?;
        if let Some(outage) = &outage {
            self.tell_of(cx, outage).await?;
        }
        Ok(outage)
    }

    async fn end_outage(&self, cx: &Ctx, system: System) -> Result<(), Stop> {
        let company = &cx.books.company;
        if self.limits.reopen(&self.world, company).await? {
            tracing::info!(system = system.name(), "it answers again");
            self.put_back(&cx.books).await?;
        }
        for kind in told_as(system) {
            alerts::close_one(&self.world, &cx.books, &Subject::Connection, *kind).await?;
        }
        Ok(())
    }

    async fn tell_of(&self, cx: &Ctx, outage: &Outage) -> Result<(), Stop> {
        if self.world.clock().now() < outage.began + TOLD_AFTER {
            return Ok(());
        }
        let since = outage.began.to_zoned(cx.zone.clone()).datetime();
        let reason = outage.cause.clone();
        let alert = match outage.system {
            // What the key is refused for is told already.
            System::Housecall if outage.every != EVERY => return Ok(()),
            System::Housecall => ConnectionAlert::HousecallAway { since, reason },
            System::Quickbooks => ConnectionAlert::QuickbooksAway { since, reason },
        };
        alerts::raise(&self.world, &cx.books, &Alert::Connection(alert))
            .await
            .map(drop)
    }

    /// Asks a system for the least that it can tell. It answers when it gives or refuses that; a refused key is no
    /// answer that anybody can work with.
    async fn answers(&self, cx: &Ctx, system: System) -> bool {
        match system {
            System::Housecall => match self.housecall(&cx.books.company).await {
                Ok(client) => !matches!(
                    client.company().await,
                    Err(HcpError::Unavailable { .. } | HcpError::Unauthorized)
                ),
                Err(_) => false,
            },
            System::Quickbooks => {
                let Ok(token) = self.token(cx, None).await else {
                    return false;
                };
                let request = Request::company_info(&cx.books.realm);
                let client = self.client(cx).within(LONGEST);
                let answer = client.send(&token.access, &request).await;
                !matches!(answer, Err(QboError::Unavailable { .. }))
            }
        }
    }
}

/// The alerts that an outage of a system leaves.
fn told_as(system: System) -> &'static [AlertKind] {
    match system {
        System::Housecall => &[AlertKind::HousecallAway, AlertKind::HousecallUnauthorized],
        System::Quickbooks => &[AlertKind::QuickbooksAway],
    }
}

fn sign(limit: &mut Limit, now: Timestamp, system: System, subject: &str) -> Option<Sign> {
    if let Some(outage) = limit.outage() {
        return Some(Sign::Outage(outage.clone()));
    }
    let last = limit.suspect.take();
    let second = last.filter(|last| {
        last.system == system && last.subject != subject && now < last.at + IN_A_ROW
    });
    match second {
        Some(first) => Some(Sign::Second(first)),
        None => {
            let subject = subject.to_owned();
            limit.suspect = Some(Suspect {
                system,
                subject,
                at: now,
            });
            Some(Sign::First)
        }
    }
}
