use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file as a whole: a power cut leaves the old one or the new one, and the new one once this has returned.
pub fn replace_durably(path: &Path, content: &[u8]) -> Result<(), String> {
    let replace = || {
        let directory = path.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(directory)?;
        let beside = path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(beside, path)?;
        File::open(directory)?.sync_all()
    };
    replace().map_err(|error: io::Error| format!("{}: {error}", path.display()))
}

/// Replaces a file so that no reader sees half of it; nothing is promised for a power cut.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), String> {
    let replace = || {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
        let beside = path.with_extension("new");
        fs::write(&beside, content)?;
        fs::rename(beside, path)
    };
    replace().map_err(|error: io::Error| format!("{}: {error}", path.display()))
}
