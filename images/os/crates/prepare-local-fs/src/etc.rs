//! /etc for one boot: the image's files below, this boot's changes above them in memory.

use rustix::mount::{self, MountFlags};
use std::ffi::CString;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

const LAYERS: &str = "/run/etc-overlay";
const MACHINE_ID: &str = "machine-id";

/// Mounts the overlay. The error says which step of it failed.
pub fn overlay() -> Result<(), String> {
    prepare(Path::new("/etc"), Path::new(LAYERS)).map_err(|cause| format!("{LAYERS}: {cause}"))?;
    let options = format!("lowerdir=/etc,upperdir={LAYERS}/upper,workdir={LAYERS}/work");
    let options = CString::new(options).map_err(|cause| cause.to_string())?;
    let flags = MountFlags::NOEXEC | MountFlags::NOSUID | MountFlags::NODEV;
    mount::mount("overlay", "/etc", "overlay", flags, Some(options.as_c_str()))
        .map_err(|cause| format!("overlay on /etc: {cause}"))?;
    println!("mounted overlay on /etc");
    Ok(())
}

/// Makes the layers, and puts the machine's identity in the upper one: PID 1 has mounted it over the image's empty file,
/// and an overlay does not see what is mounted inside of its lower layer.
fn prepare(etc: &Path, layers: &Path) -> io::Result<()> {
    let upper = layers.join("upper");
    DirBuilder::new().mode(0o700).create(layers)?;
    for (path, mode) in [(&upper, 0o755), (&layers.join("work"), 0o700)] {
        DirBuilder::new().mode(mode).create(path)?;
    }
    match fs::read(etc.join(MACHINE_ID)) {
        Ok(identity) if !identity.is_empty() => {
            fs::write(upper.join(MACHINE_ID), identity)?;
            fs::set_permissions(upper.join(MACHINE_ID), Permissions::from_mode(0o444))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(machine_id: Option<&str>) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        fs::create_dir(root.path().join("etc")).expect("a directory");
        if let Some(text) = machine_id {
            fs::write(root.path().join("etc/machine-id"), text).expect("a file");
        }
        prepare(&root.path().join("etc"), &root.path().join("layers")).expect("an empty place");
        root
    }

    #[test]
    fn the_identity_of_this_boot_is_carried_over() {
        let root = prepared(Some("0123456789abcdef0123456789abcdef\n"));
        let carried = root.path().join("layers/upper/machine-id");
        assert_eq!(fs::read_to_string(&carried).expect("it is there"), "0123456789abcdef0123456789abcdef\n");
        assert_eq!(fs::metadata(&carried).expect("it is there").permissions().mode() & 0o777, 0o444);
    }

    #[test]
    fn an_identity_that_is_not_set_yet_is_not_made_up() {
        for nothing in [None, Some("")] {
            assert!(!prepared(nothing).path().join("layers/upper/machine-id").exists());
        }
    }
}
