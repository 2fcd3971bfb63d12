use std::{fs::File, io::Write, process::ExitCode, time::Instant};

use crate::{Outcome, arguments::Arguments, json};

const MIB: usize = 1024 * 1024;

/// Writes a file until the disk has it, and prints how long that took.
pub fn run(arguments: &Arguments) -> Outcome {
    let path = arguments.text(0)?;
    let mib: usize = arguments.number(1)?;
    let begun = Instant::now();
    write(path, mib).map_err(|error| format!("cannot write {mib} MiB to {path}: {error}"))?;
    let took = begun.elapsed();
    let rate = mib as f64 / took.as_secs_f64();
    println!(
        "{}",
        json::object([
            ("mib", mib.to_string()),
            ("tookMs", took.as_millis().to_string()),
            ("mibPerSecond", format!("{rate:.3}"))
        ])
    );
    Ok(ExitCode::SUCCESS)
}

fn write(path: &str, mib: usize) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    // Not zeros, which a file system may leave out.
    let block = vec![0xa5; MIB];
    for _ in 0..mib {
        file.write_all(&block)?;
    }
    file.sync_all()
}
