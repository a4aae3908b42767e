//! The notifier: everything that leaves the house.
//!
//! One lane per callback and target: a cursor over the callback's event log, held by a lease while events are
//! delivered, so they arrive in order and from one notifier at a time. What was delivered but not yet written down when
//! a notifier dies is delivered again, with the same `webhook-id`.
//!
//! A hint is settled as soon as its lane stands at its target's gate. There a bounded number of deliverers work, so a
//! target that hangs costs nothing but its own places; a lane that finds no place, or its target shut, is put off.

mod deliver;
mod failures;
mod fan;
mod hand;
mod letter;
mod post;
mod targets;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use ringback_core::gate::Pace;
use ringback_core::ids::LaneId;
use ringback_core::lane::Schedule;
use ringback_ports::bus::{Bus, Disposition, Message, Queue};
use ringback_ports::sender::Sender;
use ringback_ports::store::Store;
use ringback_telemetry::names;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::hint::Hint;
use crate::house::{Committed, House, HouseError};
use crate::panics::caught;
use crate::runner;
use crate::scheduler::stray;
use crate::watched::Chain;
use hand::Found;
pub(crate) use hand::{Telling, telling};
use targets::{Entry, Targets, Waiting};

/// How many hints are looked at at once.
const PREFETCH: u16 = 256;
/// How long a lane waits for room at a gate that others get through fast, before it is put off.
const ROOM: Duration = Duration::from_millis(250);
/// How long deliveries under way may take after the stop.
const GRACE: Duration = Duration::from_secs(20);

/// How notifications are delivered.
#[derive(Clone, Debug, Default)]
pub struct NotifierOptions {
    /// When failed ones are tried again.
    pub schedule: Schedule,
    /// What a target gets at the most from one notifier.
    pub pace: Pace,
}

struct Notifier<S, B, P> {
    house: House<S, B>,
    sender: P,
    options: NotifierOptions,
    targets: Targets,
    deliverers: TaskTracker,
}

/// Notifies until the house stops.
pub async fn run<S: Store, B: Bus, P: Sender>(
    house: House<S, B>,
    sender: P,
    options: NotifierOptions,
) {
    let notifier = Arc::new(Notifier {
        targets: Targets::new(house.counters.clone()),
        deliverers: TaskTracker::new(),
        house,
        sender,
        options,
    });
    let handle = {
        let notifier = notifier.clone();
        move |message| {
            let notifier = notifier.clone();
            async move { notifier.on_hint(&message).await }
        }
    };
    runner::serve(&notifier.house, Queue::Notify, PREFETCH, handle).await;
    notifier.deliverers.close();
    if tokio::time::timeout(GRACE, notifier.deliverers.wait())
        .await
        .is_err()
    {
        tracing::warn!("deliveries under way are left to the leases of their lanes");
    }
}

impl<S: Store, B: Bus, P: Sender> Notifier<S, B, P> {
    async fn on_hint(self: &Arc<Self>, message: &Message) -> Disposition {
        let id = match Hint::read(message) {
            Ok(Hint::Notify(id)) => id,
            Ok(_) => return stray("a hint for another worker".to_owned()),
            Err(error) => return stray(error.to_string()),
        };
        names::about_callback(id.callback().as_str());
        report(&id, self.see_to(&id).await);
        Disposition::Done
    }

    /// Hands new events to the lanes of subscriptions, and the lane itself to the gate of its target.
    async fn see_to(self: &Arc<Self>, id: &LaneId) -> Result<(), HouseError> {
        if self.is_in_line(id) {
            return Ok(());
        }
        let Some((host, mut found)) = self.look(id).await? else {
            return Ok(());
        };
        let (pace, patience) = (self.pace(&found), Instant::now() + ROOM);
        loop {
            let now = self.house.clock.now();
            match self.targets.enter(&host, pace, id, now) {
                Entry::In => self.employ(host, found),
                Entry::Waits => {}
                Entry::Crowded(room) => {
                    if tokio::time::timeout_at(patience, room.notified())
                        .await
                        .is_ok()
                    {
                        continue;
                    }
                    self.put_off(&host, &mut found).await?;
                }
                Entry::Full => self.put_off(&host, &mut found).await?,
                Entry::Shut(until) => self.fail_fast(found, until).await?,
            }
            return Ok(());
        }
    }

    /// Whether all that is new will be found when the lane gets its turn.
    fn is_in_line(&self, id: &LaneId) -> bool {
        // The head of a callback may have others to hand events to, as its record says.
        id.subscription().is_some() && self.targets.waits(id)
    }

