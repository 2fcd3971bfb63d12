//! Kernel parameters that a setting may have.

mod path;
mod policy;

use crate::{
    names::{Names, Pattern},
    values::{SysctlName, SysctlValue},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use path::sysctl_path;

/// None of them gives more than the host API itself does: see [`policy`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Entries", into = "Entries")]
pub struct Sysctls(Entries);

type Entries = BTreeMap<SysctlName, SysctlValue>;

impl TryFrom<Entries> for Sysctls {
    type Error = String;

    fn try_from(entries: Entries) -> Result<Self, String> {
        for (name, value) in &entries {
            let name = String::from(name.clone());
            policy::check(&name, &String::from(value.clone())).map_err(|reason| format!("{name}: {reason}"))?;
        }
        Ok(Self(entries))
    }
}

impl From<Sysctls> for Entries {
    fn from(sysctls: Sysctls) -> Self {
        sysctls.0
    }
}

impl Names for Sysctls {
    fn patterns() -> Vec<Pattern> {
        Entries::patterns()
    }
}
