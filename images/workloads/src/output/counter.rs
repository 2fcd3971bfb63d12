use std::{thread, time::Duration};

use crate::{Outcome, arguments::Arguments};

/// Prints 1, 2, 3 and so on, one in each interval.
pub fn run(arguments: &Arguments) -> Outcome {
    let interval = Duration::from_millis(arguments.number_or(0, 1000)?);
    for number in 1_u64.. {
        println!("{number}");
        thread::sleep(interval);
    }
    unreachable!("there are more numbers than a machine prints");
}
