//! What a module says of itself in its section `.modinfo`, which its signature covers.

use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectKind, ObjectSection};
use std::collections::HashMap;

#[derive(Debug, PartialEq, Eq)]
pub struct ModuleInfo(HashMap<String, String>);

impl ModuleInfo {
    /// # Errors
    /// When `bytes` are no kernel module.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let file =
            ElfFile64::<Endianness>::parse(bytes).map_err(|_| "it is not a kernel module, or only a part of one")?;
        if file.kind() != ObjectKind::Relocatable {
            return Err("it is not a kernel module: not a relocatable ELF file".into());
        }
        let section = file.section_by_name(".modinfo").ok_or("it is not a kernel module: it has no .modinfo")?;
        let data = section.data().map_err(|error| format!("its .modinfo cannot be read: {error}"))?;
        let pairs = data.split(|byte| *byte == 0).filter_map(|pair| std::str::from_utf8(pair).ok()?.split_once('='));
        Ok(Self(pairs.map(|(tag, value)| (tag.to_owned(), value.to_owned())).collect()))
    }

    pub fn get(&self, tag: &str) -> Option<&str> {
        self.0.get(tag).map(String::as_str)
    }

    /// Whether the module is the live patch that its publisher calls it, for the kernel that runs.
    ///
    /// # Errors
    /// With what is wrong and what was expected.
    pub fn check(&self, module: &str, build_id: &str, replaces: &str) -> Result<(), String> {
        if self.get("livepatch") != Some("Y") {
            return Err("it is a kernel module, but not a live patch".into());
        }
        for (tag, expected) in [("kernel_build_id", build_id), ("name", module), ("replaces", replaces)] {
            match self.get(tag) {
                Some(value) if value == expected => {}
                Some(value) => return Err(format!("its {tag} is {value:?}, expected {expected:?}")),
                None => return Err(format!("it does not say its {tag}, expected {expected:?}")),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn info(text: &str) -> ModuleInfo {
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
        ModuleInfo(pairs.map(|(tag, value)| (tag.into(), value.into())).collect())
    }

    #[test]
    fn a_patch_is_for_one_kernel() {
        let good = "livepatch=Y kernel_build_id=aa name=p_1 replaces=none";
        assert_eq!(info(good).check("p_1", "aa", "none"), Ok(()));
        let refusal =
            |from: &str, to: &str| info(&good.replace(from, to)).check("p_1", "aa", "none").expect_err("refused");
        assert!(refusal("livepatch=Y", "").contains("not a live patch"));
        assert!(refusal("=aa", "=bb").contains("kernel_build_id is \"bb\", expected \"aa\""));
        assert!(refusal("kernel_build_id=aa", "").contains("does not say its kernel_build_id"));
        assert!(refusal("=p_1", "=p_2").contains("name is \"p_2\""));
        assert!(refusal("=none", "=all").contains("replaces is \"all\""));
    }

    #[test]
    fn text_is_no_module() {
        assert!(ModuleInfo::read(b"not a module").expect_err("refused").contains("not a kernel module"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..512)) {
            let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x01\0\x3e\0\x01\0\0\0".to_vec();
            bytes.extend(tail);
            let _ = ModuleInfo::read(&bytes);
        }
    }
}
