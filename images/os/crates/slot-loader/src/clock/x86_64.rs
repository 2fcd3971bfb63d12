//! The time stamp counter. It starts from 0 at power-on.

#![expect(unsafe_code)]

use core::arch::x86_64::{__cpuid, _rdtsc};
use core::time::Duration;
use uefi::boot;

/// CPUID leaf of the counter's frequency: a crystal's hertz in `ecx`, times `ebx`, by `eax` (Intel SDM, volume 2A).
const TSC_LEAF: u32 = 0x15;
const MEASURED: Duration = Duration::from_millis(2);
const MEASUREMENTS: usize = 3;

pub fn ticks() -> u64 {
    // SAFETY: every x86_64 processor has the instruction, and firmware leaves it usable.
    unsafe { _rdtsc() }
}

/// Ticks in a second: as the processor says, else as the firmware's clock shows.
pub fn hertz() -> u64 {
    told().unwrap_or_else(measured)
}

fn told() -> Option<u64> {
    if __cpuid(0).eax < TSC_LEAF {
        return None;
    }
    let leaf = __cpuid(TSC_LEAF);
    let hertz = u64::from(leaf.ecx) * u64::from(leaf.ebx) / u64::from(leaf.eax.max(1));
    (hertz > 0).then_some(hertz)
}

/// A wait can take longer than asked, never shorter, so the shortest of some is the nearest.
fn measured() -> u64 {
    let measure = |_| {
        let start = ticks();
        boot::stall(MEASURED);
        ticks() - start
    };
    let shortest = (0..MEASUREMENTS).map(measure).min().unwrap_or(0);
    shortest * 1_000 / MEASURED.as_millis() as u64
}
