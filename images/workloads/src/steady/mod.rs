//! One thing over and over, and how long the longest pause in it was.

mod pauses;
mod rounds;

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{Outcome, arguments::Arguments, json};
use pauses::Pauses;
use rounds::{Round, http, tcp, timer};

/// For a server to begin to listen.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two lines of the output.
const REPORT: Duration = Duration::from_secs(1);

/// Prints each second how many rounds there were in it and the longest time from one to the next. Ends with a failure as
/// soon as a round fails.
pub fn run(arguments: &Arguments) -> Outcome {
    let mut round = first_round(arguments)?;
    let mut pauses = Pauses::begin(Instant::now());
    loop {
        thread::sleep(round.rest);
        (round.act)().map_err(|error| format!("a round failed: {error}"))?;
        let now = Instant::now();
        pauses.note(now);
        if let Some((rounds, longest)) = pauses.report(now, REPORT) {
            let longest = longest.as_micros().to_string();
            println!("{}", json::object([("rounds", rounds.to_string()), ("longest_pause_us", longest)]));
        }
    }
}

/// The first round that works, and what repeats it.
fn first_round(arguments: &Arguments) -> Result<Round, String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let begun = match arguments.text(0)? {
            "timer" => Ok(timer()),
            "http" => http(arguments.text(1)?, arguments.number(2)?),
            "tcp" => tcp(arguments.text(1)?, arguments.number(2)?),
            other => return Err(format!("{other:?} is neither timer nor http nor tcp")),
        };
        match begun {
            Ok(round) => return Ok(round),
            Err(error) if Instant::now() >= end => return Err(format!("the first round: {error}")),
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}
