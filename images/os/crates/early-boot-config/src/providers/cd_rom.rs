use super::{Found, Machine, file};

const MOUNT: &str = "media/cdrom";
const NAMES: [&str; 2] = ["user-data", "user-data.toml"];

/// # Errors
/// As for a file, and when the disc has more than one file that could be meant.
pub fn find(machine: &Machine) -> Result<Option<Found>, String> {
    let mut found = Vec::new();
    for name in NAMES {
        found.extend(file::find(&machine.root, &format!("{MOUNT}/{name}"))?);
    }
    match <[Found; 2]>::try_from(found) {
        Ok([one, other]) => {
            Err(format!("{} and {} are both there; leave one of them on the disc", one.place, other.place))
        }
        Err(mut at_most_one) => Ok(at_most_one.pop()),
    }
}
