use super::Command;
use crate::{arguments::Arguments, failure::Failure, transaction::Transaction};
use serde_json::{Value, json};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "set",
    summary: "Changes settings, and applies them",
    usage: "KEY=VALUE... | -j JSON

  KEY=VALUE        a setting; \"settings.\" in front may be left out: motd=\"hi there\"
                   a name with dots has quotes of its own: 'kernel.sysctl.\"vm.max_map_count\"=262144'
  -j, --json JSON  settings as an object: '{\"updates\": {\"ignore-waves\": true}}'
",
    run,
};

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let (mut pairs, mut json) = (Vec::new(), None);
    while let Some(arg) = arguments.next()? {
        if arg.is('j', "json") {
            json = Some(arguments.value()?);
        } else {
            pairs.push(arg.into_name()?);
        }
    }
    let (path, body) = match (pairs.is_empty(), json) {
        (false, None) => ("/settings/keypair", json!({ "request_payload": checked(pairs)? })),
        (true, Some(json)) => ("/settings", parse(&json)?),
        _ => return Err(Failure::Usage("set takes either KEY=VALUE, once or several times, or --json JSON".into())),
    };
    let client = arguments.client();
    let transaction = Transaction::new(&client, "set")?;
    transaction.patch(path, body.to_string().as_bytes())?;
    transaction.commit()?;
    Ok(ExitCode::SUCCESS)
}

/// A value may be a secret, so what is no pair is named by its place.
fn checked(pairs: Vec<String>) -> Result<Vec<String>, Failure> {
    match pairs.iter().position(|pair| !pair.contains('=')) {
        Some(index) => Err(Failure::Usage(format!("argument {} of set has no =; it takes KEY=VALUE", index + 1))),
        None => Ok(pairs),
    }
}

fn parse(json: &str) -> Result<Value, Failure> {
    let settings: Value =
        serde_json::from_str(json).map_err(|error| Failure::Usage(format!("--json takes JSON: {error}")))?;
    if settings.is_object() { Ok(settings) } else { Err(Failure::Usage("--json takes an object of settings".into())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pair_is_refused_without_being_repeated() {
        let refused = checked(vec!["motd=a".into(), "hunter2".into()]).expect_err("refused").to_string();
        assert!(refused.contains("argument 2") && !refused.contains("hunter2"), "{refused}");
        assert!(checked(vec!["motd=".into()]).is_ok());
    }

    #[test]
    fn json_is_an_object() {
        assert!(parse(r#"{"motd": "42"}"#).is_ok());
        for bad in ["", "[]", "motd", "{"] {
            assert!(matches!(parse(bad), Err(Failure::Usage(_))), "{bad}");
        }
    }
}
