//! Values that are checked when they are read, so that whoever holds one need not check again.

use crate::names::Names;
use crate::proxy::is_proxy;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};
use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// A string that passed `$check`; `$what` completes the sentence "this is not …", which must not repeat the string: it may
/// be a secret.
macro_rules! checked_string {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(format!("this is not {}", $what)) }
            }
        }

        impl $crate::names::Names for $name {}

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

pub(crate) use checked_string;

fn within(text: &str, max: usize, allowed: fn(char) -> bool) -> bool {
    (1..=max).contains(&text.len()) && text.chars().all(allowed)
}

/// RFC 1123, section 2.1: labels of 1 to 63 letters, digits and inner hyphens, 253 bytes in all.
pub fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        within(label, 63, |c| c.is_ascii_alphanumeric() || c == '-') && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

pub fn is_host(text: &str) -> bool {
    is_host_name(text) || text.parse::<IpAddr>().is_ok()
}

/// What stands before the first slash of an image's name.
fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rfind(':').filter(|colon| !text[*colon..].contains(']')) {
        Some(colon) => (&text[..colon], Some(&text[colon + 1..])),
        None => (text, None),
    };
    let is_address =
        host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(|v6| v6.parse::<Ipv6Addr>().is_ok());
    is_address.unwrap_or_else(|| is_host_name(host)) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_web_address(text: &str) -> bool {
    let host = |rest: &str| rest.split(['/', ':']).next().is_some_and(|host| !host.is_empty());
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= 2048 && text.chars().all(is_uri_character) && rest.is_some_and(host)
}

/// RFC 3986, section 2. None of these ends a string in a configuration file.
pub fn is_uri_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

/// The forms that upstream's HTTP client knows (reqwest, `NoProxy::from_string`).
fn is_no_proxy(text: &str) -> bool {
    let is_subnet = |(address, bits): (&str, &str)| match (address.parse(), bits.parse::<u8>()) {
        (Ok(IpAddr::V4(_)), Ok(bits)) => bits <= 32,
        (Ok(IpAddr::V6(_)), Ok(bits)) => bits <= 128,
        _ => false,
    };
    text == "*" || is_host(text.strip_prefix('.').unwrap_or(text)) || text.split_once('/').is_some_and(is_subnet)
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
checked_string!(
    /// Empty means none: a setting cannot be unset.
    ProxyAddress,
    "the address of a proxy, which takes the form http://USER:PASSWORD@HOST:PORT, of which HOST is enough, or https:// \
     for a proxy that is itself reached in TLS",
    |text| text.is_empty() || is_proxy(text)
);
checked_string!(
    NoProxy,
    "a server without proxy: a host name, a domain like .example.org, an IP address, a subnet like 10.0.0.0/8 or *",
    is_no_proxy
);
checked_string!(
    Registry,
    "a registry: a host name or IP address like r.example, r.example:5000 or [fd00::1]:5000",
    is_registry
);
checked_string!(
    RegistryPattern,
    "a registry: a host name or IP address like r.example, r.example:5000 or [fd00::1]:5000, or * for all others",
    |text| text == "*" || is_registry(text)
);
checked_string!(
    CredentialText,
    "one line of at most 16384 bytes without control characters, as user names, passwords and tokens are",
    |text| text.len() <= 16384 && !text.chars().any(char::is_control)
);
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
checked_string!(BundleName, "a name of certificates: 1 to 64 letters, digits and hyphens", |text| within(
    text,
    64,
    |c| c.is_ascii_alphanumeric() || c == '-'
));
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

/// A limit of getrlimit(2). `-1` means unlimited, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Number(u64),
    Unlimited,
}

const UNLIMITED: &str = "unlimited";

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Unlimited => serializer.serialize_str(UNLIMITED),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl Visitor<'_> for Form {
            type Value = Limit;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a number from 0 to {}, or \"{UNLIMITED}\"", i64::MAX)
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Limit, E> {
                // What is more than a signed number holds is what the kernel takes for no limit.
                if i64::try_from(number).is_ok() {
                    Ok(Limit::Number(number))
                } else {
                    Err(E::invalid_value(Unexpected::Unsigned(number), &self))
                }
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Limit, E> {
                match u64::try_from(number) {
                    Ok(number) => self.visit_u64(number),
                    Err(_) if number == -1 => Ok(Limit::Unlimited),
                    Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
                }
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Limit, E> {
                if text == UNLIMITED {
                    Ok(Limit::Unlimited)
                } else {
                    Err(E::invalid_value(Unexpected::Str(text), &self))
                }
            }
        }
        deserializer.deserialize_any(Form)
    }
}

/// From the most silent to the most talkative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Fatal,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// The kernel's lockdown levels, from the most open to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lockdown {
    None,
    Integrity,
    Confidentiality,
}

impl Names for Seed {}
impl Names for Limit {}
impl Names for Lockdown {}
impl Names for LogLevel {}
