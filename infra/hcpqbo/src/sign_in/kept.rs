//! Where sign-ins are kept on this machine: in one file that its user alone can read, an entry for each office.

use std::{
    collections::BTreeMap,
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::Provider;
use crate::failure::Failure;

/// A sign-in. It holds secrets: nothing prints it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Where it came from, and is renewed.
    pub(crate) provider: Provider,
    /// For the API.
    pub(crate) access_token: String,
    /// Renews it.
    pub(crate) refresh_token: Option<String>,
    /// For how long the access token is good.
    pub(crate) good_until: Timestamp,
}

/// All sign-ins, by the address of the office.
#[derive(Default, Serialize, Deserialize)]
struct Offices {
    offices: BTreeMap<String, Entry>,
}

/// The file.
pub(crate) struct Kept {
    path: PathBuf,
}

impl Kept {
    /// The one of the user of this machine: below `XDG_CONFIG_HOME`, or `~/.config`.
    pub(crate) fn of_user() -> Result<Self, Failure> {
        let of = |name| std::env::var_os(name).map(PathBuf::from);
        let absolute = |path: &PathBuf| path.is_absolute();
        let config = of("XDG_CONFIG_HOME").filter(absolute);
        let config = config.or_else(|| Some(of("HOME").filter(absolute)?.join(".config")));
        let config = config.ok_or_else(|| {
            Failure::declined(
                "It is not known where sign-ins are kept: set HOME, or XDG_CONFIG_HOME.",
            )
        })?;
        Ok(Self::at(config.join("hcpqbo").join("sign-ins.json")))
    }

    fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// The sign-in at an office, and its address; without an address: the only one.
    pub(crate) fn entry(&self, office: Option<&str>) -> Result<(String, Entry), Failure> {
        let mut offices = self.read()?.offices;
        let Some(office) = office else {
            let only = offices.pop_first();
            return match (only, offices.is_empty()) {
                (Some(only), true) => Ok(only),
                (Some((first, _)), false) => {
                    let others = offices.into_keys();
                    let all: Vec<String> = std::iter::once(first).chain(others).collect();
                    let words = format!(
                        "You are signed in at several offices: say which one with OFFICE_URL or --office-url ({}).",
                        all.join(", ")
                    );
                    Err(Failure::Declined(words))
                }
                (None, _) => Err(Failure::declined(
                    "You are not signed in: hcpqbo login signs you in.",
                )),
            };
        };
        let office = named(office);
        match offices.remove(&office) {
            Some(entry) => Ok((office, entry)),
            None => Err(Failure::Declined(format!(
                "You are not signed in at {office}: hcpqbo login signs you in."
            ))),
        }
    }

    /// Keeps a sign-in in the place of the one at that office before.
    pub(crate) fn keep(&self, office: &str, entry: Entry) -> Result<(), Failure> {
        let mut offices = self.read()?;
        offices.offices.insert(named(office), entry);
        self.write(&offices)
    }

    /// Forgets the sign-in at an office. Gives whether there was one.
    pub(crate) fn forget(&self, office: &str) -> Result<bool, Failure> {
        let mut offices = self.read()?;
        let was = offices.offices.remove(&named(office)).is_some();
        if was {
            self.write(&offices)?;
        }
        Ok(was)
    }

    fn read(&self) -> Result<Offices, Failure> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Offices::default()),
            Err(error) => return Err(self.unusable(&error)),
        };
        serde_json::from_slice(&text).map_err(|_| {
            let path = self.path.display();
            Failure::Declined(format!(
                "{path} is not what hcpqbo keeps there: remove it, and sign in with hcpqbo login."
            ))
        })
    }

    /// All of it or none, and never readable by others: the new file is written beside it, and put in its place.
    fn write(&self, offices: &Offices) -> Result<(), Failure> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let written = || {
            let mut private = fs::DirBuilder::new();
            private.recursive(true).mode(0o700).create(folder)?;
            let mut file = NamedTempFile::new_in(folder)?;
            fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600))?;
            serde_json::to_writer_pretty(&mut file, offices)?;
            file.flush()?;
            file.as_file().sync_all()?;
            file.persist(&self.path).map_err(|failed| failed.error)?;
            Ok(())
        };
        written().map_err(|error: std::io::Error| self.unusable(&error))
    }

    fn unusable(&self, error: &std::io::Error) -> Failure {
        let path = self.path.display();
        Failure::Failed(format!("Sign-ins cannot be kept in {path}: {error}"))
    }
}

/// An address with a slash at its end names the same office.
fn named(office: &str) -> String {
    office.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(access_token: &str) -> Entry {
        Entry {
            provider: Provider {
                sign_in_url: "https://people.example.com".to_owned(),
                sign_in_client: "7client".to_owned(),
                sign_in_scope: "office/use".to_owned(),
                sign_in_answers_to: "http://localhost:8757/signed-in".to_owned(),
            },
            access_token: access_token.to_owned(),
            refresh_token: None,
            good_until: "2026-07-24T13:00:00Z".parse().unwrap(),
        }
    }

    fn words(found: Result<(String, Entry), Failure>) -> String {
        match found {
            Ok((office, entry)) => format!("{office} {}", entry.access_token),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn each_office_has_its_sign_in_in_a_file_that_its_user_alone_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config/hcpqbo/sign-ins.json");
        let kept = Kept::at(path.clone());
        assert_eq!(
            words(kept.entry(None)),
            "You are not signed in: hcpqbo login signs you in."
        );
        kept.keep("https://one.example.com/", entry("t-1")).unwrap();
        assert_eq!(words(kept.entry(None)), "https://one.example.com t-1");
        kept.keep("https://two.example.com", entry("t-2")).unwrap();
        kept.keep("https://one.example.com", entry("t-3")).unwrap();
        let one = kept.entry(Some("https://one.example.com/"));
        assert_eq!(words(one), "https://one.example.com t-3");
        assert!(words(kept.entry(None)).contains("https://one.example.com, https://two"));
        let elsewhere = words(kept.entry(Some("https://three.example.com")));
        assert!(
            elsewhere.contains("not signed in at https://three"),
            "{elsewhere}"
        );

        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        // Nothing is left of what was written beside it.
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);

        assert_eq!(kept.forget("https://one.example.com"), Ok(true));
        assert_eq!(kept.forget("https://one.example.com"), Ok(false));
        assert_eq!(words(kept.entry(None)), "https://two.example.com t-2");
    }

    #[test]
    fn a_file_of_others_is_named_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sign-ins.json");
        fs::write(&path, "not ours").unwrap();
        let kept = Kept::at(path.clone());
        let told = kept.keep("https://one.example.com", entry("t"));
        assert!(
            told.unwrap_err()
                .to_string()
                .contains("is not what hcpqbo keeps there")
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "not ours");
    }
}
