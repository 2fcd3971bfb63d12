//! The settings store: what is live, and what waits in named transactions.

mod damaged;
mod file;
mod store;
mod transaction;

pub use file::{MAX_STORE_BYTES, Opened};
pub use store::{OpenError, Store, StoreError};
pub use transaction::{BadTransactionName, TransactionName};
