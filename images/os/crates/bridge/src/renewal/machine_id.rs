//! machine-id(5).

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// All identities have one length, so a single write takes the place of the old one, and is much less work for a machine
/// that has just woken than a new file would be. /etc is in memory: the next boot has an identity of its own.
pub fn replace(etc: &Path, id: &str) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(etc.join("machine-id"))?;
    file.write_all_at(format!("{id}\n").as_bytes(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn an_identity_takes_the_place_of_another_or_of_none() {
        let etc = tempfile::tempdir().unwrap();
        let file = etc.path().join("machine-id");
        fs::write(&file, "").unwrap();
        for id in ["a".repeat(32), "b".repeat(32)] {
            replace(etc.path(), &id).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), format!("{id}\n"));
        }
    }
}
