//! One module for each kind of request.

mod api;
mod containers;
mod disk_space;
mod exec;
mod file;
mod files;
mod settings;

use crate::{
    archive::Archive,
    arguments::Arguments,
    manifest::{self, Entry, Manifest},
    request::Request,
    spool::Spool,
};
use std::io;

/// What was collected, and what was not: a program that fails has often written something before.
pub struct Collected {
    pub spool: Option<Spool>,
    pub error: Option<String>,
}

impl From<io::Result<Spool>> for Collected {
    fn from(spooled: io::Result<Spool>) -> Self {
        match spooled {
            Ok(spool) => Self { spool: Some(spool), error: None },
            Err(error) => Self { spool: None, error: Some(error.to_string()) },
        }
    }
}

/// Carries out all requests; returns how many of them failed. One that fails keeps no other from being carried out.
///
/// # Errors
/// When the archive cannot be written.
pub fn collect(requests: &[Request], arguments: &Arguments, archive: &mut Archive) -> Result<usize, String> {
    let mut manifest = Manifest::default();
    for request in requests {
        if let Request::Glob { pattern } = request {
            for (file, path) in files::matching(pattern, &mut manifest) {
                let collected = file::collect(&path, archive);
                put(archive, &mut manifest, file, path, collected)?;
            }
        } else if let Some(file) = request.file() {
            let (source, collected) = one(request, arguments, archive);
            put(archive, &mut manifest, file.to_owned(), source, collected)?;
        }
    }
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| error.to_string())?;
    archive.add_text(manifest::NAME, &text).map_err(|error| format!("the archive cannot be written: {error}"))?;
    Ok(manifest.failed())
}

/// Where it is from, and what it is.
fn one(request: &Request, arguments: &Arguments, archive: &Archive) -> (String, Collected) {
    match request {
        Request::Settings { .. } => ("settings".into(), text(settings::collect(&arguments.socket), archive)),
        Request::Exec { command, .. } => (command.join(" "), exec::collect(command, archive)),
        Request::File { path, .. } => (path.clone(), file::collect(path, archive)),
        Request::Api { path, .. } => (format!("GET {path}"), text(api::collect(&arguments.socket, path), archive)),
        Request::Containers { socket, .. } => (socket.clone(), text(containers::collect(socket), archive)),
        Request::DiskSpace { .. } => ("statvfs".into(), text(disk_space::collect(), archive)),
        Request::Glob { pattern } => (pattern.clone(), Collected { spool: None, error: None }),
    }
}

fn text(collected: Result<String, String>, archive: &Archive) -> Collected {
    match collected {
        Ok(text) => Spool::fill(archive.directory(), &mut text.as_bytes()).into(),
        Err(error) => Collected { spool: None, error: Some(error) },
    }
}

fn put(
    archive: &mut Archive,
    manifest: &mut Manifest,
    file: String,
    source: String,
    collected: Collected,
) -> Result<(), String> {
    let Collected { spool, mut error } = collected;
    let mut entry = Entry { file, source, bytes: 0, truncated: false, error: None };
    match spool {
        Some(spool) if archive.is_full_for(spool.bytes) => error = Some("the archive is full".into()),
        Some(mut spool) => {
            let added = archive.add(&entry.file, &mut spool);
            added.map_err(|error| format!("the archive cannot be written: {error}"))?;
            (entry.bytes, entry.truncated) = (spool.bytes, spool.truncated);
        }
        None => {}
    }
    entry.error = error;
    manifest.files.push(entry);
    Ok(())
}
