//! [`Making`]: a new file, which is at its place when it is complete and not before.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::format::beside;
use crate::error::StoreError;

/// A file under way. It is made beside its place and removed if it is not finished.
pub(super) struct Making {
    place: PathBuf,
    path: PathBuf,
    finished: bool,
}

impl Making {
    /// Begins a file.
    ///
    /// # Errors
    /// When there is one already.
    pub(super) fn new(place: &Path) -> Result<Self, StoreError> {
        if place.exists() {
            return Err(StoreError::Exists { path: place.to_owned() });
        }
        let making = Self { place: place.to_owned(), path: beside(place, "-new"), finished: false };
        // What a crash may have left.
        making.clear();
        File::create(&making.path).map_err(|source| making.io("create", source))?;
        Ok(making)
    }

    /// Where it is made.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file at its place, in a way that outlasts a crash.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        let made = File::open(&self.path).and_then(|file| file.sync_all());
        made.map_err(|source| self.io("write", source))?;
        // A link, unlike a renaming, does not write over a file that has come meanwhile.
        if fs::hard_link(&self.path, &self.place).is_err() {
            if self.place.exists() {
                return Err(StoreError::Exists { path: self.place.clone() });
            }
            fs::rename(&self.path, &self.place).map_err(|source| self.io("create", source))?;
        }
        self.clear();
        self.finished = true;
        let folder = self.place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Not every system lets a folder be synced.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }

    fn clear(&self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(beside(&self.path, suffix));
        }
    }

    fn io(&self, action: &'static str, source: std::io::Error) -> StoreError {
        match source.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                StoreError::ReadOnly { path: self.place.clone() }
            }
            std::io::ErrorKind::StorageFull => StoreError::Full { path: self.place.clone() },
            _ => StoreError::Io { action, path: self.place.clone(), source },
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if !self.finished {
            self.clear();
        }
    }
}
