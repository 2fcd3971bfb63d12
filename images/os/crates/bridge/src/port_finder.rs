//! Finds virtio-serial ports by name without udev: the kernel shows names in sysfs and devtmpfs makes the nodes.

use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

const PORTS: &str = "/sys/class/virtio-ports";
/// The host tells a port's name in a message of its own, after the port: a nameless one may still get its name.
const NAMING: (u32, Duration) = (50, Duration::from_millis(10));

/// The device node of the port called `name`, if the host gave one.
pub fn find(name: &str) -> io::Result<Option<PathBuf>> {
    find_in(Path::new(PORTS), name)
}

fn find_in(ports: &Path, name: &str) -> io::Result<Option<PathBuf>> {
    let (attempts, pause) = NAMING;
    for _ in 0..attempts {
        let names = list(ports)?;
        if let Some((node, _)) = names.iter().find(|(_, port_name)| port_name.as_deref() == Some(name)) {
            return Ok(Some(Path::new("/dev").join(node)));
        }
        if names.iter().all(|(_, port_name)| port_name.is_some()) {
            return Ok(None);
        }
        sleep(pause);
    }
    Ok(None)
}

/// Node names (vport1p2) and the names that the host gave, where it has.
fn list(ports: &Path) -> io::Result<Vec<(PathBuf, Option<String>)>> {
    let entries = match std::fs::read_dir(ports) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    entries
        .map(|entry| {
            let entry = entry?;
            let name = match std::fs::read_to_string(entry.path().join("name")) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                name => Some(name?.trim_end().to_owned()),
            };
            Ok((entry.file_name().into(), name))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sysfs(ports: &[(&str, Option<&str>)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (node, name) in ports {
            let port = directory.path().join(node);
            std::fs::create_dir(&port).unwrap();
            if let Some(name) = name {
                std::fs::write(port.join("name"), format!("{name}\n")).unwrap();
            }
        }
        directory
    }

    #[test]
    fn finds_a_port_by_its_whole_name() {
        let ports = sysfs(&[("vport1p1", Some("hotfire.bridge2")), ("vport1p2", Some("hotfire.bridge"))]);
        let found = find_in(ports.path(), "hotfire.bridge").unwrap();
        assert_eq!(found, Some("/dev/vport1p2".into()));
        assert_eq!(find_in(ports.path(), "hotfire.journal").unwrap(), None);
    }

    #[test]
    fn a_machine_without_ports_has_none() {
        assert_eq!(find_in(Path::new("/nonexistent"), "hotfire.bridge").unwrap(), None);
    }

    #[test]
    fn waits_for_the_name_of_a_nameless_port() {
        let ports = sysfs(&[("vport1p1", None)]);
        let late = ports.path().join("vport1p1/name");
        let naming = std::thread::spawn(move || {
            sleep(Duration::from_millis(50));
            std::fs::write(late, "hotfire.bridge\n").unwrap();
        });
        assert_eq!(find_in(ports.path(), "hotfire.bridge").unwrap(), Some("/dev/vport1p1".into()));
        naming.join().unwrap();
    }
}
