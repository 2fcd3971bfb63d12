//! The kernel's `struct input_event` (linux/input.h) on 64-bit machines.

const EV_KEY: u16 = 1;
pub const KEY_POWER: u16 = 116;
const PRESSED: i32 = 1;

pub struct InputEvent {
    kind: u16,
    code: u16,
    value: i32,
}

impl InputEvent {
    /// Two 64-bit words of time, then type, code and value.
    pub const BYTES: usize = 24;

    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            kind: u16::from_ne_bytes([bytes[16], bytes[17]]),
            code: u16::from_ne_bytes([bytes[18], bytes[19]]),
            value: i32::from_ne_bytes([bytes[20], bytes[21], bytes[22], bytes[23]]),
        }
    }

    pub fn is_power_press(&self) -> bool {
        self.kind == EV_KEY && self.code == KEY_POWER && self.value == PRESSED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: u16, code: u16, value: i32) -> InputEvent {
        let mut bytes = [0xff; InputEvent::BYTES];
        bytes[16..18].copy_from_slice(&kind.to_ne_bytes());
        bytes[18..20].copy_from_slice(&code.to_ne_bytes());
        bytes[20..24].copy_from_slice(&value.to_ne_bytes());
        InputEvent::from_bytes(&bytes)
    }

    #[test]
    fn only_the_press_of_the_power_key_counts() {
        assert!(event(EV_KEY, KEY_POWER, PRESSED).is_power_press());
        assert!(!event(EV_KEY, KEY_POWER, 0).is_power_press());
        assert!(!event(EV_KEY, 28, PRESSED).is_power_press());
        assert!(!event(0, KEY_POWER, PRESSED).is_power_press());
    }
}
