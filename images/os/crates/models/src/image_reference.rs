//! The grammar of image references (github.com/distribution/reference, `regexp.go`): `[REGISTRY/]PATH[:TAG][@DIGEST]`.

const MAX_BYTES: usize = 1024;
/// Of the name without tag and digest, as registries limit it.
const MAX_NAME_BYTES: usize = 255;
const MAX_TAG_BYTES: usize = 128;
const DIGESTS: [(&str, usize); 2] = [("sha256", 64), ("sha512", 128)];

pub fn is_image_reference(text: &str) -> bool {
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    let (registry, rest) = match rest.split_once('/') {
        Some((first, rest)) if is_named_like_a_registry(first) => (Some(first), rest),
        _ => (None, rest),
    };
    let (path, tag) = rest.split_once(':').map_or((rest, None), |(path, tag)| (path, Some(tag)));
    text.len() <= MAX_BYTES
        && path.len() + registry.map_or(0, str::len) < MAX_NAME_BYTES
        && registry.is_none_or(is_registry)
        && path.split('/').all(is_path_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest)
}

/// What else stands before the first slash is a part of a path on the default registry.
fn is_named_like_a_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost" || first.chars().any(|c| c.is_ascii_uppercase())
}

fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = address
        .map_or_else(|| crate::values::is_host_name(host), |address| address.parse::<std::net::Ipv6Addr>().is_ok());
    is_host && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// Lower-case letters and digits, with `.`, `_`, `__` or any number of hyphens between them.
fn is_path_component(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator = |run: &str| matches!(run, "." | "_" | "__") || run.chars().all(|c| c == '-');
    text.starts_with(is_word) && text.ends_with(is_word) && text.split(is_word).all(is_separator)
}

fn is_tag(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= MAX_TAG_BYTES && text.starts_with(is_word) && text.chars().all(|c| is_word(c) || c == '.' || c == '-')
}

fn is_digest(text: &str) -> bool {
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    DIGESTS.iter().any(|(algorithm, length)| {
        let hex = text.strip_prefix(algorithm).and_then(|rest| rest.strip_prefix(':'));
        hex.is_some_and(|hex| hex.len() == *length && hex.chars().all(is_hex))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_what_is_none() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for good in [
            "busybox",
            "library/busybox:1.37",
            "public.ecr.aws/bottlerocket/bottlerocket-admin:v0.11.13",
            "localhost/a__b/c-d.e",
            "10.0.2.2:5000/counter",
            "[fd00::1]:5000/counter:latest",
            "registry.example/a---b:_X.1-2",
            &format!("r.example/admin@{digest}"),
            &format!("r.example/admin:v1@{digest}"),
        ] {
            assert!(is_image_reference(good), "{good}");
        }
        for bad in [
            "",
            " busybox",
            "Busybox",
            "https://r.example/admin",
            "r.example/",
            "r.example/admin:",
            "r.example/admin:v1:v2",
            "r.example//admin",
            "r.example/../admin",
            "r.example/a..b",
            "r.example/a_-b",
            "r.example/Admin",
            "r.example:port/admin",
            "-r.example/admin",
            "r.example/admin@sha256:12",
            "r.example/admin@md5:d41d8cd98f00b204e9800998ecf8427e",
            &format!("r.example/admin@{}", digest.to_uppercase()),
            &format!("r.example/{}", "a".repeat(250)),
            &format!("admin:{}", "a".repeat(129)),
        ] {
            assert!(!is_image_reference(bad), "{bad}");
        }
    }
}
