//! Who it is: a session, which the browser shows by an id that nobody can guess. Only a digest of the id is kept, so nobody
//! gets in with what is in the table; and no token of the sign-in is kept at all.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use ports::{Chance, Clock};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::{Session, Stored, Table, UserId, Write, read};
use sync::{Declined, NotDone, World};

use crate::{Desk, Shared, refusal::Refusal};

/// The cookie that shows a session. The prefix has the browser take it from this host only, over TLS, for all paths.
const SESSION: &str = "__Host-session";

/// Rounds of ending a session that others note to be in use meanwhile.
const ROUNDS: u32 = 10;

/// Somebody who is signed in.
pub(crate) struct Visit {
    id: SecretString,
    stored: Stored<Session>,
}

impl Visit {
    /// Who.
    pub(crate) fn user(&self) -> &UserId {
        &self.stored.value.user
    }

    /// By which the session is kept.
    pub(crate) fn digest(&self) -> String {
        digest("session", &self.id)
    }

    /// What a form of ours holds, and no page of others can know.
    pub(crate) fn form_token(&self) -> String {
        digest("form", &self.id)
    }
}

/// A digest of something that only the browser knows, for one use: from the digest for one, that for another does not
/// follow.
pub(crate) fn digest(of: &str, secret: &SecretString) -> String {
    let mut digest = Sha256::new();
    digest.update(of);
    digest.update([0]);
    digest.update(secret.expose_secret());
    hex::encode(digest.finalize())
}

/// Something that nobody can guess.
pub(crate) fn unguessable(chance: &impl Chance) -> SecretString {
    let part = || chance.uuid().simple().to_string();
    SecretString::from(part() + &part())
}

/// A cookie that lasts so many seconds; none: the browser forgets it at once.
pub(crate) fn cookie(name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    HeaderValue::from_str(&text).ok()
}

/// The value of a cookie.
pub(crate) fn shown(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let lines = headers.get_all(header::COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';'));
    let found = cookies.find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='));
    found.map(SecretString::from)
}

impl<W: World> Desk<W> {
    fn world(&self) -> &W {
        self.office.engine().world()
    }

    /// Begins a session; whatever the browser showed before ends.
    pub(crate) async fn begin_session(
        &self,
        user: UserId,
        headers: &HeaderMap,
    ) -> Result<Option<HeaderValue>, NotDone> {
        if let Some(before) = self.visit(headers).await? {
            self.end_session(before).await?;
        }
        let id = unguessable(self.world().chance());
        let now = self.world().clock().now();
        let session = Session {
            user,
            begun_at: now,
            seen_at: now,
        };
        let key = Session::key(&digest("session", &id));
        self.keep(&Stored::new(key, session)).await?;
        let seconds = Session::LIFE.as_secs();
        Ok(cookie(SESSION, id.expose_secret(), seconds))
    }

    /// The session that the browser shows, unless it has ended.
    pub(crate) async fn visit(&self, headers: &HeaderMap) -> Result<Option<Visit>, NotDone> {
        let Some(id) = shown(headers, SESSION) else {
            return Ok(None);
        };
        let key = Session::key(&digest("session", &id));
        let now = self.world().clock().now();
        let stored = read::<Session>(self.world().table(), &key).await?;
        let Some(mut stored) = stored.filter(|stored| now < stored.value.ends_at()) else {
            return Ok(None);
        };
        if stored.value.seen_at + Session::NOTED <= now {
            stored.value.seen_at = now;
            // Another request may have noted it, or ended the session: then that counts at the next one.
            if self.keep(&stored).await.is_ok() {
                stored.written();
            }
        }
        Ok(Some(Visit { id, stored }))
    }

    /// Ends a session, whoever shows it. Gives what has the browser forget it.
    pub(crate) async fn end_session(&self, visit: Visit) -> Result<Option<HeaderValue>, NotDone> {
        let key = visit.stored.key;
        // It may be another version by now: that one is to go too.
        for _ in 0..ROUNDS {
            let Some(known) = read::<Session>(self.world().table(), &key).await? else {
                return Ok(cookie(SESSION, "", 0));
            };
            let delete = Write::Delete {
                expect: known.expect(),
                key: key.clone(),
            };
            let writer = self.world().chance().uuid();
            match self.world().table().write(writer, vec![delete]).await {
                Ok(()) | Err(store::WriteError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Declined::changed("session", "Try to sign out once more.").into())
    }

    async fn keep(&self, session: &Stored<Session>) -> Result<(), NotDone> {
        let write = session.put_until(session.value.begun_at + Session::LIFE)?;
        let writer = self.world().chance().uuid();
        self.world().table().write(writer, vec![write]).await?;
        Ok(())
    }
}

impl<W: World> FromRequestParts<Shared<W>> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Shared<W>) -> Result<Self, Refusal> {
        let visit = desk.visit(&parts.headers).await?;
        visit.ok_or_else(Refusal::signed_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        for line in ["a=1; __Host-session-2=x", "__Host-session=abc; b=2"] {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        let found = |name| shown(&headers, name).map(|value| value.expose_secret().to_owned());
        assert_eq!(found(SESSION).as_deref(), Some("abc"));
        assert_eq!(found("a").as_deref(), Some("1"));
        assert_eq!(found("session"), None);
    }

    #[test]
    fn v23_a_digest_for_one_use_is_none_for_another() {
        let id = SecretString::from("abc");
        assert_ne!(digest("session", &id), digest("form", &id));
        let cookie = cookie(SESSION, "abc", 60).unwrap();
        assert_eq!(
            cookie,
            "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"
        );
    }
}
