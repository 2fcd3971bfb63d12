use super::Command;
use crate::{arguments::Arguments, failure::Failure, output};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "report",
    summary: "Shows a report about the machine",
    usage: "[NAME] [-l LEVEL] [-f FORMAT]

  NAME                  which one; without it, there is a list of those that this OS has
  -l, --level LEVEL     of a CIS report: 1 or 2
  -f, --format FORMAT   of a CIS or FIPS report: text or json
",
    run,
};

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let mut name = None;
    let mut query = form_urlencoded::Serializer::new(String::new());
    while let Some(arg) = arguments.next()? {
        if arg.is('l', "level") {
            query.append_pair("level", &arguments.value()?);
        } else if arg.is('f', "format") {
            query.append_pair("format", &arguments.value()?);
        } else if name.is_none() {
            name = Some(arg.into_name()?);
        } else {
            return Err(arg.unexpected());
        }
    }
    // Upstream's name of it is not its path.
    if name.as_deref() == Some("cis-k8s") {
        name = Some("cis".into());
        query.append_pair("type", "kubernetes");
    }
    let path = match name {
        Some(name) if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') => format!("/report/{name}"),
        Some(name) => return Err(Failure::Usage(format!("{name:?} is not the name of a report"))),
        None => "/report".into(),
    };
    let query = query.finish();
    let target = if query.is_empty() { path } else { format!("{path}?{query}") };
    let answer = arguments.client().call("GET", &target, b"")?.success();
    let answer = answer.map_err(|refused| Failure::Failed(format!("GET {target}: {refused}")))?;
    match serde_json::from_slice(&answer.body) {
        Ok(json) => output::print_json(&json)?,
        Err(_) => output::print(&answer.body)?,
    }
    Ok(ExitCode::SUCCESS)
}
