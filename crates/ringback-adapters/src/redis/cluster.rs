//! A cluster: each shard is asked of the server that has its slot, until that server says otherwise.
//!
//! Each server has a connection of its own, so one that fails holds up its shards and no others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::future::{join_all, select_ok};
use redis::{Client, Cmd, ConnectionInfo, RedisError, Value};
use ringback_core::key::{Shard, Shards};
use tokio::sync::Mutex;

use super::detour::{Detour, Place, nobody};
use super::server::{PAUSE, Route, Server};
use super::slots::{self, Range, slot};
use super::writer::Writer;

/// How long a command is repeated while slots move and servers fail over.
const PATIENCE: Duration = Duration::from_secs(2);

/// The first wait between two tries; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(10);

/// A command; for a commit, with a key of its shard.
type Question<'a> = (&'a Cmd, Option<&'a str>);

pub(super) struct Cluster {
    /// The servers of the address, with how to talk to any of them.
    seeds: Vec<ConnectionInfo>,
    shards: Shards,
    /// How many replicas commits wait for.
    replicas: u32,
    map: RwLock<Map>,
    refreshed: Mutex<Option<Instant>>,
    /// The shards that were waited for in vain, by number.
    failing: Vec<AtomicBool>,
}

#[derive(Default)]
struct Map {
    nodes: HashMap<Place, Arc<Server>>,
    /// By the number of the shard; none before the first look and where a slot has no server.
    owners: Vec<Option<Place>>,
}

impl Cluster {
    pub(super) async fn connect(
        seeds: Vec<ConnectionInfo>,
        shards: Shards,
        replicas: u32,
    ) -> Result<Self, RedisError> {
        let cluster = Self {
            seeds,
            shards,
            replicas,
            map: RwLock::default(),
            refreshed: Mutex::new(None),
            failing: shards.all().map(|_| AtomicBool::new(false)).collect(),
        };
        cluster.refresh().await?;
        Ok(cluster)
    }

    pub(super) async fn ask(&self, shard: Shard, command: &Cmd) -> Result<Value, RedisError> {
        let answer = self.ask_owner(shard, (command, None)).await;
        self.follow(shard, (command, None), answer).await
    }

    /// What is said to a commit on keys of `shard`, `mark` among them.
    pub(super) async fn write(
        &self,
        shard: Shard,
        command: &Cmd,
        mark: &str,
    ) -> Result<Value, RedisError> {
        let question = (command, Some(mark));
        let answer = self.ask_owner(shard, question).await;
        self.follow(shard, question, answer).await
    }

    pub(super) async fn ask_all(
        &self,
        commands: &[(Shard, Cmd)],
    ) -> Vec<Result<Value, RedisError>> {
        let mut groups: Vec<(Arc<Server>, Vec<usize>)> = Vec::new();
        for (number, (shard, _)) in commands.iter().enumerate() {
            let Some(server) = self.owner(*shard) else {
                continue;
            };
            match groups
                .iter_mut()
                .find(|(other, _)| Arc::ptr_eq(other, &server))
            {
                Some((_, group)) => group.push(number),
                None => groups.push((server, vec![number])),
            }
        }
        let asked = groups.into_iter().map(|(server, numbers)| async move {
            let group: Vec<&Cmd> = numbers.iter().map(|number| &commands[*number].1).collect();
            (server.ask_all(&group).await, numbers)
        });
        let mut answers: Vec<_> = commands.iter().map(|_| Err(nobody())).collect();
        for (group, numbers) in join_all(asked).await {
            for (answer, number) in group.into_iter().zip(numbers) {
                answers[number] = answer;
            }
        }
        let pairs = commands.iter().zip(answers);
        join_all(
            pairs.map(|((shard, command), answer)| self.follow(*shard, (command, None), answer)),
        )
        .await
    }

    /// Goes after an answer that is elsewhere, or not there yet.
    async fn follow(
        &self,
        shard: Shard,
        question: Question<'_>,
        mut answer: Result<Value, RedisError>,
    ) -> Result<Value, RedisError> {
        let start = Instant::now();
        let mut wait = FIRST_WAIT;
        let is_failing = self.failing.get(shard.index());
        let patience = match is_failing {
            // Somebody has waited for it in vain: one more look is enough, and nobody is held up.
            Some(failing) if failing.load(Ordering::Relaxed) => FIRST_WAIT,
            Some(_) | None => PATIENCE,
        };
        loop {
            let error = match answer {
                Err(error) if start.elapsed() < patience => error,
                answer => {
                    let is_lost = answer
                        .as_ref()
                        .is_err_and(|it| matches!(Detour::of(it), Detour::Wait));
                    if let Some(failing) = is_failing {
                        failing.store(is_lost, Ordering::Relaxed);
                    }
                    return answer;
                }
            };
            answer = match Detour::of(&error) {
                Detour::None => return Err(error),
                Detour::Moved(place) => {
                    self.move_shard(shard, place)?;
                    self.ask_owner(shard, question).await
                }
                Detour::Importing(place) => self.ask_importing(place, question).await,
                Detour::Wait => {
                    // Whether or not the others have news: the next try says what is wrong.
                    drop(self.refresh().await);
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                    self.ask_owner(shard, question).await
                }
            };
        }
    }

