//! The store on Redis: one server, a server watched by sentinels, or a cluster.
//!
//! A document is the list `<prefix>:{<shard>}:d:<kind>:<id>`: 8 bytes version and the tokens of its last puts, the newest
//! first, 8 bytes each, at most 8 (a document of an earlier release has one); then
//! the body, then the entries of its log. One key for all three is what makes a small document cheap. A shard has the
//! sorted sets `…:a` (its alarms) and `…:i:<index>`, and the hash `…:c` (how often claimed since changed). A
//! commit is one script over the keys of one shard, so the same scripts run on a cluster.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{Cmd, RedisError, Value};
use ringback_core::key::{IndexName, Key, Shard, Shards};
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::store::{
    Claim, Commit, Document, Entry, MAX_SCORE, MOST_PUT_OFF, Outcome, Reached, Store, StoreError,
};

use crate::open_error::StoreOpenError;
use address::Address;
use link::Link;
use names::Names;
use script::{Call, Script};
pub use settings::{SettingFault, Severity};

mod address;
mod answer;
mod cluster;
mod commit;
mod detour;
mod link;
mod names;
mod primary;
mod script;
mod server;
mod settings;
mod slots;
mod writer;

/// The most documents that one claim takes of one shard, so that no claim keeps the server busy for long.
const MAX_CLAIM: usize = 1000;

/// The longest that a claim puts a document off the first time, in ms: repeated claims stay below [`MAX_SCORE`].
const LONGEST: i64 = MAX_SCORE / 2 / MOST_PUT_OFF as i64;

/// The elements of a document's list before its log.
const HEAD: u64 = 2;

/// How a store is laid out in Redis; every process that uses it has to say the same.
#[derive(Clone, Debug)]
pub struct RedisOptions {
    /// The first part of every key.
    pub prefix: String,
    /// The number of shards.
    pub shards: Shards,
}

impl Default for RedisOptions {
    fn default() -> Self {
        Self {
            prefix: "rb".to_owned(),
            shards: Shards::DEFAULT,
        }
    }
}

/// Keeps everything in Redis; any number of processes may use it.
#[derive(Clone)]
pub struct RedisStore(Arc<Inner>);

struct Inner {
    link: Link,
    names: Names,
    shards: Shards,
    /// How many replicas commits wait for.
    replicas: u32,
    commit: Script,
    claim: Script,
    clock: Clock,
}

impl RedisStore {
    /// Connects to the servers at `url` and checks that what they hold was written with as many shards. With
    /// `?replicas=N` at its end, a commit is answered when N replicas have it as well.
    ///
    /// # Errors
    /// When the URL is none of the allowed ones, no server answers, or the number of shards is another.
    pub async fn connect(url: &str, options: RedisOptions) -> Result<Self, StoreOpenError> {
        let (url, replicas) = address::replicas(url)?;
        let address: Address = url.parse()?;
        let place = address.to_string();
        let names = Names::new(&options.prefix, options.shards);
        let opened = async {
            let link = Link::connect(address, options.shards, replicas).await?;
            let found = settle_shards(&link, &names, options.shards).await?;
            // Whoever asks the clock next finds the server's time.
            let clock = Clock::following();
            ask_time(&link, options.shards, &clock).await?;
            Ok((link, found, clock))
        };
        let (link, found, clock) = opened
            .await
            .map_err(|source| StoreOpenError::Redis { place, source })?;
        if found != options.shards.count() {
            return Err(StoreOpenError::Shards {
                found,
                wanted: options.shards.count(),
            });
        }
        Ok(Self(Arc::new(Inner {
            link,
            names,
            shards: options.shards,
            replicas,
            commit: Script::new(include_str!("redis/commit.lua")),
            claim: Script::new(include_str!("redis/claim.lua")),
            clock,
        })))
    }

    /// The number of shards.
    pub fn shards(&self) -> Shards {
        self.0.shards
    }

    /// The memory that the servers use, in bytes, each counted once.
    ///
    /// # Errors
    /// When one does not answer.
    pub async fn used_memory(&self) -> Result<u64, StoreError> {
        let told: Vec<String> = self.on_every_shard(|_| redis::cmd("INFO")).await?;
        let value = |text: &str, name: &str| {
            let mut lines = text.lines();
            lines.find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
        };
        let mut servers = BTreeMap::new();
        for text in told {
            let bytes = value(&text, "used_memory:").and_then(|it| it.parse::<u64>().ok());
            let bytes = bytes.ok_or_else(|| answer::unreadable("INFO tells used_memory"))?;
            servers.insert(value(&text, "run_id:"), bytes);
        }
        Ok(servers.into_values().sum())
    }

