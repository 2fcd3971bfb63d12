//! What the program is asked to do, and in which states it does it (contract, section 4.1).

use crate::failure::Refusal;
use crate::status::{State, Status};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    Refresh,
    Prepare,
    Activate,
    Deactivate,
}

impl Command {
    pub const NAMES: &str = "refresh, prepare, activate, deactivate";

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "refresh" => Self::Refresh,
            "prepare" => Self::Prepare,
            "activate" => Self::Activate,
            "deactivate" => Self::Deactivate,
            _ => return None,
        })
    }

    /// # Errors
    /// When the command makes no sense in the present state.
    pub fn check(self, status: &Status) -> Result<(), Refusal> {
        let allowed = match self {
            Self::Refresh => true,
            Self::Prepare => matches!(status.update_state, State::Available | State::Staged),
            Self::Activate => status.update_state == State::Staged,
            Self::Deactivate => status.update_state == State::Ready,
        };
        if !allowed {
            return Err(Refusal::Disallowed);
        }
        match self {
            Self::Prepare if status.chosen_update.is_none() => Err(Refusal::UpdateGone),
            Self::Activate if status.staging_partition.is_none() => Err(Refusal::NothingStaged),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::Image;
    use crate::status::Partition;
    use Command::{Activate, Deactivate, Prepare, Refresh};

    fn status(update_state: State) -> Status {
        let image = Image { arch: "a".into(), version: semver::Version::new(1, 0, 0), variant: "v".into() };
        let staged = Partition { image: image.clone(), next_to_boot: false };
        Status { update_state, chosen_update: Some(image), staging_partition: Some(staged), ..Status::default() }
    }

    #[test]
    fn each_state_allows_the_contracts_commands() {
        for (state, allowed) in [
            (State::Idle, &[Refresh][..]),
            (State::Available, &[Refresh, Prepare]),
            (State::Staged, &[Refresh, Prepare, Activate]),
            (State::Ready, &[Refresh, Deactivate]),
        ] {
            for command in [Refresh, Prepare, Activate, Deactivate] {
                let expected = if allowed.contains(&command) { Ok(()) } else { Err(Refusal::Disallowed) };
                assert_eq!(command.check(&status(state)), expected, "{command:?} in {state:?}");
            }
        }
    }

    #[test]
    fn what_is_to_be_written_or_booted_must_be_there() {
        let gone = Status { chosen_update: None, ..status(State::Staged) };
        assert_eq!(Prepare.check(&gone), Err(Refusal::UpdateGone));
        let nothing = Status { staging_partition: None, ..status(State::Staged) };
        assert_eq!(Activate.check(&nothing), Err(Refusal::NothingStaged));
    }
}
