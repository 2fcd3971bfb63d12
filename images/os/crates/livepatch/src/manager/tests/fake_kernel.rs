//! A kernel of files: it does with them what the real one does with its own. A module's image is a line of words: the
//! module's name, and how it behaves.

use crate::kernel::Kernel;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

pub struct FakeKernel {
    root: PathBuf,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FakeKernel {
    pub fn below(root: &Path) -> Self {
        for directory in ["sys/kernel/livepatch", "sys/module", "proc/1/task/1"] {
            fs::create_dir_all(root.join(directory)).expect("made");
        }
        let ended = Arc::new(AtomicBool::new(false));
        let thread = spawn({
            let (root, ended) = (root.to_owned(), Arc::clone(&ended));
            move || {
                while !ended.load(Ordering::Relaxed) {
                    complete_reverts(&root);
                    sleep(Duration::from_millis(2));
                }
            }
        });
        Self { root: root.to_owned(), ended, thread: Some(thread) }
    }
}

impl Drop for FakeKernel {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.take().expect("once").join().expect("no panic");
    }
}

fn complete_reverts(root: &Path) {
    for entry in fs::read_dir(root.join("sys/kernel/livepatch")).into_iter().flatten().flatten() {
        if fs::read_to_string(entry.path().join("enabled")).is_ok_and(|enabled| enabled == "0") {
            fs::remove_dir_all(entry.path()).expect("removed");
        }
    }
}

impl Kernel for FakeKernel {
    fn load(&self, image: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(image).into_owned();
        let mut words = text.split(' ');
        let module = words.next().expect("a name");
        let behaviour = words.next().unwrap_or_default();
        // What a power cut in this moment would leave.
        fs::copy(self.root.join("state/record"), self.root.join("record-at-load"))?;
        if behaviour == "unsigned" {
            return Err(rustix::io::Errno::KEYREJECTED.into());
        }
        let patches = self.root.join("sys/kernel/livepatch");
        if behaviour == "all" {
            fs::remove_dir_all(&patches)?;
        }
        fs::create_dir_all(patches.join(module))?;
        fs::write(patches.join(module).join("transition"), if behaviour == "stuck" { "1\n" } else { "0\n" })?;
        fs::write(patches.join(module).join("enabled"), "1\n")?;
        fs::create_dir_all(self.root.join("sys/module").join(module))
    }

    fn unload(&self, module: &str) -> io::Result<()> {
        if self.root.join("sys/kernel/livepatch").join(module).exists() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        fs::remove_dir(self.root.join("sys/module").join(module))
    }
}
