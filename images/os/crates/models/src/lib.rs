//! The settings of the OS as one typed tree, and the dotted keys by which the host API names its leaves.
//! Names and forms follow upstream Bottlerocket, so that user-data written for it fits.

mod defaults;
mod key;
pub mod os_release;
mod parse;
mod settings;
mod sysctl;
pub mod tree;
mod values;

pub use defaults::{ConfigurationFile, Defaults, Metadata, Service};
pub use key::{Key, KeyError};
pub use parse::{SettingsError, UserDataError, settings_from_json, settings_from_user_data};
pub use settings::Settings;
pub use sysctl::sysctl_path;
pub use values::Seed;
