//! The five lines of `signpost status`.

use slot_table::{Guid, Slot, Slots, Table, layout};
use std::fmt;
use std::path::Path;

pub struct Status<'a> {
    pub disk: &'a Path,
    pub table: &'a Table,
    pub active: Slot,
}

impl Status<'_> {
    fn set(&self, slot: Slot, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(flags) = Slots::find(self.table).flags(slot) else {
            return writeln!(out, "Set {slot}:   not on this disk");
        };
        writeln!(
            out,
            "Set {slot}:   boot={} root={} hash={} priority={} tries_left={} successful={}",
            self.node(layout::BOOT_TYPE, slot.boot_label()),
            self.node(layout::ROOT_TYPE, slot.root_label()),
            self.node(layout::HASH_TYPE, slot.hash_label()),
            flags.priority,
            flags.tries_left,
            flags.successful
        )
    }

    fn node(&self, type_guid: Guid, label: &str) -> String {
        self.table
            .find(type_guid, label)
            .map_or("none".into(), |part| partition_node(&self.disk.display().to_string(), part.number))
    }
}

/// Linux puts a `p` between the name of a disk and a partition's number where the name ends with a digit.
fn partition_node(disk: &str, number: u32) -> String {
    let separator = if disk.ends_with(|last: char| last.is_ascii_digit()) { "p" } else { "" };
    format!("{disk}{separator}{number}")
}

impl fmt::Display for Status<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "OS disk: {}", self.disk.display())?;
        Slot::BOTH.into_iter().try_for_each(|slot| self.set(slot, out))?;
        writeln!(out, "Active:  Set {}", self.active)?;
        match Slots::find(self.table).boot_order().first() {
            Some(next) => writeln!(out, "Next:    Set {next}"),
            None => writeln!(out, "Next:    None"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::partition_node;

    #[test]
    fn partitions_are_named_as_linux_names_them() {
        assert_eq!(partition_node("/dev/vda", 3), "/dev/vda3");
        assert_eq!(partition_node("/dev/nvme0n1", 3), "/dev/nvme0n1p3");
    }
}
