//! Why the kernel says that it is no longer the one that was built (Documentation/admin-guide/tainted-kernels.rst).

use serde::Serialize;
use std::fs;

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Taint {
    pub value: u64,
    pub flags: Vec<Flag>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Flag {
    /// As the kernel's messages show it.
    pub letter: char,
    pub reason: &'static str,
}

/// By bit.
const FLAGS: [(char, &str); 19] = [
    ('P', "a proprietary module was loaded"),
    ('F', "a module was loaded by force"),
    ('S', "the kernel runs on a system that it is not meant for"),
    ('R', "a module was unloaded by force"),
    ('M', "the processor reported a machine check"),
    ('B', "a page of memory was found in a bad state"),
    ('U', "a program asked for this taint"),
    ('D', "the kernel died: there was an oops or a bug"),
    ('A', "an ACPI table was overridden"),
    ('W', "the kernel issued a warning"),
    ('C', "a staging driver was loaded"),
    ('I', "a workaround for a bug in the firmware is in use"),
    ('O', "a module from outside of the kernel's source was loaded"),
    ('E', "an unsigned module was loaded"),
    ('L', "a soft lockup occurred"),
    ('K', "the kernel was live patched"),
    ('X', "the distribution defines this taint"),
    ('T', "structures of the kernel were laid out at random"),
    ('N', "an in-kernel test was run"),
];

/// None where the kernel doesn't say.
pub fn read() -> Option<Taint> {
    fs::read_to_string("/proc/sys/kernel/tainted").ok()?.trim().parse().ok().map(explain)
}

fn explain(value: u64) -> Taint {
    let set = FLAGS.iter().enumerate().filter(|(bit, _)| value & (1 << bit) != 0);
    Taint { value, flags: set.map(|(_, &(letter, reason))| Flag { letter, reason }).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_is_a_letter() {
        let letters = |value| explain(value).flags.iter().map(|flag| flag.letter).collect::<String>();
        assert_eq!(letters(0), "");
        assert_eq!(letters((1 << 15) | (1 << 12) | (1 << 9)), "WOK");
        assert_eq!(letters(1 << 18), "N");
    }
}
