//! A company as a file: its settings, and its books as they were saved or as they are to be made.

use std::{fs, io};

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::{
    Sandbox,
    gateway::State,
    json::{Json, Object},
    options::{Company, Options},
    store::Books,
};

/// Why a file is not a company.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a company: {0}")]
pub struct CompanyFileError(String);

/// The parts of a file.
const PARTS: &[&str] = &["company", "doubts", "create", "books"];

impl Sandbox {
    /// Opens a company: `{"company": {settings}, "doubts": {switches}, "create": [{"Customer": {…}}, …],
    /// "books": {…}}`, each part optional. `create` is done in order, as by a person; `books` is what [`Sandbox::company_file`] writes,
    /// and takes the place of a new company's lists.
    ///
    /// # Errors
    /// When the text is not JSON, a part is unknown or incomplete, or the books forbid what is to be created.
    pub fn open(options: Options, file: &str) -> Result<Self, CompanyFileError> {
        let file = Json::parse(file.as_bytes()).map_err(|error| fail(&error))?;
        let Json::Object(parts) = &file else {
            return Err(fail(&"it is not an object"));
        };
        if let Some((unknown, _)) = parts.iter().find(|(name, _)| !PARTS.contains(name)) {
            return Err(fail(&format!("there is no part {unknown}")));
        }
        let company: Company = match parts.get("company") {
            Some(settings) => {
                serde_json::from_str(&settings.to_string()).map_err(|error| fail(&error))?
            }
            None => options.company.clone(),
        };
        let doubts = match parts.get("doubts") {
            Some(changes) => changed(&options.doubts, changes).map_err(|error| fail(&error))?,
            None => options.doubts.clone(),
        };
        let sandbox = Self::new(Options {
            company,
            doubts,
            ..options
        });
        if let Some(saved) = parts.get("books") {
            let books = Books::restored(saved).map_err(|error| fail(&error))?;
            // The company may have lived on a clock that was moved.
            if books.last_change() > sandbox.clock.now() {
                let moved = sandbox.clock.set(books.last_change());
                moved.map_err(|refusal| fail(&refusal))?;
            }
            sandbox.state().books = books;
            // What was switched on in the file after the books were saved.
            sandbox.configure(|_| {});
        }
        for wish in parts.list("create") {
            let mut fields = wish.as_object().into_iter().flat_map(Object::iter);
            let (Some((entity, object)), None) = (fields.next(), fields.next()) else {
                return Err(fail(&format!("{wish} is not one object under its name")));
            };
            if let Err(refused) = sandbox.create(entity, object) {
                return Err(fail(&format!("{entity} {object}: {refused}")));
            }
        }
        Ok(sandbox)
    }

    /// Writes the company to the file that it is kept in: as a whole or not at all.
    ///
    /// # Errors
    /// When the company is kept in no file, or the file cannot be written.
    pub fn save(&self) -> io::Result<()> {
        let path = self.state().options.company_file.clone();
        let path = path.ok_or_else(|| io::Error::other("this company is kept in no file"))?;
        let mut beside = path.clone().into_os_string();
        beside.push(".new");
        fs::write(&beside, self.company_file())?;
        fs::rename(&beside, &path)
    }

    /// The company as a file: settings and books, not tokens, faults and the log.
    pub fn company_file(&self) -> String {
        let state = self.state();
        let State { options, books, .. } = &*state;
        let file = Object::new()
            .with("company", json(&options.company))
            .with("doubts", json(&options.doubts))
            .with("books", books.saved());
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The settings and switches as they stand.
pub(crate) fn settings(options: &Options) -> Object {
    Object::new()
        .with("company", json(&options.company))
        .with("doubts", json(&options.doubts))
}

/// Some settings or switches changed, the others as they are; or which one is unknown.
pub(crate) fn changed<T>(present: &T, changes: &Json) -> Result<T, serde_json::Error>
where
    T: Serialize + DeserializeOwned,
{
    let mut all = json(present);
    match (&mut all, changes) {
        (Json::Object(all), Json::Object(changes)) => {
            for (name, value) in changes.iter() {
                all.set(name, value.clone());
            }
        }
        // Refused below, with its type.
        _ => all = changes.clone(),
    }
    serde_json::from_str(&all.to_string())
}

fn json(value: &impl Serialize) -> Json {
    serde_json::to_string(value)
        .ok()
        .and_then(|text| Json::parse(text.as_bytes()).ok())
        .unwrap_or(Json::Null)
}

fn fail(error: &dyn std::fmt::Display) -> CompanyFileError {
    CompanyFileError(error.to_string())
}
