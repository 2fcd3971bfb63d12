use super::Command;
use crate::{arguments::Arguments, failure::Failure, transaction::Transaction};
use serde_json::Value;
use std::{
    fs::File,
    io::{self, Read},
    process::ExitCode,
};

pub const COMMAND: Command = Command {
    name: "apply",
    summary: "Applies settings from files of TOML or JSON, all of them or none",
    usage: "[FILE...]

  FILE   a path, file:///PATH, or - for standard input, which is read when there is none
         Its settings are below [settings], as in user-data. Of one that is in several files, the last one counts.
",
    run,
};

/// The host API takes no larger body.
const MAX_BYTES: u64 = 1 << 20;

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let mut sources = arguments.names()?;
    if sources.is_empty() {
        sources.push("-".into());
    }
    // All are read before anything is changed.
    let read = |source: String| {
        let settings = settings(&text(&source)?).map_err(|reason| Failure::Failed(format!("{source}: {reason}")))?;
        Ok((source, settings))
    };
    let read: Vec<_> = sources.into_iter().map(read).collect::<Result<_, Failure>>()?;
    let client = arguments.client();
    let transaction = Transaction::new(&client, "apply")?;
    for (source, settings) in read {
        let patched = transaction.patch("/settings", settings.to_string().as_bytes());
        patched.map_err(|failure| Failure::Failed(format!("{source}: {failure}")))?;
    }
    transaction.commit()?;
    Ok(ExitCode::SUCCESS)
}

fn text(source: &str) -> Result<String, Failure> {
    let read = match source {
        "-" => limited(io::stdin().lock()),
        source => match source.split_once("://") {
            None => File::open(source).and_then(limited),
            Some(("file", path)) => File::open(path).and_then(limited),
            Some((scheme, _)) => {
                return Err(Failure::Usage(format!(
                    "{source:?}: apply reads files, not {scheme} URIs; fetch it with a program of the container, and pipe \
                     it in: curl … | apiclient apply -"
                )));
            }
        },
    };
    read.map_err(|error| Failure::Failed(format!("{source}: {error}")))
}

fn limited(input: impl Read) -> io::Result<String> {
    let mut text = String::new();
    input.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it has more than {MAX_BYTES} bytes, the most that the host API takes")));
    }
    Ok(text)
}

/// What is below `settings`, in TOML or else in JSON.
fn settings(text: &str) -> Result<Value, String> {
    let mut document = toml::from_str::<Value>(text).or_else(|no_toml| {
        serde_json::from_str(text)
            .map_err(|no_json| format!("it is neither TOML ({}) nor JSON ({no_json})", one_line(no_toml.message())))
    })?;
    let settings = document.as_object_mut().and_then(|document| document.remove("settings"));
    settings.ok_or_else(|| "it has no [settings] table, which all of its settings belong in".into())
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_what_is_below_settings() {
        for text in ["[settings]\nmotd = \"a\"\n[other]\n", r#"{"settings": {"motd": "a"}}"#] {
            assert_eq!(settings(text), Ok(json!({"motd": "a"})), "{text}");
        }
        for text in ["motd = \"a\"", "{}", "", "[]", "<html>"] {
            assert!(settings(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_has_a_limit_and_is_text() {
        let limit = usize::try_from(MAX_BYTES).expect("a size");
        assert_eq!(limited(&vec![b' '; limit][..]).expect("fits").len(), limit);
        assert!(limited(&vec![b' '; limit + 1][..]).is_err());
        assert!(limited(&b"\xff"[..]).is_err());
    }

    #[test]
    fn other_sources_than_files_are_refused_with_a_way() {
        let refused = text("https://example.org/x.toml").expect_err("refused").to_string();
        assert!(refused.contains("not https URIs") && refused.contains("apiclient apply -"), "{refused}");
    }
}
