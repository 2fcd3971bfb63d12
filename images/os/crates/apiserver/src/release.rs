//! The version of the OS that runs, from files of its image.

use migrations::{Migrations, Release};
use models::{os_release, settings_from_json, tree::Tree};
use semver::Version;
use serde_json::{Value, json};
use std::{fs, path::Path};

/// What the host API tells as `os`.
pub fn os_facts(path: &Path) -> Result<Tree, String> {
    let text = read(path)?;
    let release = os_release::parse(&text);
    let mut facts = Tree::new();
    for name in ["pretty_name", "variant_id", "version_id", "build_id"] {
        let value = release.get(name.to_uppercase().as_str()).cloned().unwrap_or_default();
        facts.insert(name.into(), json!(value));
    }
    facts.insert("arch".into(), json!(std::env::consts::ARCH));
    Ok(facts)
}

/// The form that settings have under this version of the OS.
pub fn running(os: &Tree, migrations: &Path) -> Result<Release, String> {
    let version = os.get("version_id").and_then(Value::as_str).unwrap_or_default();
    let version = Version::parse(version).map_err(|error| {
        format!("VERSION_ID of this OS is {version:?}, it must be a version such as 1.2.3: {error}")
    })?;
    let migrations =
        Migrations::parse(&read(migrations)?).map_err(|error| format!("{}: {error}", migrations.display()))?;
    Ok(Release { version, migrations, accepts })
}

fn accepts(settings: &Tree) -> Result<(), String> {
    settings_from_json(Value::Object(settings.clone())).map(drop).map_err(|error| error.to_string())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
