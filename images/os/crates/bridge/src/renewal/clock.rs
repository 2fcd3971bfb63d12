//! The real-time clock. The monotonic one goes on in a restored machine as if nothing had been.

use std::io;

use rustix::time::{ClockId, Timespec, clock_settime};

const NANOSECONDS: u64 = 1_000_000_000;

/// `since_1970` in nanoseconds.
pub fn set(since_1970: u64) -> io::Result<()> {
    let seconds = i64::try_from(since_1970 / NANOSECONDS).map_err(io::Error::other)?;
    let time = Timespec { tv_sec: seconds, tv_nsec: (since_1970 % NANOSECONDS) as _ };
    Ok(clock_settime(ClockId::Realtime, time)?)
}
