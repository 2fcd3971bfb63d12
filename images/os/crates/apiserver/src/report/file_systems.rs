//! File systems that this boot goes without, as `prepare-local-fs` has recorded them.

use std::{collections::BTreeMap, fs, path::Path};

/// A file for each, of the name of the partition's label; what is wrong is in it.
const RECORDS: &str = "/run/sparkler/damaged-file-systems";

/// Label → what is wrong.
pub fn damaged() -> BTreeMap<String, String> {
    recorded_in(Path::new(RECORDS))
}

fn recorded_in(directory: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(directory).into_iter().flatten().flatten();
    files
        .filter_map(|file| {
            let label = file.file_name().into_string().ok()?;
            Some((label, fs::read_to_string(file.path()).ok()?.trim_end().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_record_is_told_with_its_label() {
        let run = tempfile::tempdir().expect("a directory");
        fs::write(run.path().join("BOTTLEROCKET-DATA"), "cannot be mounted\n").expect("a file");
        assert_eq!(recorded_in(run.path()), BTreeMap::from([("BOTTLEROCKET-DATA".into(), "cannot be mounted".into())]));
        assert!(recorded_in(&run.path().join("none")).is_empty());
    }
}
