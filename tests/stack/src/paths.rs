use std::{
    env,
    path::{Path, PathBuf},
};

use crate::StackError;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// A file or folder of the repository that some command has to make first.
pub(crate) fn made_by(path: &str, remedy: &'static str) -> Result<PathBuf, StackError> {
    let full = root().join(path);
    if full.exists() {
        Ok(full)
    } else {
        Err(StackError::Missing {
            what: path.into(),
            remedy,
        })
    }
}

/// A binary of this workspace, built with the same profile as the caller.
pub(crate) fn binary(name: &str) -> Result<PathBuf, StackError> {
    let own = env::current_exe().map_err(StackError::io("find the running program"))?;
    // Tests run from target/<profile>/deps, programs from target/<profile>.
    let found = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.ok_or_else(|| StackError::Missing {
        what: name.into(),
        remedy: "cargo build --workspace --bins",
    })
}
