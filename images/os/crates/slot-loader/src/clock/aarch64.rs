//! The generic timer's virtual counter. It starts from 0 at power-on.

#![expect(unsafe_code)]

use core::arch::asm;

pub fn ticks() -> u64 {
    let ticks;
    // SAFETY: reads a register that firmware leaves readable, and touches nothing else.
    unsafe { asm!("isb", "mrs {}, cntvct_el0", out(reg) ticks, options(nomem, nostack)) };
    ticks
}

/// Ticks in a second, as firmware has set it.
pub fn hertz() -> u64 {
    let hertz;
    // SAFETY: as above.
    unsafe { asm!("mrs {}, cntfrq_el0", out(reg) hertz, options(nomem, nostack)) };
    hertz
}
