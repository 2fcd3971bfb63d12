//! The writes that bring a disk to a changed table.

use crate::copy::Copy;
use crate::disk::WriteSectors;
use alloc::vec;
use alloc::vec::Vec;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Write {
        lba: u64,
        bytes: Vec<u8>,
    },
    /// Nothing after this may reach the disk before all that came before it: at any moment one copy is whole.
    Flush,
}

/// Performs `steps` in order and stops at the first that fails.
pub fn perform<D: WriteSectors>(steps: &[Step], disk: &mut D) -> Result<(), D::Error> {
    steps.iter().try_for_each(|step| match step {
        Step::Write { lba, bytes } => disk.write(*lba, bytes),
        Step::Flush => disk.flush(),
    })
}

/// The writes that turn what `stored` holds into `wanted`, header last, then a flush; nothing when they agree.
pub(crate) fn update(stored: Option<&Copy>, wanted: &Copy, sector_size: usize) -> Vec<Step> {
    let stored = stored.filter(|copy| copy.header.entries_lba == wanted.header.entries_lba);
    let mut steps = Vec::new();
    for (nth, sector) in wanted.entries.chunks_exact(sector_size).enumerate() {
        let before = stored.and_then(|copy| copy.entries.chunks_exact(sector_size).nth(nth));
        if before != Some(sector) {
            steps.push(Step::Write { lba: wanted.header.entries_lba + nth as u64, bytes: sector.to_vec() });
        }
    }
    if steps.is_empty() && stored.is_some_and(|copy| copy.header == wanted.header) {
        return steps;
    }
    let mut header = vec![0; sector_size];
    wanted.header.to_sector(&mut header);
    steps.push(Step::Write { lba: wanted.header.own_lba, bytes: header });
    steps.push(Step::Flush);
    steps
}
