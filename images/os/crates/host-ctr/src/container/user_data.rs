use crate::kind::Target;
use base64::{Engine, prelude::BASE64_STANDARD};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Makes the directory that outlives the container, with the user-data that is set.
///
/// # Errors
/// When it cannot be written; the message repeats nothing of it.
pub fn prepare(target: &Target, user_data: Option<&str>) -> Result<(), String> {
    let directory = target.host.at(&target.persistent_path());
    write(&directory, user_data).map_err(|error| format!("{}: {error}", directory.display()))?;
    // Where logdog puts what it has gathered; all of them see it.
    fs::create_dir_all(target.host.at("/var/log/support")).map_err(|error| format!("/var/log/support: {error}"))
}

/// A power cut leaves the old file or the new one.
fn write(directory: &Path, user_data: Option<&str>) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let (place, staged) = (directory.join("user-data"), directory.join("user-data.new"));
    let Some(encoded) = user_data.filter(|encoded| !encoded.is_empty()) else {
        return match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    };
    let decoded = BASE64_STANDARD.decode(encoded).map_err(|_| io::Error::other("its user-data is not base64"))?;
    // The container can write here, and must not choose where root writes: a link or a pipe is replaced, not followed.
    let _ = fs::remove_file(&staged);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&staged)?;
    file.write_all(&decoded)?;
    file.sync_all()?;
    fs::rename(&staged, &place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_data_follows_its_setting() {
        let dir = tempfile::tempdir().expect("a directory");
        let place = dir.path().join("admin");
        write(&place, Some("aGk=")).expect("written");
        assert_eq!(fs::read_to_string(place.join("user-data")).expect("read"), "hi");
        write(&place, None).expect("removed");
        assert!(!place.join("user-data").exists());
        write(&place, Some("")).expect("nothing to remove");
        assert!(write(&place, Some("x")).is_err());
    }

    #[test]
    fn a_link_that_a_container_left_is_not_followed() {
        let dir = tempfile::tempdir().expect("a directory");
        let victim = dir.path().join("victim");
        fs::write(&victim, "whole").expect("written");
        std::os::unix::fs::symlink(&victim, dir.path().join("user-data.new")).expect("linked");
        std::os::unix::fs::symlink(&victim, dir.path().join("user-data")).expect("linked");
        write(dir.path(), Some("aGk=")).expect("written");
        assert_eq!(fs::read_to_string(&victim).expect("read"), "whole");
        assert_eq!(fs::read_to_string(dir.path().join("user-data")).expect("read"), "hi");
    }
}
