use std::{io, process::Command};

/// Returns when the service runs again.
pub fn restart(unit: &str) -> io::Result<()> {
    systemctl(&["restart"], unit)
}

/// No last words, and nobody who asked for it: systemd finds the main process dead, and does as the unit says.
pub fn kill(unit: &str) -> io::Result<()> {
    systemctl(&["kill", "--kill-whom=main", "--signal=SIGKILL"], unit)
}

fn systemctl(arguments: &[&str], unit: &str) -> io::Result<()> {
    let status = Command::new("systemctl").args(arguments).args(["--", unit]).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("systemctl {arguments:?} {unit}: {status}"))) }
}
