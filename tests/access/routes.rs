//! What routes state, where they are declared.

use std::collections::BTreeSet;
use std::path::Path;

use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::store::memory::MemoryStore;
use ringback_workers::ingest::FrontDesk;

/// Set it to write the table anew; what has changed is then to be read in the difference.
const WRITE: &str = "RINGBACK_WRITE_SNAPSHOTS";

/// A new route, or another permission of an old one, is to be read in the difference.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says that the table shall be written"
)]
fn every_route_states_the_permission_that_is_written_down() {
    let mut stated = String::new();
    for it in ringback_api::stated::<FrontDesk<MemoryStore, MemoryBus>>() {
        // The version segment may be left out: the same routes.
        let is_short = it.path.starts_with("/genesys/") && !["1", "2"].contains(&&it.path[9..10]);
        if is_short {
            continue;
        }
        let (scope, change) = (it.scope, it.change.unwrap_or_default());
        let line = [it.method.as_str(), &it.path, it.permission, scope, change].join(" | ");
        stated.push_str(line.trim_end_matches([' ', '|']));
        stated.push('\n');
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/access/routes.txt");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &stated).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(stated, kept, "run this test with {WRITE}=1");
}

/// The routes with and without a version are the same ones.
#[test]
fn a_route_without_its_version_states_the_same() {
    let all = ringback_api::stated::<FrontDesk<MemoryStore, MemoryBus>>();
    let versioned = all.iter().filter(|it| it.path.starts_with("/genesys/1/"));
    for it in versioned {
        let mut short = it.clone();
        short.path = it.path.replacen("/1/", "/", 1);
        assert!(all.contains(&short), "{short:?}");
    }
}

/// What is described is what there is, but for probes and counters, which stand apart.
#[test]
fn every_described_operation_states_a_permission() {
    let all = ringback_api::stated::<FrontDesk<MemoryStore, MemoryBus>>();
    let stated: BTreeSet<_> = all
        .iter()
        .map(|it| (it.path.clone(), it.method.to_lowercase()))
        .collect();
    let document = ringback_api::openapi();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let same = item["$ref"].as_str().map(|it| it.trim_start_matches('#'));
        let same = same.map(|pointer| document.pointer(pointer).unwrap());
        for method in same.unwrap_or(item).as_object().unwrap().keys() {
            described.insert((path.clone(), method.clone()));
        }
    }
    let apart = |path: &str| path.starts_with("/healthz/") || path == "/metrics";
    described.retain(|(path, _)| !apart(path));
    assert_eq!(described, stated);
}
