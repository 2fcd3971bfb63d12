//! e2fsck, where a file system needs it.

use crate::superblock::{Condition, Superblock};
use std::path::Path;
use std::process::{Command, Output};

const E2FSCK: &str = "/usr/bin/e2fsck";

/// Checks `device` if it says that the kernel has met errors in it, or says nothing. After a power cut the kernel's
/// replay of the journal is all that e2fsck would do, too, so that costs no program. The error tells what is wrong.
pub fn where_needed(label: &str, device: &Path) -> Result<(), String> {
    match Superblock::read(device).map_err(|cause| format!("cannot be read: {cause}"))?.condition {
        Condition::Clean => Ok(()),
        Condition::NotUnmounted => {
            println!("{label} was not unmounted: the kernel replays its journal");
            Ok(())
        }
        Condition::Errors => repair(label, device, "has recorded errors"),
        Condition::NoSuperblock => repair(label, device, "shows no file system"),
    }
}

/// Repairs what can be repaired without a loss, and tells of it.
pub fn repair(label: &str, device: &Path, why: &str) -> Result<(), String> {
    eprintln!("<4>{label} ({}) {why}: checking it", device.display());
    let output = Command::new(E2FSCK).arg("-p").arg(device).output();
    let output = output.map_err(|cause| format!("{why}, and {E2FSCK} cannot be run: {cause}"))?;
    let said = said(&output);
    for line in said.lines() {
        println!("e2fsck: {line}");
    }
    // e2fsck(8): 1 and 2 are errors that were corrected, 4 those that were not.
    match output.status.code() {
        Some(0) => println!("{label} is whole"),
        Some(1 | 2) => eprintln!("<4>{label} had errors, which are corrected"),
        _ => return Err(format!("{why}, and cannot be repaired without a loss ({})", summary(&output, &said))),
    }
    Ok(())
}

fn said(Output { stdout, stderr, .. }: &Output) -> String {
    [stdout, stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

fn summary(output: &Output, said: &str) -> String {
    match said.lines().find(|line| !line.trim().is_empty()) {
        Some(line) => format!("e2fsck: {}", line.trim()),
        None => format!("e2fsck: {}", output.status),
    }
}
