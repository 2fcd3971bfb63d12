use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Shells, interpreters, package managers and remote logins: what a production image must not have.
const UNWANTED: [&str; 47] = [
    "apk", "apt", "apt-get", "ash", "awk", "bash", "busybox", "csh", "dash", "dnf", "dpkg", "dropbear", "elvish",
    "fish", "gawk", "gdb", "guile", "ksh", "lua", "luajit", "mawk", "microdnf", "mksh", "nano", "node", "nu", "pacman",
    "perl", "php", "pip", "posh", "pwsh", "python", "rbash", "rpm", "ruby", "sh", "snap", "ssh", "sshd", "tclsh",
    "tcsh", "telnetd", "toybox", "vi", "yum", "zsh",
];

const DIRECTORIES: [&str; 11] = [
    "/bin",
    "/sbin",
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/libexec",
    "/usr/lib/openssh",
    "/usr/libexec/sparkler",
    "/opt/bin",
    "/var/bin",
];

/// The unwanted programs that are there and executable, by path.
pub fn found() -> BTreeSet<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories = DIRECTORIES.iter().map(PathBuf::from).chain(std::env::split_paths(&path));
    // /bin is often a link to /usr/bin; each directory counts once.
    let directories: BTreeSet<_> = directories.filter_map(|directory| directory.canonicalize().ok()).collect();
    directories.iter().flat_map(|directory| unwanted_in(directory)).collect()
}

fn unwanted_in(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let paths = entries.filter(|entry| is_unwanted(&entry.file_name().to_string_lossy())).map(|entry| entry.path());
    paths.filter(|path| is_executable(path)).collect()
}

/// Versions are part of many names: python3.13, lua5.4.
fn is_unwanted(name: &str) -> bool {
    UNWANTED.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-'))
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_with_and_without_a_version() {
        for unwanted in ["sh", "python3.13", "perl5.40.1", "lua5.4", "sshd"] {
            assert!(is_unwanted(unwanted), "{unwanted}");
        }
        for wanted in ["systemctl", "runc", "containerd-shim-runc-v2", "bridge"] {
            assert!(!is_unwanted(wanted), "{wanted}");
        }
    }

    #[test]
    fn only_executable_files_are_found() {
        let dir = tempfile::tempdir().expect("a directory");
        for (name, mode) in [("bash", 0o755), ("dash", 0o644), ("cat", 0o755)] {
            fs::write(dir.path().join(name), "").expect("written");
            fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(mode)).expect("set");
        }
        std::os::unix::fs::symlink("/nowhere", dir.path().join("zsh")).expect("linked");
        assert_eq!(unwanted_in(dir.path()), [dir.path().join("bash")]);
    }
}
