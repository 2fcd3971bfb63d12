//! Collects logs and facts of this machine into one archive, for whoever has to find out what is wrong with it. What to collect
//! is in files of requests; what could not be collected is in the archive's manifest.

mod archive;
mod arguments;
mod collect;
mod manifest;
mod request;
mod spool;

use arguments::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::parse().and_then(|arguments| run(&arguments)) {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("logdog: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let requests = request::read_all(&arguments.requests)?;
    let mut archive = archive::Archive::create(&arguments.directory)?;
    let failed = collect::collect(&requests, arguments, &mut archive)?;
    let path = archive.finish()?;
    if failed > 0 {
        eprintln!("{failed} of {} requests failed in part or as a whole; see {}", requests.len(), manifest::NAME);
    }
    println!("logs are at: {}", path.display());
    Ok(ExitCode::SUCCESS)
}
