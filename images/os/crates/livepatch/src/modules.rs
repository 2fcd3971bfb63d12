//! The modules that this machine keeps, on PRIVATE: a boot must not depend on a network.

use crate::atomic_file::replace_durably;
use aws_lc_rs::digest::{SHA256, digest};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;

/// Patches have tens of kilobytes; PRIVATE has 41 MiB, and the settings and the record of the repository beside them.
pub const MODULE_MAX_BYTES: u64 = 8 << 20;
const ALL_MAX_BYTES: u64 = 16 << 20;

pub struct Modules(pub PathBuf);

impl Modules {
    /// Keeps a module, and gives the name that it is kept by.
    ///
    /// # Errors
    /// When there is no room, or it cannot be written.
    pub fn keep(&self, bytes: &[u8]) -> Result<String, String> {
        let sha256 = digest_of(bytes);
        let path = self.path(&sha256);
        if fs::read(&path).is_ok_and(|kept| kept == bytes) {
            return Ok(sha256);
        }
        let used = self.used_bytes();
        if used + bytes.len() as u64 > ALL_MAX_BYTES {
            return Err(format!(
                "{}: the live patches there take {used} of {ALL_MAX_BYTES} bytes, and this one takes {}; revert one first",
                self.0.display(),
                bytes.len()
            ));
        }
        replace_durably(&path, bytes)?;
        Ok(sha256)
    }

    /// # Errors
    /// When it is not there, or not what was kept.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, String> {
        let path = self.path(sha256);
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if digest_of(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(format!("{}: it was changed since it was kept", path.display()))
        }
    }

    /// Deletes all but the modules named.
    pub fn keep_only(&self, wanted: &BTreeSet<&str>) {
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_wanted = path.extension().is_some_and(|extension| extension == "ko")
                && path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| wanted.contains(stem));
            if !is_wanted {
                report(fs::remove_file(&path), &path.display().to_string());
            }
        }
    }

    fn used_bytes(&self) -> u64 {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.0.join(format!("{sha256}.ko"))
    }
}

fn report(done: io::Result<()>, what: &str) {
    if let Err(error) = done {
        eprintln!("{what}: {error}");
    }
}

fn digest_of(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_or_not_at_all() {
        let directory = tempfile::tempdir().expect("a directory");
        let modules = Modules(directory.path().join("modules"));
        let name = modules.keep(b"abc").expect("kept");
        assert_eq!(modules.read(&name), Ok(b"abc".to_vec()));
        fs::write(modules.path(&name), b"abd").expect("written");
        assert!(modules.read(&name).expect_err("refused").contains("changed since it was kept"));
        modules.keep(b"abc").expect("kept again");
        let other = modules.keep(b"other").expect("kept");
        modules.keep_only(&BTreeSet::from([other.as_str()]));
        assert!(modules.read(&name).is_err() && modules.read(&other).is_ok());
    }

    #[test]
    fn private_is_not_filled() {
        let directory = tempfile::tempdir().expect("a directory");
        let modules = Modules(directory.path().to_owned());
        for byte in 0..2 {
            modules.keep(&vec![byte; 8 << 20]).expect("kept");
        }
        assert!(modules.keep(b"one more").expect_err("refused").contains("revert one first"));
    }
}
