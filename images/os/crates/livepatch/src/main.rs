//! `livepatch`: patches the kernel while it runs.
//!
//! `serve` takes one command from standard input, a connection of the host API server, and answers in a line: `dispatched`
//! as soon as the command is found allowed, or why not. It works on after that, whoever has gone away.
#![forbid(unsafe_code)]

use livepatch::{Command, Done, Failure, Machine, Patience, Places, RunningKernel, Stop, run};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::ExitCode;

const REQUEST_MAX_BYTES: u64 = 256;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let machine = Machine {
        places: Places::of_image(),
        kernel: Box::new(RunningKernel),
        patience: Patience::default(),
        stop: Stop::default(),
    };
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => serve(&machine),
        ref words => {
            let command = Command::parse(words.iter().copied());
            command.map_err(Failure::Failed).and_then(|command| run(&machine, &command, || {}))
        }
    };
    match done {
        Ok(Ok(())) => ExitCode::SUCCESS,
        // It was carried out, and the status has the reason: nothing is wrong with this program.
        Ok(Err(reason)) => {
            eprintln!("livepatch: {reason}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("livepatch: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn serve(machine: &Machine) -> Result<Done, Failure> {
    let mut request = String::new();
    let mut input = BufReader::new(io::stdin().take(REQUEST_MAX_BYTES));
    input.read_line(&mut request).map_err(|error| Failure::Failed(format!("standard input: {error}")))?;
    let command = match Command::parse(request.trim_end().split(' ')) {
        Ok(command) => command,
        Err(reason) => {
            say(&format!("invalid {reason}"));
            return Ok(Err(reason));
        }
    };
    let mut accepted = false;
    let done = run(machine, &command, || {
        accepted = true;
        say("dispatched");
    });
    match done {
        Err(failure) if !accepted => {
            say(&format!("{} {failure}", failure.kind()));
            match failure {
                Failure::Failed(_) => Err(failure),
                // What is wrong with the request is the client's to know, not a failure of this unit.
                refused => Ok(Err(refused.to_string())),
            }
        }
        done => done,
    }
}

/// Whoever asked may be gone by now.
fn say(line: &str) {
    let mut output = io::stdout();
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}
