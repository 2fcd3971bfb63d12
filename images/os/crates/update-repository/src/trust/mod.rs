//! Which metadata of an update repository this machine trusts: what the image's root leads to, and nothing older than
//! what was seen before (TUF specification 1.0, section 5; README.md, "What the updater trusts").

mod clock;
mod limits;
mod load;
mod record;
mod roots;
mod scratch;

pub use load::load;
pub use scratch::forget_time;
