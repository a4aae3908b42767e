//! What routes state, where they are declared.

use std::collections::BTreeSet;

use ringback_ports::bus::MemoryBus;
use ringback_ports::store::MemoryStore;
use ringback_workers::ingest::FrontDesk;

const TABLE: &str = include_str!("routes.txt");

/// A new route, or another permission of an old one, is to be read in the difference.
#[test]
fn every_route_states_the_permission_that_is_written_down() {
    let mut stated = String::new();
    for it in ringback_api::stated::<FrontDesk<MemoryStore, MemoryBus>>() {
        // The version segment may be left out: the same routes.
        if it.path.starts_with("/genesys/") && !it.path.starts_with("/genesys/2/") {
            let Some(_) = it.path.strip_prefix("/genesys/1/") else {
                continue;
            };
        }
        let (scope, change) = (it.scope, it.change.unwrap_or_default());
        let line = [it.method.as_str(), &it.path, it.permission, scope, change].join(" | ");
        stated.push_str(&line);
        stated.push('\n');
    }
    assert_eq!(stated, TABLE, "tests/access/routes.txt differs");
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
