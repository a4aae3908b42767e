//! The phone network of an Asterisk, over its REST interface (ARI) and the event socket that belongs to it.
//!
//! Each call has one task that owns it: orders and events of a call are handled one after another, those of different calls
//! never wait for each other. What a successor has to know lies in Asterisk itself, as channel variables and, once a channel
//! is gone, as a global variable that the hang-up handler of the dialplan writes (`samples/asterisk/ringback.conf`).

mod address;
mod arrivals;
mod call;
mod event;
mod examine;
mod hosts;
mod notes;
mod outcome;
mod recover;
mod rest;
mod socket;
mod sweep;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ringback_core::call::{CallCommand, CallId, CallStatus};
use ringback_core::trunk::TrunkLimits;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::simulator::inbox::Inbox;
pub(crate) use address::SCHEME;
pub use address::{Address, AddressError};
use call::{Call, Message};
use event::ChannelEvent;
pub use hosts::AsteriskHosts;
use rest::{Ari, AriError};

/// How many messages of one call wait for its task.
const WAITING: usize = 256;

/// One dialer's access to an Asterisk. Clones are the same dialer; the socket ends with the last of them.
#[derive(Clone)]
pub struct AsteriskClient {
    shared: Arc<Shared>,
    _keeper: Arc<JoinSet<()>>,
}

/// What the tasks of one dialer share.
pub(crate) struct Shared {
    ari: Ari,
    address: Address,
    inbox: Inbox,
    calls: Mutex<HashMap<CallId, mpsc::Sender<Message>>>,
    is_connected: AtomicBool,
    over: notes::Over,
}

impl AsteriskClient {
    /// Connects to `ari+http://user:password@host:port/app`.
    ///
    /// # Errors
    /// When the address cannot be read, nobody answers there now, or the credentials are refused.
    pub async fn connect(address: &str) -> Result<Self, ConnectError> {
        let shared = Shared::at(address)?;
        let unreachable = |error| shared.address.unreachable(&error);
        shared.ari.check().await.map_err(unreachable)?;
        let socket = socket::open(&shared).await;
        let socket = socket.map_err(|error| shared.address.unreachable(&error))?;
        Ok(Self::keeping(shared, Some(socket)))
    }

    /// The same for one that may be away: it is connected when it is there.
    fn later(address: &str) -> Result<Self, ConnectError> {
        Ok(Self::keeping(Shared::at(address)?, None))
    }

    fn keeping(shared: Arc<Shared>, socket: Option<socket::Socket>) -> Self {
        let mut keeper = JoinSet::new();
        keeper.spawn(socket::keep(shared.clone(), socket));
        keeper.spawn(notes::remove(shared.clone()));
        keeper.spawn(sweep::sweep(shared.clone()));
        Self {
            shared,
            _keeper: Arc::new(keeper),
        }
    }

    /// Host and port.
    fn place(&self) -> String {
        self.shared.address.place()
    }

    async fn ask<T>(
        &self,
        call: &CallId,
        message: impl Fn(oneshot::Sender<T>) -> Message,
    ) -> Result<T, PhoneError> {
        if !self.is_ready() {
            return Err(unavailable(Lost));
        }
        // A task that ends just now does not take the message: the next one does.
        for _ in 0..3 {
            let (answer, answered) = oneshot::channel();
            let task = self.shared.task(call);
            if task.send(message(answer)).await.is_ok()
                && let Ok(answer) = answered.await
            {
                return Ok(answer);
            }
        }
        Err(unavailable(Lost))
    }
}

impl Shared {
    fn at(address: &str) -> Result<Arc<Self>, ConnectError> {
        let address: Address = address.parse()?;
        let ari = Ari::new(&address).map_err(|error| address.unreachable(&error))?;
        Ok(Arc::new(Self {
            ari,
            address,
            inbox: Inbox::default(),
            calls: Mutex::default(),
            is_connected: AtomicBool::new(false),
            over: notes::Over::default(),
        }))
    }

    /// The task of a call; a new one where there is none.
    fn task(self: &Arc<Self>, call: &CallId) -> mpsc::Sender<Message> {
        let mut calls = self.lock();
        if let Some(task) = calls.get(call).filter(|task| !task.is_closed()) {
            return task.clone();
        }
        let (task, messages) = mpsc::channel(WAITING);
        calls.insert(call.clone(), task.clone());
        drop(calls);
        tokio::spawn(Call::new(self.clone(), call.clone()).run(messages));
        task
    }

    /// Tells the task of a call what happened to one of its channels; what belongs to no call of ours is left alone.
    async fn tell(&self, channel: &str, event: ChannelEvent) {
        let (call, leg) = call::leg_of(channel);
        let task = self.lock().get(&call).cloned();
        if let Some(task) = task {
            // A task that has ended has nothing left to do.
            task.send(Message::Event(leg, event)).await.ok();
        }
    }

    /// No task knows any more how its call stands.
    fn mark_stale(&self) {
        for task in self.lock().values() {
            // One whose messages have piled up looks by itself when it is asked.
            task.try_send(Message::Stale).ok();
        }
    }

    fn forget(&self, call: &CallId) {
        self.lock().remove(call);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CallId, mpsc::Sender<Message>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telephony for AsteriskClient {
    async fn send(&self, call: &CallId, command: CallCommand) -> Result<(), PhoneError> {
        self.ask(call, |answer| Message::Order(command.clone(), answer))
            .await?
    }

    async fn inspect(&self, call: &CallId) -> Result<CallStatus, PhoneError> {
        self.ask(call, Message::Inspect).await?
    }

    async fn next_event(&self) -> PhoneEvent {
        self.shared.inbox.next().await
    }

    fn is_ready(&self) -> bool {
        self.shared.is_connected.load(Ordering::Relaxed)
    }

    fn trunk_limits(&self) -> TrunkLimits {
        self.shared.address.limits
    }
}

impl fmt::Debug for AsteriskClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsteriskClient").finish_non_exhaustive()
    }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> PhoneError {
    PhoneError::Unavailable(Box::new(error))
}

impl From<AriError> for PhoneError {
    fn from(error: AriError) -> Self {
        match error {
            AriError::Refused { .. } => Self::Refused(error.to_string()),
            AriError::Unavailable(_) => unavailable(error),
        }
    }
}

/// The event socket is away.
#[derive(Debug, thiserror::Error)]
#[error("the event socket of Asterisk is away")]
struct Lost;

/// There is no Asterisk to use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Not an address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Nobody there, or it refuses.
    #[error("cannot use the Asterisk at {place}: {reason}")]
    Unreachable {
        /// Host and port.
        place: String,
        /// What was found instead.
        reason: String,
    },
}
