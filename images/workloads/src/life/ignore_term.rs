use nix::sys::signal::Signal;

use super::take;
use crate::{Outcome, arguments::Arguments};

/// Says so for each SIGTERM and SIGINT, and goes on until it is killed.
pub fn run(_: &Arguments) -> Outcome {
    let signals = take(&[Signal::SIGTERM, Signal::SIGINT])?;
    println!("ready");
    loop {
        let signal = signals.wait().map_err(|errno| format!("cannot wait for signals: {errno}"))?;
        println!("ignored {signal}");
    }
}
