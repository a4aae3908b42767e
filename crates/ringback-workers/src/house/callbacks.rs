//! Callbacks as documents.

use std::sync::Arc;
use std::time::Duration;

use ringback_core::admission::Quota;
use ringback_core::callback::{Callback, DialHours, Effect, Step};
use ringback_core::event::Event;
use ringback_core::ids::{CallbackId, LaneId};
use ringback_core::key::Key;
use ringback_core::lane::Lane;
use ringback_core::service::Options;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Limit, Outcome, Put, Store};

use super::{Committed, House, HouseError, decode, encode, index_changes, read_callback};
use crate::hint::Hint;
use crate::house::LetGo;

/// How long a hint may take before the lane's own alarm does its work.
pub(crate) const HINT_TIME: Duration = Duration::from_secs(2);

/// A record in hand, with the version it was read at.
#[derive(Clone, Debug)]
pub struct Held {
    /// The record.
    pub callback: Callback,
    /// Its version.
    pub version: u64,
}

/// What became of a new callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is written.
    New,
    /// One of its name is there.
    Known,
    /// It is not written: this one of the quotas is used up.
    Over(usize),
}

impl<S: Store, B: Bus> House<S, B> {
    /// The options that hold for a callback; some that stand in when its service is not configured here, or has changed
    /// so that its request no longer fits.
    pub fn options(&self, callback: &Callback) -> Arc<Options> {
        let Some(service) = self.service(&callback.service) else {
            return Arc::new(Options::stand_in(None));
        };
        let options = if callback.overrides.is_empty() {
            service.options.clone()
        } else {
            let options = service.options_with(&callback.overrides);
            Arc::new(options.unwrap_or_else(|_| Options::stand_in(Some(&service))))
        };
        let known = self.settings.known();
        let paused = known.paused.contains(&callback.service);
        // Those of the service are set already; its request may have named others.
        let named = options.general.business_hours.as_deref();
        let others = named != options.dial_hours.name();
        if !paused && !others {
            return options;
        }
        let mut options = Options::clone(&options);
        if others {
            options.dial_hours = known.dial_hours(&options);
        }
        options.paused = paused;
        Arc::new(options)
    }

