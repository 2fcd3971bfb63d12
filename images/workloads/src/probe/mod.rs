//! What a container must not do, tried. Each attempt is one line of JSON; who reads it judges.

mod files;
mod system_calls;

use std::process::ExitCode;

use nix::errno::Errno;

use crate::{
    Outcome,
    arguments::Arguments,
    json,
    process::{Ending, apart},
};

/// One thing to try. What it changes of its process stays in a process of its own.
pub struct Attempt {
    pub name: String,
    pub run: Box<dyn Fn() -> nix::Result<()>>,
}

impl Attempt {
    pub fn new(name: impl Into<String>, run: impl Fn() -> nix::Result<()> + 'static) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }
}

/// Tries all, or those that are named.
pub fn run(arguments: &Arguments) -> Outcome {
    let wanted = arguments.all();
    let attempts = all();
    if let Some(unknown) = wanted.iter().find(|name| attempts.iter().all(|attempt| attempt.name != **name)) {
        return Err(format!("there is no attempt {unknown:?}; without a name, all are tried and named"));
    }
    for attempt in attempts.iter().filter(|attempt| wanted.is_empty() || wanted.contains(&attempt.name)) {
        println!("{}", line(attempt));
    }
    Ok(ExitCode::SUCCESS)
}

fn all() -> Vec<Attempt> {
    system_calls::attempts().into_iter().chain(files::attempts()).collect()
}

/// `errno` is null where nothing refused the attempt, `signal` where nothing killed it.
fn line(attempt: &Attempt) -> String {
    let (errno, signal) = match apart(|| code_of((attempt.run)())) {
        Ok(Ending::Exit(0)) => (None, None),
        Ok(Ending::Exit(code)) => (Some(format!("{:?}", Errno::from_raw(i32::from(code)))), None),
        Ok(Ending::Signal(signal)) => (None, Some(signal.to_owned())),
        // Not tried at all, which must not look like a refusal of the attempt.
        Err(errno) => (None, Some(format!("not tried: {errno:?}"))),
    };
    let or_null = |text: Option<String>| text.map_or_else(|| "null".to_owned(), |text| json::quoted(&text));
    json::object([("attempt", json::quoted(&attempt.name)), ("errno", or_null(errno)), ("signal", or_null(signal))])
}

/// An exit code holds every errno: Linux has 133.
fn code_of(result: nix::Result<()>) -> u8 {
    result.map_or_else(|errno| errno as i32 as u8, |()| 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_refusal_success_and_death_apart() {
        let told = |run: fn() -> nix::Result<()>| line(&Attempt::new("x", run));
        assert_eq!(told(|| Err(Errno::EPERM)), r#"{"attempt":"x","errno":"EPERM","signal":null}"#);
        assert_eq!(told(|| Ok(())), r#"{"attempt":"x","errno":null,"signal":null}"#);
        let dies = || nix::sys::signal::raise(nix::sys::signal::Signal::SIGSYS);
        assert_eq!(told(dies), r#"{"attempt":"x","errno":null,"signal":"SIGSYS"}"#);
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<String> = all().into_iter().map(|attempt| attempt.name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
