//! Webhooks: what changed is gathered for a while, signed, sent, and sent again until it is taken.

mod payload;

use std::{collections::VecDeque, time::Duration};

use jiff::{SignedDuration, Timestamp};
use ports::{HttpRequest, Method};
use sandbox_kit::Chance;
use serde::Deserialize;

use crate::{log::Changed, options::Options};

/// Where an app wants to hear of changes.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Address that gets the POSTs.
    pub url: String,
    /// The token that signatures are made with.
    pub verifier_token: String,
    /// The form of the body.
    #[serde(default)]
    pub form: PayloadForm,
    /// So long changes are gathered before they are sent together; several of one object count once.
    #[serde(default)]
    pub gather_seconds: u32,
    /// Other companies that use the app: what is told of this one is told of them too, in the same POSTs.
    #[serde(default)]
    pub other_realms: Vec<String>,
    /// So many of a thousand changes are never told.
    #[serde(default)]
    pub lost_per_thousand: u32,
    /// So many of a thousand POSTs come once more after they were taken.
    #[serde(default)]
    pub repeated_per_thousand: u32,
}

/// The form of a webhook's body.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PayloadForm {
    /// An array of CloudEvents, the only form since 2026.
    #[default]
    CloudEvents,
    /// `{"eventNotifications":[…]}`, the form until then.
    EventNotifications,
}

/// QuickBooks waits so long for a 200.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// How long QuickBooks waits before it tries again, the last one for ever.
const RETRIES: &[SignedDuration] = &[
    SignedDuration::from_secs(10),
    SignedDuration::from_secs(20),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(20),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(4),
    SignedDuration::from_hours(6),
];

/// Objects that no webhook tells of.
const UNTOLD: &[&str] = &["CompanyInfo", "TaxCode", "TaxRate"];

/// One change, as it will be told.
#[derive(Clone, Debug)]
struct Note {
    serial: u64,
    changed: Changed,
    at: Timestamp,
}

/// One POST on its way.
#[derive(Debug)]
struct Delivery {
    serial: u64,
    made: Timestamp,
    due: Timestamp,
    failures: usize,
    is_repeated: bool,
    body: String,
}

/// Everything that is still to be told.
#[derive(Debug, Default)]
pub(crate) struct Webhooks {
    gathered: Vec<Note>,
    gathering_since: Timestamp,
    deliveries: VecDeque<Delivery>,
    serial: u64,
    chance: Chance,
}

impl Webhooks {
    /// Notes a change for the webhook, when there is one.
    pub(crate) fn note(&mut self, options: &Options, now: Timestamp, changed: Changed) {
        let Some(webhook) = &options.webhook else {
            return;
        };
        if UNTOLD.contains(&changed.entity) || self.chance.hits(webhook.lost_per_thousand) {
            return;
        }
        self.serial += 1;
        let same = |note: &&mut Note| note.changed == changed;
        if let Some(known) = self.gathered.iter_mut().find(same) {
            known.at = now;
            return;
        }
        if self.gathered.is_empty() {
            self.gathering_since = now;
        }
        self.gathered.push(Note {
            serial: self.serial,
            changed,
            at: now,
        });
    }

    /// How many POSTs, and changes that are not in one yet, are still to be taken.
    pub(crate) fn waiting(&self) -> usize {
        self.deliveries.len() + usize::from(!self.gathered.is_empty())
    }

    /// How often those that wait were sent and not taken.
    pub(crate) fn failures(&self) -> usize {
        self.deliveries
            .iter()
            .map(|delivery| delivery.failures)
            .sum()
    }

    /// The next POST that is due, with the number to report its end under.
    pub(crate) fn next(&mut self, options: &Options, now: Timestamp) -> Option<(u64, HttpRequest)> {
        let webhook = options.webhook.as_ref()?;
        self.pack(options, webhook, now);
        let looked_at = if options.doubts.webhooks_keep_their_order {
            1
        } else {
            self.deliveries.len()
        };
        let delivery = self
            .deliveries
            .iter()
            .take(looked_at)
            .find(|delivery| delivery.due <= now)?;
        let header = |name, value: &str| (name, value.to_owned());
        let request = HttpRequest {
            method: Method::Post,
            url: webhook.url.clone(),
            headers: vec![
                header("content-type", "application/json"),
                header("user-agent", "intuit_notification_server/0.1"),
                (
                    "intuit-signature",
                    payload::signature(&webhook.verifier_token, &delivery.body),
                ),
                ("intuit-created-time", format!("{:.3}", delivery.made)),
                ("intuit-t-id", format!("sandbox-{:08}", delivery.serial)),
                header("intuit-notification-schema-version", "2.0"),
            ],
            body: delivery.body.clone().into_bytes(),
            timeout: PATIENCE,
        };
        Some((delivery.serial, request))
    }

    /// A POST was taken, or has to be sent again later.
    pub(crate) fn ended(
        &mut self,
        options: &Options,
        serial: u64,
        now: Timestamp,
        was_taken: bool,
    ) {
        let Some(at) = self
            .deliveries
            .iter()
            .position(|delivery| delivery.serial == serial)
        else {
            return;
        };
        let odds = options
            .webhook
            .as_ref()
            .map_or(0, |webhook| webhook.repeated_per_thousand);
        if was_taken {
            let repeats = self.chance.hits(odds);
            if let Some(taken) = self.deliveries.remove(at)
                && repeats
                && !taken.is_repeated
            {
                self.deliveries.push_back(Delivery {
                    is_repeated: true,
                    ..taken
                });
            }
        } else if let Some(delivery) = self.deliveries.get_mut(at) {
            let wait = RETRIES[delivery.failures.min(RETRIES.len() - 1)];
            delivery.failures += 1;
            delivery.due = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        }
    }

    /// Makes a delivery of what was gathered long enough.
    fn pack(&mut self, options: &Options, webhook: &Webhook, now: Timestamp) {
        let gather = SignedDuration::from_secs(i64::from(webhook.gather_seconds));
        if self.gathered.is_empty() || now.duration_since(self.gathering_since) < gather {
            return;
        }
        self.serial += 1;
        let sender = payload::Sender {
            realms: std::iter::once(&options.realm)
                .chain(&webhook.other_realms)
                .map(String::as_str)
                .collect(),
            client_id: &options.client_id,
            doubts: &options.doubts,
        };
        self.deliveries.push_back(Delivery {
            serial: self.serial,
            made: now,
            due: now,
            failures: 0,
            is_repeated: false,
            body: payload::body(webhook.form, &sender, &std::mem::take(&mut self.gathered)),
        });
    }
}
