//! What the repository has for the kernel that runs: targets whose `custom` has `livepatch`.

use crate::command::is_name;
use crate::kernel::Build;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const FORMAT: u64 = 1;
const TITLE_MAX_CHARACTERS: usize = 120;
const DESCRIPTION_MAX_CHARACTERS: usize = 500;

/// What a publisher says of a live patch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    pub name: String,
    /// The name of the patch as a kernel module.
    pub module: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub reference: Option<String>,
    /// `all`: it takes the place of every other patch. `none`: it is one more.
    pub replaces: String,
}

/// What the repository says of a patch beside that.
#[derive(Deserialize)]
struct Fit {
    arch: String,
    kernel_build_id: String,
}

/// The patch that a target with this `custom` is, if it is one for the kernel that runs. Another format, architecture or
/// kernel is no error: it is for other machines.
///
/// # Errors
/// When the target says of itself to be one, and is described wrongly.
pub fn describe(custom: Option<&Value>, running: &Build) -> Result<Option<Description>, String> {
    let Some(value) = custom else { return Ok(None) };
    if value.get("format").and_then(Value::as_u64) != Some(FORMAT) {
        return Ok(None);
    }
    let fit: Fit = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    if fit.arch != std::env::consts::ARCH || fit.kernel_build_id != running.build_id {
        return Ok(None);
    }
    let description: Description = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    description.check()?;
    Ok(Some(description))
}

impl Description {
    fn check(&self) -> Result<(), String> {
        if !is_name(&self.name) {
            return Err(format!("{:?} is not a name of a live patch", self.name));
        }
        if self.module != self.name.replace('-', "_") {
            return Err(format!("the module of {} is {:?}, expected its name with \"_\"", self.name, self.module));
        }
        if !["all", "none"].contains(&self.replaces.as_str()) {
            return Err(format!("replaces is {:?}, expected \"all\" or \"none\"", self.replaces));
        }
        let reference = self.reference.as_deref().unwrap_or_default();
        let lengths = [(&*self.title, TITLE_MAX_CHARACTERS), (reference, TITLE_MAX_CHARACTERS)];
        let too_long = |(text, most): &(&str, usize)| text.chars().count() > *most;
        if lengths.iter().chain([&(&*self.description, DESCRIPTION_MAX_CHARACTERS)]).any(too_long) {
            return Err(format!("{}: its title, description or reference is too long", self.name));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn running() -> Build {
        Build { release: "7".into(), build_id: "aa".into() }
    }

    fn custom() -> Value {
        json!({"format": 1, "name": "a-b", "module": "a_b", "title": "t", "description": "d", "replaces": "none",
               "arch": std::env::consts::ARCH, "kernel_build_id": "aa", "functions": ["f"], "new": true})
    }

    fn with(key: &str, value: Value) -> Result<Option<Description>, String> {
        let mut changed = custom();
        changed[key] = value;
        describe(Some(&changed), &running())
    }

    #[test]
    fn a_patch_for_this_kernel_is_described() {
        let found = describe(Some(&custom()), &running()).expect("good").expect("for this kernel");
        assert_eq!((&*found.name, &*found.module, found.reference), ("a-b", "a_b", None));
    }

    #[test]
    fn patches_for_other_machines_are_no_fault() {
        for (key, value) in [("format", json!(2)), ("arch", json!("vax")), ("kernel_build_id", json!("bb"))] {
            assert_eq!(with(key, value), Ok(None), "{key}");
        }
        assert_eq!(describe(None, &running()), Ok(None));
    }

    #[test]
    fn a_wrong_description_is_refused() {
        for (key, value) in [
            ("name", json!("../x")),
            ("module", json!("other")),
            ("replaces", json!("some")),
            ("title", json!("x".repeat(121))),
            ("description", json!(7)),
        ] {
            assert!(with(key, value).is_err(), "{key}");
        }
    }
}
