//! What customers and agents do in chats.

use ringback_core::agent::{Agent, AgentRef, AgentState};
use ringback_core::call::Party;
use ringback_core::callback::{Callback, Phase, State};
use ringback_core::chat::{Act, Room, RoomRefusal};
use ringback_core::ids::{AgentId, CallbackId};
use ringback_ports::bus::Bus;
use ringback_ports::desk::{AgentChat, ChatDesk, ChatView, Chatter, Refusal, RefusalKind};
use ringback_ports::store::Store;

use super::FrontDesk;
use super::refusals::refuse;
use crate::house::{Acted, HeldRoom};

/// How many lines are read at once.
const PAGE: usize = 200;

impl<S: Store, B: Bus> ChatDesk for FrontDesk<S, B> {
    async fn join(&self, id: &CallbackId, who: &Chatter) -> Result<(), Refusal> {
        match who {
            Chatter::Customer(key) => {
                let room = self.house.enter(id, key).await.map_err(refuse)?;
                room.map(drop).ok_or_else(no_chat)
            }
            Chatter::Agent(agent) => {
                let callback = self.find(id).await?.callback;
                let dn = asked(&callback, agent).map(|asked| asked.dn.clone());
                let dn = dn.ok_or(RoomRefusal::NotAsked).map_err(refuse_act)?;
                let agent = agent.clone();
                self.act_in(id, Act::Sit { dn, agent }).await.map(drop)
            }
        }
    }

    async fn read_chat(
        &self,
        id: &CallbackId,
        who: &Chatter,
        after: u64,
    ) -> Result<ChatView, Refusal> {
        let mut room = self.room_for(id, who).await?;
        if let Chatter::Customer(_) = who {
            room = self.act_in(id, Act::Seen).await?;
        }
        let lines = self.house.lines(id, after, PAGE).await.map_err(refuse)?;
        Ok(ChatView {
            next: after.saturating_add(lines.len() as u64),
            with_agent: room.agent().is_some(),
            over: room.is_over(),
            lines,
        })
    }

    async fn write_chat(
        &self,
        id: &CallbackId,
        who: &Chatter,
        text: String,
    ) -> Result<(), Refusal> {
        self.room_for(id, who).await?;
        self.act_in(id, Act::Write(party(who), text))
            .await
            .map(drop)
    }

    async fn leave(&self, id: &CallbackId, who: &Chatter) -> Result<(), Refusal> {
        self.room_for(id, who).await?;
        self.act_in(id, Act::Leave(party(who))).await.map(drop)
    }

    async fn chat_of(&self, agent: &Agent) -> Result<Option<AgentChat>, Refusal> {
        let AgentState::Engaged(engagement) = &agent.state else {
            return Ok(None);
        };
        let Some(id) = engagement.call.chat() else {
            return Ok(None);
        };
        let Some(held) = self.house.hold(&id).await.map_err(refuse)? else {
            return Ok(None);
        };
        let room = self.house.room(&id).await.map_err(refuse)?;
        let joined = room.is_some_and(|held| held.room.seats(&agent.id));
        let is_his = joined || asked(&held.callback, &agent.id).is_some();
        Ok(is_his.then_some(AgentChat {
            service: held.callback.service,
            callback: id,
            joined,
        }))
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// The room, for somebody who is in it.
    async fn room_for(&self, id: &CallbackId, who: &Chatter) -> Result<Room, Refusal> {
        let held = self.house.room(id).await.map_err(refuse)?;
        let HeldRoom { room, .. } = held.ok_or_else(no_chat)?;
        match who {
            Chatter::Customer(key) if room.admits(key) => Ok(room),
            Chatter::Customer(_) => Err(no_chat()),
            Chatter::Agent(agent) if room.seats(agent) => Ok(room),
            Chatter::Agent(_) => Err(refuse_act(RoomRefusal::NotThere)),
        }
    }

    async fn act_in(&self, id: &CallbackId, act: Act) -> Result<Room, Refusal> {
        match self.house.act(id, act).await.map_err(refuse)? {
            Acted::Yes(room) => Ok(room),
            Acted::No(refusal) => Err(refuse_act(refusal)),
            Acted::NoRoom => Err(no_chat()),
        }
    }
}

/// The agent whose answer a callback waits for, or who talks.
fn asked<'a>(callback: &'a Callback, agent: &AgentId) -> Option<&'a AgentRef> {
    let State::OnCall {
        phase: Phase::Connecting { agent: asked, .. } | Phase::Talking { agent: asked, .. },
        ..
    } = &callback.state
    else {
        return None;
    };
    (asked.id == *agent).then_some(asked)
}

const fn party(who: &Chatter) -> Party {
    match who {
        Chatter::Customer(_) => Party::Customer,
        Chatter::Agent(_) => Party::Agent,
    }
}

fn refuse_act(refusal: RoomRefusal) -> Refusal {
    let kind = match refusal {
        RoomRefusal::Text(_) => RefusalKind::Invalid,
        RoomRefusal::Over
        | RoomRefusal::NotThere
        | RoomRefusal::NotAsked
        | RoomRefusal::Full
        | RoomRefusal::NoPhone => RefusalKind::Conflict,
    };
    Refusal::new(kind, refusal.to_string())
}

fn no_chat() -> Refusal {
    let message = "there is no chat at this link: allowed is one that was given to its customer and has not lapsed";
    Refusal::new(RefusalKind::NotFound, message)
}
