use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The name of a transaction: 1 to 64 of `A-Z a-z 0-9 . _ -`, not starting with a dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TransactionName(String);

#[derive(Debug)]
pub struct BadTransactionName(String);

impl fmt::Display for BadTransactionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = "1 to 64 of A-Z a-z 0-9 . _ -, not starting with a dot";
        write!(f, "Transaction name {:?} is not allowed: it takes {allowed}", self.0)
    }
}

impl std::error::Error for BadTransactionName {}

impl FromStr for TransactionName {
    type Err = BadTransactionName;
    fn from_str(name: &str) -> Result<Self, BadTransactionName> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if (1..=64).contains(&name.len()) && name.chars().all(allowed) && !name.starts_with('.') {
            Ok(Self(name.to_owned()))
        } else {
            Err(BadTransactionName(name.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for TransactionName {
    type Error = BadTransactionName;
    fn try_from(name: String) -> Result<Self, BadTransactionName> {
        name.parse()
    }
}

impl From<TransactionName> for String {
    fn from(name: TransactionName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for good in ["default", "bottlerocket-launch", "a.b_C-9", &"x".repeat(64)] {
            assert!(good.parse::<TransactionName>().is_ok(), "{good:?}");
        }
        for bad in ["", ".", "..", ".a", "a/b", "a b", "ä", "a\0", &"x".repeat(65)] {
            assert!(bad.parse::<TransactionName>().is_err(), "{bad:?}");
        }
    }
}
