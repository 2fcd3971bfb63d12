use super::Command;
use crate::{arguments::Arguments, failure::Failure, output};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "raw",
    summary: "Makes one call of the API, and shows the answer; the word \"raw\" may be left out",
    usage: "-u URI [-m METHOD] [-d DATA]

  -u, --uri URI             a path of the API with its query, such as /tx?tx=default
  -m, -X, --method METHOD   GET by default
  -d, --data DATA           the body of the request, empty by default
  -v, --verbose             show the status, too
",
    run,
};

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let (mut uri, mut method, mut data) = (None, "GET".to_owned(), String::new());
    while let Some(arg) = arguments.next()? {
        if arg.is('u', "uri") {
            uri = Some(arguments.value()?);
        } else if arg.is('m', "method") || arg.is('X', "method") {
            method = arguments.value()?;
        } else if arg.is('d', "data") {
            data = arguments.value()?;
        } else {
            return Err(arg.unexpected());
        }
    }
    let uri = uri.ok_or_else(|| Failure::Usage("raw needs -u URI, such as -u /settings".into()))?;
    if !uri.starts_with('/') || !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::Usage(format!("{uri:?} is no URI of the API: it begins with / and has no blanks")));
    }
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Failure::Usage(format!("{method:?} is no method; it is one in capitals, such as PATCH")));
    }
    let answer = arguments.client().call(&method, &uri, data.as_bytes())?;
    if arguments.verbose() {
        eprintln!("{}", answer.status);
    }
    let body = answer.success().map_err(|refused| Failure::Failed(format!("{method} {uri}: {refused}")))?.body;
    if !body.is_empty() {
        output::print(&[&body[..], b"\n"].concat())?;
    }
    Ok(ExitCode::SUCCESS)
}
