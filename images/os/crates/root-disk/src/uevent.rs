//! What the kernel tells about a partition in its `uevent` file in sysfs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    pub number: u32,
    pub label: String,
    pub node: PathBuf,
}

impl Partition {
    /// Reads the partition whose directory in sysfs is `directory`; `None` when it has no label.
    pub(crate) fn read(directory: &Path, dev: &Path) -> io::Result<Option<Self>> {
        Ok(Self::parse(&fs::read_to_string(directory.join("uevent"))?, dev))
    }

    fn parse(uevent: &str, dev: &Path) -> Option<Self> {
        let value = |key| uevent.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        Some(Self {
            number: value("PARTN")?.parse().ok()?,
            label: value("PARTNAME")?.into(),
            node: dev.join(value("DEVNAME")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_labelled_partition_is_read() {
        let uevent =
            "MAJOR=254\nMINOR=4\nDEVNAME=vda4\nDEVTYPE=partition\nDISKSEQ=1\nPARTN=4\nPARTNAME=BOTTLEROCKET-ROOT-A\n";
        let part = Partition::parse(uevent, Path::new("/dev")).expect("it has a label");
        assert_eq!((part.number, part.label.as_str()), (4, "BOTTLEROCKET-ROOT-A"));
        assert_eq!(part.node, Path::new("/dev/vda4"));
    }

    #[test]
    fn a_partition_without_a_label_is_none_of_ours() {
        assert_eq!(Partition::parse("DEVNAME=vda1\nPARTN=1\n", Path::new("/dev")), None);
    }
}
