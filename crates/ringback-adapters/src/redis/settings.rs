//! Whether the servers are set so that nothing is lost.

use std::collections::{BTreeMap, BTreeSet};

use redis::{Cmd, Value};
use ringback_core::key::Shard;
use ringback_ports::store::StoreError;

use super::link::Link;
use super::{Inner, RedisStore, answer};

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing: the last writes may be lost when a server is.
    Note,
    /// What was accepted may be lost.
    Loses,
    /// What was accepted is thrown away in normal operation: nobody may work on such a store.
    Evicts,
}

/// A setting of a server by which callbacks may be lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SettingFault {
    /// How much it matters.
    pub severity: Severity,
    /// What it is, and what it must be.
    pub text: String,
}

impl RedisStore {
    /// How the servers are set, where that may lose something.
    ///
    /// # Errors
    /// When one does not answer.
    pub async fn setting_faults(&self) -> Result<Vec<SettingFault>, StoreError> {
        let Inner {
            link,
            shards,
            replicas,
            ..
        } = &*self.0;
        let servers = match link {
            Link::Server(_) => 1,
            Link::Cluster(_) => shards.all().count(),
        };
        let config = redis::cmd("CONFIG").arg("GET").arg("*").take();
        let info = redis::cmd("INFO").arg("replication").take();
        let shards = shards.all().take(servers);
        let commands: Vec<(Shard, Cmd)> = shards
            .flat_map(|it| [(it, config.clone()), (it, info.clone())])
            .collect();
        let answers = link.ask_all(&commands).await;
        let mut faults = BTreeSet::new();
        for pair in answers.as_chunks::<2>().0 {
            let [config, info] = pair.clone();
            let replication: String = answer::read(info)?;
            faults.extend(match config {
                Ok(config) => faults_of(&settings(config), connected(&replication), *replicas),
                // Where the commands of an administrator are not allowed.
                Err(error) if error.code().is_some() => vec![fault(
                    Severity::Note,
                    "the settings of the server cannot be read (CONFIG GET is refused): see that it evicts nothing and \
                     keeps an append-only file",
                )],
                Err(error) => return Err(answer::failed(error)),
            });
        }
        Ok(faults.into_iter().collect())
    }
}

fn settings(answer: Value) -> BTreeMap<String, String> {
    redis::from_redis_value(answer).unwrap_or_default()
}

/// How many replicas follow.
fn connected(replication: &str) -> u32 {
    let mut lines = replication.lines();
    let count = lines.find_map(|line| line.strip_prefix("connected_slaves:"));
    count
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or(0)
}

fn fault(severity: Severity, text: impl Into<String>) -> SettingFault {
    let text = text.into();
    SettingFault { severity, text }
}

/// What is wrong with these settings, when so many replicas follow and commits wait for so many.
fn faults_of(
    settings: &BTreeMap<String, String>,
    connected: u32,
    wanted: u32,
) -> Vec<SettingFault> {
    let get = |name: &str| settings.get(name).map_or("", String::as_str);
    let mut faults = Vec::new();
    let (policy, memory) = (get("maxmemory-policy"), get("maxmemory"));
    if policy.starts_with("allkeys-") {
        let (severity, now) = match memory {
            "0" | "" => (
                Severity::Loses,
                "will throw callbacks away as soon as maxmemory is set",
            ),
            _ => (
                Severity::Evicts,
                "throws callbacks away when memory is short",
            ),
        };
        let text = format!("the server {now}: maxmemory-policy is {policy}, must be noeviction");
        faults.push(fault(severity, text));
    }
    match (get("appendonly"), get("save")) {
        ("no", "") => faults.push(fault(
            Severity::Loses,
            "the server keeps nothing on disk, a restart loses everything: appendonly is no, must be yes",
        )),
        ("no", save) => faults.push(fault(
            Severity::Loses,
            format!(
                "the server keeps snapshots alone (save {save}), a crash loses all since the last: appendonly is no, must be yes"
            ),
        )),
        _ if get("appendfsync") == "no" => faults.push(fault(
            Severity::Loses,
            "the server leaves it to the system when to write to disk: appendfsync is no, must be everysec or always",
        )),
        _ => {}
    }
    let minimum: u32 = get("min-replicas-to-write").parse().unwrap_or(0);
    if connected < wanted {
        let text = format!(
            "commits wait for {wanted} replicas, and {connected} follow the primary: none will be accepted"
        );
        faults.push(fault(Severity::Loses, text));
    }
    if minimum < wanted {
        let text = format!(
            "min-replicas-to-write is {minimum}, must be {wanted} as commits wait for so many: a primary that was cut off \
             would take writes and answer none"
        );
        faults.push(fault(Severity::Loses, text));
    }
    if wanted == 0 && connected > 0 {
        faults.push(fault(
            Severity::Note,
            "a fail-over may lose the last writes: end the store's address with ?replicas=1 and set min-replicas-to-write to 1",
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 6] = [
        ("maxmemory", "100000000"),
        ("maxmemory-policy", "noeviction"),
        ("appendonly", "yes"),
        ("appendfsync", "everysec"),
        ("save", ""),
        ("min-replicas-to-write", "1"),
    ];

    /// The good settings with some others.
    fn faults(others: &[(&str, &str)], connected: u32, wanted: u32) -> Vec<(Severity, String)> {
        let settings = GOOD.iter().chain(others);
        let settings = settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let found = faults_of(&settings.collect(), connected, wanted);
        found.into_iter().map(|it| (it.severity, it.text)).collect()
    }

    #[test]
    fn good_settings_have_no_faults() {
        assert_eq!(faults(&[], 0, 0), []);
        assert_eq!(faults(&[], 2, 1), []);
        assert_eq!(faults(&[("maxmemory-policy", "volatile-lru")], 0, 0), []);
        assert_eq!(
            faults(&[("appendfsync", "always"), ("save", "3600 1")], 0, 0),
            []
        );
    }

    #[test]
    fn a_server_that_evicts_or_keeps_nothing_is_named() {
        for (others, severity, words) in [
            (
                &[("maxmemory-policy", "allkeys-lru")][..],
                Severity::Evicts,
                "allkeys-lru, must be noeviction",
            ),
            (
                &[("maxmemory-policy", "allkeys-random"), ("maxmemory", "0")],
                Severity::Loses,
                "must be noeviction",
            ),
            (
                &[("appendonly", "no")],
                Severity::Loses,
                "keeps nothing on disk",
            ),
            (
                &[("appendonly", "no"), ("save", "60 1000")],
                Severity::Loses,
                "snapshots alone (save 60 1000)",
            ),
            (
                &[("appendfsync", "no")],
                Severity::Loses,
                "must be everysec or always",
            ),
        ] {
            let found = faults(others, 0, 0);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].0, severity, "{found:?}");
            assert!(found[0].1.contains(words), "{found:?}");
        }
    }

    #[test]
    fn replicas_that_are_waited_for_must_be_there() {
        let found = faults(&[], 0, 1);
        assert!(found[0].1.contains("0 follow the primary"), "{found:?}");
        let found = faults(&[("min-replicas-to-write", "0")], 1, 1);
        assert!(found[0].1.contains("must be 1"), "{found:?}");
        let found = faults(&[], 2, 0);
        assert_eq!(found[0].0, Severity::Note);
        assert!(found[0].1.contains("?replicas=1"), "{found:?}");
    }

    #[test]
    fn reads_how_many_replicas_follow() {
        assert_eq!(
            connected("# Replication\r\nrole:master\r\nconnected_slaves:2\r\n"),
            2
        );
        assert_eq!(connected("role:slave\r\n"), 0);
    }
}
