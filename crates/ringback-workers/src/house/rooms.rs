//! Rooms of chats: who comes in, what happens there, and who is told.

use ringback_core::agent::AgentState;
use ringback_core::call::{CallId, CallStatus};
use ringback_core::callback::{Callback, Decision, Input};
use ringback_core::chat::{Act, Changed, Line, Room, RoomRefusal, room_key};
use ringback_core::ids::{CallbackId, WorkerId};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Put, Store};

use super::{Committed, Held, House, HouseError, decode, encode};
use crate::hint::Hint;

/// A room in hand, with the version it was read at.
#[derive(Clone, Debug)]
pub struct HeldRoom {
    /// The room.
    pub room: Room,
    /// Its version.
    pub version: u64,
}

/// What became of something in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acted {
    /// It happened, or had happened before; the room as it is now.
    Yes(Room),
    /// It cannot happen.
    No(RoomRefusal),
    /// There is no such room.
    NoRoom,
}

impl<S: Store, B: Bus> House<S, B> {
    /// The room of a callback; `None` while its customer has not come.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn room(&self, id: &CallbackId) -> Result<Option<HeldRoom>, HouseError> {
        let key = room_key(id);
        let mut found = self.store.get(std::slice::from_ref(&key)).await?;
        let Some(document) = found.pop().flatten() else {
            return Ok(None);
        };
        Ok(Some(HeldRoom {
            room: decode(&key, &document.body)?,
            version: document.version,
        }))
    }

    /// Up to `limit` lines of a room after the first `after` ones.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn lines(
        &self,
        id: &CallbackId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Line>, HouseError> {
        let key = room_key(id);
        let entries = self.store.log(&key, after, limit).await?;
        entries.iter().map(|entry| decode(&key, entry)).collect()
    }

    /// Lets the customer in who shows the key of the invitation: the chat arrives as a call does. `None` when the key does
    /// not open it, or not any more.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn enter(&self, id: &CallbackId, shown: &str) -> Result<Option<Room>, HouseError> {
        loop {
            let room = self.room(id).await?;
            let version = room.as_ref().map_or(0, |room| room.version);
            if let Some(HeldRoom { room, .. }) = room
                && room.admits(shown)
            {
                return Ok(Some(room));
            }
            let Some(mut held) = self.hold(id).await? else {
                return Ok(None);
            };
            let (options, now) = (self.options(&held.callback), self.clock.now());
            let invitation = held.callback.invitation();
            let invitation = invitation.filter(|invitation| now < invitation.until);
            let key = invitation.and_then(|invitation| invitation.chat());
            let Some(key) = key.filter(|key| key.opens(shown)).cloned() else {
                return Ok(None);
            };
            let arrive = Input::Arrive(CallId::of_chat(id));
            let Decision::Step(step) = held.callback.step(arrive, &options, now) else {
                return Ok(None);
            };
            let opened = Room::open(key, now);
            let opening = vec![put(id, version, &opened)?];
            if self.commit_with(&mut held, &step, opening).await? == Committed::Yes {
                self.perform(id, step.effects).await?;
                return Ok(Some(opened.0));
            }
        }
    }

    /// Lets something happen in a room. Whoever drives its callback is told when that matters there.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn act(&self, id: &CallbackId, act: Act) -> Result<Acted, HouseError> {
        self.act_at(id, act, Timestamp::default()).await
    }

    /// The same at the store's time `told` or later.
    async fn act_at(
        &self,
        id: &CallbackId,
        act: Act,
        told: Timestamp,
    ) -> Result<Acted, HouseError> {
        loop {
            let Some(HeldRoom { room, version }) = self.room(id).await? else {
                return Ok(Acted::NoRoom);
            };
            let changed = match room.step(act.clone(), self.clock.at_least(told)) {
                Ok(None) => return Ok(Acted::Yes(room)),
                Ok(Some(changed)) => changed,
                Err(refusal) => return Ok(Acted::No(refusal)),
            };
            if self.write(vec![put(id, version, &changed)?]).await? == Committed::Yes {
                let (new, _) = changed;
                self.tell_driver(id, room.status(), &new).await?;
                return Ok(Acted::Yes(new));
            }
        }
    }

    /// A customer who is gone has left.
    pub(crate) async fn look_at_room(
        &self,
        id: &CallbackId,
        claimed: Timestamp,
    ) -> Result<(), HouseError> {
        self.act_at(id, Act::Look, claimed).await.map(drop)
    }

    /// How a chat stands, as of a call.
    pub(crate) async fn room_status(&self, id: &CallbackId) -> Result<CallStatus, HouseError> {
        let held = self.room(id).await?;
        Ok(held.map_or(CallStatus::Unknown, |held| held.room.status()))
    }

    /// A hint: whoever drives the callback looks every few seconds in any case.
    async fn tell_driver(
        &self,
        id: &CallbackId,
        was: CallStatus,
        room: &Room,
    ) -> Result<(), HouseError> {
        if was == room.status() {
            return Ok(());
        }
        let held = self.hold(id).await?;
        let driver = match held.as_ref().and_then(Held::driver) {
            Some(driver) => Some(driver.clone()),
            None => self.driver_of_talk(id, room).await?,
        };
        if let Some(driver) = driver {
            self.hints.send(Hint::Ask(driver, id.clone()));
        }
        Ok(())
    }

    /// Who holds the agent's call after the callback is over.
    async fn driver_of_talk(
        &self,
        id: &CallbackId,
        room: &Room,
    ) -> Result<Option<WorkerId>, HouseError> {
        let Some(agent) = room.agent() else {
            return Ok(None);
        };
        let held = self.hold_agent(agent).await?;
        Ok(match held.map(|held| held.agent.state) {
            Some(AgentState::Engaged(engagement)) if engagement.callback == *id => {
                Some(engagement.owner)
            }
            Some(_) | None => None,
        })
    }

    /// What goes with a callback that is removed.
    pub(super) async fn room_of(&self, callback: &Callback) -> Result<Option<Change>, HouseError> {
        if callback.invites == 0 {
            return Ok(None);
        }
        let held = self.room(&callback.id).await?;
        Ok(held.map(|HeldRoom { version, .. }| Change::Delete {
            key: room_key(&callback.id),
            version,
            indexes: Vec::new(),
        }))
    }
}

impl Held {
    fn driver(&self) -> Option<&WorkerId> {
        self.callback.state.leg().map(|leg| &leg.owner)
    }
}

fn put(id: &CallbackId, version: u64, changed: &Changed) -> Result<Change, HouseError> {
    let (room, lines) = changed;
    let key = room_key(id);
    let log = lines.iter().map(|line| encode(&key, line));
    Ok(Change::Put(Put {
        body: encode(&key, room)?,
        log: log.collect::<Result<_, _>>()?,
        alarm: room.alarm(),
        indexes: Vec::new(),
        version,
        key,
    }))
}