    async fn ask_owner(
        &self,
        shard: Shard,
        (command, mark): Question<'_>,
    ) -> Result<Value, RedisError> {
        match (self.owner(shard), mark) {
            (Some(server), Some(mark)) => server.write(command, mark).await,
            (Some(server), None) => server.ask(command).await,
            (None, _) => Err(nobody()),
        }
    }

    /// Asks the server that a slot is on its way to, which answers only when told that one knows.
    async fn ask_importing(
        &self,
        place: Place,
        (command, mark): Question<'_>,
    ) -> Result<Value, RedisError> {
        let server = self.node(place)?;
        let asking = redis::cmd("ASKING");
        let Some(writer) = server.writer().filter(|_| mark.is_some()) else {
            let mut answers = server.ask_all(&[&asking, command]).await;
            return answers.pop().unwrap_or_else(|| Err(nobody()));
        };
        let mut answers = server.ask_all(&[&asking, command, &writer.wait()]).await;
        let waited = writer.check(answers.pop());
        let answer = answers.pop().unwrap_or_else(|| Err(nobody()))?;
        waited.map(|()| answer)
    }

    /// Learns from any server who has which slots; not again within a moment.
    async fn refresh(&self) -> Result<(), RedisError> {
        let mut refreshed = self.refreshed.lock().await;
        if refreshed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Ok(());
        }
        let known: Vec<Place> = self.read(|map| map.nodes.keys().cloned().collect());
        let seeds = self
            .seeds
            .iter()
            .filter_map(Place::of)
            .filter(|seed| !known.contains(seed));
        let seeds: Vec<Place> = seeds.collect();
        let asked = known.into_iter().chain(seeds).map(|place| {
            Box::pin(async move {
                let server = self.node(place.clone())?;
                let answer = server.ask(redis::cmd("CLUSTER").arg("SLOTS")).await?;
                Ok::<_, RedisError>((place, slots::ranges(answer)?))
            })
        });
        let answered = select_ok(asked).await;
        *refreshed = Some(Instant::now());
        let ((place, ranges), _) = answered?;
        self.adopt(&place, &ranges)
    }

    fn adopt(&self, asked: &Place, ranges: &[Range]) -> Result<(), RedisError> {
        let owner = |shard| {
            let slot = slot(shard);
            let range = ranges
                .iter()
                .find(|range| (range.first..=range.last).contains(&slot))?;
            Some(Place(range.host.clone(), range.port).or_host_of(asked))
        };
        let owners: Vec<Option<Place>> = self.shards.all().map(owner).collect();
        for place in owners.iter().flatten() {
            self.node(place.clone())?;
        }
        self.edit(|map| {
            map.nodes
                .retain(|place, _| owners.iter().flatten().any(|owner| owner == place));
            map.owners = owners;
        });
        Ok(())
    }

    fn move_shard(&self, shard: Shard, place: Place) -> Result<(), RedisError> {
        let former = self.read(|map| map.owners.get(shard.index()).cloned().flatten());
        let place = former.iter().fold(place, Place::or_host_of);
        self.node(place.clone())?;
        self.edit(|map| {
            if let Some(owner) = map.owners.get_mut(shard.index()) {
                *owner = Some(place);
            }
        });
        Ok(())
    }

    fn owner(&self, shard: Shard) -> Option<Arc<Server>> {
        self.read(|map| {
            map.nodes
                .get(map.owners.get(shard.index())?.as_ref()?)
                .cloned()
        })
    }

    /// The server at `place`, from now on one of those that are known.
    fn node(&self, place: Place) -> Result<Arc<Server>, RedisError> {
        if let Some(server) = self.read(|map| map.nodes.get(&place).cloned()) {
            return Ok(server);
        }
        let sample = self.seeds.first().ok_or_else(nobody)?.clone();
        let client = Client::open(place.info(sample))?;
        let writer = match self.replicas {
            0 => None,
            replicas => Some(Writer::new(Route::Direct(client.clone()), replicas)),
        };
        let server = Arc::new(Server::new(Route::Direct(client), writer));
        Ok(self.edit(|map| Arc::clone(map.nodes.entry(place).or_insert(server))))
    }

    fn read<T>(&self, look: impl FnOnce(&Map) -> T) -> T {
        look(&self.map.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn edit<T>(&self, change: impl FnOnce(&mut Map) -> T) -> T {
        change(&mut self.map.write().unwrap_or_else(PoisonError::into_inner))
    }
}
