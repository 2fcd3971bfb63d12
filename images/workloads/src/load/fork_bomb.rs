use std::{thread, time::Duration};

use crate::{Outcome, arguments::Arguments, process::fork_into};

/// Between two refused tries: what is to be seen is the limit on processes, not that on processors.
const REST: Duration = Duration::from_millis(10);

/// Forks, and so does each copy, for ever. The first process prints the first refusal.
pub fn run(_: &Arguments) -> Outcome {
    println!("begin");
    let mut told = false;
    for forks in 0_u64.. {
        if let Err(errno) = fork_into(bomb) {
            if !told {
                println!("refused after {forks} forks: {errno:?}");
            }
            told = true;
            thread::sleep(REST);
        }
    }
    unreachable!("there are more numbers than forks");
}

fn bomb() -> u8 {
    loop {
        if fork_into(bomb).is_err() {
            thread::sleep(REST);
        }
    }
}
