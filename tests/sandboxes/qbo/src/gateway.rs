//! What stands before the books: faults on request, tokens, realms, limits, request ids.

mod sign_in;

use std::time::Duration;

use jiff::Timestamp;
use sandbox_kit::{Answer, Faults, Request};

use crate::{
    api::{
        self, Mischief, Served,
        answer::Envelope,
        limits::Limits,
        oauth::{Access, OAuth},
        replay::{self, Replay, Seen},
    },
    fault::Refusal,
    faults::{FaultKind, QboFault},
    json::Json,
    log::{Act, Changed, Event, Log},
    options::{Company, Options},
    query,
    rules::Env,
    store::Books,
    times::Times,
    webhooks::Webhooks,
    write::Operation,
};

/// Everything that a sandbox keeps.
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) books: Books,
    pub(crate) oauth: OAuth,
    limits: Limits,
    replay: Replay,
    pub(crate) faults: Faults<QboFault>,
    pub(crate) log: Log,
    pub(crate) webhooks: Webhooks,
    serial: u64,
}

impl State {
    pub(crate) fn new(options: Options, now: Timestamp) -> Self {
        Self {
            books: Books::new(),
            oauth: OAuth::new(&options.refresh_token, now),
            limits: Limits::default(),
            replay: Replay::default(),
            faults: Faults::new(options.seed),
            log: Log::default(),
            webhooks: Webhooks::default(),
            serial: 0,
            options,
        }
    }

    pub(crate) fn times(&self) -> Times {
        Times(self.options.company.time_zone.clone())
    }

