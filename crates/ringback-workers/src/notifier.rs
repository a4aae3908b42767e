//! The notifier: everything that leaves the house.
//!
//! One lane per callback and target: a cursor over the callback's event log, held by a lease while events are
//! delivered, so they arrive in order and from one notifier at a time. What was delivered but not yet written down when
//! a notifier dies is delivered again, with the same `webhook-id`.

use std::sync::Arc;
use std::time::Duration;

use ringback_core::callback::Callback;
use ringback_core::event::{Event, message};
use ringback_core::ids::CallbackId;
use ringback_core::lane::{Lane, LaneState};
use ringback_ports::bus::{Address, Bus, Disposition, Message, Queue};
use ringback_ports::sender::{Post, Receipt, SendError, Sender};
use ringback_ports::store::{Change, Put, Store};
use ringback_telemetry::names;
use tracing::Instrument;

use crate::hint::Hint;
use crate::house::{Committed, House, HouseError, decode, encode};
use crate::runner;
use crate::scheduler::stray;
use crate::watched::Chain;

/// How many lanes are served at once.
const PREFETCH: u16 = 256;
/// When an event that cannot be kept among the dead is tried again.
const BURY_AGAIN: Duration = Duration::from_secs(30);
/// How many events are read at once.
const PAGE: usize = 32;

struct Notifier<S, B, P> {
    house: House<S, B>,
    sender: P,
}

/// A lane in hand.
struct Hold {
    lane: Lane,
    version: u64,
    /// As it was taken: whoever finds it otherwise has lost it.
    taken: LaneState,
}

/// What became of one event.
enum Delivery {
    Delivered,
    Gone(String),
    Failed {
        reason: String,
        wish: Option<Duration>,
    },
}

/// Notifies until the house stops.
pub async fn run<S: Store, B: Bus, P: Sender>(house: House<S, B>, sender: P) {
    let notifier = Arc::new(Notifier { house, sender });
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
}

impl<S: Store, B: Bus, P: Sender> Notifier<S, B, P> {
    async fn on_hint(&self, message: &Message) -> Disposition {
        let id = match Hint::read(message) {
            Ok(Hint::Notify(id)) => id,
            Ok(_) => return stray("a hint for another worker".to_owned()),
            Err(error) => return stray(error.to_string()),
        };
        names::about_callback(id.as_str());
        if let Err(error) = self.serve(&id).await {
            tracing::error!(callback.id = %id, error = %Chain(&error), "a lane is left to its alarm");
        }
        Disposition::Done
    }

    /// Delivers everything there is, unless another notifier is at it or the target backs off.
    async fn serve(&self, id: &CallbackId) -> Result<(), HouseError> {
        let Some((callback, mut hold)) = self.hold(id).await? else {
            return Ok(());
        };
        let Some(target) = callback.subscriber.clone() else {
            return Ok(());
        };
        loop {
            if hold.lane.is_held() {
                self.deliver_all(&callback, &target, &mut hold.lane).await?;
            }
            if self.commit(&mut hold).await? == Committed::Yes {
                return Ok(());
            }
            let Some(again) = self.catch_up(hold).await? else {
                return Ok(());
            };
            hold = again;
        }
    }

    /// Takes the lane. `None` when there is nothing to do with it now.
    async fn hold(&self, id: &CallbackId) -> Result<Option<(Callback, Hold)>, HouseError> {
        let keys = [id.key(), Lane::key(id)];
        loop {
            let mut documents = self.house.store.get(&keys).await?;
            let (lane, callback) = (documents.pop().flatten(), documents.pop().flatten());
            let (Some(lane), Some(callback)) = (lane, callback) else {
                return Ok(None);
            };
            let now = self.house.clock.now();
            let (stored, version): (Lane, u64) = (decode(&keys[1], &lane.body)?, lane.version);
            let Some(lane) = stored.clone().hold(self.house.worker.clone(), now) else {
                return self.put_off(stored, version).await;
            };
            let mut hold = Hold {
                taken: lane.state.clone(),
                lane,
                version,
            };
            if self.commit(&mut hold).await? == Committed::Yes {
                return Ok(Some((decode(&keys[0], &callback.body)?, hold)));
            }
        }
    }

    /// An event has brought the alarm of a lane forward that has good reason to wait: put it where it belongs.
    async fn put_off(
        &self,
        lane: Lane,
        version: u64,
    ) -> Result<Option<(Callback, Hold)>, HouseError> {
        let backs_off = matches!(lane.state, LaneState::BackingOff { .. });
        if backs_off {
            // On a conflict there is a newer event, whose hint follows.
            self.commit(&mut Hold {
                taken: lane.state.clone(),
                lane,
                version,
            })
            .await?;
        }
        Ok(None)
    }

    /// Leaves the lane at rest, or backing off.
    async fn deliver_all(
        &self,
        callback: &Callback,
        target: &str,
        lane: &mut Lane,
    ) -> Result<(), HouseError> {
        let key = callback.id.key();
        loop {
            let events = self.house.store.log(&key, lane.cursor, PAGE).await?;
            for entry in &events {
                let event: Event = decode(&key, entry)?;
                if !self.deliver(callback, target, &event, lane).await {
                    return Ok(());
                }
            }
            if events.len() < PAGE {
                lane.rest();
                return Ok(());
            }
        }
    }

