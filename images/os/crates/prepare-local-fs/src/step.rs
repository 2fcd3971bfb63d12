//! One thing to do to the tree of mounts.

use crate::volume::Volume;
use rustix::mount::{self, MountFlags, MountPropagationFlags};
use std::fmt;
use std::io;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filesystem {
    Vfat,
    Iso9660,
    Tmpfs,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Attach(Volume),
    Mount {
        source: PathBuf,
        target: PathBuf,
        kind: Filesystem,
        flags: MountFlags,
    },
    Bind {
        source: PathBuf,
        target: PathBuf,
    },
    /// Changes only how this mount may be used; the file system keeps its own options.
    Restrict {
        target: PathBuf,
        flags: MountFlags,
    },
    StopPropagation {
        target: PathBuf,
    },
}

impl Step {
    /// Does it, and tells of each mount; the error names the step.
    pub fn perform(&self) -> Result<(), String> {
        self.try_perform().map_err(|cause| format!("{self}: {cause}"))?;
        if let Self::Mount { .. } | Self::Bind { .. } = self {
            println!("mounted {self}");
        }
        Ok(())
    }

    fn try_perform(&self) -> io::Result<()> {
        match self {
            Self::Mount { source, target, kind, flags } => mount::mount(source, target, kind.name(), *flags, None)?,
            Self::Bind { source, target } => mount::mount_bind_recursive(source, target)?,
            Self::Restrict { target, flags } => mount::mount_remount(target, MountFlags::BIND | *flags, "")?,
            Self::StopPropagation { target } => mount::mount_change(target, MountPropagationFlags::PRIVATE)?,
            Self::Attach(volume) => volume.attach().map_err(io::Error::other)?,
        }
        Ok(())
    }
}

impl Filesystem {
    fn name(self) -> &'static str {
        match self {
            Self::Vfat => "vfat",
            Self::Iso9660 => "iso9660",
            Self::Tmpfs => "tmpfs",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attach(volume) => volume.fmt(out),
            Self::Mount { source, target, kind, .. } => {
                write!(out, "{} on {} ({})", source.display(), target.display(), kind.name())
            }
            Self::Bind { source, target } => write!(out, "{} on {}", source.display(), target.display()),
            Self::Restrict { target, .. } => write!(out, "restrictions on {}", target.display()),
            Self::StopPropagation { target } => write!(out, "{} on its own", target.display()),
        }
    }
}
