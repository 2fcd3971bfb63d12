use super::Command;
use crate::{arguments::Arguments, failure::Failure, output};
use api_client::Client;
use serde_json::{Map, Value};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "get",
    summary: "Shows settings and facts about the OS, as JSON",
    usage: "[PREFIX...] | /PATH

  PREFIX   what begins so: settings.motd, settings.updates, os; without one, all settings and os
  /PATH    the answer to GET of this path of the API, such as /updates/status
",
    run,
};

/// What is shown when nothing is named.
const ALL: [&str; 2] = ["settings", "os"];

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let names = arguments.names()?;
    let client = arguments.client();
    let shown = match &names[..] {
        [path] if path.starts_with('/') => client.get(path)?,
        names if names.iter().any(|name| name.starts_with('/')) => {
            return Err(Failure::Usage("a path is asked for alone, without prefixes and other paths".into()));
        }
        [] => by_prefixes(&client, &ALL)?,
        names => by_prefixes(&client, names)?,
    };
    output::print_json(&shown)?;
    Ok(ExitCode::SUCCESS)
}

fn by_prefixes(client: &Client, prefixes: &[impl AsRef<str>]) -> Result<Value, Failure> {
    let mut all = Value::Object(Map::new());
    for prefix in prefixes {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("prefix", prefix.as_ref()).finish();
        merge(&mut all, client.get(&format!("/?{query}"))?);
    }
    Ok(all)
}

/// What two answers have in common is the same in both.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_are_merged_by_their_names() {
        let mut all = json!({"settings": {"motd": "a", "ntp": {"x": 1}}});
        merge(&mut all, json!({"settings": {"ntp": {"y": 2}}, "os": {}}));
        assert_eq!(all, json!({"settings": {"motd": "a", "ntp": {"x": 1, "y": 2}}, "os": {}}));
    }
}
