use std::{fs::File, io::Write, process::ExitCode};

use crate::{Outcome, arguments::Arguments};

/// Makes a file of a line of text, and returns when the disk has it.
pub fn run(arguments: &Arguments) -> Outcome {
    let path = arguments.text(0)?;
    let text = arguments.text(1)?;
    write(path, text).map_err(|error| format!("{path}: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

fn write(path: &str, text: &str) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
