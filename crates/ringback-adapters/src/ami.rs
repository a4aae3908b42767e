//! The queues of an Asterisk as an ACD, over its manager interface (AMI).
//!
//! One connection tells everything: a snapshot (`QueueStatus`) once Asterisk has booted, and events from then on. It is tried
//! with a ping when it is silent, opened again with growing pauses when it is lost, and nobody is known meanwhile. An agent
//! is reserved by a pause in all queues whose reason names the attempt; a call that was on its way in that moment wins.

mod address;
mod facts;
mod frames;
mod session;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_core::acd::{AcdAgent, AcdCall, Availability, Fact, View, reservation};
use ringback_core::call::CallId;
use ringback_ports::acd::{Acd, AcdError, Reserved};
use ringback_ports::clock::Clock;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

pub use address::{Address, AddressError};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);
/// How many actions wait to be sent.
const WAITING: usize = 256;
/// A call that was on its way when an agent was paused is told within this: measured, none came later.
const ON_ITS_WAY: Duration = Duration::from_millis(50);

/// Access to the queues of one Asterisk. Clones are the same; the connection ends with the last of them.
#[derive(Clone)]
pub struct AmiClient {
    shared: Arc<Shared>,
    _keeper: Arc<JoinSet<()>>,
}

/// What the connection and its users share.
struct Shared {
    address: Address,
    clock: Clock,
    view: Mutex<View>,
    happened: watch::Sender<u64>,
    actions: mpsc::Sender<Action>,
}

/// An action, and who waits for its answer: nothing, or what Asterisk refuses it with.
struct Action {
    name: &'static str,
    fields: Vec<(&'static str, String)>,
    answer: oneshot::Sender<Result<(), String>>,
}

impl AmiClient {
    /// Connects to `ami://user:password@host:port/name`, now and for as long as it lives: an Asterisk that is away is waited
    /// for, and nobody is known until then.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn open(address: &str, clock: Clock) -> Result<Self, AddressError> {
        let (actions, waiting) = mpsc::channel(WAITING);
        let shared = Arc::new(Shared {
            address: address.parse()?,
            clock,
            view: Mutex::default(),
            happened: watch::Sender::new(1),
            actions,
        });
        let mut keeper = JoinSet::new();
        keeper.spawn(session::keep(shared.clone(), waiting));
        Ok(Self {
            shared,
            _keeper: Arc::new(keeper),
        })
    }

    async fn pause(&self, agent: &AcdAgent, reason: Option<String>) -> Result<(), AcdError> {
        let host = self.shared.address.name.as_str();
        let interface = agent.as_str().strip_prefix(host);
        let interface = interface.and_then(|rest| rest.strip_prefix('/'));
        let interface = interface
            .ok_or_else(|| AcdError::Refused("the agent belongs to another Asterisk".to_owned()))?;
        let paused = reason.is_some().to_string();
        let fields = vec![
            ("Interface", interface.to_owned()),
            ("Paused", paused),
            ("Reason", reason.unwrap_or_default()),
        ];
        self.shared.act("QueuePause", fields).await
    }
}

impl Shared {
    async fn act(
        &self,
        name: &'static str,
        fields: Vec<(&'static str, String)>,
    ) -> Result<(), AcdError> {
        let (answer, answered) = oneshot::channel();
        let action = Action {
            name,
            fields,
            answer,
        };
        let asked = async {
            self.actions.send(action).await.ok()?;
            answered.await.ok()
        };
        match tokio::time::timeout(ANSWER, asked).await {
            Ok(Some(answer)) => answer.map_err(AcdError::Refused),
            Ok(None) | Err(_) => Err(AcdError::Unavailable),
        }
    }

    fn apply(&self, fact: Fact) {
        let now = self.clock.now();
        self.lock().apply(fact, now);
        self.happened.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Acd for AmiClient {
    fn availability(&self, agent: &AcdAgent) -> Availability {
        let now = self.shared.clock.now();
        self.shared.lock().availability(agent, now)
    }

    fn waiting_in(&self, queue: &str) -> Option<Vec<AcdCall>> {
        let (view, now) = (self.shared.lock(), self.shared.clock.now());
        let waiting = view.waiting_in(queue, now)?;
        Some(waiting.into_iter().cloned().collect())
    }

    fn reserved(&self) -> Vec<(AcdAgent, CallId)> {
        self.shared.lock().reserved()
    }

    async fn changed(&self, since: u64) -> u64 {
        let mut happened = self.shared.happened.subscribe();
        let more = happened.wait_for(|count| *count != since).await;
        more.map_or(since, |count| *count)
    }

    async fn reserve(&self, agent: &AcdAgent, attempt: &CallId) -> Result<Reserved, AcdError> {
        let found = self.availability(agent);
        if found == Availability::Unknown {
            return Err(AcdError::Unavailable);
        }
        if self.confirm(agent, attempt) {
            return Ok(Reserved::Yes);
        }
        if found != Availability::Ready {
            return Ok(Reserved::No(found));
        }
        self.pause(agent, Some(reservation(attempt))).await?;
        tokio::time::sleep(ON_ITS_WAY).await;
        if self.confirm(agent, attempt) {
            return Ok(Reserved::Yes);
        }
        let found = self.availability(agent);
        // Somebody else's pause, e.g. of an attempt that was as quick, is not ours to end.
        if !matches!(found, Availability::Paused(_)) {
            self.pause(agent, None).await?;
        }
        Ok(Reserved::No(found))
    }

    /// Also while he talks: what was paused is ended whatever he does now.
    async fn release(&self, agent: &AcdAgent, attempt: &CallId) -> Result<(), AcdError> {
        if self.availability(agent) == Availability::Unknown {
            return Err(AcdError::Unavailable);
        }
        let held = (agent.clone(), attempt.clone());
        if self.reserved().contains(&held) {
            self.pause(agent, None).await?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for AmiClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AmiClient").finish_non_exhaustive()
    }
}
