use std::{
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use crate::{Outcome, arguments::Arguments};

const ROUND: u64 = 10_000;

static ROUNDS: AtomicU64 = AtomicU64::new(0);

/// Keeps processors busy, and prints each second how many rounds were done in it.
pub fn run(arguments: &Arguments) -> Outcome {
    for _ in 0..arguments.number_or(0, 1_u16)? {
        thread::spawn(|| {
            loop {
                black_box((0..ROUND).fold(0_u64, |sum, number| sum.rotate_left(5) ^ black_box(number)));
                ROUNDS.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    loop {
        thread::sleep(Duration::from_secs(1));
        println!("{}", ROUNDS.swap(0, Ordering::Relaxed));
    }
}
