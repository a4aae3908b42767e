//! An ACD in this process, for tests and for ACDs that report over the API.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ringback_core::acd::{AcdAgent, AcdCall, Availability, Fact, View, reservation};
use ringback_core::call::CallId;
use tokio::sync::watch;

use super::{Acd, AcdError, Reserved};
use crate::clock::Clock;

/// An ACD that says what it is told. Clones are the same.
#[derive(Clone)]
pub struct MemoryAcd {
    view: Arc<Mutex<View>>,
    clock: Clock,
    happened: Arc<watch::Sender<u64>>,
}

impl MemoryAcd {
    /// One of which nothing is known yet.
    pub fn new(clock: Clock) -> Self {
        Self {
            view: Arc::default(),
            clock,
            happened: Arc::new(watch::Sender::new(1)),
        }
    }

    /// Something happened in it.
    pub fn tell(&self, fact: Fact) {
        let now = self.clock.now();
        self.lock().apply(fact, now);
        self.happened.send_modify(|count| *count += 1);
    }

    /// Pauses an agent in all queues, or ends the pause.
    pub fn pause(&self, agent: &AcdAgent, reason: Option<&str>) {
        let view = self.lock();
        let queues = view.memberships(agent);
        let queues: Vec<_> = queues
            .map(|(queue, it)| (queue.to_owned(), it.clone()))
            .collect();
        drop(view);
        for (queue, mut membership) in queues {
            membership.paused = reason.map(str::to_owned);
            self.tell(Fact::Member(agent.clone(), queue, membership));
        }
    }

    fn lock(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Acd for MemoryAcd {
    fn availability(&self, agent: &AcdAgent) -> Availability {
        self.lock().availability(agent, self.clock.now())
    }

    fn waiting_in(&self, queue: &str) -> Option<Vec<AcdCall>> {
        let view = self.lock();
        let waiting = view.waiting_in(queue, self.clock.now())?;
        Some(waiting.into_iter().cloned().collect())
    }

    fn reserved(&self) -> Vec<(AcdAgent, CallId)> {
        self.lock().reserved()
    }

    async fn changed(&self, since: u64) -> u64 {
        let mut happened = self.happened.subscribe();
        let more = happened.wait_for(|count| *count != since).await;
        more.map_or(since, |count| *count)
    }

    async fn reserve(&self, agent: &AcdAgent, attempt: &CallId) -> Result<Reserved, AcdError> {
        let found = self.availability(agent);
        if found == Availability::Unknown {
            return Err(AcdError::Unavailable);
        }
        if found == Availability::Ready {
            self.pause(agent, Some(&reservation(attempt)));
        } else if !self.confirm(agent, attempt) {
            return Ok(Reserved::No(found));
        }
        Ok(Reserved::Yes)
    }

    async fn release(&self, agent: &AcdAgent, attempt: &CallId) -> Result<(), AcdError> {
        if self.availability(agent) == Availability::Unknown {
            return Err(AcdError::Unavailable);
        }
        if self.confirm(agent, attempt) {
            self.pause(agent, None);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};

    use ringback_core::acd::{Device, Membership};

    use super::super::conformance::Rig;
    use super::*;

    struct InMemory(MemoryAcd);

    fn open() -> Ready<Option<InMemory>> {
        let acd = MemoryAcd::new(Clock::system());
        let rig = InMemory(acd);
        rig.snapshot(None);
        ready(Some(rig))
    }

    impl InMemory {
        /// Tells everything anew, with this pause.
        fn snapshot(&self, paused: Option<String>) {
            let membership = Membership {
                device: Device::Idle,
                paused,
                wrap_up_until: None,
            };
            self.0.tell(Fact::SnapshotBegins);
            self.0
                .tell(Fact::Member(ann(), "support".to_owned(), membership));
            self.0.tell(Fact::SnapshotEnds);
        }
    }

    fn ann() -> AcdAgent {
        AcdAgent::on("pbx", "PJSIP/a1")
    }

    impl Rig for InMemory {
        type Acd = MemoryAcd;

        async fn acd(&self) -> MemoryAcd {
            self.0.clone()
        }

        async fn agent(&self) -> AcdAgent {
            ann()
        }

        async fn set_busy(&self, agent: &AcdAgent, busy: bool) {
            let device = if busy { Device::Busy } else { Device::Idle };
            let membership = Membership {
                device,
                ..Membership::default()
            };
            let queue = "support".to_owned();
            self.0.tell(Fact::Member(agent.clone(), queue, membership));
        }

        async fn pause(&self, agent: &AcdAgent, reason: &str) {
            self.0.pause(agent, Some(reason));
        }

        async fn cut(&self, acd: &MemoryAcd) {
            let reserved = acd
                .reserved()
                .pop()
                .map(|(_, attempt)| reservation(&attempt));
            acd.tell(Fact::Lost);
            assert_eq!(acd.availability(&ann()), Availability::Unknown);
            let refused = acd.reserve(&ann(), &CallId::from_wire("x")).await;
            assert_eq!(refused, Err(AcdError::Unavailable));
            self.snapshot(reserved);
        }
    }

    crate::acd_conformance!(open);
}
