/// containerd's limit for the length of an id.
const MAX_BYTES: usize = 76;

/// Whether containerd could have a container with this id. It is a part of a path, too.
pub fn is_container(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= MAX_BYTES
        && bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_out_of_no_directory() {
        for good in ["admin", "a", "boot.disk-1"] {
            assert!(is_container(good), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "../x", "a b", "-a", "ä", "a\0", &"a".repeat(77)] {
            assert!(!is_container(bad), "{bad}");
        }
    }
}
