//! `/v3/company/{realm}/…`: reads, queries and writes.

use std::time::Duration;

use sandbox_kit::Request;

use crate::{
    api::{batch, cdc, tax_service},
    fault::Refusal,
    json::{Json, Object},
    log::{Act, Acts, Changed, Event},
    query,
    rules::{self, Author, Env},
    schema::{self, Entity, Family},
    store::{Books, Row},
    write::{Operation, Write, write},
};

/// The newest minor version; older ones are answered as this one.
const MINOR_VERSION: u32 = 75;

/// What a call came to, besides its answer.
pub(crate) struct Served {
    pub(crate) result: Result<Object, Refusal>,
    pub(crate) acts: Acts,
}

/// What goes wrong inside of one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mischief {
    /// Writes to name lists are refused for the moment.
    pub(crate) names_locked: bool,
    /// Changes are refused as made from an old version.
    pub(crate) stale: bool,
    /// Queries see only what is older.
    pub(crate) query_lag: Option<Duration>,
    /// Change data capture marks something as deleted that is there.
    pub(crate) deleted_mark: bool,
    /// The item of a batch, from 1, that fails.
    pub(crate) failing_item: Option<usize>,
}

/// Answers one call whose path, after the realm, has these segments.
pub(crate) fn serve(
    books: &mut Books,
    env: &Env<'_>,
    request: &Request,
    segments: &[&str],
    mischief: Mischief,
) -> Served {
    let mut acts = Acts::default();
    let mut desk = Desk {
        books,
        env,
        mischief,
        acts: &mut acts,
    };
    let result = desk.serve(request, segments);
    Served { result, acts }
}

/// Where a company's requests are worked on, one after another.
pub(super) struct Desk<'a> {
    pub(super) books: &'a mut Books,
    pub(super) env: &'a Env<'a>,
    pub(super) mischief: Mischief,
    pub(super) acts: &'a mut Acts,
}

impl Desk<'_> {
    fn serve(&mut self, request: &Request, segments: &[&str]) -> Result<Object, Refusal> {
        covered(request)?;
        match (request.method.as_str(), segments) {
            ("GET", ["query"]) => self.query(&request.param("query").unwrap_or_default()),
            ("POST", ["query"]) => self.query(&statement(request)?),
            ("POST", ["batch"]) => batch::run(self, request, &body(request)?),
            ("GET", ["cdc"]) => cdc::run(self, request),
            ("POST", ["taxservice", "taxcode"]) => tax_service::create(self, &body(request)?),
            (_, ["upload" | "reports" | "taxservice" | "download", ..]) => {
                Err(Refusal::not_covered(request.path()))
            }
            (_, [name, rest @ ..]) => match (schema::entity(name), rest) {
                (Some(entity), rest) if entity.path() == *name => {
                    self.object(entity, request, rest)
                }
                _ if schema::is_uncovered(name) => {
                    Err(Refusal::not_covered(format!("the entity {name}")))
                }
                _ => Err(Refusal::unsupported_path(request.path())),
            },
            _ => Err(Refusal::unsupported_path(request.path())),
        }
    }

    fn object(
        &mut self,
        entity: &'static Entity,
        request: &Request,
        rest: &[&str],
    ) -> Result<Object, Refusal> {
        match (request.method.as_str(), rest) {
            ("GET", _) if let Some(include) = request.param("include") => {
                Err(Refusal::not_covered(format!("include={include}")))
            }
            ("GET", []) if entity.name == "Preferences" => self.read(entity, "1"),
            ("GET", [id]) => self.read(entity, id),
            (_, [_, "send" | "pdf"]) if entity.family == Family::Transaction => {
                Err(Refusal::not_covered(request.path()))
            }
            ("POST", []) => {
                let (operation, allow_duplicate_number) = operation(entity, request)?;
                self.write(entity, operation, &body(request)?, allow_duplicate_number)
            }
            _ => Err(Refusal::unsupported_path(request.path())),
        }
    }

    fn read(&mut self, entity: &'static Entity, id: &str) -> Result<Object, Refusal> {
        if entity.family == Family::Singleton {
            let row = rules::company::row(self.books, self.env, entity);
            let printed = self.books.print(entity, &row, &self.env.times);
            self.acts.note(Act::Read, entity.name);
            return Ok(Object::new().with(entity.name, printed));
        }
        let row = self
            .books
            .id(entity.name, id)
            .map(|number| self.books.row(entity.name, number))
            .ok_or_else(|| Refusal::invalid_id(id))?
            .filter(|row| !row.deleted)
            .ok_or_else(Refusal::not_found)?;
        let printed = self.books.print(entity, row, &self.env.times);
        self.acts.note(Act::Read, entity.name);
        Ok(Object::new().with(entity.name, printed))
    }

    pub(super) fn query(&mut self, statement: &str) -> Result<Object, Refusal> {
        if self.env.doubts.queries_take_latin_1_only {
            query::in_latin_1(statement)?;
        }
        let query = query::parse(statement)?;
        let response = query::run(self.books, self.env, &query)?;
        self.acts.note(
            Act::Query,
            schema::entity(&query.entity).map_or("", |entity| entity.name),
        );
        Ok(Object::new().with("QueryResponse", response))
    }

    pub(super) fn write(
        &mut self,
        entity: &'static Entity,
        operation: Operation,
        body: &Json,
        allow_duplicate_number: bool,
    ) -> Result<Object, Refusal> {
        if self.mischief.names_locked && entity.is_list() {
            return Err(Refusal::names_locked());
        }
        let has_id = body.at("Id").is_some_and(|id| *id != Json::Null);
        if self.mischief.stale && has_id {
            return Err(Refusal::stale());
        }
        let act = match operation {
            Operation::Delete => Act::Delete,
            Operation::Void => Act::Void,
            Operation::Create => Act::Create,
            Operation::Update => Act::Update,
            Operation::Save if has_id => Act::Update,
            Operation::Save => Act::Create,
        };
        let was_active = has_id && entity.is_list() && is_active(self.books, entity, body);
        let written = write(
            self.books,
            self.env,
            &Write {
                entity,
                operation,
                body,
                author: Author::App,
                allow_duplicate_number,
            },
        )?;
        self.acts.note(act, entity.name);
        if let Some(id) = written.text(&format!("{}.Id", entity.name)) {
            let event = match act {
                Act::Create => Event::Created,
                Act::Delete => Event::Deleted,
                Act::Void => Event::Voided,
                _ if self.env.doubts.inactive_is_told_as_deleted
                    && was_active
                    && !is_active(self.books, entity, body) =>
                {
                    Event::Deleted
                }
                _ => Event::Updated,
            };
            self.acts.changed(Changed {
                entity: entity.name,
                id: id.to_owned(),
                event,
            });
            for changed in Changed::linked(self.books, entity.name, id) {
                self.acts.changed(changed);
            }
        }
        Ok(written)
    }
}

