//! Mirrors of registries, where containerd looks for them at each pull: a directory for each registry, `hosts.toml` in it.

use crate::files;
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

pub const DIRECTORY: &str = "/etc/containerd/certs.d";
/// containerd's name for the registries that have no directory of their own.
const ALL_OTHERS: &str = "_default";

#[derive(Deserialize)]
struct Mirror {
    registry: String,
    endpoint: Vec<String>,
}

/// Makes `directory` hold what the settings say, and nothing else.
///
/// # Errors
/// What can't be read, written or removed, with its path.
pub fn write(settings: &Value, directory: &Path) -> Result<(), String> {
    let wanted = wanted(settings)?;
    for (name, content) in &wanted {
        let path = directory.join(name).join("hosts.toml");
        files::replace_if_different(&path, content.as_bytes(), 0o644)?;
    }
    let present = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|error| files::at(directory, &error))?,
    };
    for entry in present {
        let path: PathBuf = entry.map_err(|error| files::at(directory, &error))?.path();
        let is_wanted = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| wanted.contains_key(name));
        if !is_wanted {
            fs::remove_dir_all(&path).map_err(|error| files::at(&path, &error))?;
        }
    }
    Ok(())
}

/// Directory → content of its file. The registry itself comes after its mirrors: by HTTPS, or as an endpoint of its own host
/// says.
fn wanted(settings: &Value) -> Result<BTreeMap<String, String>, String> {
    let Some(mirrors) = settings.pointer("/container-registry/mirrors") else { return Ok(BTreeMap::new()) };
    let mirrors: Vec<Mirror> =
        Deserialize::deserialize(mirrors).map_err(|error| format!("settings.container-registry.mirrors: {error}"))?;
    let mut wanted = BTreeMap::<String, String>::new();
    for Mirror { registry, endpoint } in mirrors {
        let name = if registry == "*" { ALL_OTHERS.to_owned() } else { registry };
        // Nothing in an address ends a string of TOML: the host API takes none that would.
        let itself = endpoint.iter().find(|url| leads_to(url, &name)).cloned();
        let content = wanted.entry(name).or_default();
        if let Some(url) = itself {
            content.insert_str(0, &format!("server = \"{url}\"\n"));
        }
        // containerd reads no file without a host, so the registry itself is listed as one, too.
        for url in endpoint {
            let _ = writeln!(content, "[host.\"{url}\"]\ncapabilities = [\"pull\", \"resolve\"]");
        }
    }
    Ok(wanted)
}

fn leads_to(url: &str, registry: &str) -> bool {
    url.split_once("://").is_some_and(|(_, rest)| rest.trim_end_matches('/') == registry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_directory_follows_the_settings() {
        let scratch = tempfile::tempdir().expect("a directory");
        let directory = scratch.path().join("certs.d");
        let set = |mirrors| write(&json!({"container-registry": {"mirrors": mirrors}}), &directory).expect("written");
        let read = |name: &str| fs::read_to_string(directory.join(name).join("hosts.toml")).ok();
        write(&json!({}), &directory).expect("nothing to do");
        set(json!([
            {"registry": "docker.io", "endpoint": ["https://a.example", "http://b.example:5000"]},
            {"registry": "*", "endpoint": ["https://c.example"]},
        ]));
        let host = |url: &str| format!("[host.\"{url}\"]\ncapabilities = [\"pull\", \"resolve\"]\n");
        assert_eq!(read("docker.io"), Some(host("https://a.example") + &host("http://b.example:5000")));
        assert_eq!(read("_default"), Some(host("https://c.example")));
        set(json!([{"registry": "r.example:5000", "endpoint": []}]));
        assert_eq!((read("docker.io"), read("_default")), (None, None));
        assert_eq!(read("r.example:5000").as_deref(), Some(""));
        set(json!([{"registry": "r.example:5000", "endpoint": ["https://c.example", "http://r.example:5000/"]}]));
        let itself = "server = \"http://r.example:5000/\"\n".to_owned();
        let hosts = host("https://c.example") + &host("http://r.example:5000/");
        assert_eq!(read("r.example:5000"), Some(itself + &hosts));
    }

    #[test]
    fn what_can_not_be_written_is_named() {
        let scratch = tempfile::tempdir().expect("a directory");
        let directory = scratch.path().join("certs.d");
        fs::write(&directory, "").expect("written");
        let settings = json!({"container-registry": {"mirrors": [{"registry": "r", "endpoint": []}]}});
        let fault = write(&settings, &directory).expect_err("no directory");
        assert!(fault.starts_with(&directory.display().to_string()), "{fault}");
    }
}
