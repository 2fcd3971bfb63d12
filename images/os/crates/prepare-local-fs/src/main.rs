//! The first service of a boot: checks and mounts the partitions of the OS disk, lets DATA have the room that the disk has,
//! and makes /etc writable for this boot only.

mod cdrom;
mod check;
mod damage;
mod directory;
mod etc;
mod growth;
mod journal;
mod plan;
mod step;
mod superblock;
mod var;
mod volume;

use root_disk::RootDisk;
use slot_table::layout::DATA_LABEL;
use std::error::Error;
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("<3>prepare-local-fs: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let sys = Path::new("/sys");
    let disk = RootDisk::discover(sys, Path::new("/dev"))?;
    let data = disk.partition(DATA_LABEL)?;
    // A machine with less room than it could have is better than none.
    tell("give DATA the room behind it", growth::of_partition(data, &disk, sys));
    plan::for_disk(&disk)?.iter().try_for_each(step::Step::perform)?;
    if !damage::is_recorded(DATA_LABEL) {
        tell("let the file system of DATA fill it", growth::of_file_system(data, Path::new(plan::LOCAL), sys));
        tell("keep the journal on DATA", journal::keep(Path::new("/run/systemd/journal")));
    }
    etc::overlay()?;
    tell("furnish /var", var::prepare(Path::new("/var")));
    // A bad disc must not keep the machine from booting: what is on it is optional.
    if let Some(mount) = cdrom::mount(Path::new("/dev/sr0"))
        && let Err(error) = mount.perform()
    {
        eprintln!("prepare-local-fs: {error}; going on without it");
    }
    Ok(())
}

fn tell<E: Display>(what: &str, done: Result<(), E>) {
    if let Err(error) = done {
        eprintln!("<3>prepare-local-fs: cannot {what}: {error}; going on without");
    }
}
