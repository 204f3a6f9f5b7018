//! The two forms of a webhook's body, and its signature.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Note, PayloadForm};
use crate::{
    json::{Json, Object},
    log::Event,
};

/// What a body says about where it comes from.
pub(super) struct Sender<'a> {
    pub(super) realm: &'a str,
    pub(super) client_id: &'a str,
}

/// The body of one delivery.
pub(super) fn body(form: PayloadForm, sender: &Sender<'_>, notes: &[Note]) -> String {
    match form {
        PayloadForm::EventNotifications => notifications(sender, notes).to_string(),
        PayloadForm::CloudEvents => Json::List(
            notes
                .iter()
                .map(|note| cloud_event(sender, note).into())
                .collect(),
        )
        .to_string(),
    }
}

/// Base64 of the HMAC-SHA256 over the body, by the app's verifier token.
pub(super) fn signature(verifier_token: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(verifier_token.as_bytes()) else {
        unreachable!("HMAC takes keys of any length");
    };
    mac.update(body.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn notifications(sender: &Sender<'_>, notes: &[Note]) -> Object {
    let entities: Vec<Json> = notes
        .iter()
        .map(|note| {
            let operation = match note.changed.event {
                Event::Created => "Create",
                Event::Updated => "Update",
                Event::Deleted => "Delete",
                Event::Voided => "Void",
                Event::Merged(_) => "Merge",
            };
            let mut told = Object::new()
                .with("id", note.changed.id.as_str())
                .with("operation", operation)
                .with("name", note.changed.entity)
                .with("lastUpdated", time(note.at, 3));
            if let Event::Merged(deleted) = note.changed.event {
                told.set("deletedId", deleted.to_string());
            }
            told.into()
        })
        .collect();
    let event = Object::new().with("entities", entities);
    let notification = Object::new()
        .with("realmId", sender.realm)
        .with("dataChangeEvent", event);
    Object::new().with("eventNotifications", vec![notification.into()])
}

fn cloud_event(sender: &Sender<'_>, note: &Note) -> Object {
    let event = match note.changed.event {
        Event::Created => "created",
        Event::Updated => "updated",
        Event::Deleted => "deleted",
        Event::Voided => "voided",
        Event::Merged(_) => "merged",
    };
    let mut data = Object::new();
    if let Event::Merged(deleted) = note.changed.event {
        data.set("deletedid", deleted.to_string());
    }
    let entity = note.changed.entity.to_ascii_lowercase();
    let source = STANDARD.encode(Sha256::digest(sender.client_id));
    Object::new()
        .with("specversion", "1.0")
        .with("id", note.id.as_str())
        .with("source", format!("intuit.{source}"))
        .with("type", format!("qbo.{entity}.{event}.v1"))
        .with("datacontenttype", "application/json")
        .with("time", time(note.at, 9))
        .with("intuitentityid", note.changed.id.as_str())
        .with("intuitaccountid", sender.realm)
        .with("data", data)
}

fn time(at: Timestamp, digits: u8) -> String {
    format!("{at:.*}", usize::from(digits))
}
