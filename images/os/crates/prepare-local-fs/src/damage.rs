//! What this boot goes without, told to whoever asks: `configured.target` does not come up while anything is recorded, and
//! the host API's report quotes it.

use std::fs;
use std::io;
use std::path::Path;

/// One file for each damaged file system, of its label's name; the reason is in it.
const RECORDS: &str = "/run/sparkler/damaged-file-systems";

pub fn record(label: &str, damage: &str) -> Result<(), String> {
    record_in(Path::new(RECORDS), label, damage).map_err(|cause| format!("{RECORDS}: {cause}"))
}

fn record_in(directory: &Path, label: &str, damage: &str) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    fs::write(directory.join(label), format!("{damage}\n"))
}

/// Whether the label's file system is the one of the disk.
pub fn is_recorded(label: &str) -> bool {
    Path::new(RECORDS).join(label).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_damaged_file_system_has_a_record() {
        let run = tempfile::tempdir().expect("a directory");
        let records = run.path().join("sparkler/damaged");
        record_in(&records, "BOTTLEROCKET-DATA", "has a fault").expect("it is made");
        record_in(&records, "BOTTLEROCKET-PRIVATE", "has another").expect("it is there");
        assert_eq!(fs::read_to_string(records.join("BOTTLEROCKET-DATA")).expect("it is there"), "has a fault\n");
    }
}
