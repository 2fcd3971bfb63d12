//! Staged roll-outs: when a host of a given seed may take an update (contract, section 4.4).

use super::entries::Entries;
use chrono::{DateTime, Utc};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;

/// Seeds are smaller than this; a wave may end with it. What begins behind it is for nobody (upstream's
/// `update_metadata`, `MAX_SEED`; its own examples have such waves).
const MAX_SEED: u32 = 2048;

/// The start of each wave by the first seed behind it. A host belongs to the wave with the greatest key strictly below
/// its seed.
#[derive(Clone, Debug, Default)]
pub struct Waves(BTreeMap<u32, Timestamp>);

impl Waves {
    /// Whether a host with `seed` may take the update at `now`. Without waves, and before the first one's first seed,
    /// always; else from its place within the wave on, in which starts are spread by seed.
    pub fn ready(&self, seed: u32, now: Timestamp) -> bool {
        let begin = self.0.range(..seed).next_back();
        let end = self.0.range(seed..).next().filter(|(last, _)| **last <= MAX_SEED);
        match (begin, end) {
            (None, _) => true,
            (Some((_, start)), None) => now >= *start,
            (Some((first, start)), Some((last, end))) => {
                let step = end.duration_since(*start).as_nanos() / i128::from(last - first);
                // Upstream counts steps from seed 0, not from the wave's first; the end of the wave is the bound.
                let turn = SignedDuration::from_nanos_i128(step * i128::from(seed));
                now >= *end || (now >= *start && now.duration_since(*start) >= turn)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Waves {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut waves = BTreeMap::new();
        for (text, start) in Entries::<String>::deserialize(deserializer)?.0 {
            let seed: u32 = text.parse().map_err(|_| {
                de::Error::custom(format!(
                    "a wave begins with a seed, a whole number from 0 to {}, not {text:?}",
                    u32::MAX
                ))
            })?;
            if waves.insert(seed, time(&start).map_err(de::Error::custom)?).is_some() {
                return Err(de::Error::custom(format!("the wave that begins with seed {seed} is given twice")));
            }
        }
        Ok(Self(waves))
    }
}

/// By the parser of upstream's updog, which takes more than RFC 3339 allows: so no manifest means one thing there and
/// another here.
fn time(text: &str) -> Result<Timestamp, String> {
    let fail = |reason: String| format!("a wave starts at a time as \"2026-01-31T09:00:00Z\", not {text:?}: {reason}");
    let time: DateTime<Utc> = text.parse().map_err(|error: chrono::ParseError| fail(error.to_string()))?;
    // A leap second has more than a thousand milliseconds there.
    let nanoseconds = i128::from(time.timestamp()) * 1_000_000_000 + i128::from(time.timestamp_subsec_nanos());
    Timestamp::from_nanosecond(nanoseconds).map_err(|error| fail(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn waves(starts: &[(u32, i64)]) -> Waves {
        Waves(starts.iter().map(|(seed, start)| (*seed, at(*start))).collect())
    }

    #[test]
    fn without_waves_everybody_is_ready() {
        assert!(Waves::default().ready(2047, at(0)));
    }

    #[test]
    fn the_first_seed_of_all_waits_for_nobody() {
        assert!(waves(&[(0, 1000), (1024, 2000)]).ready(0, at(0)));
    }

    #[test]
    fn the_last_wave_is_ready_from_its_start() {
        let waves = waves(&[(0, 1000), (1024, 2000)]);
        assert!(!waves.ready(2047, at(1999)) && waves.ready(2047, at(2000)));
        assert!(!waves.ready(1025, at(1999)) && waves.ready(1025, at(2000)));
    }

    #[test]
    fn within_a_wave_the_starts_are_spread_by_seed() {
        let waves = waves(&[(0, 0), (1000, 1000)]);
        for seed in [1, 499, 500, 999, 1000] {
            assert!(!waves.ready(seed, at(i64::from(seed) - 1)), "{seed} was early");
            assert!(waves.ready(seed, at(i64::from(seed))), "{seed} was late");
        }
    }

    /// Seed 60 of the wave 50 to 100 has its turn 60 steps after the start, which lies behind the end: 100 steps of 16 s
    /// make up the wave of 800 s.
    #[test]
    fn steps_are_counted_from_seed_zero_and_end_with_the_wave() {
        let waves = waves(&[(0, 0), (50, 200), (100, 1000)]);
        assert!(!waves.ready(60, at(999)) && waves.ready(60, at(1000)));
    }

    fn parse(text: &str) -> Result<Waves, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn times_are_taken_as_upstream_takes_them() {
        for (text, same) in [
            ("2019-8-06T15:00:00Z", "2019-08-06T15:00:00Z"),
            ("2019-08-06 15:00:00 UTC", "2019-08-06T15:00:00Z"),
            ("2019-08-06t15:00:00.5+0200", "2019-08-06T13:00:00.5Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ] {
            assert_eq!(time(text), Ok(same.parse().expect("a time")), "{text}");
        }
        for text in
            ["tomorrow", "2019-08-06", "2019-08-06T15:00:00", "2019-13-06T15:00:00Z", "+99999-01-01T00:00:00Z", ""]
        {
            let told = time(text).expect_err(text);
            assert!(
                told.starts_with(&format!("a wave starts at a time as \"2026-01-31T09:00:00Z\", not {text:?}: ")),
                "{told}"
            );
        }
    }

    #[test]
    fn a_wave_behind_the_last_seed_is_no_end() {
        let waves = parse(r#"{"0": "2019-10-06T15:00:00Z", "858993459": "2099-10-07T15:00:00Z"}"#).expect("upstream's");
        assert!(!waves.ready(123, "2019-10-06T14:59:59Z".parse().expect("a time")));
        assert!(waves.ready(123, "2019-10-06T15:00:00Z".parse().expect("a time")));
    }

    #[test]
    fn a_wave_given_twice_is_refused() {
        for twice in ["0", "00"] {
            let text = format!(r#"{{"0": "2019-10-06T15:00:00Z", "{twice}": "2019-10-07T15:00:00Z"}}"#);
            assert!(parse(&text).expect_err("refused").contains("the wave that begins with seed 0 is given twice"));
        }
    }

    proptest! {
        #[test]
        fn who_is_ready_stays_ready(seed in 0..2048u32, middle in 1..2048u32, now in 0..4000i64, later in 0..4000i64) {
            let waves = waves(&[(0, 1000), (middle, 2000), (2048, 3000)]);
            prop_assert!(!waves.ready(seed, at(now)) || waves.ready(seed, at(now + later)));
            prop_assert!(waves.ready(seed, at(3000)));
            prop_assert_eq!(waves.ready(seed, at(999)), seed == 0);
        }

        #[test]
        fn a_table_of_any_order_is_harmless(starts in prop::collection::btree_map(0..=2048u32, 0..4000i64, 0..6),
                                            seed in 0..2048u32, now in 0..4000i64) {
            Waves(starts.into_iter().map(|(seed, start)| (seed, at(start))).collect()).ready(seed, at(now));
        }
    }
}
