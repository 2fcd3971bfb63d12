//! Turns a press of the machine's power button into a clean shutdown.
//!
//! The button is how a hypervisor asks for one (ACPI, `system_powerdown`). Usually logind listens for it, but logind
//! needs D-Bus, which this system has no other use for.

mod devices;
mod event;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

use event::InputEvent;

/// What `systemctl poweroff` does, which would ask logind first and log that there is no message bus to reach it by.
const POWER_OFF: [&str; 4] = ["start", "poweroff.target", "--job-mode=replace-irreversibly", "--no-block"];

fn main() -> ExitCode {
    let buttons = match devices::power_buttons(Path::new("/sys/class/input")) {
        Ok(buttons) if !buttons.is_empty() => buttons,
        Ok(_) => {
            eprintln!("this machine has no power button; it can be shut down from within only");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("cannot list the input devices in /sys/class/input: {error}");
            return ExitCode::FAILURE;
        }
    };
    let listeners: Vec<_> =
        buttons.into_iter().map(|name| thread::spawn(move || listen(&Path::new("/dev/input").join(name)))).collect();
    for listener in listeners {
        if let Ok(Err(error)) = listener.join() {
            eprintln!("cannot listen to the power button: {error}");
        }
    }
    ExitCode::FAILURE
}

fn listen(device: &Path) -> io::Result<()> {
    let mut source = File::open(device)?;
    let mut bytes = [0; InputEvent::BYTES];
    loop {
        source.read_exact(&mut bytes)?;
        if InputEvent::from_bytes(&bytes).is_power_press() {
            eprintln!("power button pressed: shutting down");
            Command::new("/usr/bin/systemctl").args(POWER_OFF).status()?;
        }
    }
}
