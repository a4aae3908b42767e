//! How notifications stand, and what is done with those that were given up.

use std::collections::BTreeMap;
use std::time::Duration;

use ringback_core::callback::Callback;
use ringback_core::ids::{BulletinId, CallbackId, LaneId};
use ringback_core::key::Key;
use ringback_core::lane::{Attempt, Lane, LaneState, Outcome, dead_index, failing_index};
use ringback_core::notify::Destination;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{
    AttemptView, DeadLetterAction, DeadLetterView, DeadLetters, Deliveries, DeliveryQuery,
    DeliveryStatus, DeliveryView, Done, Refusal, RefusalKind,
};
use ringback_ports::store::{Change, Put, Store};
use serde_json::Value;

use crate::hint::Hint;
use crate::house::{Committed, HINT_TIME, decode, encode, index_changes};
use crate::ingest::FrontDesk;
use crate::ingest::refusals::refuse_store;

/// The most lanes on a page, and the most that dead letters are settled of in one call.
const MOST: usize = 200;
/// The most attempts that are shown of a lane.
const MOST_ATTEMPTS: usize = 1000;
/// How often a lane that is being delivered is asked for again, and after which pause.
const PATIENCE: (u32, Duration) = (40, Duration::from_millis(50));

/// A lane with its version and what it is about.
struct Seen {
    lane: Lane,
    version: u64,
    target: String,
    is_publication: bool,
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// How the notifications of a callback stand.
    pub(in crate::ingest) async fn deliveries_of(
        &self,
        callback: &Callback,
    ) -> Result<Vec<DeliveryView>, Refusal> {
        let lanes = self.house.lanes(&callback.id).await?;
        self.house.refresh_settings().await?;
        let mut views = Vec::with_capacity(lanes.len());
        for (lane, version) in lanes {
            let seen = Seen {
                target: self.target_of(&lane, Some(callback)),
                lane,
                version,
                is_publication: false,
            };
            views.push(self.view_with_attempts(&seen).await?);
        }
        // A callback that only tells subscriptions has a lane without a target.
        views.retain(|view| !view.target.is_empty());
        Ok(views)
    }

    async fn view_with_attempts(&self, seen: &Seen) -> Result<DeliveryView, Refusal> {
        let attempts = self.attempts(&seen.lane.id).await?;
        Ok(DeliveryView {
            attempts,
            ..view(seen)
        })
    }

    /// The lanes of a publication.
    async fn lanes_of(&self, id: &BulletinId) -> Result<Vec<LaneId>, Refusal> {
        let found = self.house.publications(std::slice::from_ref(id)).await?;
        let Some(bulletin) = found.into_iter().next().flatten() else {
            let id: String = id.as_str().chars().take(80).collect();
            let message = format!("publication '{id}' does not exist");
            return Err(Refusal::new(RefusalKind::NotFound, message));
        };
        let to = bulletin.to.iter();
        Ok(to.map(|it| LaneId::of_bulletin(id, it)).collect())
    }

    pub(super) async fn find_deliveries(
        &self,
        query: DeliveryQuery,
    ) -> Result<Deliveries, Refusal> {
        if let Some(id) = &query.callback {
            let callback = self.find(id).await?.callback;
            let mut deliveries = self.deliveries_of(&callback).await?;
            deliveries.retain(|view| fits(view, &query));
            return Ok(Deliveries {
                deliveries,
                next: None,
            });
        }
        if let Some(id) = &query.publication {
            let lanes = self.lanes_of(id).await?;
            let mut deliveries = Vec::with_capacity(lanes.len());
            for seen in self.see(&lanes).await? {
                deliveries.push(self.view_with_attempts(&seen).await?);
            }
            deliveries.retain(|view| fits(view, &query));
            return Ok(Deliveries {
                deliveries,
                next: None,
            });
        }
        let (lanes, next) = self.listed(&query).await?;
        let seen = self.see(&lanes).await?;
        let deliveries = seen
            .iter()
            .map(view)
            .filter(|view| fits(view, &query))
            .collect();
        Ok(Deliveries { deliveries, next })
    }

