//! The notifier: everything that leaves the house.
//!
//! One lane per callback and target: a cursor over the callback's event log, held by a lease while events are
//! delivered, so they arrive in order and from one notifier at a time. What was delivered but not yet written down when
//! a notifier dies is delivered again, with the same `webhook-id`.
//!
//! A hint is settled as soon as its lane stands at its target's gate. There a bounded number of deliverers work, so a
//! target that hangs costs nothing but its own places; a lane that finds no place, or its target shut, is put off.

mod deliver;
mod fan;
mod hand;
mod post;
mod targets;

use std::sync::Arc;
use std::time::Duration;

use ringback_core::gate::Pace;
use ringback_core::ids::LaneId;
use ringback_core::lane::Schedule;
use ringback_ports::bus::{Bus, Disposition, Message, Queue};
use ringback_ports::sender::Sender;
use ringback_ports::store::Store;
use ringback_telemetry::names;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::hint::Hint;
use crate::house::{Committed, House, HouseError};
use crate::runner;
use crate::scheduler::stray;
use crate::watched::Chain;
use hand::Found;
use targets::{Entry, Targets};

/// How many hints are looked at at once.
const PREFETCH: u16 = 256;
/// How long a lane waits for room at its target's gate before it is put off.
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
    targets: Arc<Targets<Found>>,
    deliverers: TaskTracker,
}

/// Notifies until the house stops.
pub async fn run<S: Store, B: Bus, P: Sender>(
    house: House<S, B>,
    sender: P,
    options: NotifierOptions,
) {
    let notifier = Arc::new(Notifier {
        targets: Arc::new(Targets::new(house.counters.clone())),
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
    let House {
        bus,
        counters,
        stop,
        ..
    } = &notifier.house;
    runner::serve(bus, Queue::Notify, PREFETCH, counters.clone(), stop, handle).await;
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
        if let Err(error) = self.see_to(&id).await {
            tracing::error!(lane = %id, error = %Chain(&error), "a lane is left to its alarm");
        }
        Disposition::Done
    }

    /// Hands new events to the lanes of subscriptions, and the lane itself to the gate of its target.
    async fn see_to(self: &Arc<Self>, id: &LaneId) -> Result<(), HouseError> {
        let Some(mut found) = self.find(id).await? else {
            return Ok(());
        };
        if id.subscription().is_none() && !self.fan_out(&mut found).await? {
            return Ok(());
        }
        if !self.is_to_deliver(&mut found).await? {
            return Ok(());
        }
        let Some(host) = self.host_of(&mut found).await? else {
            return Ok(());
        };
        self.queue(host, found).await
    }

    async fn queue(self: &Arc<Self>, host: String, mut found: Found) -> Result<(), HouseError> {
        let pace = self.pace(&found);
        for waited in [false, true] {
            let room = self.targets.room(&host);
            found = match self
                .targets
                .enter(&host, pace, found, self.house.clock.now())
            {
                Entry::In(found) => {
                    self.employ(host, found);
                    return Ok(());
                }
                Entry::Waits => return Ok(()),
                Entry::Full(found) if waited => found,
                Entry::Full(found) => {
                    tokio::time::timeout(ROOM, room).await.unwrap_or_default();
                    found
                }
                Entry::Shut(found, until) => return self.fail_fast(found, until).await,
            };
        }
        let until = self.targets.later(&host, self.house.clock.now());
        found.lane.put_off(until);
        // On a conflict there is a newer event, whose hint follows.
        self.commit(&mut found, None).await?;
        Ok(())
    }

    /// A deliverer that works at a target's gate until nobody waits there.
    fn employ(self: &Arc<Self>, host: String, first: Found) {
        let notifier = Arc::clone(self);
        self.deliverers.spawn(async move {
            let mut next = Some(first);
            while let Some(found) = next {
                let (span, lane) = (found.span.clone(), found.lane.id.clone());
                if let Err(error) = notifier.work(&host, found).instrument(span).await {
                    tracing::error!(lane = %lane, error = %Chain(&error), "a lane is left to its alarm");
                }
                next = notifier.targets.next(&host, notifier.house.clock.now());
            }
        });
    }

    /// Whether there may be something to deliver now. What has no reason to be looked at loses its alarm, or gets the one
    /// it waits for back: an event has brought it forward.
    async fn is_to_deliver(&self, found: &mut Found) -> Result<bool, HouseError> {
        let now = self.house.clock.now();
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
            self.commit(found, None).await?;
        }
        Ok(false)
    }

    /// The host that the lane's messages go to. A lane that has nobody to tell rests or ends.
    async fn host_of(&self, found: &mut Found) -> Result<Option<String>, HouseError> {
        if let Some(destination) = found.destination() {
            return Ok(Some(destination.host()));
        }
        let now = self.house.clock.now();
        match found.recipient() {
            None if found.lane.id.subscription().is_none() => found.lane.rest(),
            None => found.lane.end("the subscription is over", now),
            Some(_) => return self.nowhere_to_go(found).await.map(|()| None),
        }
        self.commit(found, None).await?;
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
        let service = self.house.services.get(&found.callback.service);
        let attempts = service.and_then(|service| service.options.notification.max_attempts);
        self.options.schedule.limited(attempts)
    }

    /// Writes the lane down. Whether nobody was faster.
    async fn commit(
        &self,
        found: &mut Found,
        alarm: Option<ringback_core::time::Timestamp>,
    ) -> Result<bool, HouseError> {
        let put = found.put(alarm)?;
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
