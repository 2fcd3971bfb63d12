use crate::error::ApiError;
use datastore::TransactionName;
use models::Key;
use std::collections::HashMap;

/// The query part of a request; of a parameter that is given twice the last counts, unknown ones are not looked at.
pub struct Query(HashMap<String, String>);

impl Query {
    pub fn parse(query: Option<&str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// The comma-separated items of a parameter, if it is there.
    pub fn list(&self, name: &'static str) -> Result<Option<Vec<&str>>, ApiError> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        if text.is_empty() { Err(ApiError::EmptyInput(name)) } else { Ok(Some(text.split(',').collect())) }
    }

    /// The setting keys of the parameter `keys`, if it is there.
    pub fn keys(&self) -> Result<Option<Vec<Key>>, ApiError> {
        let parse = |name: &str| Key::parse(name).map_err(|source| ApiError::BadKey { name: name.to_owned(), source });
        self.list("keys")?.map(|names| names.into_iter().map(parse).collect()).transpose()
    }

    pub fn required_keys(&self) -> Result<Vec<Key>, ApiError> {
        self.keys()?.ok_or(ApiError::MissingInput("keys"))
    }

    /// The parameter `prefix`, if it is there.
    pub fn prefix(&self) -> Result<Option<&str>, ApiError> {
        match self.0.get("prefix") {
            Some(prefix) if prefix.is_empty() => Err(ApiError::EmptyInput("prefix")),
            prefix => Ok(prefix.map(String::as_str)),
        }
    }

    /// Like [`Self::prefix`], completed by `root` when it does not begin with it: `/settings?prefix=motd` means
    /// `settings.motd`.
    pub fn prefix_below(&self, root: &str) -> Result<Option<String>, ApiError> {
        let completed = |prefix: &str| {
            if prefix.starts_with(root) { prefix.to_owned() } else { format!("{root}.{prefix}") }
        };
        Ok(self.prefix()?.map(completed))
    }

    /// Whether the parameter says `true`; without it, no.
    pub fn flag(&self, name: &'static str) -> Result<bool, ApiError> {
        match self.0.get(name).map(String::as_str) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(value) => Err(ApiError::BadFlag { name, value: value.to_owned() }),
        }
    }

    /// A parameter that must be there.
    pub fn required(&self, name: &'static str) -> Result<&str, ApiError> {
        match self.0.get(name).map(String::as_str) {
            None => Err(ApiError::MissingInput(name)),
            Some("") => Err(ApiError::EmptyInput(name)),
            Some(text) => Ok(text),
        }
    }

    pub fn transaction(&self) -> Result<TransactionName, ApiError> {
        self.0.get("tx").map_or("default", String::as_str).parse().map_err(ApiError::BadTransaction)
    }
}

/// The part of a key prefix that filters below `root`, or none when no key below `root` can match. A prefix shorter
/// than the root (`se`) takes all of it.
pub fn filter_below<'a>(prefix: &'a str, root: &'a str) -> Option<&'a str> {
    if root.starts_with(prefix) || prefix == format!("{root}.") {
        return Some("");
    }
    prefix.strip_prefix(root)?.strip_prefix('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        assert_eq!(filter_below("se", "settings"), Some(""));
        assert_eq!(filter_below("settings.", "settings"), Some(""));
        assert_eq!(filter_below("settings.mo", "settings"), Some("mo"));
        assert_eq!(filter_below("settingsx", "settings"), None);
        assert_eq!(filter_below("os", "settings"), None);
    }

    #[test]
    fn parameters_are_decoded() {
        let query = Query::parse(Some("keys=settings.kernel.sysctl.%22a.b%22,settings.motd&tx=a"));
        let keys: Vec<_> = query.required_keys().expect("keys").iter().map(ToString::to_string).collect();
        assert_eq!(keys, ["settings.kernel.sysctl.\"a.b\"", "settings.motd"]);
        assert!(Query::parse(Some("keys=")).keys().is_err());
        assert!(matches!(Query::parse(Some("recover=true")).flag("recover"), Ok(true)));
        assert!(matches!(Query::parse(Some("recover=false")).flag("recover"), Ok(false)));
        assert!(matches!(Query::parse(None).flag("recover"), Ok(false)));
        assert!(Query::parse(Some("recover=1")).flag("recover").is_err());
        assert!(Query::parse(None).required_keys().is_err());
        assert!(matches!(Query::parse(Some("name=a")).required("name"), Ok("a")));
        assert!(Query::parse(Some("name=")).required("name").is_err() && Query::parse(None).required("name").is_err());
        assert!(Query::parse(Some("tx=../x")).transaction().is_err());
    }
}