/// Whether the object that a body names is active now.
fn is_active(books: &Books, entity: &Entity, body: &Json) -> bool {
    body.text("Id")
        .and_then(|id| books.row(entity.name, id.parse().ok()?))
        .is_some_and(Row::is_active)
}

/// What a POST to an entity asks for, and whether it may use a document number twice.
fn operation(entity: &Entity, request: &Request) -> Result<(Operation, bool), Refusal> {
    let operation = request.param("operation");
    let include = request.param("include");
    Ok(match (operation.as_deref(), include.as_deref()) {
        (Some("update"), Some("void")) if entity.name != "Invoice" => (Operation::Void, false),
        (Some("void"), None) if matches!(entity.name, "Payment" | "RefundReceipt") => {
            return Err(Refusal::not_covered(
                "operation=void here: send operation=update&include=void",
            ));
        }
        (operation, include) => {
            let operation = match operation {
                None => Operation::Save,
                Some("update") => Operation::Update,
                Some("delete") => Operation::Delete,
                Some("void") => Operation::Void,
                Some(other) => return Err(Refusal::unsupported_operation(other)),
            };
            let allow_duplicate_number = match include {
                None => false,
                Some("allowduplicatedocnum") => true,
                Some(other) => return Err(Refusal::not_covered(format!("include={other}"))),
            };
            (operation, allow_duplicate_number)
        }
    })
}

/// What the sandbox would answer in another way than QuickBooks.
fn covered(request: &Request) -> Result<(), Refusal> {
    let accepts_json = request
        .header("accept")
        .is_some_and(|accept| accept.contains("application/json"));
    if !accepts_json {
        return Err(Refusal::not_covered(
            "XML answers: send the header Accept: application/json",
        ));
    }
    match request.param("minorversion") {
        None => Ok(()),
        Some(version) => match version.parse::<u32>() {
            Ok(version) if version <= MINOR_VERSION => Ok(()),
            _ => Err(Refusal::not_covered(format!("minor version {version}"))),
        },
    }
}

fn statement(request: &Request) -> Result<String, Refusal> {
    if media_type(request) != "application/text" {
        return Err(Refusal::not_covered(
            "a query in a body that is not application/text",
        ));
    }
    Ok(String::from_utf8_lossy(&request.body).into_owned())
}

fn body(request: &Request) -> Result<Json, Refusal> {
    if media_type(request) != "application/json" {
        return Err(Refusal::not_covered("a body that is not application/json"));
    }
    Json::parse(&request.body).map_err(|error| Refusal::bad_property(&error.to_string()))
}

fn media_type(request: &Request) -> String {
    let header = request.header("content-type").unwrap_or_default();
    let kind = header.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}
