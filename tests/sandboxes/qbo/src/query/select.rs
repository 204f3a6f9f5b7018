//! Which properties of an object a statement shows.

use crate::{
    fault::Refusal,
    json::{Json, Object},
    rules::Env,
    schema::{Entity, Kind, SYSTEM_FIELDS},
};

/// Properties to show.
pub(super) enum Columns {
    All,
    /// Names and the names inside of them: `MetaData` with `CreateTime`.
    Only(Vec<(String, Option<String>)>),
}

impl Columns {
    /// Finds the properties of a list of names.
    pub(super) fn new(env: &Env<'_>, entity: &Entity, names: &[String]) -> Result<Self, Refusal> {
        let found: Vec<(String, Option<String>)> = names
            .iter()
            .map(|name| column(entity, name))
            .collect::<Result<_, _>>()?;
        Ok(if env.doubts.select_lists {
            Self::Only(found)
        } else {
            Self::All
        })
    }

    /// The properties of a printed object, in its order. What lacks some says so; the id is always there.
    pub(super) fn of(&self, printed: Object) -> Object {
        let Self::Only(wanted) = self else {
            return printed;
        };
        let mut shown = Object::new();
        for (name, value) in printed.iter() {
            match name {
                "sparse" => shown.set("sparse", true),
                "domain" | "Id" => shown.set(name, value.clone()),
                _ => {
                    if let Some(value) = part(wanted, name, value) {
                        shown.set(name, value);
                    }
                }
            }
        }
        shown
    }
}

/// All of a value, or only the wanted things inside of it.
fn part(wanted: &[(String, Option<String>)], name: &str, value: &Json) -> Option<Json> {
    let mut asked = wanted
        .iter()
        .filter(|(column, _)| column == name)
        .peekable();
    asked.peek()?;
    let inner: Option<Vec<&str>> = asked.map(|(_, inner)| inner.as_deref()).collect();
    let Some(inner) = inner else {
        return Some(value.clone());
    };
    let kept: Object = value
        .as_object()?
        .iter()
        .filter(|(name, _)| inner.contains(name))
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    (!kept.is_empty()).then(|| kept.into())
}

fn column(entity: &Entity, name: &str) -> Result<(String, Option<String>), Refusal> {
    let unknown = || {
        Refusal::query(format!(
            "Property {name} not found for Entity {}",
            entity.name
        ))
    };
    let (top, inner) = match name.split_once('.') {
        Some((top, inner)) => (top, Some(inner)),
        None => (name, None),
    };
    let same = |known: &&str| known.eq_ignore_ascii_case(top);
    if let Some(system) = SYSTEM_FIELDS.iter().find(|known| same(known)) {
        let inner = match inner {
            None => None,
            Some(inner) => Some(
                ["CreateTime", "LastUpdatedTime"]
                    .into_iter()
                    .find(|known| *system == "MetaData" && known.eq_ignore_ascii_case(inner))
                    .ok_or_else(unknown)?
                    .to_owned(),
            ),
        };
        return Ok(((*system).to_owned(), inner));
    }
    let field = entity
        .shape
        .fields
        .iter()
        .find(|field| same(&field.name))
        .ok_or_else(unknown)?;
    let inner = match (inner, field.kind) {
        (None, _) => None,
        (Some(inner), Kind::Object(shape)) => Some(
            shape
                .fields
                .iter()
                .map(|field| field.name)
                .find(|known| known.eq_ignore_ascii_case(inner))
                .ok_or_else(unknown)?
                .to_owned(),
        ),
        (Some(_), _) => {
            return Err(Refusal::not_covered(format!(
                "{name} in a list of properties"
            )));
        }
    };
    Ok((field.name.to_owned(), inner))
}
