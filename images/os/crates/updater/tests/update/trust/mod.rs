//! What a machine remembers of the repositories that it has seen, and what that protects it from.

mod clock;
mod limits;
mod record;
mod rotation;

use crate::image::Image;
use crate::repository::{FIRST, Keys, Publication};

/// The keys in use after a rotation; those of before are revoked.
const SECOND: Keys = Keys { online: 2, ..FIRST };

fn publication(version: u64, trusted: &[Keys]) -> Publication {
    Publication { version, trusted: trusted.to_vec(), ..Publication::of("1.1.0", &Image::of("1.1.0")) }
}
