//! The disk that carries the verified root, from sysfs. Only that disk's partitions are ever looked at: a second disk with
//! the same labels must not be able to put itself in the place of the first.
#![forbid(unsafe_code)]

mod block_disk;
mod extent;
mod uevent;

pub use block_disk::BlockDisk;
pub use extent::Extent;
pub use uevent::Partition;

use slot_table::Slot;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The device that `root=` names: the first device-mapper target, made by `dm-mod.create`.
const ROOT_DEVICE: &str = "class/block/dm-0";

/// A disk and its partitions. `node` and the partitions' nodes are device files.
#[derive(Clone, Debug)]
pub struct RootDisk {
    pub node: PathBuf,
    pub partitions: Vec<Partition>,
    /// Numbers of the partitions that the root is made of: its data and its hash tree.
    pub below_root: Vec<u32>,
}

/// What of sysfs was not as it has to be.
#[derive(Debug)]
pub enum Error {
    Unreadable { path: PathBuf, cause: io::Error },
    NotOnOneDisk { devices: Vec<String> },
    NoActiveSlot { disk: PathBuf },
    NoPartition { label: String, disk: PathBuf },
}

impl RootDisk {
    /// Finds the disk below the root device in the sysfs mounted at `sys`; device files are taken to be in `dev`.
    pub fn discover(sys: &Path, dev: &Path) -> Result<Self, Error> {
        let below: Vec<PathBuf> = children(&sys.join(ROOT_DEVICE).join("slaves"))?
            .iter()
            .map(|path| fs::canonicalize(path).map_err(unreadable(path)))
            .collect::<Result<_, _>>()?;
        let mut disks: Vec<_> = below.iter().filter_map(|path| path.parent()).collect();
        disks.dedup();
        let [disk] = disks[..] else {
            let devices = below.iter().map(|path| path.display().to_string()).collect();
            return Err(Error::NotOnOneDisk { devices });
        };
        let read = |path: &PathBuf| Partition::read(path, dev).map_err(unreadable(path));
        let below_root = below.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let mut partitions = Vec::new();
        for path in children(disk)?.iter().filter(|path| path.join("partition").exists()) {
            partitions.extend(read(path)?);
        }
        Ok(Self {
            node: dev.join(disk.file_name().unwrap_or_default()),
            partitions,
            below_root: below_root.into_iter().flatten().map(|part| part.number).collect(),
        })
    }

    /// The partition labelled `label`; an error that names label and disk when it has none.
    pub fn partition(&self, label: &str) -> Result<&Partition, Error> {
        self.partitions
            .iter()
            .find(|part| part.label == label)
            .ok_or_else(|| Error::NoPartition { label: label.into(), disk: self.node.clone() })
    }

    /// The slot whose ROOT partition the running root comes from.
    pub fn active_slot(&self) -> Result<Slot, Error> {
        let is_below = |label| self.partition(label).is_ok_and(|part| self.below_root.contains(&part.number));
        Slot::BOTH
            .into_iter()
            .find(|slot| is_below(slot.root_label()))
            .ok_or_else(|| Error::NoActiveSlot { disk: self.node.clone() })
    }
}

fn children(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut paths: Vec<_> = entries.map_err(unreadable(directory))?.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    Ok(paths)
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |cause| Error::Unreadable { path: path.into(), cause }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, cause } => write!(out, "cannot read {}: {cause}", path.display()),
            Self::NotOnOneDisk { devices } => write!(
                out,
                "the root device dm-0 lies on {}; it has to lie on partitions of one disk",
                if devices.is_empty() { "nothing".into() } else { devices.join(" and ") }
            ),
            Self::NoActiveSlot { disk } => {
                write!(
                    out,
                    "the root device dm-0 lies on no partition of {} that is labelled as a ROOT",
                    disk.display()
                )
            }
            Self::NoPartition { label, disk } => {
                write!(out, "disk {} has no partition labelled {label}", disk.display())
            }
        }
    }
}

impl std::error::Error for Error {}
