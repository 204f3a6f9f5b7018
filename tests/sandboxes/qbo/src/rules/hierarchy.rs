//! Sub-customers, sub-items and sub-accounts: five levels, names joined with colons.

use super::{Change, ChangeKind, Env};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    store::{Books, reference},
};

/// Intuit allows so many levels, the top one included.
const LEVELS: usize = 5;

/// Settles parent, level and fully qualified name. `flag` says that an object is a child.
pub(super) fn settle(
    books: &Books,
    change: &mut Change,
    flag: &str,
    name_field: &str,
) -> Result<(), Refusal> {
    let is_child = change.new.bool(flag) == Some(true);
    let parent = reference(&change.new, "ParentRef");
    if is_child && parent.is_none() {
        return Err(Refusal::parent_missing());
    }
    if !is_child && parent.is_some() {
        return Err(Refusal::not_covered(format!("ParentRef without {flag}")));
    }
    let entity = change.entity.name;
    let mut level: usize = 0;
    let mut next = parent;
    while let Some(id) = next {
        level += 1;
        if level >= LEVELS || id == change.id {
            return Err(Refusal::too_deep());
        }
        next = books
            .row(entity, id)
            .and_then(|row| reference(&row.object, "ParentRef"));
    }
    let own = change.new.text(name_field).unwrap_or_default().to_owned();
    let parent_name = parent
        .and_then(|id| books.row(entity, id))
        .and_then(|row| row.object.text("FullyQualifiedName"));
    let full = match parent_name {
        Some(parent) => format!("{parent}:{own}"),
        None => own,
    };
    change.new.set("FullyQualifiedName", full);
    if level > 0 {
        change.new.set("Level", Json::from(level));
    } else {
        change.new.remove("Level");
    }
    Ok(())
}

/// Carries a new name of a parent over to the names of all below it.
pub(crate) fn rename_children(books: &mut Books, env: &Env<'_>, change: &Change) {
    let full = change.new.text("FullyQualifiedName");
    if change.kind == ChangeKind::Create || change.old.text("FullyQualifiedName") == full {
        return;
    }
    let mut parents = vec![(change.id, full.unwrap_or_default().to_owned())];
    while let Some((id, full)) = parents.pop() {
        for child in children(books, change.entity.name, id) {
            let name = books
                .row(change.entity.name, child)
                .and_then(|row| own_name(&row.object).map(|name| format!("{full}:{name}")))
                .unwrap_or_default();
            books.adjust(change.entity.name, child, |row| {
                row.object.set("FullyQualifiedName", name.as_str());
                row.updated = env.now;
            });
            parents.push((child, name));
        }
    }
}

fn own_name(object: &Object) -> Option<&str> {
    object.text("DisplayName").or_else(|| object.text("Name"))
}

/// Ids of the objects right below one.
fn children(books: &Books, entity: &str, parent: u64) -> Vec<u64> {
    books
        .rows(entity)
        .filter(|row| reference(&row.object, "ParentRef") == Some(parent))
        .map(|row| row.id)
        .collect()
}
