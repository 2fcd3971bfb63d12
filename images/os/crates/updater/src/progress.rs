//! How far the download of an update has come, for whoever asks while it is under way.

use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::time::{Duration, Instant};

/// A reader wants to see something move; a report costs the writing of one small file.
const INTERVAL: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub fetched_bytes: u64,
    /// Of all images of the update, compressed, by the repository's metadata.
    pub total_bytes: u64,
}

/// Counts what is read, and reports it twice a second and at the end of each image.
pub struct Meter<R> {
    progress: Progress,
    report: R,
    due: Instant,
}

impl<R: FnMut(Progress) -> Result<(), String>> Meter<R> {
    pub fn new(total_bytes: u64, report: R) -> Self {
        Self { progress: Progress { fetched_bytes: 0, total_bytes }, report, due: Instant::now() }
    }

    pub fn watch<'a>(&'a mut self, image: impl Read + 'a) -> impl Read + 'a {
        Metered { image, meter: self }
    }

    fn add(&mut self, bytes: u64) -> Result<(), String> {
        self.progress.fetched_bytes += bytes;
        if bytes > 0 && Instant::now() < self.due {
            return Ok(());
        }
        self.due = Instant::now() + INTERVAL;
        (self.report)(self.progress)
    }
}

struct Metered<'a, I, R> {
    image: I,
    meter: &'a mut Meter<R>,
}

impl<I: Read, R: FnMut(Progress) -> Result<(), String>> Read for Metered<'_, I, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.image.read(into)?;
        self.meter.add(length as u64).map_err(io::Error::other)?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_reported_in_time_and_at_each_end() {
        let mut reports = Vec::new();
        let mut meter = Meter::new(7, |progress| {
            reports.push(progress.fetched_bytes);
            Ok(())
        });
        for image in [&b"abcd"[..], b"efg"] {
            let mut watched = meter.watch(image);
            while watched.read(&mut [0]).expect("read") > 0 {}
        }
        // The first byte, and both ends; all others come within the interval.
        assert_eq!(reports, [1, 4, 7]);
    }
}