    /// What every shard answers; one round trip on a single server.
    async fn on_every_shard<T: redis::FromRedisValue>(
        &self,
        command: impl Fn(Shard) -> Cmd,
    ) -> Result<Vec<T>, StoreError> {
        let shards = self.0.shards.all().collect();
        answer::all(self.on_shards(shards, command).await)
    }

    /// What the shards that an index lies on answer.
    async fn on_shards_of<T: redis::FromRedisValue>(
        &self,
        index: &IndexName,
        command: impl Fn(Shard) -> Cmd,
    ) -> Vec<Result<T, StoreError>> {
        let shards = self.0.shards;
        let shards = index
            .home(shards)
            .map_or_else(|| shards.all().collect(), |home| vec![home]);
        self.on_shards(shards, command).await
    }

    async fn on_shards<T: redis::FromRedisValue>(
        &self,
        shards: Vec<Shard>,
        command: impl Fn(Shard) -> Cmd,
    ) -> Vec<Result<T, StoreError>> {
        let commands: Vec<(Shard, Cmd)> = shards
            .into_iter()
            .map(|shard| (shard, command(shard)))
            .collect();
        let values = self.0.link.ask_all(&commands).await;
        values.into_iter().map(answer::read).collect()
    }

    async fn parts_of(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Vec<Result<Vec<(String, i64)>, StoreError>> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let command = |shard| {
            let mut command = redis::cmd("ZRANGEBYSCORE");
            command.arg(self.0.names.index(shard, index));
            command.arg(least(from)).arg("+inf").arg("WITHSCORES");
            command.arg("LIMIT").arg(0).arg(most);
            command
        };
        self.on_shards_of(index, command).await
    }

    async fn counts_of(
        &self,
        index: &IndexName,
        from: i64,
        until: i64,
    ) -> Vec<Result<u64, StoreError>> {
        let command = |shard| {
            let mut command = redis::cmd("ZCOUNT");
            command.arg(self.0.names.index(shard, index));
            command.arg(least(from)).arg(format!("({}", least(until)));
            command
        };
        self.on_shards_of(index, command).await
    }
}

