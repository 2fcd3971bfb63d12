use crate::values::SysctlName;
use std::path::{Path, PathBuf};

/// The file of a kernel parameter, or none if the name is not one that a setting may have.
#[must_use]
pub fn sysctl_path(name: &str) -> Option<PathBuf> {
    SysctlName::try_from(name.to_owned()).ok()?;
    Some(Path::new("/proc/sys").join(below_proc_sys(name)))
}

/// As in sysctl.d(5), the first separator tells which one is used: in `net/ipv4/conf/eth0.5/forwarding` the dot belongs to
/// a name.
pub fn below_proc_sys(name: &str) -> String {
    let with_slashes = name.find(['.', '/']).is_some_and(|at| name[at..].starts_with('/'));
    let swap = |c| match c {
        '.' => '/',
        '/' => '.',
        c => c,
    };
    if with_slashes { name.to_owned() } else { name.chars().map(swap).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_files_below_proc_sys() {
        let path = |name| sysctl_path(name).map(|path| path.display().to_string());
        assert_eq!(path("net.core.somaxconn").as_deref(), Some("/proc/sys/net/core/somaxconn"));
        assert_eq!(path("net/ipv4/conf/eth0.5/f").as_deref(), Some("/proc/sys/net/ipv4/conf/eth0.5/f"));
        assert_eq!(path("net.ipv4.conf.eth0/5.f").as_deref(), Some("/proc/sys/net/ipv4/conf/eth0.5/f"));
        for bad in ["", "..", "net/../x", "net.//x", "/etc/x", "net./..x", "a/./b"] {
            assert_eq!(path(bad), None, "{bad:?}");
        }
    }
}
