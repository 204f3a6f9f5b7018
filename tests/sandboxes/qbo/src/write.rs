//! Create, update, delete and void: from a request's object to a change in the books.

use crate::{
    fault::Refusal,
    intake,
    json::{Json, Object},
    rules::{self, Author, Change, ChangeKind, Env, check_references, check_tracking},
    schema::{self, Access, Entity, Family, Kind},
    store::{Books, Row},
};

/// What is to be done with the object in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Create without an `Id`, update with one.
    Save,
    Create,
    Update,
    Delete,
    Void,
}

/// What the API can void; everything else can only be deleted.
const VOIDABLE: &[&str] = &["Invoice", "Payment", "SalesReceipt", "RefundReceipt"];

/// What only a person can void, in the browser.
const VOIDABLE_BY_HAND: &[&str] = &["CreditMemo", "Purchase"];

/// One write.
pub(crate) struct Write<'a> {
    pub(crate) entity: &'static Entity,
    pub(crate) operation: Operation,
    pub(crate) body: &'a Json,
    pub(crate) author: Author,
    pub(crate) allow_duplicate_number: bool,
}

/// Does one write and gives the object to print, or why not. A refused write leaves no trace but
/// used-up ids.
pub(crate) fn write(
    books: &mut Books,
    env: &Env<'_>,
    write: &Write<'_>,
) -> Result<Object, Refusal> {
    let entity = write.entity;
    let Json::Object(body) = write.body else {
        return Err(Refusal::bad_property("the body is not an object,"));
    };
    if entity.family == Family::Singleton {
        return Err(Refusal::not_covered(format!("writing {}", entity.name)));
    }
    if env.company.lapsed && write.author == Author::App {
        return Err(Refusal::lapsed());
    }
    let kind = kind(write, body)?;
    let null_clears = kind == ChangeKind::Sparse && env.doubts.sparse_null_clears;
    let sent = match kind {
        ChangeKind::Delete | ChangeKind::Void => {
            intake::check_names(&entity.shape, body)?;
            if kind == ChangeKind::Delete {
                intake::no_extension(body)?;
            }
            Object::new()
        }
        _ => intake::read(&entity.shape, body, null_clears)?,
    };
    let old = match kind {
        ChangeKind::Create => None,
        _ => Some(current(books, write, body)?),
    };
    let before = old
        .as_ref()
        .map(|row| row.object.clone())
        .unwrap_or_default();
    let mut change = Change {
        entity,
        id: old.as_ref().map_or(0, |row| row.id),
        kind,
        author: write.author,
        allow_duplicate_number: write.allow_duplicate_number,
        new: merged(entity, kind, &before, &sent)?,
        old: before,
        sent,
    };
    check_tracking(env, &mut change)?;
    check_references(books, env, &entity.shape, &change.sent, "")?;
    (entity.complete)(books, env, &mut change)?;
    change.new = in_order(entity, &change.new);
    if let Some(row) = &old
        && is_idle(env, &change)
    {
        return Ok(wrapped(books, env, entity, row));
    }
    commit(books, env, &mut change, old.as_ref());
    apply_credit(books, env, &change)?;
    Ok(match books.row(entity.name, change.id) {
        Some(row) => wrapped(books, env, entity, row),
        None => Object::new(),
    })
}

/// Has QuickBooks itself link a new document to open credit. Nothing in such a payment can be refused.
fn apply_credit(books: &mut Books, env: &Env<'_>, change: &Change) -> Result<(), Refusal> {
    let Some((entity, body)) =
        schema::entity("Payment").zip(rules::credits::linking(books, env, change))
    else {
        return Ok(());
    };
    let payment = Write {
        entity,
        operation: Operation::Create,
        body: &body,
        author: Author::Person,
        allow_duplicate_number: true,
    };
    let made = write(books, env, &payment)?;
    let id = made.text("Payment.Id").and_then(|id| id.parse().ok());
    if let Some(id) = id {
        books.note_made("Payment", id);
    }
    Ok(())
}

fn kind(write: &Write<'_>, body: &Object) -> Result<ChangeKind, Refusal> {
    let has_id = body.get("Id").is_some_and(|id| *id != Json::Null);
    let is_sparse = match body.get("sparse") {
        Some(Json::Bool(sparse)) => *sparse,
        Some(Json::Text(text)) => text == "true",
        _ => false,
    };
    match write.operation {
        Operation::Delete | Operation::Void if write.entity.is_list() => {
            let operation = match write.operation {
                Operation::Void => "void",
                _ => "delete",
            };
            Err(Refusal::unsupported_operation(operation))
        }
        Operation::Delete => Ok(ChangeKind::Delete),
        Operation::Void => {
            let name = write.entity.name;
            let is_voidable = match write.author {
                Author::App => VOIDABLE.contains(&name),
                Author::Person => is_voidable_by_hand(name),
            };
            if is_voidable {
                Ok(ChangeKind::Void)
            } else {
                Err(Refusal::unsupported_operation("void"))
            }
        }
        Operation::Create if has_id => Err(Refusal::not_covered("a create with an Id")),
        Operation::Update if !has_id => Err(Refusal::missing("Id")),
        Operation::Save | Operation::Create | Operation::Update => Ok(match (has_id, is_sparse) {
            (false, _) => ChangeKind::Create,
            (true, false) => ChangeKind::Full,
            (true, true) => ChangeKind::Sparse,
        }),
    }
}

