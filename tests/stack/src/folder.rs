use std::{
    env,
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

use tempfile::TempDir;

use crate::StackError;

/// What the names of all our temporary folders begin with.
const OURS: &str = "hcp-qbo-sync-";

/// A file in each, locked as long as its holder lives.
const IN_USE: &str = "in-use";

/// A temporary folder, gone with this value. Should the holder be killed, the next one that makes a folder clears it.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: TempDir,
    _in_use: File,
}

impl Folder {
    /// An empty one; `name` tells people what it is for.
    pub(crate) fn new(name: &str) -> Result<Self, StackError> {
        clear(&env::temp_dir());
        let made = Self::make(name, &env::temp_dir());
        made.map_err(StackError::io("make a temporary directory"))
    }

    fn make(name: &str, parent: &Path) -> io::Result<Self> {
        let folder = TempDir::with_prefix_in(format!("{OURS}{name}-"), parent)?;
        // Locked before it has its name: nobody sees it unlocked while we live.
        let new = folder.path().join("in-use.new");
        let in_use = File::create(&new)?;
        in_use.lock()?;
        fs::rename(new, folder.path().join(IN_USE))?;
        Ok(Self {
            folder,
            _in_use: in_use,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what dead holders have left in a folder. What cannot be removed stays; it is only in the way.
fn clear(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(OURS);
        if ours && is_left_behind(&entry.path()) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn is_left_behind(folder: &Path) -> bool {
    let Ok(in_use) = File::open(folder.join(IN_USE)) else {
        return false;
    };
    !matches!(
        in_use.try_lock(),
        Err(TryLockError::WouldBlock | TryLockError::Error(_))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_holder_left_is_cleared_and_what_lives_stays() {
        let parent = tempfile::tempdir().unwrap();
        let living = Folder::make("living", parent.path()).unwrap();
        let killed = Folder::make("killed", parent.path()).unwrap();
        let others = parent.path().join("others");
        fs::create_dir(&others).unwrap();
        fs::write(killed.path().join("state"), "much").unwrap();
        clear(parent.path());
        assert!(killed.path().exists(), "it lives");
        // What the system does for a process that dies: its lock ends, its folder stays.
        let Folder { folder, _in_use } = killed;
        let left = folder.keep();
        drop(_in_use);
        clear(parent.path());
        assert!(!left.exists());
        assert!(living.path().exists() && others.exists());
    }
}
