//! How a container ends, or doesn't.

pub mod exit;
pub mod ignore_term;
pub mod pause;
pub mod sleep;

use nix::sys::signal::{SigSet, Signal};

/// Signals that from now on wait to be taken by `SigSet::wait`; threads that start later keep them blocked.
fn take(signals: &[Signal]) -> Result<SigSet, String> {
    let set: SigSet = signals.iter().copied().collect();
    set.thread_block().map_err(|errno| format!("cannot block signals: {errno}"))?;
    Ok(set)
}
