use crate::{SettingsError, settings_from_json, tree::Tree};
use serde::Deserialize;
use serde_json::Value;
use std::{fmt, ops::Range};
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

/// What TOML user-data holds.
#[derive(Debug, Default, PartialEq)]
pub struct UserData {
    pub settings: Tree,
    /// The names beside `[settings]`. Upstream's early-boot-config drops them without a word.
    pub ignored: Vec<String>,
}

/// A fault in user-data and, when known, where it is (both counted from 1, the column in characters).
#[derive(Debug)]
pub struct UserDataError {
    place: Option<(usize, usize)>,
    reason: String,
}

impl fmt::Display for UserDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl UserData {
    /// Reads TOML with a `[settings]` table. A line may end with CR and LF, which count as LF inside of a string too, as
    /// for upstream's parser.
    ///
    /// # Errors
    /// When `text` is not TOML, has no `[settings]`, or a setting does not fit the model.
    pub fn parse(text: &str) -> Result<Self, UserDataError> {
        let text = &text.replace("\r\n", "\n");
        let syntax = |error: toml::de::Error| UserDataError {
            place: error.span().map(|span| place(text, span.start)),
            reason: one_line(error.message()),
        };
        let mut document = DeTable::parse(text).map_err(syntax)?.into_inner();
        let settings = document.remove("settings").ok_or_else(|| UserDataError {
            place: None,
            reason: "it has no [settings] table, which all of its settings belong in".into(),
        })?;
        let ignored = document.keys().map(|name| name.get_ref().to_string()).collect();
        let value = Value::deserialize(ValueDeserializer::from(settings.clone())).map_err(syntax)?;
        let settings = settings_from_json(value).map_err(|error| UserDataError {
            place: Some(place(text, span(&settings, &error).start)),
            reason: one_line(&error.to_string()),
        })?;
        Ok(Self { settings, ignored })
    }
}

/// Where in the text the fault lies, or what is nearest above it.
fn span(settings: &Spanned<DeValue<'_>>, error: &SettingsError) -> Range<usize> {
    let (mut at, mut span) = (settings, settings.span());
    for (depth, name) in error.path.iter().enumerate() {
        let below = match at.get_ref() {
            DeValue::Table(table) => table.get_key_value(name.as_str()).map(|(key, value)| (key.span(), value)),
            DeValue::Array(list) => name.parse::<usize>().ok().and_then(|nth| list.get(nth)).map(|it| (it.span(), it)),
            _ => None,
        };
        let Some((of_name, value)) = below else { break };
        let is_fault = error.in_name && depth + 1 == error.path.len();
        span = if is_fault { of_name } else { value.span() };
        at = value;
    }
    span
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(text: &str) -> String {
        UserData::parse(text).expect_err("refused").to_string()
    }

    #[test]
    fn faults_have_a_place() {
        assert!(fault("[settings]\nmotd = ").starts_with("line 2, column 8: "), "{}", fault("[settings]\nmotd = "));
        for (text, told) in [
            ("[settings]\nmotd = 5\n", "line 2, column 8: settings.motd: invalid type: an integer, expected a string"),
            ("[settings.kernel]\r\nlokdown = 'x'\r\n", "line 2, column 1: settings.kernel.lokdown: unknown field"),
            (
                "[settings]\nnetwork = ['name']\n",
                "line 2, column 11: settings.network: invalid type: a list, expected a table of settings",
            ),
            (
                "[settings.ntp]\ntime-servers = ['a', 'b c']\n",
                "line 2, column 22: settings.ntp.time-servers[1]: this is not a host name",
            ),
            (
                "[settings]\nkubernetes.cluster-nam = 'c'\n",
                "line 2, column 12: settings.kubernetes.cluster-nam: unknown",
            ),
            ("settings = 5", "line 1, column 12: settings: invalid type: an integer, expected a table of settings"),
            ("motd = 'x'\n", "it has no [settings] table"),
            ("# nothing\n", "it has no [settings] table"),
        ] {
            assert!(fault(text).starts_with(told), "{told}: {}", fault(text));
        }
    }

    #[test]
    fn tables_beside_settings_are_named_and_not_taken() {
        let read = UserData::parse("owner = 'me'\n[settings]\nmotd = 'x'\n[extra.deep]\nmotd = 'y'\n").expect("taken");
        assert_eq!(Value::Object(read.settings), json!({"motd": "x"}));
        assert_eq!(read.ignored, ["extra", "owner"]);
    }

    #[test]
    fn a_line_end_of_another_system_is_a_line_feed_in_a_string() {
        let read = |text| Value::Object(UserData::parse(text).expect("taken").settings);
        let expected = json!({"motd": "one\ntwo\n"});
        for text in
            ["[settings]\r\nmotd = \"\"\"\r\none\r\ntwo\r\n\"\"\"\r\n", "[settings]\r\nmotd = '''\r\none\r\ntwo\r\n'''"]
        {
            assert_eq!(read(text), expected);
        }
        assert_eq!(read("\u{feff}[settings]\r\nmotd = 'one'\r\n"), json!({"motd": "one"}), "after a byte order mark");
        assert!(fault("[settings]\nmotd = \"one\\r\\n\"").contains("control characters"), "an escape is no line's end");
    }
}
