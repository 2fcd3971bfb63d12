//! The disk that this program was loaded from.

use crate::handles;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use slot_table::disk::{ReadSectors, WriteSectors};
use uefi::boot::{self, ScopedProtocol};
use uefi::mem::AlignedBuffer;
use uefi::prelude::*;
use uefi::proto::device_path::build::DevicePathBuilder;
use uefi::proto::device_path::media::HardDrive;
use uefi::proto::device_path::{DevicePath, DevicePathNode};
use uefi::proto::loaded_image::LoadedImage;
use uefi::proto::media::block::BlockIO;

pub struct Disk {
    pub handle: Handle,
    pub path: Box<DevicePath>,
    io: ScopedProtocol<BlockIO>,
}

impl Disk {
    /// Finds the whole disk: the device path of the partition that this program lies on, without the partition.
    pub fn loaded_from() -> Result<Self, String> {
        Self::find().map_err(|why| format!("cannot find the disk that the loader lies on: {why}"))
    }

    fn find() -> Result<Self, String> {
        let status = |error: uefi::Error| format!("{}", error.status());
        let image = handles::open::<LoadedImage>(boot::image_handle()).map_err(status)?;
        let partition = image.device().ok_or("it was not loaded from a device")?;
        let partition = handles::open::<DevicePath>(partition).map_err(status)?;
        let path = without_partition(&partition)?;
        let mut rest = &*path;
        let handle = boot::locate_device_path::<BlockIO>(&mut rest).map_err(status)?;
        if rest.node_iter().next().is_some() {
            return Err("the firmware offers no access to it".into());
        }
        let io = handles::open::<BlockIO>(handle).map_err(status)?;
        Ok(Self { handle, path, io })
    }

    fn buffer(&self, bytes: usize) -> uefi::Result<AlignedBuffer> {
        let align = (self.io.media().io_align() as usize).max(1);
        AlignedBuffer::from_size_align(bytes, align).map_err(|_| Status::BAD_BUFFER_SIZE.into())
    }
}

fn without_partition(path: &DevicePath) -> Result<Box<DevicePath>, String> {
    let nodes: Vec<&DevicePathNode> = path.node_iter().collect();
    let Some((_, disk)) = nodes.split_last().filter(|(last, _)| <&HardDrive>::try_from(**last).is_ok()) else {
        return Err("it was not loaded from a partition".into());
    };
    let mut bytes = Vec::new();
    let builder = disk.iter().try_fold(DevicePathBuilder::with_vec(&mut bytes), |path, node| path.push(node));
    let path = builder.and_then(DevicePathBuilder::finalize).map_err(|error| format!("{error}"))?;
    Ok(path.to_boxed())
}

impl ReadSectors for Disk {
    type Error = uefi::Error;

    fn sector_size(&self) -> usize {
        self.io.media().block_size() as usize
    }

    fn last_lba(&self) -> u64 {
        self.io.media().last_block()
    }

    fn read(&mut self, lba: u64, into: &mut [u8]) -> uefi::Result {
        let mut buffer = self.buffer(into.len())?;
        let medium = self.io.media().media_id();
        self.io.read_blocks(medium, lba, buffer.as_slice_mut())?;
        into.copy_from_slice(buffer.as_slice());
        Ok(())
    }
}

impl WriteSectors for Disk {
    type Error = uefi::Error;

    fn write(&mut self, lba: u64, bytes: &[u8]) -> uefi::Result {
        let mut buffer = self.buffer(bytes.len())?;
        buffer.copy_from_slice(bytes);
        let medium = self.io.media().media_id();
        self.io.write_blocks(medium, lba, buffer.as_slice())
    }

    fn flush(&mut self) -> uefi::Result {
        self.io.flush_blocks()
    }
}
