use crate::tool;
use serde::Deserialize;

/// The standard output of a `systemctl` call, which talks to PID 1's private socket and so needs no message bus.
pub async fn run(args: &[&str]) -> Result<String, String> {
    tool::run("systemctl", args).await
}

/// The names in the JSON of `systemctl list-units`.
pub fn unit_names(json: &str) -> Result<Vec<String>, String> {
    #[derive(Deserialize)]
    struct Listed {
        unit: String,
    }
    let listed: Vec<Listed> = serde_json::from_str(json).map_err(|error| format!("systemctl list-units: {error}"))?;
    Ok(listed.into_iter().map(|listed| listed.unit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_units_are_listed_by_name() {
        let json = r#"[{"unit":"a.service","load":"loaded","active":"failed","sub":"failed","description":"A"}]"#;
        assert_eq!(unit_names(json), Ok(vec!["a.service".to_owned()]));
        assert_eq!(unit_names("[]"), Ok(vec![]));
        assert!(unit_names("").is_err());
    }
}
