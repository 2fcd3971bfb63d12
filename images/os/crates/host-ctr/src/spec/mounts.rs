use super::Powers;
use crate::kind::Target;
use serde_json::{Value, json};

/// Docker keeps its containers here, containerd and the kubelet theirs.
const STORAGE: [&str; 3] = ["/var/lib/containerd", "/var/lib/docker", "/var/lib/kubelet"];

const READ_ONLY: &[&str] = &["bind", "ro"];
const READ_WRITE: &[&str] = &["bind", "rw"];
const TREE: &[&str] = &["rbind"];
const READ_ONLY_TREE: &[&str] = &["rbind", "ro"];
const READ_WRITE_TREE: &[&str] = &["rbind", "rw"];
/// What is mounted there in the container is mounted on the host as well.
const SHARED_TREE: &[&str] = &["rbind", "rshared"];

/// What this host does not have is not mounted.
pub fn build(target: &Target, powers: Powers) -> Value {
    let of_host =
        |(source, place, options): Bind| target.host.at(&source).exists().then(|| bind(&source, &place, options));
    let mut all = kernel_mounts(powers);
    all.extend(common(target).into_iter().filter_map(of_host));
    if powers.sees_the_host() {
        all.extend(privileged().into_iter().filter_map(of_host));
    }
    if powers == Powers::Bootstrap {
        let storage = STORAGE.map(|path| (path.to_owned(), format!("/.bottlerocket/rootfs{path}"), SHARED_TREE));
        all.extend(storage.into_iter().filter_map(of_host));
    }
    all.into()
}

/// What containers have by default (containerd's list), and the tree of cgroups.
fn kernel_mounts(powers: Powers) -> Vec<Value> {
    let access = if powers == Powers::Super { "rw" } else { "ro" };
    let mount = |target: &str, kind: &str, source: &str, options: &[&str]| json!({ "destination": target, "type": kind, "source": source, "options": options });
    vec![
        mount("/proc", "proc", "proc", &["nosuid", "noexec", "nodev"]),
        mount("/dev", "tmpfs", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=65536k"]),
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
        ),
        mount("/dev/shm", "tmpfs", "shm", &["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        mount("/dev/mqueue", "mqueue", "mqueue", &["nosuid", "noexec", "nodev"]),
        mount("/sys", "sysfs", "sysfs", &["nosuid", "noexec", "nodev", access]),
        mount("/run", "tmpfs", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=65536k"]),
        mount("/sys/fs/cgroup", "cgroup", "cgroup", &["nosuid", "noexec", "nodev", access]),
    ]
}

fn bind(source: &str, target: &str, options: &[&str]) -> Value {
    let propagation = if options.contains(&"rshared") { &[][..] } else { &["rprivate"] };
    let options: Vec<_> = options.iter().chain(propagation).collect();
    json!({ "destination": target, "type": "bind", "source": source, "options": options })
}

type Bind = (String, String, &'static [&'static str]);

fn common(target: &Target) -> Vec<Bind> {
    let family = target.kind.family();
    let own = |name: &str| (target.persistent_path(), format!("/.bottlerocket/{family}/{name}"), READ_WRITE_TREE);
    let mut all = vec![own(&target.name)];
    if target.name != "current" {
        // The same for every container, so that an image need not know its name.
        all.push(own("current"));
    }
    let fixed: [(&str, &str, &'static [&str]); 7] = [
        ("/run/api.sock", "/run/api.sock", READ_WRITE),
        ("/usr/bin/apiclient", "/usr/local/bin/apiclient", READ_ONLY),
        ("/etc/os-release", "/etc/bottlerocket-release", READ_ONLY),
        (
            "/usr/share/bottlerocket/application-inventory.json",
            "/var/lib/bottlerocket/inventory/application.json",
            READ_ONLY,
        ),
        ("/var/log/support", "/.bottlerocket/support", READ_ONLY),
        ("/etc/hosts", "/etc/hosts", READ_ONLY),
        ("/etc/resolv.conf", "/etc/resolv.conf", READ_ONLY),
    ];
    all.extend(fixed.map(owned));
    all
}

fn privileged() -> [Bind; 7] {
    [
        ("/", "/.bottlerocket/rootfs", READ_ONLY_TREE),
        ("/lib/modules", "/lib/modules", READ_ONLY_TREE),
        ("/usr/src/kernels", "/usr/src/kernels", READ_WRITE_TREE),
        ("/sys/firmware", "/sys/firmware", TREE),
        ("/sys/kernel/debug", "/sys/kernel/debug", TREE),
        ("/mnt", "/.bottlerocket/rootfs/mnt", SHARED_TREE),
        ("/usr/bin/kmod", "/usr/local/sbin/modprobe", READ_ONLY),
    ]
    .map(owned)
}

fn owned((source, target, options): (&str, &str, &'static [&'static str])) -> Bind {
    (source.to_owned(), target.to_owned(), options)
}
