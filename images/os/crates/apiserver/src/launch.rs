use datastore::{Store, StoreError, TransactionName};
use models::{
    Defaults, Seed,
    tree::{self, Tree},
};
use serde_json::json;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Upstream's name for what is put together at boot and committed when all of user-data was good.
pub const LAUNCH: &str = "bottlerocket-launch";

/// Puts the defaults that the store has nowhere yet into the launch transaction. What waits there already stays: it may
/// be user-data of this instance that a power cut kept from being committed.
pub fn offer_defaults(store: &mut Store, defaults: &Defaults) -> Result<(), StoreError> {
    let launch: TransactionName = LAUNCH.parse().expect("the launch transaction has a valid name");
    let mut present = store.live().clone();
    tree::merge(&mut present, store.pending(&launch));
    let mut offered = defaults.settings.clone();
    tree::merge(&mut offered, generated(defaults));
    store.patch(&launch, tree::missing(&present, &offered))
}

/// Values for the settings that name a generator.
fn generated(defaults: &Defaults) -> Tree {
    let mut settings = Tree::new();
    for (key, generator) in defaults.metadata.get("setting-generator").into_iter().flatten() {
        if generator == "random-seed" {
            tree::insert(&mut settings, &key.segments()[1..], json!(random() % u64::from(Seed::END)));
        }
    }
    settings
}

/// The standard library keys its hash maps from the kernel's random numbers; good enough to spread hosts over a roll-out.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
