//! What is mounted where, by /proc/self/mountinfo (proc(5)).

use serde::Serialize;

/// One mount, in the words of the kernel; blanks in paths are escaped.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Mount {
    pub target: String,
    pub fstype: String,
    pub source: String,
    /// How this mount may be used. The sandbox of this service makes some read-only that others can write to.
    pub options: Vec<String>,
    /// Of the file system; null where that cannot be told.
    pub size_bytes: Option<u64>,
    /// Device number of the file system, `major:minor`.
    #[serde(skip)]
    pub number: String,
    /// The options that the file system itself has, whoever has mounted it how.
    #[serde(skip)]
    pub of_file_system: Vec<String>,
}

/// In the order in which they were made: of two on one place, the later one covers the other.
pub fn list() -> Vec<Mount> {
    let mounts = parse(&std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default());
    mounts.into_iter().map(|mount| Mount { size_bytes: size_bytes(&mount.target), ..mount }).collect()
}

pub fn parse(mountinfo: &str) -> Vec<Mount> {
    mountinfo.lines().filter_map(parse_line).collect()
}

fn size_bytes(target: &str) -> Option<u64> {
    let size = rustix::fs::statvfs(target).ok()?;
    size.f_blocks.checked_mul(size.f_frsize)
}

fn parse_line(line: &str) -> Option<Mount> {
    let (left, right) = line.split_once(" - ")?;
    let left: Vec<_> = left.split(' ').collect();
    let right: Vec<_> = right.split(' ').collect();
    let [_, _, number, _, target, options, ..] = left[..] else { return None };
    let [fstype, source, of_file_system] = right[..] else { return None };
    let split = |options: &str| options.split(',').map(str::to_owned).collect();
    Some(Mount {
        target: target.to_owned(),
        fstype: fstype.to_owned(),
        source: source.to_owned(),
        options: split(options),
        size_bytes: None,
        number: number.to_owned(),
        of_file_system: split(of_file_system),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_and_its_file_system_have_options_of_their_own() {
        let line = "29 21 0:25 / /run rw,nosuid,nodev,noexec shared:12 master:1 - tmpfs tmpfs rw,mode=755\nnonsense\n";
        let expected = Mount {
            target: "/run".into(),
            fstype: "tmpfs".into(),
            source: "tmpfs".into(),
            options: ["rw", "nosuid", "nodev", "noexec"].map(Into::into).into(),
            size_bytes: None,
            number: "0:25".into(),
            of_file_system: ["rw", "mode=755"].map(Into::into).into(),
        };
        assert_eq!(parse(line), [expected]);
    }
}
