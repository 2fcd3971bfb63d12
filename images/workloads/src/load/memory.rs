use crate::{Outcome, arguments::Arguments, life::pause};

const MIB: usize = 1024 * 1024;

/// Takes memory one MiB after the other, and says so; then holds it until SIGTERM.
pub fn run(arguments: &Arguments) -> Outcome {
    let mib: usize = arguments.number(0)?;
    let mut held = Vec::new();
    for count in 1..=mib {
        // Written to, or the kernel would only promise it.
        held.push(vec![0xa5_u8; MIB]);
        println!("{count} MiB");
    }
    println!("holding");
    let outcome = pause::run(arguments);
    drop(held);
    outcome
}
