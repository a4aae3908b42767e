//! What one dialer has not heard yet.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ringback_ports::telephony::PhoneEvent;
use tokio::sync::Notify;

/// How many events wait for a dialer that does not listen.
const MOST: usize = 65_536;

/// Events in their order. When too many wait they are given up, and the dialer hears of the gap instead.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    events: Mutex<VecDeque<PhoneEvent>>,
    arrived: Notify,
    listens: AtomicBool,
    announced: AtomicBool,
}

impl Inbox {
    pub fn push(&self, event: PhoneEvent) {
        let mut events = self.lock();
        if events.len() < MOST {
            events.push_back(event);
        } else {
            events.clear();
            events.push_back(PhoneEvent::Gap);
        }
        drop(events);
        self.arrived.notify_one();
    }

    /// Its dialer listens from now on. Whether it did not before.
    pub fn listen(&self) -> bool {
        !self.listens.swap(true, Ordering::Relaxed)
    }

    /// The network was told that its dialer listens, or will be with the next connection.
    pub fn announced(&self) {
        self.announced.store(true, Ordering::Relaxed);
    }

    /// Whether it was.
    pub fn is_announced(&self) -> bool {
        self.announced.load(Ordering::Relaxed)
    }

    /// Whether its dialer listens.
    pub fn listens(&self) -> bool {
        self.listens.load(Ordering::Relaxed)
    }

    /// The next event, if there is one now.
    pub fn poll(&self) -> Option<PhoneEvent> {
        self.lock().pop_front()
    }

    pub async fn next(&self) -> PhoneEvent {
        loop {
            if let Some(event) = self.poll() {
                return event;
            }
            self.arrived.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<PhoneEvent>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ringback_core::call::{CallId, Report};

    use super::*;

    #[tokio::test]
    async fn a_dialer_that_does_not_listen_hears_of_a_gap() {
        let inbox = Inbox::default();
        let event = |n: usize| PhoneEvent::Call {
            call: CallId::from_wire(n.to_string()),
            report: Report::Ringing,
        };
        for n in 0..=MOST {
            inbox.push(event(n));
        }
        inbox.push(event(MOST + 1));
        assert_eq!(inbox.next().await, PhoneEvent::Gap);
        assert_eq!(inbox.next().await, event(MOST + 1));
        assert_eq!(inbox.poll(), None);
    }
}
