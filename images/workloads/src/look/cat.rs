use std::{fs::File, io, process::ExitCode};

use crate::{Outcome, arguments::Arguments};

/// Prints files, one after the other.
pub fn run(arguments: &Arguments) -> Outcome {
    for path in arguments.all() {
        let copied = File::open(path).and_then(|mut file| io::copy(&mut file, &mut io::stdout()));
        copied.map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
