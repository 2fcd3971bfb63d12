//! Directories on file systems that outlive a boot.

use std::fs;
use std::io;
use std::path::Path;

/// Makes `path` unless it is a directory already. A link in its place is refused: what is then mounted through it would
/// come from, or land, elsewhere.
pub fn make(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match fs::symlink_metadata(path)?.is_dir() {
            true => Ok(()),
            false => Err(io::Error::new(io::ErrorKind::NotADirectory, "stands there and is not a directory")),
        },
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_made_once() {
        let parent = tempfile::tempdir().expect("a directory");
        let path = parent.path().join("var");
        make(&path).expect("it is not there yet");
        make(&path).expect("it is there already");
        assert!(path.is_dir());
    }

    #[test]
    fn a_link_to_a_directory_is_not_followed() {
        let parent = tempfile::tempdir().expect("a directory");
        let link = parent.path().join("var");
        std::os::unix::fs::symlink("/etc", &link).expect("a link");
        assert_eq!(make(&link).expect_err("a link").kind(), io::ErrorKind::NotADirectory);
    }
}
