use std::process::ExitCode;

use crate::{Outcome, arguments::Arguments};

/// Ends at once with a code.
pub fn run(arguments: &Arguments) -> Outcome {
    let code: u8 = arguments.number(0)?;
    println!("exit {code}");
    Ok(ExitCode::from(code))
}
