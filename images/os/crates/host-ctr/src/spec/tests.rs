use super::*;
use crate::kind::Host;
use std::fs;

/// A host that has all that could be mounted, in a directory of its own.
fn host(paths: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for path in paths {
        fs::create_dir_all(dir.path().join(path)).expect("a directory");
    }
    dir
}

fn built(kind: Kind, superpowered: bool, present: &[&str]) -> Value {
    let configuration = Configuration { superpowered, ..Configuration::default() };
    let image: ImageProcess = serde_json::from_value(json!({"Entrypoint": ["/init"]})).expect("a process");
    let root = host(present);
    let target = Target { kind, name: "admin".into(), host: Host::new(root.path()) };
    build(&target, &configuration, &image).expect("complete")
}

fn targets(spec: &Value) -> Vec<&str> {
    let mounts = spec["mounts"].as_array().expect("mounts").iter();
    mounts.map(|mount| mount["destination"].as_str().expect("a path")).collect()
}

const KERNEL: [&str; 8] = ["/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/run", "/sys/fs/cgroup"];

#[test]
fn an_ordinary_host_container_is_specified_like_this() {
    let mut spec = built(Kind::Host, false, &["local/host-containers/admin", "run/api.sock"]);
    let seccomp = spec["linux"].as_object_mut().expect("linux").remove("seccomp").expect("a filter");
    assert_eq!(seccomp["defaultAction"], "SCMP_ACT_ERRNO");
    let capabilities = json!([
        "CAP_AUDIT_WRITE",
        "CAP_CHOWN",
        "CAP_DAC_OVERRIDE",
        "CAP_FOWNER",
        "CAP_FSETID",
        "CAP_KILL",
        "CAP_MKNOD",
        "CAP_NET_BIND_SERVICE",
        "CAP_NET_RAW",
        "CAP_SETFCAP",
        "CAP_SETGID",
        "CAP_SETPCAP",
        "CAP_SETUID",
        "CAP_SYS_CHROOT"
    ]);
    let own = |target: &str| {
        json!({ "destination": target, "type": "bind", "source": "/local/host-containers/admin",
                "options": ["rbind", "rw", "rprivate"] })
    };
    let whole = json!({
        "ociVersion": "1.1.0",
        "root": { "path": "rootfs" },
        "process": {
            "user": { "uid": 0, "gid": 0 },
            "args": ["/init"],
            "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "cwd": "/",
            "capabilities": { "bounding": capabilities, "effective": capabilities, "permitted": capabilities },
            "rlimits": [{ "type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024 }],
            "noNewPrivileges": true
        },
        "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"] },
            { "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
              "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
            { "destination": "/dev/pts", "type": "devpts", "source": "devpts",
              "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
            { "destination": "/dev/shm", "type": "tmpfs", "source": "shm",
              "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
            { "destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
              "options": ["nosuid", "noexec", "nodev"] },
            { "destination": "/sys", "type": "sysfs", "source": "sysfs",
              "options": ["nosuid", "noexec", "nodev", "ro"] },
            { "destination": "/run", "type": "tmpfs", "source": "tmpfs",
              "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
            { "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
              "options": ["nosuid", "noexec", "nodev", "ro"] },
            own("/.bottlerocket/host-containers/admin"),
            own("/.bottlerocket/host-containers/current"),
            { "destination": "/run/api.sock", "type": "bind", "source": "/run/api.sock",
              "options": ["bind", "rw", "rprivate"] }
        ],
        "linux": {
            "resources": { "devices": [{ "allow": false, "access": "rwm" }] },
            "cgroupsPath": "system.slice:host-containers:admin",
            "namespaces": [
                { "type": "ipc" }, { "type": "uts" }, { "type": "mount" }, { "type": "pid" }, { "type": "cgroup" }
            ],
            "maskedPaths": [
                "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
                "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware"
            ],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
        }
    });
    assert_eq!(spec, whole);
}

#[test]
fn a_superpowered_one_has_all_that_the_host_has() {
    let spec = built(Kind::Host, true, &["mnt", "sys/firmware", "lib/modules", "usr/bin/kmod"]);
    assert_eq!(spec["process"]["noNewPrivileges"], false);
    assert_eq!(spec["process"]["capabilities"]["bounding"].as_array().map(Vec::len), Some(41));
    assert_eq!(spec["linux"]["rootfsPropagation"], "rshared");
    assert_eq!(spec["linux"]["namespaces"], json!([{ "type": "ipc" }, { "type": "uts" }, { "type": "mount" }]));
    assert_eq!(spec["linux"]["resources"]["devices"], json!([{ "allow": true, "access": "rwm" }]));
    for guard in ["maskedPaths", "readonlyPaths", "seccomp"] {
        assert_eq!(spec["linux"].get(guard), None, "{guard}");
    }
    let granted = [
        "/.bottlerocket/rootfs",
        "/lib/modules",
        "/sys/firmware",
        "/.bottlerocket/rootfs/mnt",
        "/usr/local/sbin/modprobe",
    ];
    assert_eq!(targets(&spec), [&KERNEL[..], &granted].concat());
}

#[test]
fn a_bootstrap_container_prepares_the_host_and_is_not_superpowered() {
    let spec = built(Kind::Bootstrap, true, &["var/lib/containerd", "local/bootstrap-containers/admin"]);
    let more = ["CAP_AUDIT_CONTROL", "CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SYS_MODULE"];
    let bounding = spec["process"]["capabilities"]["bounding"].as_array().expect("a list");
    assert!(more.iter().all(|name| bounding.contains(&json!(name))));
    assert_eq!(bounding.len(), 18);
    assert_eq!(spec["process"]["noNewPrivileges"], true);
    let filter = spec["linux"]["seccomp"]["syscalls"][0]["names"].as_array().expect("a list");
    assert!(["mount", "swapon", "swapoff", "finit_module"].iter().all(|name| filter.contains(&json!(name))));
    assert!(!spec["linux"]["maskedPaths"].as_array().expect("a list").contains(&json!("/sys/firmware")));
    let granted = [
        "/.bottlerocket/bootstrap-containers/admin",
        "/.bottlerocket/bootstrap-containers/current",
        "/.bottlerocket/rootfs",
        "/.bottlerocket/rootfs/var/lib/containerd",
    ];
    assert_eq!(targets(&spec), [&KERNEL[..], &granted].concat());
}

#[test]
fn what_only_administrators_call_is_refused_to_ordinary_ones() {
    let spec = built(Kind::Host, false, &[]);
    let rules = spec["linux"]["seccomp"]["syscalls"].as_array().expect("a list");
    let allowed = rules[0]["names"].as_array().expect("a list");
    for call in ["mount", "unshare", "setns", "bpf", "init_module", "kexec_load", "reboot", "keyctl", "io_uring_setup"]
    {
        assert!(!allowed.contains(&json!(call)), "{call}");
    }
    let rule = |name: &str| rules.iter().find(|rule| rule["names"] == json!([name])).expect("a rule");
    assert_eq!(rule("clone")["args"][0]["value"], 0x7e02_0000);
    assert_eq!((&rule("clone3")["action"], &rule("clone3")["errnoRet"]), (&json!("SCMP_ACT_ERRNO"), &json!(38)));
}
