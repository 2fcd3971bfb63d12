//! Which names a setting can have: those of the model, and those that upstream has besides.

use crate::refusal::shown;
use std::{collections::BTreeMap, net::IpAddr, sync::LazyLock};

/// A setting's key without the `settings` before it; [`ANY`] stands for a name of the user's choice.
pub type Pattern = Vec<String>;

pub const ANY: &str = "*";

/// The patterns of what a type of the model has below its own place. A single value has nothing there.
pub trait Names {
    #[must_use]
    fn patterns() -> Vec<Pattern> {
        vec![Pattern::new()]
    }
}

impl Names for bool {}
impl Names for i32 {}
impl Names for u16 {}
impl Names for IpAddr {}
impl<T> Names for Vec<T> {}
impl<K, V: Names> Names for BTreeMap<K, V> {
    fn patterns() -> Vec<Pattern> {
        below(ANY, V::patterns())
    }
}

/// The patterns of the field `name`, which has `patterns` below its own place.
pub fn below(name: &str, patterns: Vec<Pattern>) -> Vec<Pattern> {
    patterns.into_iter().map(|pattern| [vec![name.to_owned()], pattern].concat()).collect()
}

static MODEL: LazyLock<Vec<Pattern>> = LazyLock::new(crate::Settings::patterns);

static UPSTREAM: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let lines = include_str!("upstream-settings.txt").lines();
    let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    keys.map(|key| key.split('.').map(str::to_owned).collect()).collect()
});

/// What some patterns say of a path: whether it is one of them, and which names can follow.
#[derive(Default)]
pub struct Place {
    pub is_setting: bool,
    pub next: Vec<&'static str>,
}

impl Place {
    pub fn in_model(path: &[String]) -> Self {
        Self::find(&MODEL, path)
    }

    pub fn upstream(path: &[String]) -> Self {
        Self::find(&UPSTREAM, path)
    }

    fn find(patterns: &'static [Pattern], path: &[String]) -> Self {
        let mut place = Self::default();
        for pattern in patterns.iter().filter(|pattern| begins_with(pattern, path)) {
            match pattern.get(path.len()) {
                None => place.is_setting = true,
                Some(name) if !place.next.contains(&name.as_str()) => place.next.push(name),
                Some(_) => {}
            }
        }
        place
    }
}

fn begins_with(pattern: &[String], path: &[String]) -> bool {
    path.len() <= pattern.len() && path.iter().zip(pattern).all(|(name, part)| part == ANY || part == name)
}

/// Why `name` is no name among `known`, with the nearest of them where there is one.
pub fn unknown(name: &str, known: &[&str]) -> String {
    // Also because the distance takes time and memory for each character.
    let name = shown(name);
    let distance = |other: &str| strsim::damerau_levenshtein(&name, other);
    match known.iter().min_by_key(|other| distance(other)) {
        // A third of a name is the most that a slip changes.
        Some(nearest) if distance(nearest) <= (nearest.len() / 3).max(1) => {
            format!("unknown field `{name}`, did you mean `{nearest}`?")
        }
        _ => format!("unknown field `{name}`, expected one of `{}`", known.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(key: &str) -> Pattern {
        key.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn no_setting_is_both_applied_and_listed_as_upstream_s() {
        let both: Vec<_> = UPSTREAM.iter().filter(|key| MODEL.contains(key)).map(|key| key.join(".")).collect();
        assert!(both.is_empty(), "the model has them now, so take them out of upstream-settings.txt: {both:?}");
        let mut sorted = UPSTREAM.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), UPSTREAM.len(), "a line is there twice");
    }

    #[test]
    fn the_model_s_names_are_those_of_its_fields() {
        assert!(Place::in_model(&path("motd")).is_setting);
        assert!(Place::in_model(&path("kernel.sysctl.anything")).is_setting);
        assert_eq!(Place::in_model(&path("host-containers")).next, [ANY]);
        assert_eq!(
            Place::in_model(&path("host-containers.x")).next,
            ["source", "enabled", "superpowered", "user-data", "command"]
        );
        assert!(!Place::in_model(&path("motd.x")).is_setting && !Place::in_model(&path("kernel")).is_setting);
    }

    #[test]
    fn a_name_of_the_user_s_choice_stands_for_one_part_of_a_key() {
        assert!(Place::upstream(&path("kubernetes.node-labels.role")).is_setting);
        assert!(!Place::upstream(&path("kubernetes.node-labels")).is_setting);
        assert!(!Place::upstream(&path("kubernetes.node-labels.a.b")).is_setting);
    }

    #[test]
    fn the_nearest_name_is_offered_and_nothing_far_fetched() {
        assert_eq!(unknown("mtd", &["ntp", "motd"]), "unknown field `mtd`, did you mean `motd`?");
        assert_eq!(unknown("weather", &["ntp", "motd"]), "unknown field `weather`, expected one of `ntp`, `motd`");
        assert!(unknown(&"x".repeat(1 << 20), &["motd"]).len() < 400);
    }
}
