//! Where user-data can come from: one module for each kind of source.

mod cd_rom;
mod file;

use std::path::{Path, PathBuf};

/// User-data as it was found, not yet decoded.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// A source of user-data. `find` looks below the given root; an absent source is none.
pub struct Provider {
    pub name: &'static str,
    pub find: fn(&Path) -> Result<Option<Found>, String>,
}

/// In rising precedence: of two values for a setting the later one counts. Names and order are upstream's, with fw_cfg
/// at the place of upstream's hypervisor channels.
pub const PROVIDERS: [Provider; 5] = [
    Provider { name: "10-local-defaults", find: |root| file::find(root, "local/user-data-defaults.toml") },
    Provider { name: "20-local-user-data", find: |root| file::find(root, "var/lib/bottlerocket/user-data.toml") },
    Provider { name: "30-cd-rom", find: cd_rom::find },
    Provider {
        name: "40-fw-cfg",
        find: |root| file::find(root, "sys/firmware/qemu_fw_cfg/by_name/opt/sparkler/user-data/raw"),
    },
    Provider { name: "99-local-overrides", find: |root| file::find(root, "local/user-data-overrides.toml") },
];
