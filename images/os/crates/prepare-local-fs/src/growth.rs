//! Room that the disk has behind DATA, the last partition: given to it, and to its file system.
//!
//! Nothing of it has to be done at once. A power cut leaves a partition that has grown or has not (`slot_table::growth`), and
//! a file system that has grown or has not (ext4 does it in transactions); the next boot goes on.

mod ioctl;

use crate::superblock::Superblock;
use root_disk::{BlockDisk, Extent, Partition, RootDisk};
use slot_table::{Table, plan};
use std::error::Error;
use std::fs::File;
use std::path::Path;

const MIB: u64 = 1 << 20;
/// What stays free at the end of the disk, for the backup of the table; as the image has it, so that there is nothing to
/// grow on a disk of its size.
const RESERVED_BYTES: u64 = 2 * MIB;

/// Where the last partition of a disk should end.
fn last_end_bytes(disk_bytes: u64) -> u64 {
    (disk_bytes - disk_bytes % MIB).saturating_sub(RESERVED_BYTES)
}

/// Lets `part` end where the disk does, in the table and for the kernel. Reads two numbers where it does already.
pub fn of_partition(part: &Partition, disk: &RootDisk, sys: &Path) -> Result<(), Box<dyn Error>> {
    let (whole, had) = (Extent::of(&disk.node, sys)?, Extent::of(&part.node, sys)?);
    let end_bytes = last_end_bytes(whole.size_bytes);
    if end_bytes <= had.end_bytes() {
        return Ok(());
    }
    let mut device = BlockDisk::open(&disk.node, true)?;
    let sector_bytes = device.sector_bytes();
    let steps = Table::read(&mut device)?.grow(
        part.number,
        end_bytes / sector_bytes - 1,
        whole.size_bytes / sector_bytes - 1,
    )?;
    plan::perform(&steps, &mut device)?;
    let size_bytes = end_bytes - had.start_bytes;
    ioctl::resize_partition(&device, part.number, had.start_bytes, size_bytes)?;
    println!("{} grows from {} to {} MiB", part.label, had.size_bytes / MIB, size_bytes / MIB);
    Ok(())
}

/// Lets the ext4 on `part`, mounted at `target`, fill it. Reads a sector where it does already.
pub fn of_file_system(part: &Partition, target: &Path, sys: &Path) -> Result<(), Box<dyn Error>> {
    let Superblock { blocks, block_bytes, .. } = Superblock::read(&part.node)?;
    let wanted = Extent::of(&part.node, sys)?.size_bytes.checked_div(block_bytes).unwrap_or_default();
    // The kernel leaves out a rest that is too small to be managed: asking for less than this again and again is in vain.
    if wanted < blocks + MIB.checked_div(block_bytes).unwrap_or_default() {
        return Ok(());
    }
    ioctl::resize_ext4(&File::open(target)?, wanted)?;
    println!("the file system of {} has {wanted} blocks of {block_bytes} bytes, it had {blocks}", part.label);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_of_the_image_has_nothing_to_grow() {
        assert_eq!(last_end_bytes(3072 * MIB), 3070 * MIB);
    }

    #[test]
    fn a_partition_ends_with_a_whole_mebibyte_before_the_backup() {
        assert_eq!(last_end_bytes(5000 * MIB + 512), 4998 * MIB);
        assert_eq!(last_end_bytes(MIB), 0);
    }
}
