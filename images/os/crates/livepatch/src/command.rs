//! What the manager is asked to do.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Looks what the repository has for this kernel.
    Refresh,
    Apply,
    Revert,
    /// Loads what this kernel had, early in a boot.
    Boot,
    /// Does what the settings say, and ends what patches are on trial for.
    Reconcile,
    /// Shows how things are.
    Observe,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub kind: Kind,
    /// Of the patch that is applied or reverted.
    pub name: Option<String>,
}

/// A module's name has at most 55 characters.
const MAX_NAME_BYTES: usize = 48;

impl Command {
    /// # Errors
    /// With what is allowed, when `words` are no command.
    pub fn parse<'a>(mut words: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let kind = match words.next() {
            Some("refresh") => Kind::Refresh,
            Some("apply") => Kind::Apply,
            Some("revert") => Kind::Revert,
            Some("boot") => Kind::Boot,
            Some("reconcile") => Kind::Reconcile,
            Some("observe") => Kind::Observe,
            _ => return Err("there are refresh, apply NAME, revert NAME, boot, reconcile, observe".into()),
        };
        let name = words.next().map(str::to_owned);
        if words.next().is_some() || name.is_some() != matches!(kind, Kind::Apply | Kind::Revert) {
            return Err("apply and revert take the name of a live patch, the others take nothing".into());
        }
        match name {
            Some(name) if !is_name(&name) => Err(format!("a live patch's name is {NAMES}")),
            name => Ok(Self { kind, name }),
        }
    }
}

const NAMES: &str = "words of a-z and 0-9 with a \"-\" between them, beginning with a letter, 48 characters at most";

pub fn is_name(name: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    name.len() <= MAX_NAME_BYTES
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.split('-').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        Command::parse(line.split(' '))
    }

    #[test]
    fn names_are_taken_where_there_is_something_to_name() {
        assert_eq!(parse("apply a-1"), Ok(Command { kind: Kind::Apply, name: Some("a-1".into()) }));
        assert_eq!(parse("refresh"), Ok(Command { kind: Kind::Refresh, name: None }));
        for wrong in ["", "apply", "revert", "refresh a", "apply a b", "force a"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn names_lead_nowhere() {
        for wrong in ["", "-", "a-", "-a", "a--b", "A", "a/b", "..", "1a", "ä", &"a".repeat(49)] {
            assert!(!is_name(wrong), "{wrong:?}");
        }
        assert!(is_name("proc-version-suffix-2") && is_name(&"a".repeat(48)));
    }
}
