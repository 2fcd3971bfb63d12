use crate::values::{
    Base64, ContainerName, DomainName, Host, HostName, ImageSource, Lockdown, Motd, Seed, SysctlName, SysctlValue,
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
        container_runtime: ContainerRuntime,
    }
    Network {
        hostname: HostName,
        hosts: Vec<(IpAddr, Vec<DomainName>)>,
    }
    Dns {
        name_servers: Vec<IpAddr>,
        search_list: Vec<DomainName>,
    }
    Ntp { time_servers: Vec<Host> }
    Kernel {
        lockdown: Lockdown,
        sysctl: BTreeMap<SysctlName, SysctlValue>,
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
    }
    ContainerRuntime {
        max_container_log_line_size: i32,
        max_concurrent_downloads: u16,
        enable_unprivileged_ports: bool,
        enable_unprivileged_icmp: bool,
    }
}
