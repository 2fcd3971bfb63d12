use std::time::{Duration, Instant};

/// The times from each round's end to the next one's.
pub struct Pauses {
    rounds: u64,
    longest: Duration,
    last: Instant,
    reported: Instant,
}

impl Pauses {
    pub fn begin(now: Instant) -> Self {
        Self { rounds: 0, longest: Duration::ZERO, last: now, reported: now }
    }

    pub fn note(&mut self, now: Instant) {
        self.rounds += 1;
        self.longest = self.longest.max(now - self.last);
        self.last = now;
    }

    /// The rounds since the last report and the longest pause among them, if that was so long ago.
    pub fn report(&mut self, now: Instant, every: Duration) -> Option<(u64, Duration)> {
        if now - self.reported < every {
            return None;
        }
        let report = (self.rounds, self.longest);
        *self = Self::begin(now);
        Some(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_report_has_its_longest_pause() {
        let begin = Instant::now();
        let at = |milliseconds| begin + Duration::from_millis(milliseconds);
        let every = Duration::from_millis(10);
        let mut pauses = Pauses::begin(begin);
        let mut reports = Vec::new();
        for milliseconds in [2, 9, 10, 12, 14, 16, 18, 20] {
            pauses.note(at(milliseconds));
            reports.extend(pauses.report(at(milliseconds), every));
        }
        assert_eq!(reports, [(3, Duration::from_millis(7)), (5, Duration::from_millis(2))]);
    }
}
