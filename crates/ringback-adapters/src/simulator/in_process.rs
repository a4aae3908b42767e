//! The network inside a process, on tokio's time.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ringback_core::access::Arrival;
use ringback_core::call::{CallCommand, CallId, CallStatus, Report};
use ringback_core::phone::PhoneNumber;
use ringback_core::trunk::TrunkLimits;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::Options;
use super::inbox::Inbox;
use super::network::Network;
use super::network::ledger::{Dialed, Tally};

/// One dialer's access to a simulated network in this process. Clones are the same dialer.
#[derive(Clone)]
pub struct Simulator {
    exchange: Arc<Exchange>,
    inbox: Arc<Inbox>,
    limits: TrunkLimits,
    /// Drives the network; ends with its last dialer.
    _driver: Arc<JoinSet<()>>,
}

impl Simulator {
    /// A network of its own. Call it within a tokio runtime.
    pub fn in_process(options: Options) -> Self {
        let exchange = Arc::new(Exchange {
            floor: Mutex::new(Floor {
                network: Network::new(options),
                listeners: HashMap::new(),
                dialers: VecDeque::new(),
            }),
            sooner: Notify::new(),
        });
        let mut driver = JoinSet::new();
        driver.spawn(drive(exchange.clone()));
        Self {
            exchange,
            inbox: Arc::default(),
            limits: options.limits,
            _driver: Arc::new(driver),
        }
    }

    /// Another dialer on the same network.
    #[must_use]
    pub fn another_dialer(&self) -> Self {
        Self {
            inbox: Arc::default(),
            ..self.clone()
        }
    }

    /// How often a call id was dialed, and what became of it.
    pub fn dialed(&self, call: &CallId) -> Dialed {
        self.exchange.lock().network.dialed(call)
    }

    /// How often a number was rung.
    pub fn dialed_number(&self, number: &PhoneNumber) -> u64 {
        self.exchange.lock().network.dialed_number(number)
    }

    /// Totals since the start.
    pub fn tally(&self) -> Tally {
        self.exchange.lock().network.tally()
    }

    /// A customer calls.
    ///
    /// # Errors
    /// When the network does not take the call.
    pub fn call_in(&self, call: &CallId, arrival: Arrival) -> Result<(), PhoneError> {
        self.exchange.work(|floor, now| {
            let taken = floor.network.call_in(call, arrival, now);
            floor.deliver();
            taken.map_err(|refusal| PhoneError::Refused(refusal.to_string()))
        })
    }

    /// From now on calls that arrive are offered to this dialer, among others.
    pub(super) fn listen(&self) {
        if self.inbox.listen() {
            let inbox = Arc::downgrade(&self.inbox);
            self.exchange.lock().dialers.push_back(inbox);
        }
    }

    /// The next event; it does not listen to calls that arrive by asking for it.
    pub(super) async fn next_news(&self) -> PhoneEvent {
        self.inbox.next().await
    }

    /// The next event, if there is one now.
    pub(super) fn poll_event(&self) -> Option<PhoneEvent> {
        self.inbox.poll()
    }
}

impl Telephony for Simulator {
    async fn send(&self, call: &CallId, command: CallCommand) -> Result<(), PhoneError> {
        self.exchange.work(|floor, now| {
            if matches!(command, CallCommand::Dial(_) | CallCommand::Summon { .. }) {
                floor.attach(call, &self.inbox);
            }
            let taken = floor.network.command(call, command, now);
            floor.deliver();
            floor.tidy(call);
            taken.map_err(|refusal| PhoneError::Refused(refusal.to_string()))
        })
    }

    async fn inspect(&self, call: &CallId) -> Result<CallStatus, PhoneError> {
        Ok(self.exchange.work(|floor, now| {
            floor.attach(call, &self.inbox);
            let status = floor.network.inspect(call, now);
            floor.tidy(call);
            status
        }))
    }

    async fn next_event(&self) -> PhoneEvent {
        self.listen();
        self.next_news().await
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn trunk_limits(&self) -> TrunkLimits {
        self.limits
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").finish_non_exhaustive()
    }
}

struct Exchange {
    floor: Mutex<Floor>,
    /// Something is due sooner than the driver knows.
    sooner: Notify,
}

struct Floor {
    network: Network,
    /// Who hears of a live call; a dialer that is gone hears nothing.
    listeners: HashMap<CallId, Weak<Inbox>>,
    /// Who takes calls that arrive, the next one first.
    dialers: VecDeque<Weak<Inbox>>,
}

impl Exchange {
    /// Does something with the network as it is at this moment.
    fn work<T>(&self, act: impl FnOnce(&mut Floor, std::time::Instant) -> T) -> T {
        let mut floor = self.lock();
        let now = Instant::now().into_std();
        floor.network.timeout(now);
        floor.deliver();
        let before = floor.network.next_timer();
        let done = act(&mut floor, now);
        let after = floor.network.next_timer();
        drop(floor);
        if after.is_some_and(|after| before.is_none_or(|before| after < before)) {
            self.sooner.notify_one();
        }
        done
    }

    fn lock(&self) -> MutexGuard<'_, Floor> {
        self.floor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Floor {
    fn attach(&mut self, call: &CallId, inbox: &Arc<Inbox>) {
        self.listeners.insert(call.clone(), Arc::downgrade(inbox));
    }

    fn deliver(&mut self) {
        while let Some((call, report)) = self.network.next_report() {
            let listener = match report {
                Report::Failed { .. } | Report::HungUp { .. } => self.listeners.remove(&call),
                Report::Ringing
                | Report::Answered { .. }
                | Report::AgentAnswered
                | Report::TreatmentDone
                | Report::Connected
                | Report::AgentFailed => self.listeners.get(&call).cloned(),
            };
            if let Some(inbox) = listener.and_then(|inbox| inbox.upgrade()) {
                inbox.push(PhoneEvent::Call { call, report });
            }
        }
        while let Some((call, arrival)) = self.network.next_arrival() {
            // With nobody there it is offered again later.
            if let Some(inbox) = self.next_dialer() {
                inbox.push(PhoneEvent::Arrived { call, arrival });
            }
        }
    }

    fn next_dialer(&mut self) -> Option<Arc<Inbox>> {
        while let Some(dialer) = self.dialers.pop_front() {
            if let Some(inbox) = dialer.upgrade() {
                self.dialers.push_back(dialer);
                return Some(inbox);
            }
        }
        None
    }

    /// A call of which nothing more will be heard needs no listener.
    fn tidy(&mut self, call: &CallId) {
        if !self.network.is_live(call) {
            self.listeners.remove(call);
        }
    }
}

async fn drive(exchange: Arc<Exchange>) {
    loop {
        let next = exchange.work(|floor, _| floor.network.next_timer());
        let Some(next) = next else {
            exchange.sooner.notified().await;
            continue;
        };
        tokio::select! {
            () = sleep_until(next.into()) => {}
            () = exchange.sooner.notified() => {}
        }
    }
}
