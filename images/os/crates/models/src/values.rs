//! Values that are checked when they are read, so that whoever holds one need not check again.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A string that passed `$check`; `$what` completes the sentence "… is not …".
macro_rules! checked_string {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(format!("{text:?} is not {}", $what)) }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

fn within(text: &str, max: usize, allowed: fn(char) -> bool) -> bool {
    (1..=max).contains(&text.len()) && text.chars().all(allowed)
}

/// RFC 1123, section 2.1: labels of 1 to 63 letters, digits and inner hyphens, 253 bytes in all.
fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        within(label, 63, |c| c.is_ascii_alphanumeric() || c == '-') && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_host(text: &str) -> bool {
    is_host_name(text) || text.parse::<IpAddr>().is_ok()
}

fn is_web_address(text: &str) -> bool {
    let host = |rest: &str| rest.split(['/', ':']).next().is_some_and(|host| !host.is_empty());
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= 2048 && text.chars().all(is_uri_character) && rest.is_some_and(host)
}

/// RFC 3986, section 2. None of these ends a string in a configuration file.
fn is_uri_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

fn is_version(text: &str) -> bool {
    let version = text.strip_prefix('v').unwrap_or(text);
    text == "latest" || (text.len() <= 128 && semver::Version::parse(version).is_ok())
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.chars().all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '/')
}

/// The kernel takes `net/ipv4/x` and `net.ipv4.x`; `..` and a leading separator could leave /proc/sys.
fn is_sysctl_name(text: &str) -> bool {
    within(text, 128, |c| c.is_ascii_alphanumeric() || "_-./".contains(c))
        && text.split(['.', '/']).all(|part| !part.is_empty())
}

checked_string!(
    /// The kernel's limit for a host name is 64 bytes (`HOST_NAME_MAX`).
    HostName,
    "a host name: at most 64 bytes, labels of letters, digits and inner hyphens, joined by dots",
    |text| text.len() <= 64 && is_host_name(text)
);
checked_string!(
    DomainName,
    "a domain name: at most 253 bytes, labels of letters, digits and inner hyphens, joined by dots",
    is_host_name
);
checked_string!(Host, "a host name or an IP address", is_host);
checked_string!(WebAddress, "an http:// or https:// address without spaces", is_web_address);
checked_string!(VersionLock, "\"latest\" or a version like 1.2.3", is_version);
checked_string!(Base64, "base64 text", is_base64);
checked_string!(
    SysctlName,
    "a sysctl name like net.core.somaxconn: at most 128 bytes, parts of letters, digits, _ and - joined by dots",
    is_sysctl_name
);
checked_string!(
    /// One line, because a file in /proc/sys takes the text up to the first line feed.
    SysctlValue,
    "a sysctl value: one line of at most 1024 printable bytes",
    |text| within(text, 1024, |c| !c.is_control() || c == '\t')
);
checked_string!(ContainerName, "a container name: 1 to 64 letters, digits and hyphens", |text| within(text, 64, |c| c
    .is_ascii_alphanumeric()
    || c == '-'));
checked_string!(ImageSource, "an image reference: 1 to 1024 bytes without spaces", |text| within(text, 1024, |c| c
    .is_ascii_graphic()));
checked_string!(
    /// systemd and login print the message of the day as it is.
    Motd,
    "a message of at most 16384 bytes without control characters but line feed and tab",
    |text| text.len() <= 16384 && text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t')
);

/// A host's place in the staged roll-out of updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Seed(u32);

impl Seed {
    /// Upstream's `MAX_SEED`: seeds are smaller than this.
    pub const END: u32 = 2048;
}

impl TryFrom<u32> for Seed {
    type Error = String;
    fn try_from(seed: u32) -> Result<Self, String> {
        if seed < Self::END { Ok(Self(seed)) } else { Err(format!("{seed} is not a seed: 0 to {}", Self::END - 1)) }
    }
}

impl From<Seed> for u32 {
    fn from(seed: Seed) -> Self {
        seed.0
    }
}

/// The kernel's lockdown levels, from the most open to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lockdown {
    None,
    Integrity,
    Confidentiality,
}
