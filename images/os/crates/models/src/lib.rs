//! The settings of the OS as one typed tree, and the dotted keys by which the host API names its leaves.
//! Names and forms follow upstream Bottlerocket, so that user-data written for it fits.

mod brief;
mod containers;
mod defaults;
mod image_reference;
mod key;
mod names;
pub mod os_release;
mod parse;
mod pki;
mod proxy;
pub mod refusal;
mod registry;
mod settings;
mod sysctl;
pub mod tree;
mod upstream;
mod user_data;
mod values;

pub use brief::brief;
pub use defaults::{ConfigurationFile, Defaults, Metadata, Service};
pub use key::{Key, KeyError};
pub use parse::{SettingsError, settings_from_json};
pub use pki::trusted_certificates;
pub use settings::Settings;
pub use sysctl::sysctl_path;
pub use user_data::{UserData, UserDataError};
pub use values::Seed;
