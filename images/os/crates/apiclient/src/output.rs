use crate::failure::Failure;
use serde_json::Value;
use std::io::{self, Write};

/// Writes to standard output.
pub fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::OutputClosed,
        _ => Failure::Failed(format!("the output cannot be written: {error}")),
    })
}

/// Writes what the API answered as JSON, for people.
pub fn print_json(value: &Value) -> Result<(), Failure> {
    print(format!("{value:#}\n").as_bytes())
}
