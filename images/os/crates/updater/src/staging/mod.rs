//! An update onto the inactive slot. The slot keeps what it holds, a version to go back to, until the update is verified.
//! From the first write to the last it cannot be chosen, so a power cut at any moment leaves a machine that boots what it
//! runs now.

mod check;
mod download;
mod image_reader;
mod pieces;
mod region;
mod verity;

use crate::command::Command;
use crate::failure::{Failure, Refusal};
use crate::selection::Image;
use crate::status::{Partition, State};
use crate::worker::Worker;
use download::Downloads;
use region::Regions;
use signpost::{Action, Target};
use slot_table::Table;
use std::fs::OpenOptions;

impl Worker<'_> {
    /// Writes the chosen update, should it still be offered, and marks the slot valid. A failure before the first write
    /// leaves disk and state as they were; one after it leaves an empty slot and the update available.
    pub fn prepare(&mut self) -> Result<(), Failure> {
        let chosen = self.status.chosen_update.clone().ok_or(Refusal::UpdateGone)?;
        let (repository, selection) = self.look(Some(&chosen))?;
        let update = selection.still_wanted(&chosen).ok_or(Refusal::UpdateGone)?;
        selection.migrations.check(&self.running.version, &chosen.version)?;
        let target = self.target.clone();
        let fail = |error: std::io::Error| format!("{}: {error}", target.disk.display());
        let disk = OpenOptions::new().read(true).write(true).open(&target.disk).map_err(fail)?;
        let table = target.table().map_err(|error| error.to_string())?;
        let regions = Regions::find(&disk, &table, target.active.other())?;
        let (status, path) = (&mut self.status, &self.places.status);
        let images = Downloads::fetch(&repository, &update.images, &self.places.downloads, |progress| {
            status.progress = Some(progress);
            status.save(path)
        })?;
        let root_hash = check::root_hash(&images, &regions)?;
        check::is_another(&table, target.active, root_hash)?;

        self.status.update_state = State::Available;
        self.status.staging_partition = None;
        self.begin(Command::Prepare)?;
        change(&target, |table| Action::ClearInactive.perform(table, target.active))?;
        write(&images, &regions)?;
        let (data, hash) = root_hash.partition_guids();
        change(&target, |table| {
            table.set_unique_guid(regions.root.partition.number, data);
            table.set_unique_guid(regions.hash.partition.number, hash);
            Action::MarkInactiveValid.perform(table, target.active)
        })?;
        self.stage(chosen);
        Ok(())
    }

    fn stage(&mut self, image: Image) {
        self.status.update_state = State::Staged;
        self.status.staging_partition = Some(Partition { image, next_to_boot: false });
    }
}

fn change(target: &Target, change: impl FnOnce(&mut Table) -> Result<(), signpost::Refused>) -> Result<(), String> {
    target.change(change).map_err(|error| error.to_string())
}

/// ROOT, BOOT, HASH (contract, section 4.3), each on the disk for good before the next; then all is read back.
fn write(images: &Downloads, regions: &Regions<'_>) -> Result<(), String> {
    let parts = [(&images.root, &regions.root), (&images.boot, &regions.boot), (&images.hash, &regions.hash)];
    for (image, region) in parts {
        region.write(image).map_err(|error| format!("{} onto {}: {error}", image.name, region.label()))?;
    }
    for (image, region) in parts {
        region.compare(image).map_err(|error| format!("{}: {error}", region.label()))?;
    }
    Ok(())
}
