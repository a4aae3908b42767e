//! What is looked at again and again: whether the store answers, and whether it still holds what it held.
//!
//! A store that comes back empty is noticed by its marks. Whoever writes what is configured (`ingest`, `up`) then does so
//! again and sets new marks; until they are there, no process of the installation is ready.

use std::sync::Arc;
use std::time::Duration;

use ringback_core::ids::AgentId;
use ringback_core::installation::{Mark, Marks, Seen};
use ringback_ports::store::StoreError;
use ringback_workers::house::read_marks;
use ringback_workers::watched::Chain;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::condition::{Condition, StoreState};
use crate::rooms::Opened;

/// How often it is looked.
const PROBE: Duration = Duration::from_secs(1);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(3);
/// How long writing again what is configured may take, before it is begun anew.
const WRITING: Duration = Duration::from_secs(15);
/// When agents that were lost take calls again. By then the dialers have taken back those who talk.
const AGENTS_READY: Duration = Duration::from_secs(10);

/// What is found of the mark of one shard.
type Found = Result<Option<Mark>, StoreError>;

/// Watches the store of a process until it ends.
pub struct Watch {
    opened: Opened,
    condition: Condition,
    /// Whether it writes again what is configured.
    writes: bool,
    marks: Marks,
    /// Whether any mark was seen.
    is_marked: bool,
    /// The shards that have lost what was on them, until somebody has noticed.
    gone: Vec<usize>,
    /// Agents that shall take calls again, and when.
    agents: Option<(Instant, Vec<AgentId>)>,
    /// Told when the configuration file is to be read again.
    reread: Arc<Notify>,
}

impl Watch {
    pub fn new(opened: Opened, condition: Condition, writes: bool, reread: Arc<Notify>) -> Self {
        Self {
            opened,
            condition,
            writes,
            marks: Marks::default(),
            is_marked: false,
            gone: Vec::new(),
            agents: None,
            reread,
        }
    }

    pub async fn run(mut self) {
        let stop = self.condition.stop();
        let heartbeat = self.condition.pulse().of("probe");
        let reread = self.reread.clone();
        while !stop.is_cancelled() {
            heartbeat.while_idle(self.look()).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(PROBE) => {}
                () = reread.notified() => heartbeat.while_idle(self.read_again()).await,
            }
        }
    }

    /// Takes over what the configuration file says now. One that is wrong changes nothing.
    async fn read_again(&mut self) {
        let configuration = match self.opened.configuration.again() {
            None => {
                tracing::info!("there is no configuration file to read again");
                return;
            }
            Some(Err(error)) => {
                let error = Chain(error.as_ref()).to_string();
                tracing::error!(
                    error,
                    "the configuration file is wrong; what held before still does"
                );
                return;
            }
            Some(Ok(configuration)) => configuration,
        };
        self.opened.configuration = configuration;
        let (opened, writes) = (&self.opened, self.writes);
        let writing = async {
            opened.write_settings().await?;
            if writes {
                opened.seat_agents().await?;
            }
            anyhow::Ok(())
        };
        match tokio::time::timeout(WRITING, writing).await {
            Ok(Ok(())) => tracing::info!(
                "the configuration file was read again: services, agents, event lists, office hours, capacities and \
                 resource groups hold as it says; users, keys, providers, [notifier], [audit] and [chat] need a restart"
            ),
            Ok(Err(error)) => tracing::error!(%error, "what is configured could not be written"),
            Err(_) => tracing::error!("what is configured could not be written in time"),
        }
    }

    async fn look(&mut self) {
        let house = &self.opened.house;
        let asked = read_marks(&self.opened.store, house.shards);
        let found = tokio::time::timeout(ANSWER, asked).await;
        let found = found.unwrap_or_default();
        let is_first = self.marks.is_new();
        let seen = self.marks.see(&found);
        self.tell(&found, seen);
        let unmarked = unmarked(&found);
        if self.writes && !unmarked.is_empty() {
            // Marks that are missing beside others have gone while nobody looked.
            let marked = found.iter().any(|found| matches!(found, Ok(Some(_))));
            let lost = marked || !is_first;
            self.make_good(&unmarked, lost).await;
            let marked = read_marks(&self.opened.store, self.opened.house.shards);
            if let Ok(marked) = tokio::time::timeout(ANSWER, marked).await {
                let seen = self.marks.see(&marked);
                self.tell(&marked, seen);
            }
        }
        self.bring_agents_back().await;
    }

    /// Says what has been lost, once.
    fn tell(&mut self, found: &[Found], seen: Seen) {
        let Seen { gone, replaced } = seen;
        let is_known = |shard: &usize| self.gone.contains(shard);
        let lost: Vec<usize> = gone.iter().chain(&replaced).copied().collect();
        let new = lost.iter().filter(|shard| !is_known(shard)).count();
        if !self.is_marked && !self.marks.is_new() {
            self.is_marked = true;
            tracing::info!("the store is marked: it will be noticed should it come back empty");
        }
        if new > 0 {
            self.opened.house.counters.store_losses.add(1);
            tracing::error!(
                shards = ?lost,
                "the store has come back without what was in it: callbacks, agents and settings on these shards are lost; \
                 what is configured is written again, what was saved otherwise is not"
            );
        }
        self.gone = gone;
        let answering = found.iter().filter(|found| found.is_ok()).count();
        self.condition.store_is(if answering == 0 {
            StoreState::Away
        } else if self.gone.is_empty() {
            StoreState::Up
        } else {
            StoreState::Lost
        });
        self.condition.shards_away(found.len() - answering);
    }

    async fn make_good(&mut self, unmarked: &[usize], lost: bool) {
        let opened = &self.opened;
        let writing = async {
            if !lost {
                opened.house.set_marks(unmarked, lost).await?;
                return Ok(Vec::new());
            }
            opened.house.refresh_settings().await?;
            opened.write_settings().await?;
            let new = opened.put_agents().await?;
            opened.house.set_marks(unmarked, lost).await?;
            anyhow::Ok(new)
        };
        match tokio::time::timeout(WRITING, writing).await {
            Ok(Ok(agents)) if agents.is_empty() => {}
            Ok(Ok(agents)) => self.agents = Some((Instant::now() + AGENTS_READY, agents)),
            Ok(Err(error)) => {
                tracing::error!(%error, "what is configured could not be written again");
            }
            Err(_) => tracing::error!("what is configured could not be written again in time"),
        }
    }

    async fn bring_agents_back(&mut self) {
        let Some((at, agents)) = self.agents.take() else {
            return;
        };
        let is_due = at <= Instant::now();
        if is_due && let Err(error) = self.opened.wish_states(&agents).await {
            tracing::warn!(%error, "agents that were lost do not take calls yet");
        } else if is_due {
            return;
        }
        self.agents = Some((at, agents));
    }
}

/// The shards that answer and have no mark.
fn unmarked(found: &[Found]) -> Vec<usize> {
    let shards = found.iter().enumerate();
    let unmarked = shards.filter(|(_, found)| matches!(found, Ok(None)));
    unmarked.map(|(shard, _)| shard).collect()
}
