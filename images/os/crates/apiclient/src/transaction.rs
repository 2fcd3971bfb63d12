//! Changes of settings that belong together, and nobody else's.

use crate::failure::Failure;
use api_client::Client;
use std::fmt::Write;

const RANDOM_BYTES: usize = 8;

pub struct Transaction<'a> {
    client: &'a Client,
    name: String,
}

impl<'a> Transaction<'a> {
    /// One of its own, so that what others have pending is not committed with it.
    pub fn new(client: &'a Client, purpose: &str) -> Result<Self, Failure> {
        let mut random = [0; RANDOM_BYTES];
        getrandom::fill(&mut random).map_err(|error| Failure::Failed(format!("no random numbers: {error}")))?;
        let name = random.iter().fold(format!("apiclient-{purpose}-"), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
        Ok(Self { client, name })
    }

    /// Puts changes into it. What was put in before goes when one is refused.
    pub fn patch(&self, path: &str, body: &[u8]) -> Result<(), Failure> {
        self.call("PATCH", path, body)
    }

    /// Makes the changes, and applies them to the system.
    pub fn commit(self) -> Result<(), Failure> {
        self.call("POST", "/tx/commit_and_apply", b"")
    }

    fn call(&self, method: &str, path: &str, body: &[u8]) -> Result<(), Failure> {
        let refused = match self.client.call(method, &format!("{path}?tx={}", self.name), body)?.success() {
            Ok(_) => return Ok(()),
            Err(refused) => refused,
        };
        // The refusal is what the caller has to know; what it leaves is gone after the next boot at the latest.
        let _ = self.client.call("DELETE", &format!("/tx?tx={}", self.name), b"");
        Err(Failure::Failed(format!("{method} {path} was refused, nothing is changed: {refused}")))
    }
}
