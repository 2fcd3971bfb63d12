use crate::manifest::{Entry, Manifest};

/// Of one pattern.
const MAX_FILES: usize = 1000;

/// The files that match, by their names in the archive, which are their paths, and by their paths. What cannot be looked at is
/// written down in the manifest.
pub fn matching(pattern: &str, manifest: &mut Manifest) -> Vec<(String, String)> {
    let mut note = |error: String| {
        let entry =
            Entry { file: String::new(), source: pattern.into(), bytes: 0, truncated: false, error: Some(error) };
        manifest.files.push(entry);
    };
    let paths = match glob::glob(pattern) {
        Ok(paths) => paths,
        Err(error) => {
            note(error.to_string());
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for path in paths {
        match path {
            Ok(path) if path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) => {
                if found.len() == MAX_FILES {
                    note(format!("more than {MAX_FILES} files match"));
                    break;
                }
                match path.to_str() {
                    Some(text) => found.push((text.trim_start_matches('/').to_owned(), text.to_owned())),
                    None => note(format!("{} is not UTF-8", path.display())),
                }
            }
            Ok(_) => {}
            Err(error) => note(error.to_string()),
        }
    }
    found
}
