use std::{fs, path::Path};

/// One line of a file of requests. The first four forms are upstream's, so that files for its logdog can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `settings FILE`: the settings, with secrets left out.
    Settings { file: String },
    /// `exec FILE PROGRAM [ARG...]`: what a program writes. Arguments are divided by blanks.
    Exec { file: String, command: Vec<String> },
    /// `file FILE PATH`
    File { file: String, path: String },
    /// `glob PATTERN`: files, each under its own path.
    Glob { pattern: String },
    /// `api FILE PATH`: an answer of the host API.
    Api { file: String, path: String },
    /// `containers FILE SOCKET`: the containers of a containerd.
    Containers { file: String, socket: String },
    /// `disk-space FILE`: how full each file system is.
    DiskSpace { file: String },
}

/// Those of all `*.conf` files of a directory, in the order of their names. Lines that are empty or begin with `#` are none.
pub fn read_all(directory: &Path) -> Result<Vec<Request>, String> {
    let at = |path: &Path, reason: String| format!("{}: {reason}", path.display());
    let entries = fs::read_dir(directory).map_err(|error| at(directory, error.to_string()))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "conf"));
    paths.sort();
    let mut requests = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| at(&path, error.to_string()))?;
        for (number, line) in (1..).zip(text.lines()) {
            if !line.trim().is_empty() && !line.starts_with('#') {
                requests.push(parse(line).map_err(|reason| at(&path, format!("line {number}: {reason}")))?);
            }
        }
    }
    Ok(requests)
}

fn parse(line: &str) -> Result<Request, String> {
    let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
    let request = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["settings", file] => Request::Settings { file: file.into() },
        ["exec", file, _, ..] => Request::Exec { file: file.into(), command: words[2..].to_vec() },
        ["file", file, path] => Request::File { file: file.into(), path: path.into() },
        ["glob", pattern] => Request::Glob { pattern: pattern.into() },
        ["api", file, path] => Request::Api { file: file.into(), path: path.into() },
        ["containers", file, socket] => Request::Containers { file: file.into(), socket: socket.into() },
        ["disk-space", file] => Request::DiskSpace { file: file.into() },
        _ => return Err(format!("{line:?} is no request; there are {FORMS}")),
    };
    match request.file() {
        Some(file) if !is_plain(file) => Err(format!("{file:?} is no name of a file in the archive")),
        _ => Ok(request),
    }
}

const FORMS: &str = "settings FILE, exec FILE PROGRAM [ARG...], file FILE PATH, glob PATTERN, api FILE PATH, containers FILE \
                     SOCKET, disk-space FILE";

fn is_plain(file: &str) -> bool {
    !file.starts_with('.') && file.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

impl Request {
    /// Its name in the archive, if it has one of its own.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Glob { .. } => None,
            Self::Settings { file }
            | Self::Exec { file, .. }
            | Self::File { file, .. }
            | Self::Api { file, .. }
            | Self::Containers { file, .. }
            | Self::DiskSpace { file } => Some(file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_line() {
        let command = ["journalctl", "--boot"].map(str::to_owned).to_vec();
        assert_eq!(
            parse("exec journal.txt journalctl  --boot"),
            Ok(Request::Exec { file: "journal.txt".into(), command })
        );
        assert_eq!(parse("glob /a/*"), Ok(Request::Glob { pattern: "/a/*".into() }));
    }

    #[test]
    fn what_is_no_request_is_refused_with_those_that_are() {
        for line in ["exec x", "http x http://y", "settings", "file x", "settings a b"] {
            assert!(parse(line).expect_err("refused").contains("there are settings FILE"), "{line}");
        }
        for file in ["../x", "a/b", ".x"] {
            assert!(parse(&format!("settings {file}")).expect_err("refused").contains("no name of a file"), "{file}");
        }
    }

    #[test]
    fn the_images_own_requests_are_valid() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/requests");
        assert!(
            read_all(Path::new(directory))
                .expect("valid")
                .contains(&Request::Settings { file: "settings.json".into() })
        );
    }
}
