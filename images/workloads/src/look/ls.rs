use std::{fs, io, process::ExitCode};

use crate::{Outcome, arguments::Arguments};

/// Prints the names in directories, sorted, a name a line.
pub fn run(arguments: &Arguments) -> Outcome {
    for path in arguments.all() {
        for name in names_in(path).map_err(|error| format!("{path}: {error}"))? {
            println!("{name}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn names_in(path: &str) -> io::Result<Vec<String>> {
    let mut names = fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.file_name().display().to_string()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
