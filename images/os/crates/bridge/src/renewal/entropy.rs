//! Fresh randomness for the kernel, and through it for every program that asks the kernel or its vDSO.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::fd::AsFd;

use rustix::ioctl::{NoArg, Opcode, ioctl, opcode};

/// From linux/random.h.
const RNDRESEEDCRNG: Opcode = opcode::none(b'R', 7);

/// Mixed into the pool alone, the bytes would change nothing before the next reseed, a minute later at worst.
pub fn add(bytes: &[u8]) -> io::Result<()> {
    let mut pool = OpenOptions::new().write(true).open("/dev/urandom")?;
    pool.write_all(bytes)?;
    reseed(&pool)
}

#[allow(unsafe_code, reason = "no crate offers this ioctl")]
fn reseed(pool: &impl AsFd) -> io::Result<()> {
    // SAFETY: RNDRESEEDCRNG takes no argument.
    Ok(unsafe { ioctl(pool, NoArg::<RNDRESEEDCRNG>::new()) }?)
}
