use rustix::fs::statvfs;
use std::{collections::BTreeSet, fmt::Write, fs};

/// How full each mounted file system is, in KiB.
pub fn collect() -> Result<String, String> {
    let mounts = fs::read_to_string("/proc/self/mounts").map_err(|error| format!("/proc/self/mounts: {error}"))?;
    let targets: BTreeSet<_> = mounts.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    let mut table = format!("{:>12} {:>12} {:>10} mounted on\n", "size", "available", "inodes");
    for target in targets {
        // Blanks in it are escaped; such a one is not found.
        let Ok(state) = statvfs(target) else { continue };
        let kib = |blocks: u64| blocks.saturating_mul(state.f_frsize) >> 10;
        // What is none, as /proc, has no blocks.
        if state.f_blocks > 0 {
            let _ = writeln!(
                table,
                "{:>12} {:>12} {:>10} {target}",
                kib(state.f_blocks),
                kib(state.f_bavail),
                state.f_favail
            );
        }
    }
    Ok(table)
}
