use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Its presence keeps systemd from starting this program again (`ConditionPathExists` in the unit).
const PATH: &str = "var/lib/bottlerocket/early-boot-config.ran";

/// Records, durably, that this instance has taken its user-data.
pub fn write(root: &Path) -> Result<(), String> {
    let path = root.join(PATH);
    let durable = |path: &Path| -> io::Result<()> {
        let dir = path.parent().unwrap_or(root);
        fs::create_dir_all(dir)?;
        File::create(path)?.sync_all()?;
        File::open(dir)?.sync_all()
    };
    durable(&path).map_err(|error| format!("{}: {error}", path.display()))
}
