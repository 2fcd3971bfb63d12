//! Where user-data can come from: one module for each kind of source.

mod cd_rom;
mod ec2;
mod file;

use crate::imds::Imds;
use std::path::PathBuf;

/// User-data as it was found, not yet decoded.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path or URL.
    pub place: String,
    pub bytes: Vec<u8>,
}

/// Where providers look.
pub struct Machine {
    /// Where its files begin.
    pub root: PathBuf,
    /// None where no cloud is around it.
    pub imds: Option<Imds>,
}

/// A source of user-data; an absent source is none.
pub struct Provider {
    pub name: &'static str,
    pub find: fn(&Machine) -> Result<Option<Found>, String>,
}

/// In rising precedence: of two values for a setting the later one counts. Names and order are upstream's, with fw_cfg
/// at the place of upstream's hypervisor channels.
pub const PROVIDERS: [Provider; 7] = [
    Provider { name: "10-local-defaults", find: |machine| file::find(&machine.root, "local/user-data-defaults.toml") },
    Provider {
        name: "20-local-user-data",
        find: |machine| file::find(&machine.root, "var/lib/bottlerocket/user-data.toml"),
    },
    Provider { name: "30-cd-rom", find: cd_rom::find },
    Provider { name: "30-ec2-identity-doc", find: ec2::region },
    Provider { name: "40-ec2-imds", find: ec2::user_data },
    Provider {
        name: "40-fw-cfg",
        find: |machine| file::find(&machine.root, "sys/firmware/qemu_fw_cfg/by_name/opt/sparkler/user-data/raw"),
    },
    Provider {
        name: "99-local-overrides",
        find: |machine| file::find(&machine.root, "local/user-data-overrides.toml"),
    },
];
