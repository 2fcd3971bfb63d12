//! A machine with a record, whose boots are counted.

use super::fake_kernel::FakeKernel;
use crate::catalog::Description;
use crate::command::Command;
use crate::failure::Failure;
use crate::manager::{Done, Machine, Manager, Patience, run};
use crate::modules::Modules;
use crate::places::Places;
use crate::record::{Entry, Record};
use crate::status::{Listed, Status};
use crate::stop::Stop;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

pub struct TestMachine {
    directory: TempDir,
    machine: Machine,
}

pub const KERNEL: &str = "aa";

impl TestMachine {
    /// Its kernel had these patches: names, and how their modules behave.
    pub fn with(patches: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        let machine = Machine {
            places: Places::below(root),
            kernel: Box::new(FakeKernel::below(root)),
            patience: Patience {
                transition: Duration::from_millis(100),
                trial: Duration::ZERO,
                poll: Duration::from_millis(1),
            },
            stop: Stop::default(),
        };
        let this = Self { directory, machine };
        this.run_kernel(KERNEL);
        this.begin_boot("first");
        let mut record = Record::default();
        for (name, behaviour) in patches {
            record.put(KERNEL, this.entry(name, behaviour));
        }
        record.save(&this.at("state/record")).expect("saved");
        this
    }

    fn entry(&self, name: &str, behaviour: &str) -> Entry {
        let module = name.replace('-', "_");
        let image = format!("{module} {behaviour}");
        let sha256 = Modules(self.at("state/modules")).keep(image.as_bytes()).expect("kept");
        let replaces = if behaviour == "all" { "all" } else { "none" }.into();
        let patch = Description { name: name.into(), module, replaces, ..Description::default() };
        Entry { sha256: Some(sha256), wanted: true, ..Entry::unknown(patch) }
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn run_kernel(&self, build_id: &str) {
        fs::create_dir_all(self.at("proc/sys/kernel/random")).expect("made");
        fs::write(self.at("proc/sys/kernel/osrelease"), "7\n").expect("written");
        let id: Vec<u8> = (0..build_id.len() / 2)
            .map(|at| u8::from_str_radix(&build_id[2 * at..2 * at + 2], 16).expect("digits"))
            .collect();
        let mut note = [4, id.len() as u32, 3].map(u32::to_ne_bytes).concat();
        note.extend(b"GNU\0");
        note.extend(&id);
        note.resize(note.len().next_multiple_of(4), 0);
        fs::write(self.at("sys/kernel/notes"), note).expect("written");
    }

    /// Nothing is loaded any more, and what is in memory is gone.
    pub fn begin_boot(&self, id: &str) {
        for directory in ["sys/kernel/livepatch", "sys/module", "run"] {
            let _ = fs::remove_dir_all(self.at(directory));
            fs::create_dir_all(self.at(directory)).expect("made");
        }
        fs::write(self.at("proc/sys/kernel/random/boot_id"), id).expect("written");
    }

    pub fn boot(&self, id: &str) -> Done {
        self.begin_boot(id);
        self.run("boot").expect("allowed")
    }

    pub fn run(&self, line: &str) -> Result<Done, Failure> {
        run(&self.machine, &Command::parse(line.split(' ')).expect("a command"), || {})
    }

    pub fn hold(&self, lock: &str) -> File {
        let lock = File::create(self.at(lock)).expect("made");
        lock.lock().expect("held");
        lock
    }

    pub fn end_trials(&self, names: &[&str]) {
        let mut manager = Manager::open(&self.machine, Duration::ZERO).expect("nobody else");
        manager.end_trials(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        manager.save_record().expect("saved");
    }

    pub fn enable(&self, enabled: bool) {
        fs::write(self.at("livepatch.toml"), format!("enabled = {enabled}\n")).expect("written");
    }

    pub fn loaded(&self) -> Vec<String> {
        let entries = fs::read_dir(self.at("sys/module")).expect("listed");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect();
        names.sort();
        names
    }

    pub fn record(&self) -> Record {
        Record::read(&self.at("state/record")).expect("read")
    }

    pub fn listed(&self, name: &str) -> Listed {
        let status = Status::read(&self.at("run/status.json")).expect("a status");
        status.livepatches.into_iter().find(|listed| listed.patch.name == name).expect("listed")
    }
}
