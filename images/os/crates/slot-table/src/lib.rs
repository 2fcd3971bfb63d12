//! The partition table of a disk with two boot slots.
//!
//! Shared by the slot loader (EFI, no operating system) and by `signpost` (Linux), so that both read the same table the
//! same way. It does no input or output of its own: a [`disk::ReadSectors`] brings the sectors in, and every change leaves
//! as a [`plan::Step`] list that the caller performs in order.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod boot_counts;
pub mod crc32;
pub mod disk;
pub mod entry;
pub mod fault;
pub mod flags;
pub mod growth;
pub mod guid;
pub mod header;
pub mod layout;
pub mod plan;
pub mod slots;
pub mod table;

mod copy;

pub use entry::Partition;
pub use fault::{Fault, NoTable};
pub use flags::SlotFlags;
pub use growth::NoGrowth;
pub use guid::Guid;
pub use layout::Slot;
pub use plan::Step;
pub use slots::Slots;
pub use table::{Table, Which};
