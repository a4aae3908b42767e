//! The README tells the truth about the house.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn its_map_names_every_crate_and_no_other() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let map = readme
        .split("## Crates")
        .nth(1)
        .unwrap()
        .split("Arrows:")
        .next()
        .unwrap();
    let mapped: BTreeSet<_> = map
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let crates = std::fs::read_dir(root().join("crates")).unwrap();
    let names: BTreeSet<_> = crates
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(mapped, names.iter().map(String::as_str).collect());
}

#[test]
fn it_is_short_and_what_it_points_at_is_there() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() <= 80, "the rest belongs into docs/");
    for part in ["    cargo run --release -- demo ", "    ./tests/run "] {
        assert!(readme.contains(part), "{part:?} is missing");
    }
    for path in [
        "tests/run",
        "tests/crash.rs",
        "samples/ringback.toml",
        "k8s",
    ] {
        assert!(readme.contains(path), "{path} is not mentioned");
        assert!(root().join(path).exists(), "{path} is not there");
    }
}
