use std::{
    env,
    path::{Path, PathBuf},
};

use crate::StackError;

/// The root of the repository: the one that this program was built in, wherever that lies now; else the one around the
/// present folder. Nothing is remembered from the build, since a clone may have been moved.
pub(crate) fn root() -> Result<PathBuf, StackError> {
    let own = env::current_exe().map_err(StackError::io("find the running program"))?;
    let here = env::current_dir().map_err(StackError::io("find the present folder"))?;
    let found = root_around(&own).or_else(|| root_around(&here));
    found
        .map(Path::to_owned)
        .ok_or_else(|| StackError::Missing {
            what: "the repository of hcp-qbo-sync".into(),
            remedy: "make demo, in the clone",
        })
}

fn root_around(path: &Path) -> Option<&Path> {
    let is_root = |folder: &&Path| folder.join("tests/stack/requirements.txt").is_file();
    path.ancestors().find(is_root)
}

/// A file or folder of the repository that some command has to make first.
pub(crate) fn made_by(path: &str, remedy: &'static str) -> Result<PathBuf, StackError> {
    let full = root()?.join(path);
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_moved_clone_is_found_where_it_is() {
        let here = tempfile::tempdir().unwrap();
        let clone = here.path().join("old");
        let program = Path::new("target/debug/demo");
        fs::create_dir_all(clone.join("target/debug")).unwrap();
        fs::create_dir_all(clone.join("tests/stack")).unwrap();
        fs::write(clone.join("tests/stack/requirements.txt"), "").unwrap();
        assert_eq!(root_around(&clone.join(program)), Some(clone.as_path()));
        let moved = here.path().join("new");
        fs::rename(&clone, &moved).unwrap();
        assert_eq!(root_around(&moved.join(program)), Some(moved.as_path()));
        assert_eq!(root_around(&clone.join(program)), None);
    }
}
