//! What the repository has now.

use super::Manager;
use crate::catalog::{Description, describe};
use crate::status::{Listed, State};
use jiff::Timestamp;
use update_repository::{Config, Repository};

/// A target of the repository that is a patch for this kernel.
pub struct Found {
    pub target: String,
    pub length: u64,
    pub patch: Description,
}

impl Manager<'_> {
    /// # Errors
    /// When the repository cannot be reached, or its metadata is not trusted.
    pub fn refresh(&mut self) -> Result<(Repository, Vec<Found>), String> {
        let places = &self.machine.places.repository;
        let config = Config::read(&places.config)?;
        let query = vec![("kernel", self.build.build_id.clone()), ("seed", config.seed.to_string())];
        let repository = Repository::load(&config, places, query)?;
        let found = self.find(&repository);
        for listed in &mut self.status.livepatches {
            listed.offered = false;
        }
        for found in &found {
            match self.status.livepatches.iter_mut().find(|listed| listed.patch.name == found.patch.name) {
                Some(listed) => listed.offered = true,
                None => self.status.livepatches.push(Listed {
                    patch: found.patch.clone(),
                    state: State::Available,
                    since: Timestamp::now(),
                    reason: None,
                    on_trial: false,
                    offered: true,
                    holding: Vec::new(),
                    kernel_log: Vec::new(),
                }),
            }
        }
        self.status.refreshed_at = Some(Timestamp::now());
        Ok((repository, found))
    }

    /// Of two patches of one name, the target that comes first counts.
    fn find(&self, repository: &Repository) -> Vec<Found> {
        let mut offers: Vec<_> = repository.offers().collect();
        offers.sort_by(|one, other| one.name.cmp(other.name));
        let mut found: Vec<Found> = Vec::new();
        for offer in offers {
            match describe(offer.custom.get("livepatch"), &self.build) {
                Ok(Some(patch)) if found.iter().any(|other| other.patch.name == patch.name) => {
                    eprintln!("{}: another target is the live patch {}, too; that one counts", offer.name, patch.name);
                }
                Ok(Some(patch)) => found.push(Found { target: offer.name.into(), length: offer.length, patch }),
                Ok(None) => {}
                Err(reason) => eprintln!("{}: {reason}; it is ignored", offer.name),
            }
        }
        found
    }
}
