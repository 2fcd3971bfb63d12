use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use crate::{Outcome, arguments::Arguments};

const DEFAULT_LINE_BYTES: usize = 80;
const BUFFER_BYTES: usize = 65_536;

/// Prints numbered lines of equal length, as fast as whoever reads them takes them.
pub fn run(arguments: &Arguments) -> Outcome {
    let lines: u64 = arguments.number(0)?;
    let line_bytes: usize = arguments.number_or(1, DEFAULT_LINE_BYTES)?;
    let output = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
    flood(output, lines, line_bytes).map_err(|error| format!("cannot print: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

/// The length of a line counts its end.
fn flood(mut output: impl Write, lines: u64, line_bytes: usize) -> io::Result<()> {
    for number in 1..=lines {
        let head = format!("{number} ");
        writeln!(output, "{head:.<width$}", width = line_bytes.saturating_sub(1))?;
    }
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_of_the_wanted_length() {
        let mut output = Vec::new();
        flood(&mut output, 2, 8).unwrap();
        assert_eq!(output, b"1 .....\n2 .....\n");
    }
}
