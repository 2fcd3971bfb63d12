//! The hardware watchdog, started before the kernel is: a hang ends in a reset even where no program could see to it yet.
//!
//! It is an Intel 6300ESB, the one that QEMU emulates on every machine with PCI. Registers and the order of their writes
//! are those of Intel's datasheet (6300ESB I/O Controller Hub, chapter on the watchdog timer).

use crate::handles;
use core::time::Duration;
use uefi::boot;
use uefi::proto::pci::PciIoAddress;
use uefi::proto::pci::root_bridge::PciRootBridgeIo;

/// Until PID 1 has to have taken over. Ten times what an emulated kernel takes to start it; a healthy one that is shot
/// would cost a good slot its turn, while a broken one only costs the wait.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Device and vendor, as the first register of its configuration reads.
const I6300ESB: u32 = 0x25ab_8086;

mod configuration {
    pub const IDENTITY: u8 = 0x00;
    pub const COMMAND: u8 = 0x04;
    pub const COMMAND_MEMORY: u16 = 1 << 1;
    pub const BASE_ADDRESS: u8 = 0x10;
    pub const BASE_ADDRESS_MASK: u32 = !0xf;
    pub const CONFIG: u8 = 0x60;
    /// No interrupt after the first stage, the reset line after the second, a clock of about 1 kHz.
    pub const CONFIG_RESET_ONLY: u16 = 0x0003;
    pub const LOCK: u8 = 0x68;
    /// Enabled, and locked until the next reset: Linux's driver stops an unlocked one when it finds it.
    pub const LOCK_ENABLED: u8 = 0x02 | 0x01;
}

/// Offsets into the memory at its base address.
mod memory {
    pub const PRELOADS: [u64; 2] = [0x00, 0x04];
    pub const RELOAD: u64 = 0x0c;
    pub const RELOAD_NOW: u16 = 0x0100;
    /// Written to `RELOAD` one after the other, they allow one write of another register.
    pub const UNLOCK: [u16; 2] = [0x80, 0x86];
}

/// Starts the watchdog, or starts its time anew. Nothing can stop it after that but a reset; PID 1 feeds it. A machine
/// that has none, or whose firmware doesn't let it be reached, is started without.
pub fn start() {
    for handle in boot::find_handles::<PciRootBridgeIo>().unwrap_or_default() {
        let Ok(mut bus) = handles::open::<PciRootBridgeIo>(handle) else { continue };
        if let Some(device) = find(&mut bus) {
            let _ = start_device(&mut bus, device);
        }
    }
}

fn find(bus: &mut PciRootBridgeIo) -> Option<PciIoAddress> {
    let devices = bus.enumerate().ok()?;
    let register = configuration::IDENTITY;
    devices.iter().find(|device| bus.pci().read_one::<u32>(device.with_register(register)) == Ok(I6300ESB)).copied()
}

fn start_device(bus: &mut PciRootBridgeIo, device: PciIoAddress) -> uefi::Result {
    // No driver of the firmware has bound it, so nobody may have let it answer to memory accesses.
    let command = device.with_register(configuration::COMMAND);
    let enabled = bus.pci().read_one::<u16>(command)? | configuration::COMMAND_MEMORY;
    bus.pci().write_one(command, enabled)?;
    let base = bus.pci().read_one::<u32>(device.with_register(configuration::BASE_ADDRESS))?;
    let base = u64::from(base & configuration::BASE_ADDRESS_MASK);

    bus.pci().write_one(device.with_register(configuration::CONFIG), configuration::CONFIG_RESET_ONLY)?;
    for preload in memory::PRELOADS {
        unlock(bus, base)?;
        bus.memory().write_one(base + preload, ticks_per_stage(TIMEOUT))?;
    }
    unlock(bus, base)?;
    bus.memory().write_one(base + memory::RELOAD, memory::RELOAD_NOW)?;
    bus.pci().write_one(device.with_register(configuration::LOCK), configuration::LOCK_ENABLED)
}

fn unlock(bus: &mut PciRootBridgeIo, base: u64) -> uefi::Result {
    memory::UNLOCK.into_iter().try_for_each(|word| bus.memory().write_one(base + memory::RELOAD, word))
}

/// There are two stages, and a tick is 2^15 cycles of a bus with 33 MHz: 512 of them are half a second, less one percent.
const fn ticks_per_stage(time: Duration) -> u32 {
    (time.as_secs() as u32) << 9
}
