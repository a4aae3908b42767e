//! Alarms: whatever asked to be looked at by now.

use std::sync::Arc;
use std::time::Duration;

use ringback_core::agent::{Agent, AgentState, Engagement, Release};
use ringback_core::callback::{Decision, Effect, Input, State, Step};
use ringback_core::ids::{AgentId, AuditId, BulletinId, CallbackId, LaneId};
use ringback_core::key::{Key, Kind};
use ringback_core::session::SessionId;
use ringback_core::slots::SlotId;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;
use tokio::task::JoinSet;

use super::matching::Matcher;
use crate::hint::Hint;
use crate::house::{AgentDocument, Committed, Held, House, HouseError};
use crate::panics::guarded;
use crate::watched::Chain;

/// How many alarms of one shard are claimed at once.
const CLAIM: usize = 64;
/// With so many documents in hand, no more are claimed.
const IN_HAND: usize = 1024;
/// How long a claimed alarm stays with its claimer.
const VISIBILITY: Duration = Duration::from_secs(5);
/// The longest sleep: an alarm may have been set that is due before the ones known.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);

pub(super) async fn run<S: Store, B: Bus>(house: &House<S, B>, matcher: &Arc<Matcher<S, B>>) {
    let mut looks = JoinSet::new();
    let heartbeat = house.pulse.of("alarms");
    while !house.stop.is_cancelled() {
        heartbeat.beat();
        while looks.try_join_next().is_some() {}
        if looks.len() >= IN_HAND {
            looks.join_next().await;
            continue;
        }
        let claim = match house.store.claim_due(CLAIM, VISIBILITY).await {
            Ok(claim) => claim,
            Err(error) => {
                tracing::error!(error = %Chain(&error), "alarms cannot be claimed");
                rest(house, VISIBILITY).await;
                continue;
            }
        };
        if claim.due.is_empty() {
            rest(house, sleep(claim.next_in)).await;
            continue;
        }
        // One that takes long keeps no other waiting.
        let claimed = claim.now;
        for (key, due) in claim.due {
            let look = Box::pin(look(house.clone(), matcher.clone(), key, (due, claimed)));
            let counters = house.counters.clone();
            // One that panics has been put off by the claim, further each time.
            looks.spawn(async move { guarded(&counters, "alarm", look).await });
        }
    }
    while looks.join_next().await.is_some() {}
}

async fn rest<S, B>(house: &House<S, B>, span: Duration) {
    tokio::select! {
        () = house.stop.cancelled() => {}
        () = tokio::time::sleep(span) => {}
    }
}

fn sleep(next_in: Option<Duration>) -> Duration {
    next_in.map_or(LONGEST_SLEEP, |span| span.min(LONGEST_SLEEP))
}

/// Looks at a document that was due, and claimed at the store's time: everything here is decided at that time or later, or
/// an alarm that has come would be taken for one that is still to come.
pub(super) async fn look<S: Store, B: Bus>(
    house: House<S, B>,
    matcher: Arc<Matcher<S, B>>,
    key: Key,
    (due, claimed): (Timestamp, Timestamp),
) {
    let looked = match key.kind() {
        Kind::Callback => callback(&house, &matcher, &CallbackId::new(key.id()), claimed).await,
        Kind::Agent => agent(&house, &AgentId::new(key.id()), claimed).await,
        Kind::Lane => {
            house.hints.send(Hint::Notify(LaneId::new(key.id())));
            Ok(())
        }
        Kind::Bulletin => {
            house
                .retire_bulletin(&BulletinId::new(key.id()), matcher.dead_kept(), claimed)
                .await
        }
        Kind::Setting => house.look_at_setting(key.id(), claimed).await,
        Kind::Audit => house.purge_audit(&AuditId::new(key.id()), claimed).await,
        Kind::Slot => {
            house
                .look_at_slot(&SlotId::from_id(key.id()), claimed)
                .await
        }
        Kind::Live => house.look_at_report(key.id(), claimed).await,
        Kind::Room => {
            house
                .look_at_room(&CallbackId::new(key.id()), claimed)
                .await
        }
        Kind::Session => {
            house
                .look_at_session(&SessionId::stored(key.id()), claimed)
                .await
        }
        Kind::House => Ok(()),
    };
    // What cannot be read was told by whoever tried; the claim has put its alarm off, further each time.
    if let Err(error) = looked
        && !matches!(error, HouseError::Unreadable { .. })
    {
        tracing::error!(document = %key, due = %due, error = %Chain(&error), "an alarm could not be handled");
    }
}

