use serde::Serialize;
use std::collections::HashMap;

pub const PROPERTIES: &str = "FirmwareTimestampMonotonic,LoaderTimestampMonotonic,InitRDTimestampMonotonic,\
                              UserspaceTimestampMonotonic,FinishTimestampMonotonic";

/// The phases of a boot in milliseconds; a phase the platform does not tell, or that is not over yet, is null.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[allow(clippy::struct_field_names, reason = "the names are the report's, and there the unit matters")]
pub struct BootTime {
    firmware_ms: Option<u64>,
    loader_ms: Option<u64>,
    kernel_ms: Option<u64>,
    userspace_ms: Option<u64>,
    total_ms: Option<u64>,
}

/// Reads the output of `systemctl show`. Its time stamps are microseconds: firmware and loader count backwards from the
/// start of the kernel, the others forwards from it, and 0 means unknown.
pub fn parse(shown: &str) -> BootTime {
    let properties: HashMap<_, _> = shown.lines().filter_map(|line| line.split_once('=')).collect();
    let micros = |name: &str| properties.get(name)?.parse::<u64>().ok().filter(|micros| *micros > 0);
    let firmware = micros("FirmwareTimestampMonotonic");
    let loader = micros("LoaderTimestampMonotonic");
    let userspace = micros("UserspaceTimestampMonotonic");
    let finish = micros("FinishTimestampMonotonic");
    let between = |from: Option<u64>, to: Option<u64>| Some(to?.saturating_sub(from?) / 1000);
    BootTime {
        firmware_ms: between(loader, firmware),
        loader_ms: between(Some(0), loader),
        kernel_ms: between(Some(0), micros("InitRDTimestampMonotonic").or(userspace)),
        userspace_ms: between(userspace, finish),
        total_ms: finish.map(|finish| (firmware.or(loader).unwrap_or(0) + finish) / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(firmware: u64, loader: u64, userspace: u64, finish: u64) -> String {
        format!(
            "UserspaceTimestampMonotonic={userspace}\nFinishTimestampMonotonic={finish}\nInitRDTimestampMonotonic=0\n\
             FirmwareTimestampMonotonic={firmware}\nLoaderTimestampMonotonic={loader}\n"
        )
    }

    #[test]
    fn the_phases_of_a_finished_uefi_boot() {
        let expected = BootTime {
            firmware_ms: Some(3000),
            loader_ms: Some(500),
            kernel_ms: Some(1200),
            userspace_ms: Some(4000),
            total_ms: Some(8700),
        };
        assert_eq!(parse(&shown(3_500_000, 500_000, 1_200_000, 5_200_000)), expected);
    }

    #[test]
    fn what_is_not_known_is_null() {
        let unknown =
            BootTime { firmware_ms: None, loader_ms: None, kernel_ms: None, userspace_ms: None, total_ms: None };
        assert_eq!(parse(""), unknown);
        assert_eq!(parse(&shown(0, 0, 900_999, 0)), BootTime { kernel_ms: Some(900), ..unknown });
    }
}
