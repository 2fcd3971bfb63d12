use crate::templates;
use models::ConfigurationFile;
use serde_json::Value;
use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

const DEFAULT_MODE: &str = "0644";

/// Renders a configuration file. Returns whether its content has changed.
///
/// # Errors
/// When the template cannot be read or rendered, or the file cannot be written; then it is as it was.
pub fn update(file: &ConfigurationFile, settings: &Value) -> Result<bool, String> {
    let template =
        fs::read_to_string(&file.template_path).map_err(|error| at(Path::new(&file.template_path), &error))?;
    let content = templates::render(&template, settings).map_err(|error| format!("{}: {error}", file.template_path))?;
    let mode = file.mode.as_deref().unwrap_or(DEFAULT_MODE);
    let mode = u32::from_str_radix(mode, 8).map_err(|error| format!("{}: mode {mode:?}: {error}", file.path))?;
    replace_if_different(Path::new(&file.path), content.as_bytes(), mode)
}

/// Returns whether the content has changed.
///
/// # Errors
/// When the file cannot be written; then it is as it was.
pub fn replace_if_different(path: &Path, content: &[u8], mode: u32) -> Result<bool, String> {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(false);
    }
    replace(path, content, mode).map_err(|error| at(path, &error))?;
    Ok(true)
}

pub fn at(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// Readers see the old file or the new one. Nothing is synced: /etc lives in memory and is rendered anew at each boot.
fn replace(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let dir = path.parent().filter(|_| path.is_absolute());
    fs::create_dir_all(dir.ok_or_else(|| io::Error::other("the path of a configuration file must be absolute"))?)?;
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let staged = PathBuf::from(name);
    let mut file = File::create(&staged)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.write_all(content)?;
    fs::rename(&staged, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_is_written_when_it_changes_and_only_then() {
        let dir = tempfile::tempdir().expect("a directory");
        let place = |name| dir.path().join(name).display().to_string();
        fs::write(place("t"), "{{ settings.motd }}\n").expect("written");
        let file = ConfigurationFile { path: place("a/b/motd"), template_path: place("t"), mode: Some("0600".into()) };
        assert_eq!(update(&file, &json!({"motd": "one"})), Ok(true));
        assert_eq!(update(&file, &json!({"motd": "one"})), Ok(false));
        assert_eq!(update(&file, &json!({"motd": "two"})), Ok(true));
        assert_eq!(fs::read_to_string(&file.path).expect("read"), "two\n");
        assert_eq!(fs::metadata(&file.path).expect("there").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_fault_names_the_file_and_leaves_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let place = |name| dir.path().join(name).display().to_string();
        fs::write(place("t"), "{% if %}").expect("written");
        fs::write(place("motd"), "old").expect("written");
        let file = ConfigurationFile { path: place("motd"), template_path: place("t"), mode: None };
        let fault = update(&file, &json!({})).expect_err("refused");
        assert!(fault.starts_with(&place("t")), "{fault}");
        assert_eq!(fs::read_to_string(place("motd")).expect("read"), "old");
    }
}