async fn callback<S: Store, B: Bus>(
    house: &House<S, B>,
    matcher: &Arc<Matcher<S, B>>,
    id: &CallbackId,
    claimed: Timestamp,
) -> Result<(), HouseError> {
    loop {
        let Some(mut held) = house.hold(id).await? else {
            return Ok(());
        };
        let options = house.present_options(&held.callback).await?;
        let now = house.clock.at_least(claimed);
        let input = if held.callback.asks_for_wait(now) {
            let wait = house.expected_wait(&held.callback, &options).await?;
            Input::Expect { wait }
        } else if held.callback.asks_for_other_calls(now)
            && house.is_in_call(&held.callback, now).await?
        {
            Input::InAnotherCall
        } else {
            Input::Look
        };
        let effects = match held.callback.step(input, &options, now) {
            Decision::Only(effects) => {
                // Looked at too early, by the options of another day: its alarm is set by those of today.
                if held.callback.alarm(&options) > now + VISIBILITY {
                    put_off(house, &mut held).await?;
                }
                effects
            }
            Decision::Refused(_) => return Ok(()),
            Decision::Purge => match house.retire(&held, matcher.dead_kept(), now).await? {
                Committed::Yes => return Ok(()),
                Committed::Conflict => continue,
            },
            Decision::Step(step) => match house.commit(&mut held, &step).await? {
                Committed::Yes => step.effects,
                Committed::Conflict => continue,
            },
        };
        if !options.usable {
            tracing::warn!(
                callback.id = %id, callback.state = %held.callback.callback_state(),
                service = %held.callback.service,
                "a callback's service is not configured here, or no longer takes what its request set"
            );
        }
        return carry_out(house, matcher, id, effects).await;
    }
}

/// Sets its alarm by the present options. On a conflict somebody else has just set it.
async fn put_off<S: Store, B: Bus>(
    house: &House<S, B>,
    held: &mut Held,
) -> Result<Committed, HouseError> {
    let unchanged = Step {
        callback: held.callback.clone(),
        events: Vec::new(),
        effects: Vec::new(),
    };
    house.commit(held, &unchanged).await
}

/// A match that this scheduler can make itself needs no message.
async fn carry_out<S: Store, B: Bus>(
    house: &House<S, B>,
    matcher: &Arc<Matcher<S, B>>,
    id: &CallbackId,
    effects: Vec<Effect>,
) -> Result<(), HouseError> {
    let mut others = Vec::new();
    for effect in effects {
        match effect {
            Effect::Match(wait) => matcher.wait(&wait).await,
            Effect::Call(_) | Effect::Release(..) | Effect::Dial | Effect::Tell(_) => {
                others.push(effect);
            }
        }
    }
    house.perform(id, others).await
}

async fn agent<S: Store, B: Bus>(
    house: &House<S, B>,
    id: &AgentId,
    claimed: Timestamp,
) -> Result<(), HouseError> {
    let Some(held) = house.hold_agent(id).await? else {
        return Ok(());
    };
    let now = house.clock.at_least(claimed);
    if let AgentState::Engaged(engagement) = &held.agent.state {
        if now < engagement.lease {
            return Ok(());
        }
        return engaged(house, &held, engagement, now).await;
    }
    // A conflict means that somebody else has just seen to it.
    if let Some(ready) = held.agent.clone().lapse(now) {
        house.commit_agent(&held, &ready).await?;
    }
    Ok(())
}

/// An engaged agent's lease has passed: its callback tells whether its dialer still lives.
async fn engaged<S: Store, B: Bus>(
    house: &House<S, B>,
    held: &AgentDocument,
    engagement: &Engagement,
    now: Timestamp,
) -> Result<(), HouseError> {
    let ids = std::slice::from_ref(&engagement.callback);
    let held_callback = house.hold_all(ids).await?.pop().flatten();
    let callback = held_callback.map(|held| held.callback);
    let mine = |state: &State| state.agent().is_some_and(|agent| agent.id == held.agent.id);
    let new: Option<Agent> = match callback.as_ref().map(|callback| &callback.state) {
        Some(State::OnCall { leg, .. }) if callback.as_ref().is_some_and(|c| mine(&c.state)) => {
            let lease = leg.lease.max(now) + Duration::from_secs(1);
            held.agent.clone().engage(Engagement {
                lease,
                ..engagement.clone()
            })
        }
        Some(State::Completed { reason, .. })
            if *reason == ringback_core::event::Reason::AgentConnected =>
        {
            house.hints.send(Hint::Agent(held.agent.id.clone()));
            None
        }
        None => {
            house.hints.send(Hint::Agent(held.agent.id.clone()));
            None
        }
        Some(_) => held
            .agent
            .clone()
            .release(&engagement.callback, Release::Untouched, now),
    };
    if let Some(new) = new {
        house.commit_agent(held, &new).await?;
    }
    Ok(())
}