    pub(super) async fn settle_letters(
        &self,
        which: DeadLetters,
        action: DeadLetterAction,
    ) -> Result<Done, Refusal> {
        let mut letters = 0;
        if let Some(id) = &which.callback {
            self.find(id).await?;
            let lanes: Vec<LaneId> = self
                .house
                .lanes(id)
                .await?
                .into_iter()
                .map(|(lane, _)| lane.id)
                .collect();
            letters += self.settle_lanes(&lanes, &which, action).await?;
            return Ok(Done {
                letters,
                more: false,
            });
        }
        if let Some(id) = &which.publication {
            let lanes = self.lanes_of(id).await?;
            let letters = self.settle_lanes(&lanes, &which, action).await?;
            return Ok(Done {
                letters,
                more: false,
            });
        }
        if which.sequence.is_some() {
            let message =
                "'sequence' needs a 'callback' or a 'publication': sequences are counted for each";
            return Err(Refusal::new(RefusalKind::Invalid, message));
        }
        let mut query = DeliveryQuery {
            status: Some(DeliveryStatus::Dead),
            limit: MOST,
            ..DeliveryQuery::default()
        };
        while letters < MOST {
            let (lanes, next) = self.listed(&query).await?;
            letters += self.settle_lanes(&lanes, &which, action).await?;
            if next.is_none() {
                return Ok(Done {
                    letters,
                    more: false,
                });
            }
            query.after = next;
        }
        Ok(Done {
            letters,
            more: true,
        })
    }

    async fn settle_lanes(
        &self,
        lanes: &[LaneId],
        which: &DeadLetters,
        action: DeadLetterAction,
    ) -> Result<usize, Refusal> {
        let mut letters = 0;
        for seen in self.see(lanes).await? {
            if which
                .target
                .as_ref()
                .is_none_or(|target| seen.target.starts_with(target))
            {
                letters += self.settle_lane(seen, which.sequence, action).await?;
            }
        }
        Ok(letters)
    }

    async fn settle_lane(
        &self,
        seen: Seen,
        sequence: Option<u64>,
        action: DeadLetterAction,
    ) -> Result<usize, Refusal> {
        let id = seen.lane.id.clone();
        let mut found = Some((seen.lane, seen.version));
        for _ in 0..PATIENCE.0 {
            let Some((mut lane, version)) = found else {
                return Ok(0);
            };
            if !lane.is_held() {
                let listed = lane.listings();
                let (letters, alarm) = match action {
                    DeadLetterAction::Replay => (
                        lane.replay(sequence),
                        Some(self.house.clock.now() + HINT_TIME),
                    ),
                    DeadLetterAction::Discard => (lane.discard(sequence), lane.alarm()),
                };
                if letters == 0 {
                    return Ok(0);
                }
                let key = lane.key();
                let put = Put {
                    version,
                    body: encode(&key, &lane)?,
                    alarm,
                    log: Vec::new(),
                    indexes: index_changes(&listed, lane.listings()),
                    key,
                };
                if self.house.write(vec![Change::Put(put)]).await? == Committed::Yes {
                    self.house.hints.send(Hint::Notify(id));
                    return Ok(letters);
                }
            } else {
                tokio::time::sleep(PATIENCE.1).await;
            }
            found = self
                .house
                .read_lanes(std::slice::from_ref(&id))
                .await?
                .pop();
        }
        let message = format!(
            "a notification of '{}' is being delivered: try again",
            id.callback()
        );
        Err(Refusal::new(RefusalKind::Conflict, message))
    }

    /// The lanes that fail or have dead letters, a page of them, and where the next page begins.
    async fn listed(
        &self,
        query: &DeliveryQuery,
    ) -> Result<(Vec<LaneId>, Option<String>), Refusal> {
        let limit = query.limit.clamp(1, MOST);
        let indexes = match query.status {
            Some(DeliveryStatus::Failing) => vec![failing_index()],
            Some(DeliveryStatus::Dead) => vec![dead_index()],
            None => vec![dead_index(), failing_index()],
        };
        let (score, after) = cursor(query.after.as_deref())?;
        let mut entries = BTreeMap::new();
        for index in indexes {
            let found = self
                .house
                .store
                .range(&index, score, limit + MOST)
                .await
                .map_err(refuse_store)?;
            let new = found
                .into_iter()
                .filter(|entry| (entry.score, entry.id.as_str()) > (score, after));
            entries.extend(new.map(|entry| ((entry.score, entry.id), ())));
        }
        let page: Vec<_> = entries.into_keys().take(limit + 1).collect();
        let more = page.len() > limit;
        let last = page
            .get(limit - 1)
            .filter(|_| more)
            .map(|(score, id)| format!("{score}:{id}"));
        Ok((
            page.into_iter()
                .take(limit)
                .map(|(_, id)| LaneId::new(id))
                .collect(),
            last,
        ))
    }

