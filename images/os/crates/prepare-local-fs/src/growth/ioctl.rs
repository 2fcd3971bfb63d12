//! What no crate offers of linux/blkpg.h and linux/ext4.h.

use rustix::ioctl::{Opcode, Setter, ioctl, opcode};
use std::io;
use std::os::fd::AsFd;

const BLKPG: Opcode = opcode::none(0x12, 105);
const BLKPG_RESIZE_PARTITION: i32 = 3;
const EXT4_IOC_RESIZE_FS: Opcode = opcode::write::<u64>(b'f', 16);

/// `struct blkpg_partition`.
#[repr(C)]
struct PartitionRange {
    start_bytes: i64,
    size_bytes: i64,
    number: i32,
    names: [u8; 128],
}

/// `struct blkpg_ioctl_arg`.
#[repr(C)]
struct Request {
    operation: i32,
    flags: i32,
    length: i32,
    data: *const PartitionRange,
}

/// Tells the kernel how large a partition of `disk` is now; it may be in use.
#[allow(unsafe_code, reason = "no crate offers this ioctl")]
pub fn resize_partition(disk: &impl AsFd, number: u32, start_bytes: u64, size_bytes: u64) -> io::Result<()> {
    let signed = |bytes: u64| i64::try_from(bytes).map_err(io::Error::other);
    let range = PartitionRange {
        start_bytes: signed(start_bytes)?,
        size_bytes: signed(size_bytes)?,
        number: i32::try_from(number).map_err(io::Error::other)?,
        names: [0; 128],
    };
    let request =
        Request { operation: BLKPG_RESIZE_PARTITION, flags: 0, length: size_of_val(&range) as i32, data: &range };
    // SAFETY: BLKPG reads one blkpg_ioctl_arg and the blkpg_partition that it points to; both outlive the call.
    Ok(unsafe { ioctl(disk, Setter::<BLKPG, Request>::new(request)) }?)
}

/// Grows the mounted ext4 that `inside` is a file or directory of to `blocks` blocks.
#[allow(unsafe_code, reason = "no crate offers this ioctl")]
pub fn resize_ext4(inside: &impl AsFd, blocks: u64) -> io::Result<()> {
    // SAFETY: EXT4_IOC_RESIZE_FS reads one u64.
    Ok(unsafe { ioctl(inside, Setter::<EXT4_IOC_RESIZE_FS, u64>::new(blocks)) }?)
}
