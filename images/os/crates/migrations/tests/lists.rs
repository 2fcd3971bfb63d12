//! What may stand in a list of migrations.

use migrations::{MAX_FILE_BYTES, Migrations};

fn refusal(operations: &str) -> String {
    Migrations::parse(&format!("[[migration]]\nversion = \"2.0.0\"\noperations = [{operations}]")).expect_err("refused")
}

#[test]
fn the_image_s_own_list_is_good() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../defaults/migrations.toml");
    Migrations::parse(&std::fs::read_to_string(path).expect("read")).expect("good");
}

#[test]
fn what_could_not_be_taken_back_is_refused() {
    let pairs = "must be pairs of old and new, each value once on its side";
    for (operations, why) in [
        (r#"{ drop = "settings.a" }"#, "unknown variant `drop`"),
        (r#"{ rename = { from = "settings.a", to = "settings.b", force = true } }"#, "unexpected keys in table: force"),
        (r#"{ rename = { from = "settings.a", to = "settings.a.b" } }"#, "neither may hold the other"),
        (r#"{ rename = { from = "settings.a", to = "settings.a" } }"#, "neither may hold the other"),
        (r#"{ map = { key = "settings.a", values = [] } }"#, pairs),
        (r#"{ map = { key = "settings.a", values = [[1, 2], [1, 3]] } }"#, pairs),
        (r#"{ map = { key = "settings.a", values = [[1, 3], [2, 3]] } }"#, pairs),
        (r#"{ remove = "settings" }"#, "names no setting"),
        (r#"{ remove = "os.arch" }"#, "names no setting"),
        (r#"{ remove = "settings..a" }"#, "a segment is empty"),
    ] {
        let refusal = refusal(operations);
        assert!(refusal.contains(why), "{operations}: {refusal}");
    }
}

#[test]
fn versions_ascend() {
    let list = |versions: [&str; 2]| {
        let entry = |version| format!("[[migration]]\nversion = \"{version}\"\noperations = []\n");
        Migrations::parse(&versions.map(entry).concat())
    };
    list(["1.9.0", "1.10.0"]).expect("in order");
    for versions in [["1.10.0", "1.9.0"], ["1.0.0", "1.0.0"]] {
        let refusal = list(versions).expect_err("refused");
        assert!(refusal.contains("the oldest first"), "{refusal}");
    }
    list(["1.0", "2.0.0"]).expect_err("not a version");
}

#[test]
fn a_list_has_a_largest_size() {
    let refusal = Migrations::parse(&"#".repeat(MAX_FILE_BYTES + 1)).expect_err("refused");
    assert!(refusal.contains("at most 65536 are allowed"), "{refusal}");
}
