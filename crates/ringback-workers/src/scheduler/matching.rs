//! Matching: what waits, by priority, with free lines and idle agents.
//!
//! Passes over one trunk group or pool run one at a time in a process, and a pass serves every request that came
//! before it began, so a thousand hints a second cost a few passes.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use ringback_core::agent::{AgentRef, Release, ready_index};
use ringback_core::callback::{Decision, Input, State, Wait, dialing_index, wait_index};
use ringback_core::ids::{AgentId, CallbackId};
use ringback_core::key::IndexName;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Entry, Store};

use super::Limits;
use super::pools::Deserted;
use crate::hint::Hint;
use crate::house::{AgentDocument, Committed, Held, House, HouseError, LetGo};
use crate::panics::caught;
use crate::watched::Chain;

/// How many are matched in one round.
const ROUND: usize = 64;
/// When a trunk group without a free line is tried again.
const STARVED: Duration = Duration::from_millis(50);
/// After how many of those rounds everything known is looked at, starved or not.
const EVERYTHING: u32 = 100;
/// How long a customer on the line is not offered a second agent while his dialer answers to the first.
const OFFER_TIME: Duration = Duration::from_secs(2);

pub(super) struct Matcher<S, B> {
    house: House<S, B>,
    limits: Limits,
    passes: Mutex<HashMap<Subject, Arc<Pass>>>,
    offered: Mutex<HashMap<(String, i64), Timestamp>>,
    deserted: Deserted,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Subject {
    Trunk(String),
    Pool(String),
}

/// What came of a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    /// They were brought together, or somebody else was first.
    Tried,
    /// The callback is paused; the agent is there for another.
    Paused,
}

#[derive(Default)]
struct Pass {
    requested: AtomicU64,
    served: tokio::sync::Mutex<u64>,
    starved: AtomicBool,
    /// Nobody waited when it was made.
    idle: AtomicBool,
}

impl<S: Store, B: Bus> Matcher<S, B> {
    pub(super) fn new(house: House<S, B>, limits: Limits) -> Arc<Self> {
        let (passes, offered) = (Mutex::default(), Mutex::default());
        Arc::new(Self {
            house,
            limits,
            passes,
            offered,
            deserted: Deserted::default(),
        })
    }

    /// How long dead letters are kept.
    pub(super) const fn dead_kept(&self) -> Duration {
        self.limits.dead_kept
    }

    pub(super) async fn wait(&self, wait: &Wait) {
        match wait {
            Wait::Line { trunk } => self.trunk(trunk).await,
            Wait::Agent { pool } | Wait::AgentOnLine { pool } => self.pool(pool).await,
        }
    }

    /// Whether an agent of this pool may be waited for there: a service finds its agents in it, or somebody waits in it.
    pub(super) async fn may_match(&self, pool: &str) -> bool {
        let subject = || Subject::Pool(pool.to_owned());
        let is_known = self.house.settings.known().pools.contains(pool)
            || lock(&self.passes).contains_key(&subject());
        is_known
            || match self.deserted.is_waited_in(&self.house, pool).await {
                Ok(is_waited_in) => is_waited_in,
                Err(error) => {
                    tracing::error!(error = %Chain(&error), "it is not known whether a pool is waited in");
                    true
                }
            }
    }

    pub(super) async fn trunk(&self, trunk: &str) {
        self.request(Subject::Trunk(trunk.to_owned())).await;
    }

    pub(super) async fn pool(&self, pool: &str) {
        self.request(Subject::Pool(pool.to_owned())).await;
    }

    /// Comes back to trunk groups that had no free line, and now and then to everything, in case a hint was lost.
    pub(super) async fn retry(self: Arc<Self>) {
        let mut rounds: u32 = 0;
        let heartbeat = self.house.pulse.of("matching");
        while !self.house.stop.is_cancelled() {
            heartbeat.beat();
            tokio::select! {
                () = self.house.stop.cancelled() => return,
                () = tokio::time::sleep(STARVED) => rounds = rounds.wrapping_add(1),
            }
            let again = if rounds.is_multiple_of(EVERYTHING) {
                self.everything()
            } else {
                self.starved()
            };
            join_all(again.into_iter().map(|subject| self.request(subject))).await;
        }
    }