/// Whether a person can void documents of this kind.
pub(crate) fn is_voidable_by_hand(entity: &str) -> bool {
    VOIDABLE.contains(&entity) || VOIDABLE_BY_HAND.contains(&entity)
}

/// The object to change, when the writer knows its last version.
fn current(books: &Books, write: &Write<'_>, body: &Object) -> Result<Row, Refusal> {
    let id = match body.get("Id") {
        Some(Json::Text(id) | Json::Number(id)) => id,
        _ => return Err(Refusal::missing("Id")),
    };
    let number: u64 = id.parse().map_err(|_| Refusal::invalid_id(id))?;
    let row = books
        .row(write.entity.name, number)
        .ok_or_else(Refusal::not_found)?;
    if row.deleted {
        return Err(Refusal::deleted());
    }
    if write.author == Author::App {
        let token = match body.get("SyncToken") {
            Some(Json::Text(token) | Json::Number(token)) => token,
            _ => return Err(Refusal::missing("SyncToken")),
        };
        let token: u64 = token
            .parse()
            .map_err(|_| Refusal::number("SyncToken", token))?;
        if token != row.token {
            return Err(Refusal::stale());
        }
    }
    Ok(row.clone())
}

/// Old and sent fields put together by the kind of the change, with presets for what is absent.
fn merged(
    entity: &Entity,
    kind: ChangeKind,
    old: &Object,
    sent: &Object,
) -> Result<Object, Refusal> {
    match kind {
        ChangeKind::Delete => return Ok(Object::new()),
        ChangeKind::Void => return Ok(old.clone()),
        ChangeKind::Create | ChangeKind::Full | ChangeKind::Sparse => {}
    }
    let mut new = Object::new();
    for field in entity.shape.fields {
        let value = match (sent.get(field.name), field.access) {
            (_, Access::ReadOnly) => old.get(field.name),
            (Some(Json::Null), _) => None,
            (Some(value), _) => Some(value),
            (None, Access::Kept) => old.get(field.name),
            (None, Access::Written) if kind == ChangeKind::Sparse => old.get(field.name),
            (None, Access::Written) => None,
        };
        match value.cloned().or_else(|| intake::preset(field)) {
            Some(Json::List(list)) if field.required && list.is_empty() => {
                return Err(Refusal::missing(field.name));
            }
            Some(value) => new.set(field.name, value),
            None if field.required
                && sent.get(field.name).is_some()
                && is_reference(field.kind) =>
            {
                // An empty reference where one is needed (recorded for CustomerRef).
                return Err(Refusal::business("Unexpected Internal Error. (-30003)"));
            }
            None if field.required => return Err(Refusal::missing(field.name)),
            None => {}
        }
    }
    for (name, value) in old.iter().filter(|(name, _)| name.starts_with('_')) {
        new.set(name, value.clone());
    }
    Ok(new)
}

fn is_reference(kind: Kind) -> bool {
    matches!(kind, Kind::Reference(_))
}

/// Fields in the order of the table, then what is kept out of sight.
fn in_order(entity: &Entity, object: &Object) -> Object {
    let mut ordered = Object::new();
    for field in entity.shape.fields {
        if let Some(value) = object.get(field.name) {
            ordered.set(field.name, value.clone());
        }
    }
    for (name, value) in object.iter().filter(|(name, _)| name.starts_with('_')) {
        ordered.set(name, value.clone());
    }
    ordered
}

/// Whether an update leaves everything as it is, `SyncToken` included.
fn is_idle(env: &Env<'_>, change: &Change) -> bool {
    let updates = matches!(change.kind, ChangeKind::Full | ChangeKind::Sparse);
    let stays_inactive = change.entity.is_list() && change.old.bool("Active") == Some(false);
    updates && change.new == change.old && (stays_inactive || !env.doubts.idle_update_moves_token)
}

fn commit(books: &mut Books, env: &Env<'_>, change: &mut Change, old: Option<&Row>) {
    let entity = change.entity;
    if change.kind == ChangeKind::Create {
        change.id = books.next_id(entity.series);
    }
    let row = Row {
        id: change.id,
        token: old.map_or(0, |row| row.token + 1),
        created: old.map_or(env.now, |row| row.created),
        updated: env.now,
        deleted: change.kind == ChangeKind::Delete,
        object: if change.kind == ChangeKind::Delete {
            change.old.clone()
        } else {
            change.new.clone()
        },
    };
    books.put(entity, row);
    (entity.effect)(books, env, change);
}

/// The object under its name; a deleted one only with its id.
fn wrapped(books: &Books, env: &Env<'_>, entity: &'static Entity, row: &Row) -> Object {
    let printed = if row.deleted {
        Object::new()
            .with("domain", "QBO")
            .with("status", "Deleted")
            .with("Id", row.id.to_string())
    } else {
        books.print(entity, row, &env.times)
    };
    Object::new().with(entity.name, printed)
}
