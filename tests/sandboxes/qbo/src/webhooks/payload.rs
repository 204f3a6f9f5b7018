//! The two forms of a webhook's body, and its signature.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Note, PayloadForm};
use crate::{
    json::{Json, Object},
    log::Event,
    options::{Doubts, VoidEvent},
};

/// What a body says about where it comes from.
pub(super) struct Sender<'a> {
    pub(super) realms: Vec<&'a str>,
    pub(super) client_id: &'a str,
    pub(super) doubts: &'a Doubts,
}

/// The body of one delivery.
pub(super) fn body(form: PayloadForm, sender: &Sender<'_>, notes: &[Note]) -> String {
    match form {
        PayloadForm::EventNotifications => {
            let all = sender.realms.iter().map(|realm| notification(realm, notes));
            Object::new()
                .with("eventNotifications", all.collect::<Vec<Json>>())
                .to_string()
        }
        PayloadForm::CloudEvents => {
            let realms = sender.realms.iter().enumerate();
            let events = realms.flat_map(|(n, realm)| {
                notes
                    .iter()
                    .map(move |note| cloud_event(sender, n, realm, note).into())
            });
            Json::List(events.collect()).to_string()
        }
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

fn notification(realm: &str, notes: &[Note]) -> Json {
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
    Object::new()
        .with("realmId", realm)
        .with("dataChangeEvent", event)
        .into()
}

fn cloud_event(sender: &Sender<'_>, n: usize, realm: &str, note: &Note) -> Object {
    let event = match note.changed.event {
        Event::Created => "created",
        Event::Updated => "updated",
        Event::Deleted => "deleted",
        Event::Voided => match sender.doubts.void_event {
            VoidEvent::Void => "void",
            VoidEvent::Voided => "voided",
        },
        Event::Merged(_) => "merged",
    };
    let mut data = Object::new();
    if sender.doubts.events_tell_alternative_ids {
        let ids = vec![note.changed.id.as_str().into()];
        data.set("alternative_ids", ids);
    }
    if let Event::Merged(deleted) = note.changed.event {
        data.set("deletedid", deleted.to_string());
    }
    let entity = note.changed.entity.to_ascii_lowercase();
    let source = STANDARD.encode(Sha256::digest(sender.client_id));
    let mut head = Object::new()
        .with("specversion", "1.0")
        .with("id", format!("{n:08x}-0000-4000-8000-{:012x}", note.serial))
        .with("source", format!("intuit.{source}"))
        .with("type", format!("qbo.{entity}.{event}.v1"));
    if sender.doubts.events_tell_content_type {
        head.set("datacontenttype", "application/json");
    }
    head.with("time", time(note.at, 9))
        .with("intuitentityid", note.changed.id.as_str())
        .with("intuitaccountid", realm)
        .with("data", data)
}

fn time(at: Timestamp, digits: u8) -> String {
    format!("{at:.*}", usize::from(digits))
}
