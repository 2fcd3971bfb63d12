use std::fmt::Display;

/// Names come from users; a line of the journal has room for some of them.
const MAX_CHARS: usize = 1000;

/// `names` as one line for a message; where there are too many to print, how many there are.
pub fn brief(names: &[impl Display]) -> String {
    let all = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let one_line = all.replace(char::is_control, "?");
    let shown: String = one_line.chars().take(MAX_CHARS).collect();
    if shown.len() < one_line.len() { format!("{shown} ... ({} in all)", names.len()) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_line_of_bounded_length() {
        assert_eq!(brief(&["a", "b\nc"]), "a, b?c");
        let long = brief(&vec!["name"; 1000]);
        assert!(long.len() < 1100 && long.ends_with(" ... (1000 in all)"), "{long}");
    }
}
