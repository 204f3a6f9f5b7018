//! Names of list entries: unique over their name space, marked when they are made inactive.

use super::{Author, Change, ChangeKind, Env};
use crate::{
    fault::Refusal,
    schema::Family,
    store::{Books, reference},
};

const DELETED: &str = " (deleted)";

/// Checks and settles the name in `field`.
pub(super) fn settle(
    books: &Books,
    env: &Env<'_>,
    change: &mut Change,
    field: &str,
) -> Result<(), Refusal> {
    let name = change.new.text(field).unwrap_or_default().trim().to_owned();
    if env.doubts.refuse_name_characters
        && change.author == Author::App
        && change.sends(field)
        && name.contains([':', '\t', '\n'])
    {
        return Err(Refusal::business(&format!(
            "{field} cannot contain a colon, a tab or a new line."
        )));
    }
    let was_active = change.kind == ChangeKind::Create || change.old.bool("Active") != Some(false);
    let is_active = change.new.bool("Active") != Some(false);
    let name = match (was_active, is_active) {
        (true, false) => mark(books, env, change, &name),
        (false, true) if !change.sends(field) && env.doubts.reactivation_restores_name => {
            unmarked(&name).to_owned()
        }
        _ => name,
    };
    if taken(books, env, change, &name) {
        let Family::List { rival, .. } = change.entity.family else {
            return Ok(());
        };
        return Err(Refusal::duplicate_name(rival));
    }
    change.new.set(field, name);
    Ok(())
}

/// The name of an inactive entry: `Name (deleted)`, numbered when an earlier one has it.
fn mark(books: &Books, env: &Env<'_>, change: &Change, name: &str) -> String {
    let base = unmarked(name);
    let mut marked = format!("{base}{DELETED}");
    let mut n = 1;
    while taken(books, env, change, &marked) {
        n += 1;
        marked = format!("{base} (deleted-{n})");
    }
    marked
}

fn unmarked(name: &str) -> &str {
    name.strip_suffix(DELETED).unwrap_or(name)
}

fn taken(books: &Books, env: &Env<'_>, change: &Change, name: &str) -> bool {
    let Family::List { rivals, .. } = change.entity.family else {
        return false;
    };
    let parent = reference(&change.new, "ParentRef");
    let per_parent = change.entity.name == "Item" && !env.doubts.item_names_are_unique;
    // Rivals share one series of ids.
    rivals.iter().any(|rival| {
        let mut others = books.with_key(rival, name);
        others.any(|row| {
            row.id != change.id && (!per_parent || reference(&row.object, "ParentRef") == parent)
        })
    })
}
