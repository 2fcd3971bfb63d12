//! `signpost`: which slot boots next, and whether this one did well (contract, section 2).
#![forbid(unsafe_code)]

mod actions;
mod arguments;
mod block_disk;
mod status;

use arguments::{Arguments, Command, Target};
use block_disk::BlockDisk;
use root_disk::RootDisk;
use slot_table::{Slots, Step, Table, plan};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).map_err(Into::into).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("signpost: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let Target { disk: path, active } = match arguments.target {
        Some(target) => target,
        None => {
            let disk = RootDisk::discover(Path::new("/sys"), Path::new("/dev"))?;
            Target { active: disk.active_slot()?, disk: disk.node }
        }
    };
    let mut disk = BlockDisk::open(&path, arguments.command.writes())?;
    let mut table = Table::read(&mut disk).map_err(|error| format!("{}: {error}", path.display()))?;
    match arguments.command {
        Command::Status => print!("{}", status::Status { disk: &path, table: &table, active }),
        Command::HasBootEverSucceeded if Slots::find(&table).ever_succeeded() => println!("true"),
        Command::HasBootEverSucceeded => {}
        Command::RewriteTable => write(&table.rewrite(), &mut disk, &path)?,
        Command::Change(action) => {
            action.perform(&mut table, active)?;
            write(&table.changes(), &mut disk, &path)?;
        }
    }
    Ok(())
}

fn write(steps: &[Step], disk: &mut BlockDisk, path: &Path) -> Result<(), String> {
    plan::perform(steps, disk)
        .map_err(|cause| format!("cannot write the partition table of {}: {cause}", path.display()))
}
