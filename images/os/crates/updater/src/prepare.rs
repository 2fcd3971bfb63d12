//! An update onto the inactive slot. From the first write to the last the slot cannot be chosen, so a power cut at any
//! moment leaves a machine that boots what it runs now.

use crate::command::Command;
use crate::failure::{Failure, Refusal};
use crate::image_reader::{ImageReader, announced_size};
use crate::manifest::{Image, Targets};
use crate::region::{Region, Regions};
use crate::repository::Repository;
use crate::status::{Partition, State};
use crate::verity::{RootHash, Tree};
use crate::worker::Worker;
use aws_lc_rs::digest::{Context, SHA256};
use memchr::memmem::Finder;
use signpost::{Action, Target};
use slot_table::{Slot, Table, layout};
use std::fs::OpenOptions;

impl Worker<'_> {
    /// Writes the chosen update and marks the slot valid. A failure before the first write leaves disk and state as they
    /// were; one after it leaves an empty slot and the update available.
    pub fn prepare(&mut self) -> Result<(), Failure> {
        let chosen = self.status.chosen_update.clone().ok_or(Refusal::UpdateGone)?;
        let repository = self.repository(Some(&chosen))?;
        let mut updates = repository.manifest()?.updates.into_iter();
        let targets = updates.find(|update| update.image == chosen).ok_or(Refusal::UpdateGone)?.images;
        if chosen.version == self.running.version {
            return Err(Failure::Failed(format!("{chosen} is what runs; staging it a second time makes no sense")));
        }
        let target = self.target.clone();
        let fail = |error: std::io::Error| format!("{}: {error}", target.disk.display());
        let disk = OpenOptions::new().read(true).write(true).open(&target.disk).map_err(fail)?;
        let table = target.table().map_err(|error| error.to_string())?;
        let regions = Regions::find(&disk, &table, target.active.other())?;
        check_sizes(&repository, &targets, &regions)?;

        self.status.update_state = State::Available;
        self.status.staging_partition = None;
        self.begin(Command::Prepare)?;
        change(&target, |table| Action::ClearInactive.perform(table, target.active))?;
        let root_hash = write(&repository, &targets, &regions)?;
        check_is_another(&table, target.active, root_hash)?;
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

/// What frames tell of their size is not verified yet, but a lie costs nothing more than this refusal: what is written
/// is counted, too.
fn check_sizes(repository: &Repository, targets: &Targets, regions: &Regions<'_>) -> Result<(), String> {
    for (name, region) in
        [(&targets.root, &regions.root), (&targets.boot, &regions.boot), (&targets.hash, &regions.hash)]
    {
        let announced = announced_size(repository.open(name)?).map_err(|error| format!("{name}: {error}"))?;
        if let Some(bytes) = announced.filter(|bytes| *bytes > region.size()) {
            let (label, room) = (region.label(), region.size());
            return Err(format!("{name} holds {bytes} bytes, and {label} has room for {room}; nothing was written"));
        }
    }
    Ok(())
}

/// ROOT, BOOT, HASH (contract, section 4.3), each on the disk for good before the next; then all is read back.
fn write(repository: &Repository, targets: &Targets, regions: &Regions<'_>) -> Result<RootHash, String> {
    let mut boot_digest = Context::new(&SHA256);
    let root_bytes = decode(repository, &targets.root, &regions.root, |_| ())?;
    let boot_bytes = decode(repository, &targets.boot, &regions.boot, |piece| boot_digest.update(piece))?;
    let hash_bytes = decode(repository, &targets.hash, &regions.hash, |_| ())?;

    let tree = Tree::read(&regions.hash, hash_bytes)?;
    tree.verify(&regions.root, root_bytes)?;
    check_boot(&regions.boot, boot_bytes, boot_digest, tree.root_hash)?;
    Ok(tree.root_hash)
}

fn decode(repository: &Repository, name: &str, region: &Region<'_>, see: impl FnMut(&[u8])) -> Result<u64, String> {
    let written = region.write(ImageReader::new(repository.open(name)?), see);
    match written.map_err(|error| format!("{name} onto {}: {error}", region.label()))? {
        0 => Err(format!("{name} is empty")),
        written => Ok(written),
    }
}

/// That BOOT reads back as it was written, and that its kernel command line asks for this root and no other.
fn check_boot(boot: &Region<'_>, length: u64, written: Context, root_hash: RootHash) -> Result<(), String> {
    let hash = root_hash.to_string();
    let finder = Finder::new(&hash);
    let mut digest = Context::new(&SHA256);
    let (mut seam, mut found) = (Vec::new(), false);
    let read = boot.read(length, |piece| {
        digest.update(piece);
        seam.extend_from_slice(&piece[..piece.len().min(hash.len())]);
        found |= finder.find(piece).is_some() || finder.find(&seam).is_some();
        seam = piece[piece.len().saturating_sub(hash.len())..].to_vec();
        Ok(())
    });
    let fail = |reason: &str| format!("{}: {reason}", boot.label());
    read.map_err(|error| fail(&error.to_string()))?;
    if digest.finish().as_ref() != written.finish().as_ref() {
        return Err(fail("what was read back is not what was written"));
    }
    if found { Ok(()) } else { Err(fail(&format!("its kernel command line does not ask for the root {hash}"))) }
}

/// Two partitions of one name, and the kernel would take either.
fn check_is_another(table: &Table, active: Slot, root_hash: RootHash) -> Result<(), String> {
    let running = table.find(layout::ROOT_TYPE, active.root_label());
    if running.is_some_and(|part| part.unique_guid == root_hash.partition_guids().0) {
        return Err(format!("this update has the root {root_hash}, and that is the one that runs"));
    }
    Ok(())
}