impl Store for RedisStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Document>>, StoreError> {
        let Inner {
            link,
            names,
            shards,
            ..
        } = &*self.0;
        let get = |key: &Key| {
            let shard = key.shard(*shards);
            let name = names.document(shard, key);
            (shard, redis::cmd("LRANGE").arg(name).arg(0).arg(1).take())
        };
        let commands: Vec<(Shard, Cmd)> = keys.iter().map(get).collect();
        let values = link.ask_all(&commands).await;
        values.into_iter().map(answer::document).collect()
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let Inner {
            link,
            names,
            shards,
            commit: script,
            ..
        } = &*self.0;
        let shard = commit.check(*shards)?;
        let command = |call: Call<'_>| commit::command(call, names, shard, &commit);
        let mark = names.mark(shard);
        match answer::read::<i64>(script.commit(link, (shard, &mark), command).await)? {
            1 => Ok(Outcome::Committed),
            0 => Ok(Outcome::Conflict),
            limit => match usize::try_from(-1 - limit) {
                Ok(place) if place < commit.limits.len() => Ok(Outcome::Over(place)),
                _ => Err(answer::unreadable(
                    "a commit is answered by 1, 0, or a limit",
                )),
            },
        }
    }

    async fn claim_due(&self, limit: usize, visibility: Duration) -> Result<Claim, StoreError> {
        let Inner {
            link,
            names,
            shards,
            claim: script,
            ..
        } = &*self.0;
        let visibility =
            i64::try_from(visibility.as_millis()).map_or(LONGEST, |span| span.min(LONGEST));
        let command = |call: Call<'_>, shard| {
            let mut command = call.on_keys(2);
            command.arg(names.alarms(shard)).arg(names.claims(shard));
            command.arg(limit.min(MAX_CLAIM)).arg(visibility);
            command.arg(MOST_PUT_OFF);
            command
        };
        let shards: Vec<Shard> = shards.all().collect();
        let asked = Instant::now();
        let claim = answer::claim(script.run_on_all(link, &shards, command).await)?;
        self.0.clock.observe(asked, claim.now);
        Ok(claim)
    }

    async fn log(&self, key: &Key, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let Inner {
            link,
            names,
            shards,
            ..
        } = &*self.0;
        let Some(more) = limit.checked_sub(1) else {
            return Ok(Vec::new());
        };
        let at = |place: u64| i64::try_from(place).unwrap_or(i64::MAX);
        let first = at(after.saturating_add(HEAD));
        let last = first.saturating_add(at(more as u64));
        let mut command = redis::cmd("LRANGE");
        let shard = key.shard(*shards);
        command.arg(names.document(shard, key));
        command.arg(first).arg(last);
        answer::read(link.ask(shard, &command).await)
    }

    async fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let parts = answer::all(self.parts_of(index, from, limit).await)?;
        Ok(merged(parts, limit))
    }

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        let counts = answer::all(self.counts_of(index, from, until).await)?;
        Ok(counts.into_iter().sum())
    }

    async fn range_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Reached<Vec<Entry>>, StoreError> {
        if limit == 0 {
            return Ok(Reached::whole(Vec::new()));
        }
        let parts = answer::reached(self.parts_of(index, from, limit).await)?;
        let Reached {
            found,
            away,
            shards,
        } = parts;
        Ok(Reached {
            found: merged(found, limit),
            away,
            shards,
        })
    }

    async fn count_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        until: i64,
    ) -> Result<Reached<u64>, StoreError> {
        let counts = answer::reached(self.counts_of(index, from, until).await)?;
        let Reached {
            found,
            away,
            shards,
        } = counts;
        Ok(Reached {
            found: found.into_iter().sum(),
            away,
            shards,
        })
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        let Inner {
            link,
            shards,
            clock,
            ..
        } = &*self.0;
        let told = ask_time(link, *shards, clock).await;
        told.map_err(answer::failed)
    }

    fn clock(&self) -> Clock {
        self.0.clock.clone()
    }
}

/// The entries of all shards with the lowest scores.
fn merged(parts: Vec<Vec<(String, i64)>>, limit: usize) -> Vec<Entry> {
    let entries = parts
        .into_iter()
        .flatten()
        .map(|(id, score)| Entry { id, score });
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_unstable_by(|a, b| (a.score, &a.id).cmp(&(b.score, &b.id)));
    entries.truncate(limit);
    entries
}

/// The time of the servers, the latest of several, which `clock` takes in.
async fn ask_time(link: &Link, shards: Shards, clock: &Clock) -> Result<Timestamp, RedisError> {
    let servers = match link {
        Link::Server(_) => 1,
        Link::Cluster(_) => shards.all().count(),
    };
    let shards = shards.all().take(servers);
    let commands: Vec<(Shard, Cmd)> = shards.map(|it| (it, redis::cmd("TIME"))).collect();
    let asked = Instant::now();
    let (mut latest, mut failure) = (None, None);
    for told in link.ask_all(&commands).await {
        match answer::time(told) {
            Ok(time) => latest = latest.max(Some(time)),
            Err(error) => failure = Some(error),
        }
    }
    // One that is away leaves it to the others.
    let latest = match (latest, failure) {
        (Some(latest), _) => latest,
        (None, Some(error)) => return Err(error),
        (None, None) => Timestamp::from_millis(0),
    };
    clock.observe(asked, latest);
    Ok(latest)
}

/// Writes the number of shards down if nobody has, and reads what is written.
async fn settle_shards(link: &Link, names: &Names, shards: Shards) -> Result<u16, RedisError> {
    let Some(first) = shards.all().next() else {
        return Ok(0);
    };
    let name = names.shards(first);
    let read = redis::cmd("GET").arg(&name).take();
    if link.ask(first, &read).await? == Value::Nil {
        let write = redis::cmd("SET")
            .arg(&name)
            .arg(shards.count())
            .arg("NX")
            .take();
        link.ask(first, &write).await?;
    }
    Ok(redis::from_redis_value(link.ask(first, &read).await?)?)
}

/// A bound as Redis writes it. Its scores are floating point, exact only up to [`MAX_SCORE`], and nothing is beyond.
fn least(score: i64) -> String {
    if score > MAX_SCORE {
        return "+inf".to_owned();
    }
    score.to_string()
}
