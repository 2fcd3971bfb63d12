//! The services that a host may open, as the image lists them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    services: HashMap<String, PathBuf>,
}

impl Services {
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The socket of the service whose name came in an OPEN frame; the error is a reason for the host to read.
    pub fn socket(&self, name: &[u8]) -> Result<&Path, String> {
        if !is_name(name) {
            return Err("a service name is 1 to 64 of a-z, 0-9 and -".into());
        }
        let name = String::from_utf8_lossy(name);
        self.services.get(name.as_ref()).map(PathBuf::as_path).ok_or_else(|| {
            let mut known: Vec<_> = self.services.keys().map(String::as_str).collect();
            known.sort_unstable();
            format!("no service \"{name}\"; this image offers {}", known.join(", "))
        })
    }
}

fn is_name(name: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    (1..=64).contains(&name.len()) && name.iter().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_images_own_list_offers_the_host_api() {
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("bridge.toml");
        let services = Services::load(&list).unwrap();
        assert_eq!(services.socket(b"api"), Ok(Path::new("/run/api.sock")));
        assert_eq!(services.socket(b"ssh"), Err("no service \"ssh\"; this image offers api, cri".into()));
    }

    #[test]
    fn names_are_checked_before_they_are_shown() {
        let services = Services { services: HashMap::new() };
        for name in [b"".as_slice(), b"API", b"a/b", b"\xff", &[b'a'; 65]] {
            assert!(services.socket(name).unwrap_err().starts_with("a service name is"));
        }
    }
}