    async fn put_off(&self, host: &str, found: &mut Found) -> Result<(), HouseError> {
        let until = self.targets.later(host, self.house.clock.now());
        found.lane.put_off(until);
        // On a conflict there is a newer event, whose hint follows.
        self.commit(found).await?;
        Ok(())
    }

    /// Reads a lane and hands what is new to those of subscriptions. Itself, with the host that it goes to, if there may
    /// be something to deliver.
    async fn look(&self, id: &LaneId) -> Result<Option<(String, Found)>, HouseError> {
        let Some(mut found) = self.find(id).await? else {
            return Ok(None);
        };
        if id.subscription().is_none() && !self.fan_out(&mut found).await? {
            return Ok(None);
        }
        if !self.is_to_deliver(&mut found).await? {
            return Ok(None);
        }
        let host = self.host_of(&mut found).await?;
        Ok(host.map(|host| (host, found)))
    }

    /// A deliverer that works at a target's gate until nobody waits there, or the house stops.
    fn employ(self: &Arc<Self>, host: String, first: Found) {
        let notifier = Arc::clone(self);
        self.deliverers.spawn(async move {
            let (span, lane) = (first.span.clone(), first.lane.id.clone());
            notifier
                .see_through(&lane, notifier.work(&host, first).instrument(span))
                .await;
            while !notifier.house.stop.is_cancelled()
                && let Some(waiting) = notifier.targets.next(&host, notifier.house.clock.now())
            {
                let Waiting { lane, span } = waiting;
                let resumed = notifier.resume(&host, &lane).instrument(span);
                notifier.see_through(&lane, resumed).await;
            }
        });
    }

    /// Should the work on a lane panic, its deliverer goes on with the next one, and keeps or leaves its place at the gate
    /// as after any other.
    async fn see_through(&self, lane: &LaneId, work: impl Future<Output = Result<(), HouseError>>) {
        if let Ok(done) = caught(&self.house.counters, "delivery", work).await {
            report(lane, done);
        }
    }

    /// The turn of a lane that waited at a gate.
    async fn resume(&self, host: &str, id: &LaneId) -> Result<(), HouseError> {
        match self.look(id).await? {
            Some((now, found)) if now == host => self.work(host, found).await,
            // It goes to another gate.
            Some(_) => {
                self.house.hints.send(Hint::Notify(id.clone()));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Whether there may be something to deliver now. What has no reason to be looked at loses its alarm, or gets the one
    /// it waits for back: an event has brought it forward.
    async fn is_to_deliver(&self, found: &mut Found) -> Result<bool, HouseError> {
        // Whoever sent the hint may have seen that it is due.
        let now = self.house.clock.latest();
        if found
            .lane
            .clone()
            .hold(self.house.worker.clone(), now)
            .is_some()
        {
            return Ok(true);
        }
        if !found.lane.is_held() {
            // On a conflict there is a newer event, whose hint follows.
            self.commit(found).await?;
        }
        Ok(false)
    }

    /// The host that the lane's messages go to. A lane that has nobody to tell rests: the subscription may come back.
    async fn host_of(&self, found: &mut Found) -> Result<Option<String>, HouseError> {
        if let Some(destination) = found.destination() {
            return Ok(Some(destination.host()));
        }
        if found.recipient().is_some() {
            return self.nowhere_to_go(found).await.map(|()| None);
        }
        found.lane.rest();
        self.commit(found).await?;
        Ok(None)
    }
}

impl<S: Store, B: Bus, P> Notifier<S, B, P> {
    fn pace(&self, found: &Found) -> Pace {
        let providers = &self.house.providers;
        let provider = found
            .recipient()
            .and_then(|it| providers.get(it.provider(providers)));
        provider
            .and_then(|provider| provider.pace)
            .unwrap_or(self.options.pace)
    }

    /// The schedule that holds for a lane.
    fn schedule(&self, found: &Found) -> Schedule {
        let callback = found.about.callback();
        let service = callback.and_then(|it| self.house.service(&it.service));
        let attempts = service.and_then(|service| service.options.notification.max_attempts);
        self.options.schedule.limited(attempts)
    }

    /// Writes the lane down. Whether nobody was faster.
    async fn commit(&self, found: &mut Found) -> Result<bool, HouseError> {
        let put = found.put(found.alarm(self.house.clock.now()))?;
        let committed = self
            .house
            .write(vec![ringback_ports::store::Change::Put(put)])
            .await?;
        if committed == Committed::Yes {
            found.written();
        }
        Ok(committed == Committed::Yes)
    }
}

fn report(lane: &LaneId, done: Result<(), HouseError>) {
    if let Err(error) = done {
        tracing::error!(%lane, error = %Chain(&error), "a lane is left to its alarm");
    }
}