    /// What the rules need besides the books, to read only.
    pub(crate) fn env(&self, now: Timestamp) -> Env<'_> {
        Env {
            company: &self.options.company,
            doubts: &self.options.doubts,
            times: self.times(),
            now: whole_second(now),
        }
    }

    /// The books and what the rules need besides.
    pub(crate) fn desk(&mut self, now: Timestamp) -> (&mut Books, Env<'_>) {
        let times = self.times();
        let env = Env {
            company: &self.options.company,
            doubts: &self.options.doubts,
            times,
            now: whole_second(now),
        };
        (&mut self.books, env)
    }

    /// Notes for the webhook what a person did.
    pub(crate) fn tell(
        &mut self,
        now: Timestamp,
        entity: &'static str,
        object: &Json,
        operation: Operation,
    ) {
        let changed = Changed {
            entity,
            id: object.text("Id").unwrap_or_default().to_owned(),
            event: match operation {
                Operation::Create => Event::Created,
                Operation::Delete => Event::Deleted,
                Operation::Void => Event::Voided,
                Operation::Save | Operation::Update => Event::Updated,
            },
        };
        let linked = Changed::linked(&mut self.books, entity, &changed.id);
        self.webhooks.note(&self.options, now, changed);
        for changed in linked {
            self.webhooks.note(&self.options, now, changed);
        }
    }

    /// Notes for the webhook that a customer was merged into another one.
    pub(crate) fn tell_merged(&mut self, now: Timestamp, gone: u64, stays: u64) {
        let changed = Changed {
            entity: "Customer",
            id: stays.to_string(),
            event: Event::Merged(gone),
        };
        self.webhooks.note(&self.options, now, changed);
    }

    /// Of the form of the real ones, and the same in every run with the same calls.
    pub(crate) fn next_tid(&mut self, now: Timestamp) -> String {
        self.serial += 1;
        format!("1-{:08x}-{:024x}", now.as_second(), self.serial)
    }

    pub(crate) fn answer(&mut self, now: Timestamp, tid: &str, request: &Request) -> Answer {
        let envelope = Envelope {
            tid: tid.to_owned(),
            now,
            times: self.times(),
        };
        let Some(fault) = self.faults.take(request, || entities(request)) else {
            return self.respond(&envelope, request, Mischief::default());
        };
        match fault {
            FaultKind::Throttle => envelope.throttled(),
            FaultKind::ServerError => envelope.refused(&Refusal::system_failure()),
            FaultKind::CommitThenError => {
                self.respond(&envelope, request, Mischief::default());
                envelope.refused(&Refusal::system_failure())
            }
            FaultKind::DropBeforeCommit => Answer::lost(),
            FaultKind::CommitThenDrop => {
                self.respond(&envelope, request, Mischief::default());
                Answer::lost()
            }
            FaultKind::Slow { ms } => Answer {
                delay: Duration::from_millis(ms),
                ..self.respond(&envelope, request, Mischief::default())
            },
            FaultKind::Own(fault) => self.misbehave(&envelope, request, &fault),
        }
    }

    /// Answers with a fault that only QuickBooks has.
    fn misbehave(&mut self, envelope: &Envelope, request: &Request, fault: &QboFault) -> Answer {
        let mut mischief = Mischief::default();
        match fault {
            QboFault::ThrottleJson => return envelope.throttled_json(),
            QboFault::Html502 => return envelope.proxy(502, "Bad Gateway"),
            QboFault::Html504 => {
                self.respond(envelope, request, mischief);
                return envelope.proxy(504, "Gateway Time-out");
            }
            QboFault::ExpireTokens => self.oauth.expire_access(),
            QboFault::NamesLock => mischief.names_locked = true,
            QboFault::Stale => mischief.stale = true,
            QboFault::LateQuery { ms } => mischief.query_lag = Some(Duration::from_millis(*ms)),
            QboFault::DeletedMark => mischief.deleted_mark = true,
            QboFault::BatchItem { nth } => mischief.failing_item = usize::try_from(*nth).ok(),
        }
        self.respond(envelope, request, mischief)
    }

    fn respond(&mut self, envelope: &Envelope, request: &Request, mischief: Mischief) -> Answer {
        let path = request.path();
        if let Some(answer) = self.sign_in(envelope, request) {
            return answer;
        }
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            ["v3", "company", realm, rest @ ..] => {
                self.company(envelope, request, realm, rest, mischief)
            }
            _ => envelope.refused(&Refusal::not_covered(format!("the path {path}"))),
        }
    }

    /// The gateway, then the company.
    fn company(
        &mut self,
        envelope: &Envelope,
        request: &Request,
        realm: &str,
        segments: &[&str],
        mischief: Mischief,
    ) -> Answer {
        match self.oauth.check(envelope.now, request) {
            Access::Granted => {}
            Access::Denied(detail) => return envelope.unauthenticated(&detail),
            Access::Forbidden => return envelope.wrong_realm(),
        }
        if realm != self.options.realm {
            return envelope.wrong_realm();
        }
        if !matches!(request.method.as_str(), "GET" | "POST") {
            return envelope.method_not_allowed();
        }
        let is_batch = segments == ["batch"];
        if self.options.limits && !self.limits.admit(envelope.now, is_batch) {
            self.log.act(Act::Throttle);
            self.violation(envelope, "throttled", request);
            return if self.options.doubts.throttle_in_xml {
                envelope.throttled()
            } else {
                envelope.throttled_json()
            };
        }
        let is_write = request.method == "POST" && segments != ["query"];
        if !is_write {
            return self.serve(envelope, request, segments, mischief);
        }
        let Some(id) = request.param("requestid") else {
            self.violation(envelope, "write-without-requestid", request);
            return self.serve(envelope, request, segments, mischief);
        };
        if let Err(refusal) = replay::check_format(&id, is_batch) {
            return self.refused(envelope, request, &refusal);
        }
        if let Seen::Before {
            response,
            is_changed,
        } = self.replay.seen(&id, request)
            && self.options.doubts.honour_request_ids
        {
            if is_changed {
                self.violation(envelope, "requestid-with-another-body", request);
                if self.options.doubts.refuse_changed_repeat {
                    return self.refused(envelope, request, &Refusal::duplicate_request_id(&id));
                }
            }
            self.log.act(Act::Replay);
            return response;
        }
        let response = self.serve(envelope, request, segments, mischief);
        let is_remembered = response.status == 200
            || (response.status == 400 && self.options.doubts.remember_refusals);
        if is_remembered {
            self.replay.remember(id, request, &response);
        }
        response
    }

    fn serve(
        &mut self,
        envelope: &Envelope,
        request: &Request,
        segments: &[&str],
        mischief: Mischief,
    ) -> Answer {
        let late = mischief.query_lag.map(|query_lag| Company {
            query_lag,
            ..self.options.company.clone()
        });
        let (books, mut env) = self.desk(envelope.now);
        if let Some(late) = &late {
            env.company = late;
        }
        let Served { result, mut acts } = api::serve(books, &env, request, segments, mischief);
        self.log.acts(&acts);
        for changed in acts.take_changes() {
            self.webhooks.note(&self.options, envelope.now, changed);
        }
        match result {
            Ok(object) => envelope.ok(object),
            Err(refusal) => self.refused(envelope, request, &refusal),
        }
    }

    /// A fault; those that a correct client never gets are noted.
    fn refused(&mut self, envelope: &Envelope, request: &Request, refusal: &Refusal) -> Answer {
        const AVOIDABLE: &[&str] = &[
            "500", "600", "1040", "2010", "2020", "2030", "2050", "2060", "2090", "2130", "2170",
            "4000", "4001", "6070",
        ];
        if refusal.status == 501 {
            self.violation(envelope, "not-covered", request);
        } else if AVOIDABLE.contains(&refusal.code) {
            let rule = format!("refused-{}", refusal.code);
            self.violation(envelope, &rule, request);
        }
        envelope.refused(refusal)
    }

    fn violation(&mut self, envelope: &Envelope, rule: &str, request: &Request) {
        let call = format!("{} {}", request.method, request.path());
        self.log.violation(envelope.now, rule, &call);
    }
}

/// Stored times have no fractions of a second, as the printed ones.
fn whole_second(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The entities that a request is about.
fn entities(request: &Request) -> Vec<String> {
    let of_query = |statement: &str| query::parse(statement).map(|query| query.entity).ok();
    let segments: Vec<&str> = request.path().split('/').skip(1).collect();
    match segments.as_slice() {
        ["v3", "company", _, "query"] => {
            let statement = request
                .param("query")
                .unwrap_or_else(|| String::from_utf8_lossy(&request.body).into_owned());
            of_query(&statement).into_iter().collect()
        }
        ["v3", "company", _, "batch"] => {
            let Ok(body) = Json::parse(&request.body) else {
                return Vec::new();
            };
            let items = body.at("BatchItemRequest").map_or(&[][..], Json::as_list);
            items
                .iter()
                .filter_map(Json::as_object)
                .flat_map(|item| {
                    let query = item.text("Query").and_then(of_query);
                    let names = item.iter().map(|(name, _)| name.to_owned());
                    names.chain(query).collect::<Vec<_>>()
                })
                .collect()
        }
        ["v3", "company", _, entity, ..] => vec![(*entity).to_owned()],
        _ => Vec::new(),
    }
}