    async fn see(&self, ids: &[LaneId]) -> Result<Vec<Seen>, Refusal> {
        self.house.refresh_settings().await?;
        let lanes = self.house.readable_lanes(ids).await?;
        let callbacks: Vec<CallbackId> = lanes.iter().map(|(lane, _)| lane.id.callback()).collect();
        let publications: Vec<_> = lanes.iter().map(|(lane, _)| lane.id.bulletin()).collect();
        let held = self.house.hold_all(&callbacks).await?;
        let published = self.house.publications(&publications).await?;
        let about = held.into_iter().zip(published);
        let seen = lanes.into_iter().zip(about).filter_map(|(lane, about)| {
            let (lane, version) = lane;
            let (callback, is_publication) = match about {
                (Some(held), _) => (Some(held.callback), false),
                (None, Some(_)) => (None, true),
                (None, None) => return None,
            };
            let target = self.target_of(&lane, callback.as_ref());
            Some(Seen {
                lane,
                version,
                target,
                is_publication,
            })
        });
        Ok(seen.collect())
    }

    /// Where a lane's messages go to, as people may see it; empty when it has nobody to tell.
    fn target_of(&self, lane: &Lane, callback: Option<&Callback>) -> String {
        let settings = self.house.settings.known();
        let recipient = match lane.id.subscription() {
            Some(_) if lane.id.is_push() => {
                let plan = callback.and_then(|it| it.notify.as_ref());
                plan.and_then(|plan| plan.push.as_ref())
            }
            Some(id) => settings
                .subscriptions
                .iter()
                .find(|it| it.id == id)
                .map(|it| &it.recipient),
            None => {
                let plan = callback.and_then(|callback| callback.notify.as_ref());
                plan.and_then(|plan| plan.own.as_ref())
            }
        };
        match recipient {
            Some(recipient) => match recipient.destination(&self.house.providers) {
                Ok(destination) => Destination::shown(&destination),
                Err(error) => error.to_string(),
            },
            None if lane.id.subscription().is_some() => "a subscription that is over".to_owned(),
            None => String::new(),
        }
    }

    async fn attempts(&self, lane: &LaneId) -> Result<Vec<AttemptView>, Refusal> {
        let key: Key = lane.key();
        let entries = self
            .house
            .store
            .log(&key, 0, MOST_ATTEMPTS)
            .await
            .map_err(refuse_store)?;
        let shown = entries.iter().zip(0_u64..).filter_map(|(entry, place)| {
            let read = decode::<Attempt>(&key, entry);
            let Attempt {
                sequence,
                at,
                millis,
                outcome,
            } = self.house.readable_entry(&key, place, read)?;
            let result = match outcome {
                Outcome::Status(status) => Value::from(status),
                Outcome::Word(word) => Value::from(word),
            };
            Some(AttemptView {
                sequence,
                time: at.to_string(),
                duration_ms: millis,
                result,
            })
        });
        Ok(shown.collect())
    }
}

fn view(seen: &Seen) -> DeliveryView {
    let Seen { lane, target, .. } = seen;
    let (state, next_try, why) = match &lane.state {
        LaneState::Idle => ("idle", None, None),
        LaneState::Held { .. } => ("delivering", None, None),
        LaneState::BackingOff { until } => ("failing", Some(until.to_string()), None),
        LaneState::Ended { why, .. } => ("ended", None, Some(why.clone())),
    };
    let dead_letters = lane.dead.iter().map(|letter| DeadLetterView {
        sequence: letter.sequence,
        event_id: letter.event.clone(),
        time: letter.at.to_string(),
        reason: letter.reason.clone(),
        answer: letter.answer.clone(),
        replay: letter.replay,
    });
    DeliveryView {
        callback: (!seen.is_publication).then(|| lane.id.callback()),
        publication: seen.is_publication.then(|| lane.id.bulletin()),
        subscription: lane.id.subscription(),
        target: target.clone(),
        state,
        next_try,
        why,
        told: lane.told,
        failures: lane.failures,
        dead_letters: dead_letters.collect(),
        attempts: Vec::new(),
    }
}

fn fits(view: &DeliveryView, query: &DeliveryQuery) -> bool {
    let status = match query.status {
        Some(DeliveryStatus::Failing) => view.state == "failing",
        Some(DeliveryStatus::Dead) => !view.dead_letters.is_empty(),
        None => true,
    };
    status
        && query
            .target
            .as_ref()
            .is_none_or(|target| view.target.starts_with(target))
}

fn cursor(after: Option<&str>) -> Result<(i64, &str), Refusal> {
    let Some(after) = after else {
        return Ok((i64::MIN, ""));
    };
    let read = || {
        let (score, id) = after.split_once(':')?;
        Some((score.parse().ok()?, id))
    };
    read().ok_or_else(|| {
        let shown: String = after.chars().take(80).collect();
        let message = format!("after '{shown}': allowed is the 'next' of the page before");
        Refusal::new(RefusalKind::Invalid, message)
    })
}
