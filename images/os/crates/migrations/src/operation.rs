use crate::path::SettingPath;
use models::tree::{self, Tree};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One change of the settings' form. Each can be taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Operation {
    /// A setting, or a table of them, has another name. Older versions must not have known `to`.
    Rename { from: SettingPath, to: SettingPath },
    /// There is no such setting any more. Its value is kept for the way back.
    Remove(SettingPath),
    /// Values are written otherwise: pairs of old and new. Older versions must not have known the new ones.
    Map { key: SettingPath, values: Vec<(Value, Value)> },
}

impl Operation {
    /// # Errors
    /// When it could not be taken back.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Rename { from, to } if from.overlaps(to) => {
                Err(format!("{from} cannot be renamed to {to}: neither may hold the other"))
            }
            Self::Map { key, values } => {
                let repeats = |side: fn(&(Value, Value)) -> &Value| {
                    (1..values.len()).any(|i| values[..i].iter().any(|earlier| side(earlier) == side(&values[i])))
                };
                if values.is_empty() || repeats(|pair| &pair.0) || repeats(|pair| &pair.1) {
                    return Err(format!(
                        "the values of {key} must be pairs of old and new, each value once on its side"
                    ));
                }
                Ok(())
            }
            Self::Rename { .. } | Self::Remove(_) => Ok(()),
        }
    }

    /// # Errors
    /// When a renamed setting's place is taken; `settings` may have changed then.
    pub fn forward(&self, settings: &mut Tree, removed: &mut Tree) -> Result<(), String> {
        match self {
            Self::Rename { from, to } => {
                let Some(value) = tree::take(settings, from.segments()) else { return Ok(()) };
                if !tree::is_free(settings, to.segments()) {
                    return Err(format!("{from} is to be renamed to {to}, which has a value already"));
                }
                tree::insert(settings, to.segments(), value);
            }
            Self::Remove(key) => {
                if let Some(value) = tree::take(settings, key.segments()) {
                    tree::insert(removed, key.segments(), value);
                }
            }
            Self::Map { key, values } => map(settings, key, values.iter().map(|(old, new)| (old, new))),
        }
        Ok(())
    }

    /// What stands in the way has been set since, and stays.
    pub fn back(&self, settings: &mut Tree, removed: &mut Tree) {
        match self {
            Self::Rename { from, to } if tree::is_free(settings, from.segments()) => {
                if let Some(value) = tree::take(settings, to.segments()) {
                    tree::insert(settings, from.segments(), value);
                }
            }
            Self::Remove(key) if tree::is_free(settings, key.segments()) => {
                if let Some(value) = tree::take(removed, key.segments()) {
                    tree::insert(settings, key.segments(), value);
                }
            }
            Self::Rename { .. } | Self::Remove(_) => {}
            Self::Map { key, values } => map(settings, key, values.iter().map(|(old, new)| (new, old))),
        }
    }
}

fn map<'a>(settings: &mut Tree, key: &SettingPath, mut values: impl Iterator<Item = (&'a Value, &'a Value)>) {
    let Some(value) = tree::take(settings, key.segments()) else { return };
    let mapped = values.find(|(from, _)| **from == value).map(|(_, to)| to.clone());
    tree::insert(settings, key.segments(), mapped.unwrap_or(value));
}
