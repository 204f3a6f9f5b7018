//! Classes, locations and payment methods: names, parents, and whether the company uses them at all.

use super::{Author, Change, ChangeKind, Env, hierarchy, names, number_address};
use crate::{fault::Refusal, options::ClassTracking, store::Books};

pub(crate) fn class(books: &mut Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    let is_used = env.company.class_tracking != ClassTracking::Off;
    used(env, change, is_used, "Class tracking")?;
    names::settle(books, env, change, "Name")?;
    hierarchy::settle(books, change, "SubClass", "Name")?;
    // Unlike items and accounts, these show no level.
    change.new.remove("Level");
    Ok(())
}

pub(crate) fn department(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    used(
        env,
        change,
        env.company.track_departments,
        "Location tracking",
    )?;
    number_address(books, change, "Address");
    names::settle(books, env, change, "Name")?;
    hierarchy::settle(books, change, "SubDepartment", "Name")?;
    change.new.remove("Level");
    Ok(())
}

pub(crate) fn payment_method(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    names::settle(books, env, change, "Name")
}

/// A list of a feature that is switched off takes nothing new from an app.
fn used(env: &Env<'_>, change: &Change, is_used: bool, feature: &str) -> Result<(), Refusal> {
    let is_new = change.kind == ChangeKind::Create && change.author == Author::App;
    if is_new && !is_used && env.doubts.lists_need_their_feature {
        return Err(Refusal::feature(feature));
    }
    Ok(())
}
