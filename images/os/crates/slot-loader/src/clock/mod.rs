//! Time since power-on, from the processor's counter.

#[cfg_attr(target_arch = "x86_64", path = "x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "aarch64.rs")]
mod counter;

pub struct Clock {
    started: u64,
    hertz: u64,
}

impl Clock {
    /// Notes the time, and learns the counter's frequency, which may take some milliseconds.
    pub fn start() -> Self {
        Self { started: counter::ticks(), hertz: counter::hertz() }
    }

    /// When this clock was started, in microseconds since power-on; `None` where the frequency cannot be learnt.
    pub fn started(&self) -> Option<u64> {
        self.microseconds(self.started)
    }

    /// Microseconds since power-on; `None` where the frequency cannot be learnt.
    pub fn now(&self) -> Option<u64> {
        self.microseconds(counter::ticks())
    }

    fn microseconds(&self, ticks: u64) -> Option<u64> {
        u64::try_from((u128::from(ticks) * 1_000_000).checked_div(u128::from(self.hertz))?).ok()
    }
}
