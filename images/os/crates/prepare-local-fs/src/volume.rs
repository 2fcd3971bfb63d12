//! A file system that outlives boots: checked, repaired where that costs nothing, mounted; or, where it is damaged,
//! scratch space in its place, so that the machine can still be asked what is wrong.

use crate::check;
use crate::damage;
use crate::directory;
use rustix::mount::{self, MountFlags, UnmountFlags};
use std::fmt;
use std::path::PathBuf;

/// An ext4 on a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    pub label: &'static str,
    pub device: PathBuf,
    pub target: PathBuf,
    pub flags: MountFlags,
    /// Made in it.
    pub directories: Vec<PathBuf>,
}

impl Volume {
    /// Mounts it. Fails only where not even scratch space can be mounted.
    pub fn attach(&self) -> Result<(), String> {
        let damage = match self.check_and_open() {
            Ok(()) => {
                println!("mounted {self}");
                return Ok(());
            }
            Err(damage) => damage,
        };
        eprintln!(
            "<3>{} ({}) {damage}. It stays as it is; {} is empty until the next boot, and no container starts.",
            self.label,
            self.device.display(),
            self.target.display()
        );
        let scratch = mount::mount("tmpfs", &self.target, "tmpfs", self.flags, None);
        scratch.map_err(|cause| format!("scratch space on {}: {cause}", self.target.display()))?;
        damage::record(self.label, &damage)?;
        self.make_directories()
    }

    fn check_and_open(&self) -> Result<(), String> {
        check::where_needed(self.label, &self.device)?;
        let Err(refusal) = self.open() else { return Ok(()) };
        check::repair(self.label, &self.device, &refusal)?;
        self.open()
    }

    /// Leaves nothing mounted where it fails.
    fn open(&self) -> Result<(), String> {
        mount::mount(&self.device, &self.target, "ext4", self.flags, None)
            .map_err(|cause| format!("cannot be mounted: {cause}"))?;
        self.make_directories().inspect_err(|_| {
            // What it says of its errors is durable when it is unmounted, and e2fsck goes by that.
            if let Err(cause) = mount::unmount(&self.target, UnmountFlags::empty()) {
                eprintln!("<3>{} cannot be unmounted: {cause}", self.target.display());
            }
        })
    }

    fn make_directories(&self) -> Result<(), String> {
        self.directories
            .iter()
            .try_for_each(|path| directory::make(path).map_err(|cause| format!("{}: {cause}", path.display())))
    }
}

impl fmt::Display for Volume {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} on {} (ext4)", self.device.display(), self.target.display())
    }
}
