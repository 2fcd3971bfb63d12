//! What the kernel logs from some moment on (Documentation/ABI/testing/dev-kmsg).

use rustix::fs::OFlags;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub struct Log(Option<File>);

const MAX_LINES: usize = 40;
const MAX_CHARACTERS: usize = 200;
/// One read gives one record, which is never longer.
const RECORD_BYTES: usize = 8192;

impl Log {
    /// From now on. Without access to the log there are no lines: the log explains, and decides nothing.
    pub fn follow(root: &Path) -> Self {
        let open = || {
            let flags = OFlags::NONBLOCK.bits() as i32;
            let mut file = OpenOptions::new().read(true).custom_flags(flags).open(root.join("dev/kmsg"))?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        Self(open().map_err(|error: std::io::Error| eprintln!("/dev/kmsg: {error}")).ok())
    }

    pub fn lines(&mut self) -> Vec<String> {
        let Some(file) = &mut self.0 else { return Vec::new() };
        let mut lines = Vec::new();
        let mut record = vec![0; RECORD_BYTES];
        while lines.len() < MAX_LINES {
            match file.read(&mut record) {
                Ok(length) if length > 0 => lines.extend(message(&record[..length])),
                _ => break,
            }
        }
        lines
    }
}

/// The text of a record, which follows after `priority,number,time,flags;` and ends where its properties begin.
fn message(record: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(record);
    let (_, rest) = text.split_once(';')?;
    Some(rest.lines().next()?.chars().take(MAX_CHARACTERS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_its_message() {
        let record = b"6,339,5140900,-;livepatch: enabling patch 'a'\n SUBSYSTEM=x\n";
        assert_eq!(message(record).as_deref(), Some("livepatch: enabling patch 'a'"));
        assert_eq!(message(b"nothing"), None);
        assert_eq!(
            message(format!("6,1,1,-;{}", "a".repeat(300)).as_bytes()).expect("a message").len(),
            MAX_CHARACTERS
        );
    }
}
