use containerd_client::HOST_CONTAINERD_SOCKET;
use std::path::{Path, PathBuf};

/// The two kinds of containers that have to do with the host itself (contract, section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Host,
    Bootstrap,
}

impl Kind {
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Host, Self::Bootstrap].into_iter().find(|kind| kind.family() == name)
    }

    /// The name of their settings, units and directories.
    pub fn family(self) -> &'static str {
        match self {
            Self::Host => "host-containers",
            Self::Bootstrap => "bootstrap-containers",
        }
    }

    pub fn unit(self, name: &str) -> String {
        format!("{}@{name}.service", self.family())
    }

    /// What containerd calls the container: `/exec` finds a host container by its own name.
    pub fn container_id(self, name: &str) -> String {
        match self {
            Self::Host => name.to_owned(),
            Self::Bootstrap => format!("boot.{name}"),
        }
    }
}

/// Where the host's files are: its root, another directory in tests.
#[derive(Clone, Debug)]
pub struct Host(PathBuf);

impl Host {
    pub fn new(root: &Path) -> Self {
        Self(root.to_owned())
    }

    /// The place of an absolute path.
    pub fn at(&self, path: &str) -> PathBuf {
        self.0.join(path.trim_start_matches('/'))
    }

    pub fn api_socket(&self) -> PathBuf {
        self.at("/run/api.sock")
    }

    pub fn containerd_socket(&self) -> PathBuf {
        self.at(HOST_CONTAINERD_SOCKET)
    }

    /// What `settings-applier` renders for a family of settings: a line for each container that is to run.
    pub fn configuration_file(&self, family: &str) -> PathBuf {
        self.at(&format!("/etc/{family}/{family}.json"))
    }

    /// What is kept for as long as the machine runs.
    pub fn run_directory(&self, kind: Kind) -> PathBuf {
        self.at(&format!("/run/{}", kind.family()))
    }
}

/// One container, by the name that the settings give it.
#[derive(Clone, Debug)]
pub struct Target {
    pub kind: Kind,
    pub name: String,
    pub host: Host,
}

impl Target {
    pub fn id(&self) -> String {
        self.kind.container_id(&self.name)
    }

    /// Its settings' key.
    pub fn key(&self) -> String {
        format!("settings.{}.{}", self.kind.family(), self.name)
    }

    /// Its file in the run directory.
    pub fn run_file(&self, suffix: &str) -> PathBuf {
        self.host.run_directory(self.kind).join(format!("{}.{suffix}", self.name))
    }

    /// What is kept for it on DATA.
    pub fn persistent_path(&self) -> String {
        format!("/local/{}/{}", self.kind.family(), self.name)
    }
}
