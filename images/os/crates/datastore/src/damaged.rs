use std::{fs, io, os::unix::fs::MetadataExt, path::Path};

/// PRIVATE has room for some, and the first one is the one that held what was set.
const MAX_KEPT: usize = 3;

/// Gives the file `name` a second name to keep it by, durably, and returns that.
pub fn keep(dir: &Path, name: &str) -> io::Result<String> {
    let names: Vec<_> = (1..=MAX_KEPT)
        .map(|nth| if nth == 1 { format!("{name}.corrupt") } else { format!("{name}.corrupt.{nth}") })
        .collect();
    let inode = fs::metadata(dir.join(name))?.ino();
    // It has one already where a power cut came between this and the store's replacement.
    let is_for_it = |kept: &&String| fs::metadata(dir.join(kept)).map_or(true, |found| found.ino() == inode);
    let kept = names.iter().find(is_for_it).unwrap_or(&names[MAX_KEPT - 1]);
    let path = dir.join(kept);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::hard_link(dir.join(name), path)?,
    }
    fs::File::open(dir)?.sync_all()?;
    Ok(kept.clone())
}
