//! What the kernel does and shows: modules, live patches, tasks, its log.

mod build;
mod log;
mod patches;
mod tasks;

pub use build::Build;
pub use log::Log;
pub use patches::Patches;
pub use tasks::{Task, holding};

use std::ffi::CString;
use std::io;

/// What only the kernel can do; the rest is files.
pub trait Kernel {
    /// Loads a module. It comes back as soon as the transition to a live patch has begun.
    fn load(&self, image: &[u8]) -> io::Result<()>;
    fn unload(&self, module: &str) -> io::Result<()>;
}

pub struct RunningKernel;

impl Kernel for RunningKernel {
    fn load(&self, image: &[u8]) -> io::Result<()> {
        Ok(rustix::system::init_module(image, c"")?)
    }

    fn unload(&self, module: &str) -> io::Result<()> {
        let name = CString::new(module)?;
        // Never with O_TRUNC, which is force: what is in use must stay.
        let flags = rustix::fs::OFlags::NONBLOCK.bits();
        Ok(rustix::system::delete_module(&name, flags as i32)?)
    }
}

/// Why the kernel refused a module, in words that say what to do about it.
pub fn explain(error: &io::Error) -> String {
    let known = rustix::io::Errno::from_io_error(error).and_then(|errno| {
        Some(match errno {
            rustix::io::Errno::KEYREJECTED | rustix::io::Errno::NOKEY | rustix::io::Errno::BADMSG => {
                "its signature was refused: it is not signed, not by this kernel's key, or was changed since"
            }
            rustix::io::Errno::NOEXEC => "it is not a module for this kernel, or only a part of one",
            rustix::io::Errno::EXIST => "a module of this name is loaded already",
            rustix::io::Errno::PERM => "loading modules is not allowed here",
            rustix::io::Errno::INVAL => "it does not fit this kernel's code",
            _ => return None,
        })
    });
    known.map_or_else(
        || format!("the kernel refused it: {error}"),
        |words| format!("the kernel refused it: {words} ({error})"),
    )
}