    /// The same, when another process may have just saved the service, or its office hours.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn present_options(&self, callback: &Callback) -> Result<Arc<Options>, HouseError> {
        self.find_service(&callback.service).await?;
        let options = self.options(callback);
        if !matches!(options.dial_hours, DialHours::Missing(_)) {
            return Ok(options);
        }
        self.refresh_settings().await?;
        Ok(self.options(callback))
    }

    /// Takes a record in hand; `None` when there is none.
    ///
    /// # Errors
    /// When the store is away or the record cannot be read.
    pub async fn hold(&self, id: &CallbackId) -> Result<Option<Held>, HouseError> {
        let key = id.key();
        let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
        let held = found.flatten().map(|document| {
            let version = document.version;
            let read = read_callback(&key, &document.body);
            let callback = self.note_read(&key, version, read)?;
            Ok(Held { callback, version })
        });
        held.transpose()
    }

    /// Takes several records in hand at once. One that cannot be read is passed over, as if there were none: see
    /// `House::is_unreadable`.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn hold_all(&self, ids: &[CallbackId]) -> Result<Vec<Option<Held>>, HouseError> {
        let keys: Vec<Key> = ids.iter().map(CallbackId::key).collect();
        let documents = self.store.get(&keys).await?;
        let held = keys.iter().zip(documents).map(|(key, document)| {
            let document = document?;
            let version = document.version;
            let callback = self.readable(key, version, read_callback(key, &document.body))?;
            Some(Held { callback, version })
        });
        Ok(held.collect())
    }

    /// Writes a new callback, its first events and its lane, within quotas whose indexes are on its shard.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn create(
        &self,
        callback: &Callback,
        events: &[Event],
        quotas: &[Quota],
    ) -> Result<Created, HouseError> {
        let options = self.options(callback);
        let mut changes = vec![Change::Put(put(callback, 0, &[], events, &options)?)];
        if callback.notify.is_some() {
            let lane = Lane::head(&callback.id);
            let key = lane.key();
            let alarm = news(callback, events).then(|| self.clock.now() + HINT_TIME);
            let body = encode(&key, &lane)?;
            let (log, indexes) = (Vec::new(), Vec::new());
            changes.push(Change::Put(Put {
                key,
                version: 0,
                body,
                alarm,
                log,
                indexes,
            }));
        }
        self.know_pace_of(callback).await?;
        let limits = quotas.iter().map(|quota| Limit {
            index: quota.index.clone(),
            scores: quota.scores.clone(),
            most: quota.most,
        });
        match self.write_new(changes, limits.collect()).await? {
            Outcome::Committed => {}
            Outcome::Conflict => return Ok(Created::Known),
            Outcome::Over(place) => return Ok(Created::Over(place)),
        }
        self.tell(callback, events);
        for wait in callback.waits_for() {
            self.hints.send(Hint::to_match(wait));
        }
        Ok(Created::New)
    }

    /// Writes a step, and gives back the place that the callback leaves by it. Its effects are not performed by this.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn commit(&self, held: &mut Held, step: &Step) -> Result<Committed, HouseError> {
        // Boxed: what awaits it on the way to a phone is large enough without it.
        Box::pin(self.commit_with(held, step, Vec::new())).await
    }

    /// The same with more changes, of documents on the callback's shard.
    pub(super) async fn commit_with(
        &self,
        held: &mut Held,
        step: &Step,
        more: Vec<Change>,
    ) -> Result<Committed, HouseError> {
        let Some(place) = held.callback.leaves(&step.callback).cloned() else {
            return self.write_step(held, step, more).await;
        };
        let mark = self.doubt_place(&place, &held.callback.id).await?;
        let written = self.write_step(held, step, more).await?;
        if let Some(mark) = mark.filter(|_| written == Committed::Yes) {
            self.free_place(&place, &held.callback.id, mark).await;
        }
        Ok(written)
    }

    async fn write_step(
        &self,
        held: &mut Held,
        step: &Step,
        more: Vec<Change>,
    ) -> Result<Committed, HouseError> {
        let written = self.write_step_within(held, step, more, Vec::new()).await?;
        Ok(match written {
            Outcome::Committed => Committed::Yes,
            Outcome::Conflict | Outcome::Over(_) => Committed::Conflict,
        })
    }

    /// Writes a step, if none of `limits` is reached.
    pub(super) async fn write_step_within(
        &self,
        held: &mut Held,
        step: &Step,
        more: Vec<Change>,
        limits: Vec<Limit>,
    ) -> Result<Outcome, HouseError> {
        let options = self.options(&step.callback);
        let recognized = step.callback.recognized(&options.admission.numbers);
        let next = recognized.as_ref().unwrap_or(&step.callback);
        let old = old_listings(&held.callback, recognized.is_some());
        let put = put(next, held.version, &old, &step.events, &options)?;
        let mut changes = vec![Change::Put(put)];
        changes.extend(more);
        if news(&step.callback, &step.events) {
            let at = self.clock.now() + HINT_TIME;
            changes.push(Change::Wake {
                key: LaneId::head(&step.callback.id).key(),
                at,
            });
        }
        self.know_pace_of(&step.callback).await?;
        let written = self.write_within(changes, limits).await?;
        if written != Outcome::Committed {
            return Ok(written);
        }
        if let Some(hold) = step.callback.hold()
            && held.callback.hold().is_none_or(|old| old.by != hold.by)
        {
            self.counters.dials_held.add(1);
            let (id, by) = (&step.callback.id, hold.by.as_str());
            tracing::debug!(callback.id = %id, by, until = %hold.until, "a dial is held back");
        }
        *held = Held {
            callback: next.clone(),
            version: held.version + 1,
        };
        self.tell(&held.callback, &step.events);
        Ok(Outcome::Committed)
    }

    /// Lists a record of a build that compared spellings anew, under the one form of its number. Whether it was one.
    ///
    /// # Errors
    /// When the store is away.
    pub(super) async fn recognize(&self, held: &Held) -> Result<bool, HouseError> {
        let options = self.options(&held.callback);
        let Some(next) = held.callback.recognized(&options.admission.numbers) else {
            return Ok(false);
        };
        let old = old_listings(&held.callback, true);
        let put = put(&next, held.version, &old, &[], &options)?;
        // Whoever was first has done it.
        self.write(vec![Change::Put(put)]).await?;
        Ok(true)
    }

    /// The lanes of a callback with their versions, its own first.
    ///
    /// # Errors
    /// When the store is away or a lane cannot be read.
    pub async fn lanes(&self, id: &CallbackId) -> Result<Vec<(Lane, u64)>, HouseError> {
        let mut lanes = self.read_lanes(&[LaneId::head(id)]).await?;
        let Some((head, _)) = lanes.first() else {
            return Ok(lanes);
        };
        let others: Vec<_> = head
            .fan
            .subscriptions
            .iter()
            .map(|it| LaneId::of(id, it))
            .collect();
        lanes.extend(self.read_lanes(&others).await?);
        Ok(lanes)
    }

    /// Those of these lanes that there are.
    pub(crate) async fn read_lanes(&self, ids: &[LaneId]) -> Result<Vec<(Lane, u64)>, HouseError> {
        let keys: Vec<Key> = ids.iter().map(LaneId::key).collect();
        let documents = if keys.is_empty() {
            Vec::new()
        } else {
            self.store.get(&keys).await?
        };
        let found = keys
            .iter()
            .zip(documents)
            .filter_map(|(key, document)| Some((key, document?)));
        found
            .map(|(key, document)| Ok((decode(key, &document.body)?, document.version)))
            .collect()
    }

    /// Those of these lanes that there are and that can be read.
    pub(crate) async fn readable_lanes(
        &self,
        ids: &[LaneId],
    ) -> Result<Vec<(Lane, u64)>, HouseError> {
        let keys: Vec<Key> = ids.iter().map(LaneId::key).collect();
        let documents = if keys.is_empty() {
            Vec::new()
        } else {
            self.store.get(&keys).await?
        };
        let found = keys.iter().zip(documents).filter_map(|(key, document)| {
            let document = document?;
            let lane = self.readable(key, document.version, decode(key, &document.body))?;
            Some((lane, document.version))
        });
        Ok(found.collect())
    }

    /// Performs what a step wants besides the phone network, which only the dialer touches.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn perform(&self, id: &CallbackId, effects: Vec<Effect>) -> Result<(), HouseError> {
        for effect in effects {
            match effect {
                Effect::Release(agent, how) => {
                    self.release_agent(LetGo {
                        agent: &agent.id,
                        from: id,
                        how,
                    })
                    .await?;
                }
                Effect::Match(wait) => self.hints.send(Hint::to_match(wait)),
                Effect::Dial => self.hints.send(Hint::Dial(id.clone())),
                Effect::Tell(worker) => self.hints.send(Hint::Tell(worker, id.clone())),
                Effect::Call(_) => {}
            }
        }
        Ok(())
    }

    /// Tells notifiers and watchers of new events.
    fn tell(&self, callback: &Callback, events: &[Event]) {
        if !events.is_empty() {
            self.hints.tell_watchers(&callback.id);
        }
        if news(callback, events) {
            self.hints.send(Hint::Notify(LaneId::head(&callback.id)));
        }
    }
}

/// Whether somebody may want to be told.
fn news(callback: &Callback, events: &[Event]) -> bool {
    callback
        .notify
        .as_ref()
        .is_some_and(|plan| plan.may_tell(events))
}

pub(super) fn put(
    callback: &Callback,
    version: u64,
    old: &[(ringback_core::key::IndexName, i64)],
    events: &[Event],
    options: &Options,
) -> Result<Put, HouseError> {
    let key = callback.id.key();
    Ok(Put {
        version,
        body: encode(&key, callback)?,
        alarm: Some(callback.alarm(options)),
        log: events
            .iter()
            .map(|event| encode(&key, event))
            .collect::<Result<_, _>>()?,
        indexes: index_changes(old, callback.listings()),
        key,
    })
}

/// The index entries that a record has; those of an earlier build may lack some, and are all written again.
fn old_listings(callback: &Callback, again: bool) -> Vec<(ringback_core::key::IndexName, i64)> {
    let mut listings = callback.listings();
    if again {
        listings.iter_mut().for_each(|(_, score)| *score = i64::MIN);
    }
    listings
}
