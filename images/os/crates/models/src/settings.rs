use crate::containers::{ApiclientCommand, Argument, ContainerName, ImageSource, Mode};
use crate::names::{self, Names, Pattern};
use crate::pki::PemBundle;
use crate::registry::{Credential, Mirrors};
use crate::sysctl::Sysctls;
use crate::values::{
    Base64, BundleName, DomainName, Host, HostName, Limit, Lockdown, LogLevel, Motd, NoProxy, ProxyAddress, Seed,
    VersionLock, WebAddress,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{collections::BTreeMap, fmt, net::IpAddr};

/// Declares a table of optional settings: kebab-case names, unknown ones refused, absent ones left out.
/// What serde derives for a struct would also take a list, as the fields in their order; a setting has a name.
macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident { $($field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields, remote = "Self")]
        pub struct $table {
            $(#[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)+
        }

        impl Serialize for $table {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $table {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Table;
                impl<'de> Visitor<'de> for Table {
                    type Value = $table;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a table of settings")
                    }
                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$table, A::Error> {
                        $table::deserialize(MapAccessDeserializer::new(map))
                    }
                }
                deserializer.deserialize_map(Table)
            }
        }

        impl Names for $table {
            fn patterns() -> Vec<Pattern> {
                let fields = [$((stringify!($field), <$type>::patterns as fn() -> Vec<Pattern>)),+];
                fields.into_iter().flat_map(|(field, below)| names::below(&field.replace('_', "-"), below())).collect()
            }
        }
    )+};
}

tables! {
    /// The whole tree, or any part of it: every setting is optional.
    Settings {
        motd: Motd,
        network: Network,
        dns: Dns,
        ntp: Ntp,
        kernel: Kernel,
        boot: Boot,
        updates: Updates,
        host_containers: BTreeMap<ContainerName, HostContainer>,
        bootstrap_containers: BTreeMap<ContainerName, BootstrapContainer>,
        bootstrap_commands: BTreeMap<ContainerName, BootstrapCommands>,
        container_runtime: ContainerRuntime,
        container_registry: ContainerRegistry,
        oci_defaults: OciDefaults,
        kubernetes: Kubernetes,
        pki: BTreeMap<BundleName, Certificates>,
    }
    Network {
        hostname: HostName,
        hosts: Vec<(IpAddr, Vec<DomainName>)>,
        https_proxy: ProxyAddress,
        no_proxy: Vec<NoProxy>,
    }
    Dns {
        name_servers: Vec<IpAddr>,
        search_list: Vec<DomainName>,
    }
    Ntp { time_servers: Vec<Host> }
    Kernel {
        live_patch: bool,
        lockdown: Lockdown,
        sysctl: Sysctls,
    }
    Boot { reboot_to_reconcile: bool }
    Updates {
        metadata_base_url: WebAddress,
        targets_base_url: WebAddress,
        version_lock: VersionLock,
        ignore_waves: bool,
        seed: Seed,
    }
    HostContainer {
        source: ImageSource,
        enabled: bool,
        superpowered: bool,
        user_data: Base64,
        command: Vec<Argument>,
    }
    BootstrapContainer {
        source: ImageSource,
        mode: Mode,
        essential: bool,
        user_data: Base64,
        command: Vec<Argument>,
    }
    BootstrapCommands {
        commands: Vec<ApiclientCommand>,
        mode: Mode,
        essential: bool,
    }
    ContainerRuntime {
        max_container_log_line_size: i32,
        max_concurrent_downloads: u16,
        enable_unprivileged_ports: bool,
        enable_unprivileged_icmp: bool,
        log_level: LogLevel,
    }
    ContainerRegistry {
        mirrors: Mirrors,
        credentials: Vec<Credential>,
    }
    /// Of all that upstream has there, what its container runtime takes note of.
    Kubernetes { pod_infra_container_image: ImageSource }
    /// What a container may do unless its pod says otherwise.
    OciDefaults {
        capabilities: Capabilities,
        resource_limits: ResourceLimits,
    }
    /// Those of Linux (capabilities(7)), without `CAP_`.
    Capabilities {
        audit_control: bool,
        audit_read: bool,
        audit_write: bool,
        block_suspend: bool,
        bpf: bool,
        checkpoint_restore: bool,
        chown: bool,
        dac_override: bool,
        dac_read_search: bool,
        fowner: bool,
        fsetid: bool,
        ipc_lock: bool,
        ipc_owner: bool,
        kill: bool,
        lease: bool,
        linux_immutable: bool,
        mac_admin: bool,
        mac_override: bool,
        mknod: bool,
        net_admin: bool,
        net_bind_service: bool,
        net_broadcast: bool,
        net_raw: bool,
        perfmon: bool,
        setfcap: bool,
        setgid: bool,
        setpcap: bool,
        setuid: bool,
        sys_admin: bool,
        sys_boot: bool,
        sys_chroot: bool,
        sys_module: bool,
        sys_nice: bool,
        sys_pacct: bool,
        sys_ptrace: bool,
        sys_rawio: bool,
        sys_resource: bool,
        sys_time: bool,
        sys_tty_config: bool,
        syslog: bool,
        wake_alarm: bool,
    }
    /// Upstream's names of what getrlimit(2) knows.
    ResourceLimits {
        max_address_space: ResourceLimit,
        max_core_file_size: ResourceLimit,
        max_cpu_time: ResourceLimit,
        max_data_size: ResourceLimit,
        max_file_locks: ResourceLimit,
        max_file_size: ResourceLimit,
        max_locked_memory: ResourceLimit,
        max_msgqueue_size: ResourceLimit,
        max_nice_priority: ResourceLimit,
        max_open_files: ResourceLimit,
        max_pending_signals: ResourceLimit,
        max_processes: ResourceLimit,
        max_realtime_priority: ResourceLimit,
        max_realtime_timeout: ResourceLimit,
        max_resident_set: ResourceLimit,
        max_stack_size: ResourceLimit,
    }
    ResourceLimit {
        hard_limit: Limit,
        soft_limit: Limit,
    }
    Certificates {
        data: PemBundle,
        trusted: bool,
    }
}
