//! Classes, locations and payment methods: names, parents, and whether the company uses them at all.

use super::{Author, Change, ChangeKind, Env, hierarchy, names, number_address};
use crate::{fault::Refusal, json::Json, options::ClassTracking, store::Books};

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

/// Classes and locations of a sales form: those that the company does not use there are refused, or dropped.
pub(crate) fn on_form(env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    let tracking = env.company.class_tracking;
    let is_refused = change.author == Author::App && env.doubts.classes_need_their_feature;
    let refuse = |feature| {
        if is_refused {
            Err(Refusal::feature(feature))
        } else {
            Ok(())
        }
    };
    for (field, is_used, feature) in [
        (
            "ClassRef",
            tracking == ClassTracking::PerTxn,
            "Class tracking",
        ),
        (
            "DepartmentRef",
            env.company.track_departments,
            "Location tracking",
        ),
    ] {
        if !is_used && change.sends(field) {
            refuse(feature)?;
            change.new.remove(field);
        }
    }
    if tracking == ClassTracking::PerTxnLine || !change.sends("Line") {
        return Ok(());
    }
    if let Some(Json::List(lines)) = change.new.get_mut("Line") {
        for line in lines {
            if let Json::Object(line) = line
                && let Some(Json::Object(detail)) = line.get_mut("SalesItemLineDetail")
                && detail.remove("ClassRef").is_some()
            {
                refuse("Class tracking")?;
            }
        }
    }
    Ok(())
}

/// A list of a feature that is switched off takes nothing new from an app.
fn used(env: &Env<'_>, change: &Change, is_used: bool, feature: &str) -> Result<(), Refusal> {
    let is_new = change.kind == ChangeKind::Create && change.author == Author::App;
    if is_new && !is_used && env.doubts.lists_need_their_feature {
        return Err(Refusal::feature(feature));
    }
    Ok(())
}
