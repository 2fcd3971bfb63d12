//! The first service of a boot: mounts the partitions of the OS disk, and makes /etc writable for this boot only.
#![forbid(unsafe_code)]

mod cdrom;
mod directory;
mod etc;
mod plan;
mod step;

use root_disk::RootDisk;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("prepare-local-fs: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let disk = RootDisk::discover(Path::new("/sys"), Path::new("/dev"))?;
    plan::for_disk(&disk)?.iter().try_for_each(step::Step::perform)?;
    etc::overlay()?;
    // A bad disc must not keep the machine from booting: what is on it is optional.
    if let Some(mount) = cdrom::mount(Path::new("/dev/sr0"))
        && let Err(error) = mount.perform()
    {
        eprintln!("prepare-local-fs: {error}; going on without it");
    }
    Ok(())
}
