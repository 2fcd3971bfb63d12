//! What containers under test do. Each sub-command is one behaviour, in one file.

mod arguments;
mod json;
mod life;
mod load;
mod look;
mod net;
mod output;
mod probe;
mod process;
mod steady;

use std::{env, process::ExitCode};

use arguments::Arguments;

/// What a sub-command ends with when nothing goes wrong, or the message of what did.
type Outcome = Result<ExitCode, String>;

type Command = (&'static str, &'static str, fn(&Arguments) -> Outcome);

/// EX_USAGE of sysexits.h.
const WRONG_USE: u8 = 64;

const COMMANDS: &[Command] = &[
    ("cat", "PATH...", look::cat::run),
    ("connect", "HOST PORT [TEXT]", net::connect::run),
    ("counter", "[INTERVAL_MS]", output::counter::run),
    ("cpu", "[THREADS]", load::cpu::run),
    ("disk-io", "PATH MIB", load::disk_io::run),
    ("echo", "[PORT]", net::echo::run),
    ("env", "", look::env::run),
    ("event-descriptor", "WRITES", look::event_descriptor::run),
    ("exit", "CODE", life::exit::run),
    ("flood", "LINES [LINE_BYTES]", output::flood::run),
    ("fork-bomb", "", load::fork_bomb::run),
    ("http", "[PORT]", net::http::run),
    ("ignore-term", "", life::ignore_term::run),
    ("ls", "PATH...", look::ls::run),
    ("memory", "MIB", load::memory::run),
    ("pause", "", life::pause::run),
    ("probe", "[ATTEMPT...]", probe::run),
    ("sleep", "SECONDS", life::sleep::run),
    ("steady", "timer|http|tcp [HOST PORT]", steady::run),
    ("write", "PATH TEXT", look::write::run),
];

fn main() -> ExitCode {
    let mut words = env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let Some((_, usage, run)) = COMMANDS.iter().find(|(known, ..)| *known == name) else {
        eprintln!("Unknown command {name:?}; it must be one of:");
        for (known, usage, _) in COMMANDS {
            eprintln!("  workload {known} {usage}");
        }
        return ExitCode::from(WRONG_USE);
    };
    run(&Arguments::new(words.collect(), format!("workload {name} {usage}"))).unwrap_or_else(|message| {
        eprintln!("{name}: {message}");
        ExitCode::FAILURE
    })
}
