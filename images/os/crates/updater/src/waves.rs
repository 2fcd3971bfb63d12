//! Staged roll-outs: when a host of a given seed may take an update (contract, section 4.4).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;

/// Seeds are smaller than this; a wave may end with it.
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
        let end = self.0.range(seed..).next();
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
        let written = BTreeMap::<String, Timestamp>::deserialize(deserializer)?;
        let seed = |text: &String| text.parse().ok().filter(|seed| *seed <= MAX_SEED);
        let parse = |(text, start): (String, Timestamp)| match seed(&text) {
            Some(seed) => Ok((seed, start)),
            None => Err(de::Error::custom(format!("a wave begins with a seed from 0 to {MAX_SEED}, not {text:?}"))),
        };
        written.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }
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
