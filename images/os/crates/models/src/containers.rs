//! Values of host containers, bootstrap containers and bootstrap commands.

use crate::{image_reference::is_image_reference, names::Names, values::checked_string};
use serde::{Deserialize, Serialize};

const MAX_WORDS: usize = 128;
const MAX_WORD_BYTES: usize = 4096;

checked_string!(
    /// It names a unit of systemd, a container of containerd and a directory.
    ContainerName,
    "a container name: at most 64 letters and digits, with single hyphens between them",
    |text| text.len() <= 64
        && text.split('-').all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric()))
);
checked_string!(
    ImageSource,
    "an image reference like registry.example/path/name:tag, or with @sha256: and a digest at its end",
    is_image_reference
);
checked_string!(Argument, "a word of a command: at most 4096 bytes, none of them zero", |text| text.len()
    <= MAX_WORD_BYTES
    && !text.contains('\0'));

/// At which boots something is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Off,
    /// At the next one. It becomes `Off` when it has succeeded.
    Once,
    Always,
}

impl Names for Mode {}

/// A command that changes nothing but what the host API lets it: the only ones that run on the host itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Argument>", into = "Vec<Argument>")]
pub struct ApiclientCommand(Vec<Argument>);

impl TryFrom<Vec<Argument>> for ApiclientCommand {
    type Error = String;

    fn try_from(words: Vec<Argument>) -> Result<Self, String> {
        let word = |at: usize| words.get(at).map(|word| String::from(word.clone())).unwrap_or_default();
        if word(0) != "apiclient" || words.len() < 2 || words.len() > MAX_WORDS {
            return Err(format!("this is not a list of 2 to {MAX_WORDS} words, the first of which is \"apiclient\""));
        }
        if word(1) == "exec" {
            return Err("apiclient exec is not possible here: no host container runs yet".into());
        }
        Ok(Self(words))
    }
}

impl From<ApiclientCommand> for Vec<Argument> {
    fn from(command: ApiclientCommand) -> Self {
        command.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_is_one_everywhere_that_it_is_used() {
        for good in ["admin", "a-1", "A", &"x".repeat(64)] {
            assert!(ContainerName::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "a.b", "a/b", "ä", &"x".repeat(65)] {
            assert!(ContainerName::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_apiclient_is_a_command() {
        let read = |command| serde_json::from_value::<ApiclientCommand>(command).map_err(|error| error.to_string());
        assert!(read(json!(["apiclient", "set", "motd=hi"])).is_ok());
        for bad in [json!([]), json!(["apiclient"]), json!(["sh", "-c"]), json!(["/usr/bin/apiclient", "get"])] {
            assert!(read(bad).expect_err("refused").contains("the first of which is"));
        }
        assert!(read(json!(["apiclient", "exec", "admin", "sh"])).expect_err("refused").contains("not possible here"));
        assert!(read(json!(["apiclient", "get\0"])).is_err());
    }
}
