//! What every Linux has in /var, which here is empty on DATA before its first boot.

use crate::directory;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

/// Makes `tmp` in `var` anybody's, and `run` the link to /run by which older programs know it. What stands in the link's
/// place stays: it may be a user's.
pub fn prepare(var: &Path) -> Result<(), String> {
    let at = |path: &Path, cause: io::Error| format!("{}: {cause}", path.display());
    let tmp = var.join("tmp");
    directory::make(&tmp).map_err(|cause| at(&tmp, cause))?;
    fs::set_permissions(&tmp, Permissions::from_mode(0o1777)).map_err(|cause| at(&tmp, cause))?;
    match symlink("../run", var.join("run")) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(at(&var.join("run"), error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_boot_finds_or_makes_them() {
        let var = tempfile::tempdir().expect("a directory");
        for _boot in 0..2 {
            prepare(var.path()).expect("made");
            let tmp = fs::metadata(var.path().join("tmp")).expect("it is there");
            assert_eq!(tmp.permissions().mode() & 0o7777, 0o1777);
            assert_eq!(fs::read_link(var.path().join("run")).expect("a link"), Path::new("../run"));
        }
    }

    #[test]
    fn a_link_in_the_place_of_tmp_is_refused() {
        let var = tempfile::tempdir().expect("a directory");
        symlink("/etc", var.path().join("tmp")).expect("a link");
        assert!(prepare(var.path()).expect_err("refused").contains("/tmp: stands there"));
    }
}
