use std::{env, process::ExitCode};

use crate::{Outcome, arguments::Arguments};

/// Prints the environment, sorted, a variable a line.
pub fn run(_: &Arguments) -> Outcome {
    let mut lines: Vec<String> =
        env::vars_os().map(|(name, value)| format!("{}={}", name.display(), value.display())).collect();
    lines.sort();
    for line in lines {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}
