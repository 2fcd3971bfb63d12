//! machine-id(5).

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Whoever reads at the same time sees the old identity or the new one. /etc is in memory, so the next boot has its own.
pub fn replace(etc: &Path, id: &str) -> io::Result<()> {
    let fresh = etc.join(".machine-id.new");
    fs::write(&fresh, format!("{id}\n"))?;
    fs::set_permissions(&fresh, Permissions::from_mode(0o444))?;
    fs::rename(&fresh, etc.join("machine-id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_a_read_only_identity() {
        let etc = tempfile::tempdir().unwrap();
        replace(etc.path(), &"a".repeat(32)).unwrap();
        replace(etc.path(), &"b".repeat(32)).unwrap();
        let id = etc.path().join("machine-id");
        assert_eq!(fs::read_to_string(&id).unwrap(), format!("{}\n", "b".repeat(32)));
        assert_eq!(fs::metadata(&id).unwrap().permissions().mode() & 0o777, 0o444);
        assert_eq!(fs::read_dir(etc.path()).unwrap().count(), 1);
    }
}
