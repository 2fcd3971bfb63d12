//! Whether the images of an update fit the partitions and each other: found out before the slot is given up.

use super::download::{Download, Downloads};
use super::pieces;
use super::region::{Region, Regions};
use super::verity::{RootHash, Tree};
use memchr::memmem::Finder;
use slot_table::{Slot, Table, layout};
use std::io;

/// The root that the update brings; BOOT asks for it, and HASH proves it.
pub fn root_hash(images: &Downloads, regions: &Regions<'_>) -> Result<RootHash, String> {
    let tree = at(&images.hash, &regions.hash, |image, region| Tree::read(region.contents_of(image)?))?;
    at(&images.root, &regions.root, |image, region| tree.verify(region.contents_of(image)?))?;
    at(&images.boot, &regions.boot, |image, region| asks_for(tree.root_hash, region.contents_of(image)?))?;
    Ok(tree.root_hash)
}

fn at<T>(
    image: &Download,
    region: &Region<'_>,
    check: impl FnOnce(&Download, &Region<'_>) -> io::Result<T>,
) -> Result<T, String> {
    check(image, region).map_err(|error| format!("{} for {}: {error}; nothing was written", image.name, region.label()))
}

/// Whether the kernel command line in `boot` asks for this root and no other.
fn asks_for(root_hash: RootHash, boot: impl io::Read) -> io::Result<()> {
    let hash = root_hash.to_string();
    let finder = Finder::new(&hash);
    let (mut seam, mut found) = (Vec::new(), false);
    pieces::each(boot, |piece| {
        seam.extend_from_slice(&piece[..piece.len().min(hash.len())]);
        found |= finder.find(piece).is_some() || finder.find(&seam).is_some();
        seam = piece[piece.len().saturating_sub(hash.len())..].to_vec();
        Ok(())
    })?;
    if found {
        Ok(())
    } else {
        Err(io::Error::other(format!("its kernel command line does not ask for the root {hash}")))
    }
}

/// Two partitions of one name, and the kernel would take either.
pub fn is_another(table: &Table, active: Slot, root_hash: RootHash) -> Result<(), String> {
    let running = table.find(layout::ROOT_TYPE, active.root_label());
    if running.is_some_and(|part| part.unique_guid == root_hash.partition_guids().0) {
        return Err(format!(
            "this update has the root {root_hash}, and that is the one that runs; nothing was written"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staging::verity::tests::root_hash;

    #[test]
    fn a_root_hash_is_found_wherever_it_is_and_only_whole() {
        let hash = root_hash().to_string();
        for before in
            [0, 1, pieces::PIECE_BYTES - 64, pieces::PIECE_BYTES - 63, pieces::PIECE_BYTES - 1, pieces::PIECE_BYTES]
        {
            let mut boot = vec![b'x'; before];
            boot.extend_from_slice(hash.as_bytes());
            assert!(asks_for(root_hash(), &boot[..]).is_ok(), "{before}");
            boot.pop();
            assert!(asks_for(root_hash(), &boot[..]).is_err(), "{before}");
        }
    }
}
