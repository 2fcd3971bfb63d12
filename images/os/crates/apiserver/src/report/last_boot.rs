//! How the boot before this one ended, by the journal that is kept on DATA.

use serde::{Deserialize, Serialize};

/// Its last ones; a shutdown logs some hundred.
const ENTRIES: &str = "--lines=500";
const FIELDS: &str = "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_SYSTEMD_UNIT";
/// journalctl leaves out what is longer than 4 KiB.
pub const QUESTION: [&str; 6] = ["--boot=-1", ENTRIES, FIELDS, "--output=json", "--quiet", "--no-pager"];

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Since 1970; null where the journal has no number.
    time_ms: Option<u64>,
    priority: Option<u8>,
    identifier: Option<String>,
    unit: Option<String>,
    message: String,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    time_us: Option<String>,
    #[serde(rename = "PRIORITY")]
    priority: Option<String>,
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    identifier: Option<String>,
    #[serde(rename = "_SYSTEMD_UNIT")]
    unit: Option<String>,
    /// A list of numbers where it is not text.
    #[serde(rename = "MESSAGE", default)]
    message: serde_json::Value,
}

/// The entries in journalctl's JSON, oldest first; a line that is none is left out.
pub fn parse(lines: &str) -> Vec<Entry> {
    lines.lines().filter_map(|line| Some(entry(serde_json::from_str(line).ok()?))).collect()
}

fn entry(Line { time_us, priority, identifier, unit, message }: Line) -> Entry {
    Entry {
        time_ms: time_us.and_then(|us| us.parse::<u64>().ok()).map(|us| us / 1000),
        priority: priority.and_then(|number| number.parse().ok()),
        identifier,
        unit,
        message: match message {
            serde_json::Value::String(text) => text,
            _ => "(not text)".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_whatever_they_lack() {
        let lines = r#"{"__REALTIME_TIMESTAMP":"1700000000123456","PRIORITY":"3","SYSLOG_IDENTIFIER":"kernel","MESSAGE":"oops"}
{"_SYSTEMD_UNIT":"a.service","MESSAGE":[255,254]}
nonsense
"#;
        let kernel = Entry {
            time_ms: Some(1_700_000_000_123),
            priority: Some(3),
            identifier: Some("kernel".into()),
            unit: None,
            message: "oops".into(),
        };
        let binary = Entry {
            time_ms: None,
            priority: None,
            identifier: None,
            unit: Some("a.service".into()),
            message: "(not text)".into(),
        };
        assert_eq!(parse(lines), [kernel, binary]);
    }
}