    /// `false` when the lane has to pause.
    async fn deliver(
        &self,
        callback: &Callback,
        target: &str,
        event: &Event,
        lane: &mut Lane,
    ) -> bool {
        let body = serde_json::Value::Object(message(event, callback)).to_string();
        let sequence = lane.cursor + 1;
        let reason = match self.post(callback, target, sequence, &body).await {
            Delivery::Delivered => {
                lane.delivered();
                return true;
            }
            Delivery::Gone(reason) => reason,
            Delivery::Failed { reason, wish } => {
                if lane.failed(random(), wish, self.house.clock.now()) {
                    tracing::info!(
                        callback.id = %callback.id, sequence, failures = lane.failures, reason,
                        "a notification failed and is tried again"
                    );
                    return false;
                }
                reason
            }
        };
        if self.bury(callback, sequence, &reason, body).await {
            lane.given_up();
            return true;
        }
        lane.put_off(self.house.clock.now() + BURY_AGAIN);
        false
    }

    async fn post(&self, callback: &Callback, target: &str, sequence: u64, body: &str) -> Delivery {
        let mut headers = vec![("ringback-sequence", sequence.to_string())];
        if let Some(trace) = ringback_telemetry::propagation::current_traceparent() {
            headers.push(("traceparent", trace));
        }
        let post = Post {
            provider: None,
            url: target.to_owned(),
            id: format!("{}.{sequence}", callback.id),
            content_type: "application/json",
            headers,
            body: body.as_bytes().to_vec(),
        };
        match self.sender.post(post).await {
            Ok(Receipt {
                status: 200..=299, ..
            }) => Delivery::Delivered,
            Ok(Receipt { status: 410, .. }) => Delivery::Gone("the target answered 410".to_owned()),
            Ok(Receipt {
                status,
                retry_after,
                ..
            }) => Delivery::Failed {
                reason: format!("the target answered {status}"),
                wish: retry_after.filter(|_| matches!(status, 429 | 503)),
            },
            Err(error @ SendError::Forbidden(_)) => Delivery::Gone(error.to_string()),
            Err(error @ SendError::Failed(_)) => Delivery::Failed {
                reason: error.to_string(),
                wish: None,
            },
        }
    }

    /// What will never be delivered goes where somebody can find it. `false` when it cannot be kept there now.
    async fn bury(&self, callback: &Callback, sequence: u64, reason: &str, body: String) -> bool {
        let message = Message {
            body: body.into_bytes(),
            content_type: Some("application/json".to_owned()),
            message_id: Some(format!("{}.{sequence}", callback.id)),
            headers: [
                ("x-reason".to_owned(), "delivery-failed".to_owned()),
                ("x-error".to_owned(), reason.to_owned()),
            ]
            .into(),
            ..Message::default()
        };
        let span = names::publish_span(Queue::Dead.kind(), Queue::Dead.kind());
        let published = self
            .house
            .bus
            .publish(vec![(Address::Queue(Queue::Dead), message)])
            .instrument(span);
        match published.await.into_iter().collect::<Result<Vec<()>, _>>() {
            Ok(_) => {
                self.house.counters.messages_published.add(1);
                tracing::warn!(callback.id = %callback.id, sequence, reason, "a notification is given up");
                true
            }
            Err(error) => {
                tracing::error!(
                    callback.id = %callback.id, sequence, error = %Chain(&error),
                    "a notification to be given up cannot be kept yet"
                );
                false
            }
        }
    }

    async fn commit(&self, hold: &mut Hold) -> Result<Committed, HouseError> {
        let key = Lane::key(&hold.lane.callback);
        let put = Put {
            version: hold.version,
            body: encode(&key, &hold.lane)?,
            alarm: hold.lane.alarm(),
            log: Vec::new(),
            indexes: Vec::new(),
            key,
        };
        let committed = self.house.write(vec![Change::Put(put)]).await?;
        if committed == Committed::Yes {
            hold.version += 1;
        }
        Ok(committed)
    }

    /// New events came while the lane was in hand: go on with them. `None` when somebody else has taken the lane.
    async fn catch_up(&self, hold: Hold) -> Result<Option<Hold>, HouseError> {
        let key = Lane::key(&hold.lane.callback);
        let found = self
            .house
            .store
            .get(std::slice::from_ref(&key))
            .await?
            .pop()
            .flatten();
        let Some(document) = found else {
            return Ok(None);
        };
        let stored: Lane = decode(&key, &document.body)?;
        if stored.state != hold.taken {
            return Ok(None);
        }
        let state = match hold.lane.state {
            back_off @ LaneState::BackingOff { .. } => back_off,
            LaneState::Idle | LaneState::Held { .. } => stored.state,
        };
        Ok(Some(Hold {
            lane: Lane { state, ..hold.lane },
            version: document.version,
            taken: hold.taken,
        }))
    }
}

/// Evenly spread over 0..1.
fn random() -> f64 {
    const STEPS: u32 = 1 << 16;
    let (_, low) = uuid::Uuid::now_v7().as_u64_pair();
    let drawn = u32::try_from(low % u64::from(STEPS)).unwrap_or(0);
    f64::from(drawn) / f64::from(STEPS)
}
