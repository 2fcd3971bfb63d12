//! The containers that the settings want to run.

use crate::kind::{Host, Kind, Target};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fs, io, path::Path};

/// Of a host container or a bootstrap container, whatever is set of it. `settings-applier` leaves out what is not to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Configuration {
    #[serde(default)]
    pub source: Option<String>,
    #[serde(default)]
    pub superpowered: bool,
    /// Base64.
    #[serde(default)]
    pub user_data: Option<String>,
    /// Instead of what the image names, if it is not empty.
    #[serde(default)]
    pub command: Vec<String>,
    #[serde(default)]
    pub mode: Option<Mode>,
    #[serde(default)]
    pub essential: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Once,
    Always,
}

#[derive(Deserialize)]
struct Line<T> {
    name: String,
    settings: T,
}

/// All of a kind, by name.
///
/// # Errors
/// When the file is there and cannot be read or is not of its form; the message repeats nothing of it.
pub fn all(host: &Host, kind: Kind) -> Result<BTreeMap<String, Configuration>, String> {
    read_lines(&host.configuration_file(kind.family()))
}

/// Nothing, if it is not to run.
pub fn of(target: &Target) -> Result<Option<Configuration>, String> {
    all(&target.host, target.kind).map(|mut all| all.remove(&target.name))
}

/// A file of one JSON object `{"name", "settings"}` on each line. A file that is not there is an empty one.
pub fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<BTreeMap<String, T>, String> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        read => read.map_err(|error| format!("{}: {error}", path.display()))?,
    };
    let line = |(number, line)| {
        let line: Line<T> = serde_json::from_str(line).map_err(|error| {
            format!("{}: line {}, column {}: not as expected", path.display(), number, error.column())
        })?;
        Ok((line.name, line.settings))
    };
    (1..).zip(text.lines()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_container_and_no_file_is_none() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("x.json");
        assert_eq!(read_lines::<Configuration>(&path), Ok(BTreeMap::new()));
        fs::write(
            &path,
            "{\"name\":\"admin\",\"settings\":{\"source\":\"r.example/a\",\"enabled\":true,\"superpowered\":true}}\n\
             {\"name\":\"disk\",\"settings\":{\"mode\":\"once\",\"user-data\":\"aGk=\"}}\n",
        )
        .expect("written");
        let read = read_lines::<Configuration>(&path).expect("read");
        let admin =
            Configuration { source: Some("r.example/a".into()), superpowered: true, ..Configuration::default() };
        let disk = Configuration { mode: Some(Mode::Once), user_data: Some("aGk=".into()), ..Configuration::default() };
        assert_eq!(read, BTreeMap::from([("admin".into(), admin), ("disk".into(), disk)]));
    }

    #[test]
    fn a_fault_is_told_without_what_the_file_holds() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("x.json");
        fs::write(&path, "{\"name\":\"a\",\"settings\":{\"user-data\":[\"secret\"]}}").expect("written");
        let fault = read_lines::<Configuration>(&path).expect_err("refused");
        assert!(fault.contains("x.json: line 1, column 36: not as expected"), "{fault}");
    }
}
