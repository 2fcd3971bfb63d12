//! Settings as plain JSON objects: what is stored, merged and answered. Only objects are branches; an array is one value.

use crate::Key;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub type Tree = Map<String, Value>;

/// Every leaf below `root`. Empty objects have none and so vanish, as they do upstream.
#[must_use]
pub fn leaves(root: &Key, tree: &Tree) -> BTreeMap<Key, Value> {
    let mut found = BTreeMap::new();
    collect_leaves(root, tree, &mut found);
    found
}

fn collect_leaves(root: &Key, tree: &Tree, found: &mut BTreeMap<Key, Value>) {
    for (name, value) in tree {
        let key = root.child(name);
        match value {
            Value::Object(branch) => collect_leaves(&key, branch, found),
            leaf => drop(found.insert(key, leaf.clone())),
        }
    }
}

/// The inverse of [`leaves`], without the `root` segments.
#[must_use]
pub fn from_leaves(root: &Key, leaves: impl IntoIterator<Item = (Key, Value)>) -> Tree {
    let mut tree = Tree::new();
    for (key, value) in leaves {
        insert(&mut tree, &key.segments()[root.segments().len()..], value);
    }
    tree
}

/// Sets the leaf at `path`; a leaf that stands where a branch is needed gives way.
pub fn insert(tree: &mut Tree, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => drop(tree.insert(name.clone(), value)),
        [name, rest @ ..] => {
            let branch = tree.entry(name).or_insert_with(|| Value::Object(Tree::new()));
            if !branch.is_object() {
                *branch = Value::Object(Tree::new());
            }
            if let Value::Object(branch) = branch {
                insert(branch, rest, value);
            }
        }
    }
}

/// Removes what lies at `path`, and branches that are empty then.
pub fn take(tree: &mut Tree, path: &[String]) -> Option<Value> {
    let (name, rest) = path.split_first()?;
    if rest.is_empty() {
        return tree.remove(name);
    }
    let Value::Object(branch) = tree.get_mut(name)? else { return None };
    let taken = take(branch, rest)?;
    if branch.is_empty() {
        tree.remove(name);
    }
    Some(taken)
}

/// Whether nothing would give way to a value at `path`.
#[must_use]
pub fn is_free(tree: &Tree, path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else { return false };
    match tree.get(name) {
        None => true,
        Some(Value::Object(branch)) => is_free(branch, rest),
        Some(_) => false,
    }
}

/// Lays `over` onto `base`, leaf by leaf.
pub fn merge(base: &mut Tree, over: Tree) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
            (_, value) => drop(base.insert(name, value)),
        }
    }
}

/// The leaves of `over` that `base` does not have.
#[must_use]
pub fn missing(base: &Tree, over: &Tree) -> Tree {
    let root = Key::from_iter(["settings"]);
    let present = leaves(&root, base);
    from_leaves(&root, leaves(&root, over).into_iter().filter(|(key, _)| !present.contains_key(key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tree(value: Value) -> Tree {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn leaves_and_back() {
        let root = Key::from_iter(["settings"]);
        let given = tree(json!({"motd": "hi", "kernel": {"sysctl": {"net.core.a": "1"}}, "dns": {}}));
        let found = leaves(&root, &given);
        let names: Vec<_> = found.keys().map(ToString::to_string).collect();
        assert_eq!(names, ["settings.kernel.sysctl.\"net.core.a\"", "settings.motd"]);
        assert_eq!(
            Value::Object(from_leaves(&root, found)),
            json!({"motd": "hi", "kernel": {"sysctl": {"net.core.a": "1"}}})
        );
    }

    #[test]
    fn merging_replaces_arrays_and_keeps_neighbours() {
        let mut base = tree(json!({"ntp": {"time-servers": ["a", "b"]}, "motd": "old"}));
        merge(&mut base, tree(json!({"ntp": {"time-servers": ["c"]}})));
        assert_eq!(Value::Object(base), json!({"ntp": {"time-servers": ["c"]}, "motd": "old"}));
    }

    #[test]
    fn what_is_taken_leaves_a_free_place_and_no_empty_branch() {
        let path = ["kernel", "sysctl", "a.b"].map(String::from);
        let mut base = tree(json!({"kernel": {"sysctl": {"a.b": "1"}}, "motd": "x"}));
        assert_eq!(take(&mut base, &path[..2]), Some(json!({"a.b": "1"})));
        assert_eq!(Value::Object(base.clone()), json!({"motd": "x"}));
        assert!(
            is_free(&base, &path) && !is_free(&base, &["motd".into()]) && !is_free(&base, &["motd".into(), "a".into()])
        );
        insert(&mut base, &path, json!("2"));
        assert!(!is_free(&base, &path[..1]) && !is_free(&base, &path));
        assert_eq!(take(&mut base, &["motd".into(), "a".into()]), None);
    }

    #[test]
    fn missing_is_what_the_base_lacks() {
        let base = tree(json!({"updates": {"seed": 1}}));
        let over = tree(json!({"updates": {"seed": 2, "ignore-waves": false}, "motd": "x"}));
        assert_eq!(Value::Object(missing(&base, &over)), json!({"updates": {"ignore-waves": false}, "motd": "x"}));
    }
}
