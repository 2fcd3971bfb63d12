use std::str::FromStr;

/// What follows the name of a sub-command.
pub struct Arguments {
    words: Vec<String>,
    usage: String,
}

impl Arguments {
    pub fn new(words: Vec<String>, usage: String) -> Self {
        Self { words, usage }
    }

    pub fn all(&self) -> &[String] {
        &self.words
    }

    pub fn text(&self, index: usize) -> Result<&str, String> {
        self.words.get(index).map(String::as_str).ok_or_else(|| format!("an argument is missing: {}", self.usage))
    }

    pub fn number<T: FromStr>(&self, index: usize) -> Result<T, String> {
        let text = self.text(index)?;
        text.parse().map_err(|_| format!("{text:?} is no number that fits here: {}", self.usage))
    }

    pub fn number_or<T: FromStr>(&self, index: usize, default: T) -> Result<T, String> {
        if self.words.len() > index { self.number(index) } else { Ok(default) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Arguments {
        Arguments::new(words.iter().map(ToString::to_string).collect(), "workload exit CODE".into())
    }

    #[test]
    fn a_number_is_read_or_defaulted() {
        assert_eq!(arguments(&["7"]).number::<u8>(0), Ok(7));
        assert_eq!(arguments(&[]).number_or(0, 9), Ok(9));
    }

    #[test]
    fn what_is_no_number_or_missing_is_told_with_the_usage() {
        let told = arguments(&["300"]).number::<u8>(0).unwrap_err();
        assert!(told.contains("\"300\"") && told.contains("workload exit CODE"), "{told}");
        assert!(arguments(&[]).text(0).unwrap_err().contains("missing"));
        assert!(arguments(&["x"]).number_or::<u8>(0, 1).is_err());
    }
}
