//! Classes and locations on documents: only those that the company uses, where it uses them.

use super::{Change, Env};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    options::ClassTracking,
    schema::{Entity, Family, Kind, Shape},
};

const FIELDS: &[(&str, &str)] = &[
    ("ClassRef", "Class tracking"),
    ("DepartmentRef", "Location tracking"),
];

/// Refuses what is sent of a feature that is switched off, or drops it, as the company's doubts choose.
pub(crate) fn settle(env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    if change.entity.family != Family::Transaction {
        return Ok(());
    }
    let dropper = Dropper {
        env,
        entity: change.entity,
    };
    let shape = &change.entity.shape;
    match dropper.drop_unused(shape, &mut change.sent, true) {
        None => Ok(()),
        Some(feature) if env.doubts.references_need_their_feature => Err(Refusal::feature(feature)),
        Some(_) => {
            dropper.drop_unused(shape, &mut change.new, true);
            Ok(())
        }
    }
}

struct Dropper<'a> {
    env: &'a Env<'a>,
    entity: &'static Entity,
}

impl Dropper<'_> {
    /// Takes out what the company does not use, and tells the first feature that this was about.
    fn drop_unused(
        &self,
        shape: &Shape,
        object: &mut Object,
        is_header: bool,
    ) -> Option<&'static str> {
        let mut found = None;
        for (name, feature) in FIELDS {
            if !self.uses(name, is_header) {
                found = object.remove(name).map(|_| *feature).or(found);
            }
        }
        for field in shape.fields {
            let dropped = match (field.kind, object.get_mut(field.name)) {
                (Kind::Object(shape), Some(Json::Object(inner))) => {
                    self.drop_unused(shape, inner, false)
                }
                (Kind::List(shape), Some(Json::List(list))) => {
                    list.iter_mut().fold(None, |found, element| match element {
                        Json::Object(inner) => found.or(self.drop_unused(shape, inner, false)),
                        _ => found,
                    })
                }
                _ => None,
            };
            found = found.or(dropped);
        }
        found
    }

    fn uses(&self, field: &str, is_header: bool) -> bool {
        if field == "DepartmentRef" {
            return self.env.company.track_departments;
        }
        match self.env.company.class_tracking {
            ClassTracking::Off => false,
            // Deposits and journal entries have no other place for it than their lines.
            ClassTracking::PerTxn => is_header || self.entity.shape.field(field).is_none(),
            ClassTracking::PerTxnLine => !is_header,
        }
    }
}
