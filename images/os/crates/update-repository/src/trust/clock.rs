//! The clock that expiry is judged by. A machine may have started with a wrong one.

use std::fs;
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Time servers answer within a second or two of the network's start. A machine whose servers stay away must still get
/// its updates.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Waits for systemd-timesyncd, up to 10 s, if the settings name `time_servers`.
pub async fn wait(time_servers: &Path, synchronized: &Path) {
    if !are_set(time_servers) {
        return;
    }
    let end = Instant::now() + PATIENCE;
    while !synchronized.exists() {
        if Instant::now() >= end {
            eprintln!("timed out after {} s waiting for the time servers", PATIENCE.as_secs());
            return;
        }
        sleep(PAUSE).await;
    }
}

/// Whether the part of timesyncd.conf(5) that the settings are rendered into names servers.
fn are_set(time_servers: &Path) -> bool {
    let conf = fs::read_to_string(time_servers).unwrap_or_default();
    conf.lines().filter_map(|line| line.trim().strip_prefix("NTP=")).any(|servers| !servers.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_servers_are_waited_for() {
        let directory = tempfile::tempdir().expect("a directory");
        let conf = directory.path().join("50-settings.conf");
        assert!(!are_set(&conf));
        for (text, expected) in [("[Time]\n", false), ("[Time]\nNTP=\n", false), ("[Time]\nNTP=a.example b\n", true)] {
            fs::write(&conf, text).expect("written");
            assert_eq!(are_set(&conf), expected, "{text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn servers_that_stay_away_are_waited_for_ten_seconds() {
        let directory = tempfile::tempdir().expect("a directory");
        let conf = directory.path().join("50-settings.conf");
        fs::write(&conf, "NTP=192.0.2.1\n").expect("written");
        let start = Instant::now();
        wait(&conf, &directory.path().join("synchronized")).await;
        assert!((PATIENCE..PATIENCE + PAUSE).contains(&start.elapsed()));
    }
}
