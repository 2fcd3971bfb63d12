use std::{
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// A service that takes longer to restart than systemd's own patience is not coming back.
const DEADLINE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(10);

/// Runs a restart command, whose words are separated by spaces; there is no shell to read it.
pub fn run(command: &str) -> Result<(), String> {
    let mut words = command.split_whitespace();
    let program = words.next().ok_or("a restart command is empty")?;
    let spawned = Command::new(program).args(words).stdin(Stdio::null()).spawn();
    let mut child = spawned.map_err(|error| format!("{command}: {error}"))?;
    let start = Instant::now();
    loop {
        match child.try_wait().map_err(|error| format!("{command}: {error}"))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("{command}: {status}")),
            None if start.elapsed() < DEADLINE => sleep(PAUSE),
            None => {
                // Failing here means that it has ended in this moment.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{command}: not done within {} s", DEADLINE.as_secs()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_not_read_by_a_shell() {
        assert_eq!(run("test $HOME = $HOME"), Ok(()));
        assert!(run("false ; true").expect_err("failed").starts_with("false ; true: exit status: 1"));
        assert!(run("/no/such/program x").expect_err("failed").starts_with("/no/such/program x: "));
    }
}