    fn starved(&self) -> Vec<Subject> {
        let passes = lock(&self.passes);
        let starved = passes
            .iter()
            .filter(|(_, pass)| pass.starved.swap(false, Ordering::Relaxed));
        starved.map(|(subject, _)| subject.clone()).collect()
    }

    /// All that callbacks may wait for. What no service names is forgotten when nobody waits for it any more.
    fn everything(&self) -> Vec<Subject> {
        let settings = self.house.settings.known();
        let targeted = settings.pools.iter().cloned().map(Subject::Pool);
        let mut passes = lock(&self.passes);
        passes.retain(|_, pass| !pass.idle.swap(false, Ordering::Relaxed));
        let known = passes.keys().cloned();
        known
            .chain(targeted)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// Returns when a pass that began after this call has ended.
    async fn request(&self, subject: Subject) {
        let pass = lock(&self.passes)
            .entry(subject.clone())
            .or_default()
            .clone();
        let mine = pass.requested.fetch_add(1, Ordering::SeqCst) + 1;
        let mut served = pass.served.lock().await;
        if *served >= mine {
            return;
        }
        let upto = pass.requested.load(Ordering::SeqCst);
        let passing = async {
            match &subject {
                Subject::Trunk(trunk) => self.pass_trunk(trunk, &pass).await,
                Subject::Pool(pool) => self.pass_pool(pool, &pass).await,
            }
        };
        if let Ok(Err(error)) = caught(&self.house.counters, "match", passing).await {
            tracing::error!(error = %Chain(&error), "what waits could not be matched");
        }
        *served = upto;
    }

    async fn pass_trunk(&self, trunk: &str, pass: &Pass) -> Result<(), HouseError> {
        let line = Wait::Line {
            trunk: trunk.to_owned(),
        };
        let (waiting, out) = (wait_index(&line), dialing_index(trunk));
        let store = &self.house.store;
        loop {
            let (heads, handed_out, taken, at_hand) = tokio::join!(
                self.first_readable(&waiting, ROUND),
                store.count_of_reachable(&out, 0, 1),
                store.count_of_reachable(&out, 1, 2),
                self.house.at_hand(trunk)
            );
            let most = self.limits.handed_out.min(at_hand?.unwrap_or(u64::MAX));
            // Calls on shards that do not answer go on: as many are taken to be there as on the others.
            let (heads, handed_out, taken) = (heads?, handed_out?.estimated(), taken?.estimated());
            let room = (most.saturating_sub(handed_out))
                .min(self.limits.calls.saturating_sub(handed_out + taken));
            let room = usize::try_from(room).unwrap_or(ROUND).min(ROUND);
            let (found, more) = (heads.len(), heads.len() == ROUND);
            pass.idle.store(found == 0, Ordering::Relaxed);
            if found > room {
                pass.starved.store(true, Ordering::Relaxed);
            }
            if found == 0 || room == 0 {
                return Ok(());
            }
            let ids: Vec<_> = ids(&heads).take(room).collect();
            let held = self.house.hold_all(&ids).await?.into_iter().flatten();
            let handed = held.map(|held| self.hand_out(held, None));
            for result in join_all(handed).await {
                result?;
            }
            if !more {
                return Ok(());
            }
        }
    }

    async fn pass_pool(&self, pool: &str, pass: &Pass) -> Result<(), HouseError> {
        loop {
            let (on_line, waiting, ready) = self.heads(pool).await?;
            let nobody_waits = on_line.is_empty() && waiting.is_empty();
            pass.idle.store(nobody_waits, Ordering::Relaxed);
            let pairs = on_line.len() + waiting.len();
            let pairs = pairs.min(ready.len());
            if pairs == 0 {
                return Ok(());
            }
            let agents: Vec<_> = ready
                .iter()
                .take(pairs)
                .map(|entry| AgentId::new(&entry.id))
                .collect();
            let callbacks: Vec<_> = ids(&on_line).chain(ids(&waiting)).take(pairs).collect();
            let unreadable = self.house.passed_over();
            let (agents, callbacks) = tokio::join!(
                self.house.hold_agents(&agents),
                self.house.hold_all(&callbacks)
            );
            let callbacks = callbacks?.into_iter().flatten();
            let couples = callbacks.zip(agents?.into_iter().flatten());
            let matched = couples.map(|(held, agent)| self.couple(held, agent));
            let mut left_over = false;
            for result in join_all(matched).await {
                left_over |= result? == Match::Paused;
            }
            // Whoever stands behind one that turned out to be unreadable has not been looked at.
            let is_blocked = self.house.passed_over() > unreadable;
            if pairs < ROUND && !left_over && !is_blocked {
                return Ok(());
            }
        }
    }

    /// Customers on the line come first, then who waits to be dialed; agents idle longest come first.
    async fn heads(&self, pool: &str) -> Result<(Vec<Entry>, Vec<Entry>, Vec<Entry>), HouseError> {
        let on_line = wait_index(&Wait::AgentOnLine {
            pool: pool.to_owned(),
        });
        let waiting = agent_index(pool);
        let store = &self.house.store;
        let ready = ready_index(pool);
        let (on_line, waiting, ready) = tokio::join!(
            self.first_readable(&on_line, 4 * ROUND),
            self.first_readable(&waiting, ROUND),
            store.range_of_reachable(&ready, i64::MIN, ROUND + self.house.passed_over())
        );
        let mut on_line = on_line?;
        let now = self.house.clock.now();
        let mut offered = lock(&self.offered);
        offered.retain(|_, until| *until > now);
        on_line.retain(|entry| !offered.contains_key(&(entry.id.clone(), entry.score)));
        let agent = |id: &str| AgentId::new(id).key();
        let ready = self.house.without_unreadable(ready?.found, ROUND, agent);
        Ok((on_line, waiting?, ready))
    }

    /// The first entries of an index of callbacks, without those that cannot be read: they would stand in front for ever.
    async fn first_readable(
        &self,
        index: &IndexName,
        most: usize,
    ) -> Result<Vec<Entry>, HouseError> {
        let asked = most + self.house.passed_over();
        let found = self.house.first_of(index, asked).await?;
        let callback = |id: &str| CallbackId::new(id).key();
        Ok(self.house.without_unreadable(found, most, callback))
    }

    async fn couple(&self, held: Held, agent: AgentDocument) -> Result<Match, HouseError> {
        let options = self.house.present_options(&held.callback).await?;
        if options.paused && matches!(held.callback.state, State::Waiting { .. }) {
            self.hand_out(held, None).await?;
            return Ok(Match::Paused);
        }
        let held_for = match held.callback.state {
            State::OnCall { .. } => options.agent_reserve_timeout,
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::Completed { .. } => options.held_for(),
        };
        let until = self.house.clock.now() + held_for;
        let id = held.callback.id.clone();
        let Some(reserved) = agent.agent.clone().reserve(id.clone(), until) else {
            return Ok(Match::Tried);
        };
        if self.house.commit_agent(&agent, &reserved).await? == Committed::Conflict {
            return Ok(Match::Tried);
        }
        match &held.callback.state {
            State::OnCall { leg, .. } => {
                self.remember_offer(&held);
                self.house
                    .hints
                    .send(Hint::Offer(leg.owner.clone(), id, reserved.id));
            }
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::Completed { .. } => {
                let reference = held.callback.reference(&reserved);
                self.hand_out(held, Some(reference)).await?;
            }
        }
        Ok(Match::Tried)
    }

    fn remember_offer(&self, held: &Held) {
        if let Some(score) = held.callback.place() {
            let entry = (held.callback.id.to_string(), score);
            lock(&self.offered).insert(entry, self.house.clock.now() + OFFER_TIME);
        }
    }

    async fn hand_out(&self, mut held: Held, agent: Option<AgentRef>) -> Result<(), HouseError> {
        let options = self.house.present_options(&held.callback).await?;
        let input = Input::HandOut {
            agent: agent.clone(),
        };
        let id = held.callback.id.clone();
        if let Decision::Step(step) = held.callback.step(input, &options, self.house.clock.now())
            && self.house.commit(&mut held, &step).await? == Committed::Yes
        {
            return self.house.perform(&id, step.effects).await;
        }
        let Some(agent) = agent else { return Ok(()) };
        let let_go = LetGo {
            agent: &agent.id,
            from: &id,
            how: Release::Untouched,
        };
        self.house.release_agent(let_go).await
    }
}

/// Who waits for an agent of a pool before being dialed.
fn agent_index(pool: &str) -> IndexName {
    wait_index(&Wait::Agent {
        pool: pool.to_owned(),
    })
}

fn ids(entries: &[Entry]) -> impl Iterator<Item = CallbackId> + '_ {
    entries.iter().map(|entry| CallbackId::new(&entry.id))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
