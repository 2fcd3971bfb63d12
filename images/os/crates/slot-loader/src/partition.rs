//! The unified kernel image on a BOOT partition.

use crate::disk::Disk;
use crate::handles;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use slot_table::Partition;
use uefi::CStr16;
use uefi::boot;
use uefi::fs::{self, FileSystem, Path};
use uefi::prelude::*;
use uefi::proto::ProtocolPointer;
use uefi::proto::device_path::build::{self, DevicePathBuilder};
use uefi::proto::device_path::media::{HardDrive, PartitionSignature};
use uefi::proto::device_path::{DevicePath, DevicePathNode};
use uefi::proto::media::block::BlockIO;
use uefi::proto::media::fs::SimpleFileSystem;

const IMAGE: &CStr16 = cstr16!("\\EFI\\Linux\\sparkler.efi");
/// Three times what a BOOT partition holds; a directory entry that claims more is not read into memory.
const IMAGE_MAX_BYTES: u64 = 128 << 20;

/// The device path of the image on `part` of `disk`, after a look at whether it can be there.
pub fn image_on(disk: &Disk, part: &Partition) -> Result<Box<DevicePath>, String> {
    let handle = file_system(disk, part)?;
    let files = handles::open::<SimpleFileSystem>(handle).map_err(|error| format!("{}", error.status()))?;
    let size = FileSystem::new(files).metadata(Path::new(IMAGE)).map_err(|error| unreadable(&error))?.file_size();
    if size == 0 || size > IMAGE_MAX_BYTES {
        return Err(format!("{IMAGE} has {size} bytes, 1 to {IMAGE_MAX_BYTES} are allowed"));
    }
    let path = handles::open::<DevicePath>(handle).map_err(|error| format!("{}", error.status()))?;
    let mut bytes = Vec::new();
    let nodes = path.node_iter().try_fold(DevicePathBuilder::with_vec(&mut bytes), |path, node| path.push(&node));
    let file = build::media::FilePath { path_name: IMAGE };
    let built = nodes.and_then(|path| path.push(&file)).and_then(DevicePathBuilder::finalize);
    built.map(DevicePath::to_boxed).map_err(|error| format!("{error}"))
}

fn unreadable(error: &fs::Error) -> String {
    match error {
        fs::Error::Io(error) => format!("{IMAGE} cannot be read ({})", error.uefi_error.status()),
        error => format!("{IMAGE} cannot be read ({error})"),
    }
}

/// The handle with the partition's file system. Firmware in a hurry connects only what it boots from, so the drivers may
/// have to be asked first.
fn file_system(disk: &Disk, part: &Partition) -> Result<Handle, String> {
    if let Some(handle) = find::<SimpleFileSystem>(disk, part) {
        return Ok(handle);
    }
    // A refusal shows in what is then still missing.
    let _ = boot::connect_controller(disk.handle, &[], None, true);
    if let Some(handle) = find::<BlockIO>(disk, part) {
        let _ = boot::connect_controller(handle, &[], None, true);
    }
    find::<SimpleFileSystem>(disk, part).ok_or_else(|| "its BOOT partition holds no file system".into())
}

fn find<P: ProtocolPointer + ?Sized>(disk: &Disk, part: &Partition) -> Option<Handle> {
    let handles = boot::find_handles::<P>().unwrap_or_default();
    handles.into_iter().find(|handle| handles::open::<DevicePath>(*handle).is_ok_and(|path| is(&path, disk, part)))
}

/// Whether `path` is that partition of that disk: a partition with the same GUID on another disk is not.
fn is(path: &DevicePath, disk: &Disk, part: &Partition) -> bool {
    let nodes: Vec<&DevicePathNode> = path.node_iter().collect();
    let Some((last, parent)) = nodes.split_last() else {
        return false;
    };
    let signature = PartitionSignature::Guid(uefi::Guid::from_bytes(part.unique_guid.0));
    parent.iter().copied().eq(disk.path.node_iter())
        && <&HardDrive>::try_from(*last)
            .is_ok_and(|last| last.partition_number() == part.number && last.partition_signature() == signature)
}
