use std::{process, thread, time::Duration};

use super::pause;
use crate::{Outcome, arguments::Arguments};

/// Ends with success after some seconds, or at SIGTERM.
pub fn run(arguments: &Arguments) -> Outcome {
    let rest = Duration::from_secs(arguments.number(0)?);
    // Signals are blocked before another thread could take them.
    super::take(&pause::SIGNALS)?;
    thread::spawn(move || {
        thread::sleep(rest);
        process::exit(0);
    });
    pause::run(arguments)
}
