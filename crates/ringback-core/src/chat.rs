//! Chats: a room in which a customer and an agent write to each other. To whoever drives a callback it is a call.

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::call::{AnsweredBy, CallCommand, CallId, CallStatus, Party};
use crate::ids::{AgentId, CallbackId};
use crate::key::{Key, Kind};
use crate::time::Timestamp;

/// The longest text, in characters.
pub const LONGEST_TEXT: usize = 2000;
/// The most lines of a room.
pub const MOST_LINES: u32 = 1000;
/// How long a customer counts as there after the last sign of life.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Signs of life that come within this time of the last one change nothing.
const SIGNS: Duration = Duration::from_secs(15);

/// What a customer is let in by: 128 random bits in hexadecimal digits. It is never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatKey(String);

impl ChatKey {
    /// A new one.
    pub fn draw(random: [u64; 2]) -> Self {
        let [first, second] = random;
        Self(format!("{first:016x}{second:016x}"))
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether somebody has shown it. How long that takes does not tell how much of it is right.
    pub fn opens(&self, shown: &str) -> bool {
        self.0.as_bytes().ct_eq(shown.as_bytes()).into()
    }
}

/// Shows nothing of it.
impl fmt::Debug for ChatKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatKey(…)")
    }
}

/// The document of a callback's room.
pub fn room_key(id: &CallbackId) -> Key {
    Key::new(Kind::Room, id.as_str())
}

/// A room. It is there once the customer has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// What lets the customer in.
    #[serde(rename = "k")]
    key: ChatKey,
    /// When the customer was last heard of.
    #[serde(rename = "see")]
    seen: Timestamp,
    /// Who else is asked in, or there.
    #[serde(rename = "ag", default, skip_serializing_if = "Option::is_none")]
    seat: Option<Seat>,
    /// How many lines there are.
    #[serde(rename = "n")]
    lines: u32,
    /// How it ended.
    #[serde(rename = "end", default, skip_serializing_if = "Option::is_none")]
    over: Option<Party>,
}

/// The agent's seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seat {
    /// Whose seat: the agent's directory number.
    dn: String,
    /// Who sits there.
    #[serde(rename = "id", default, skip_serializing_if = "Option::is_none")]
    taken: Option<AgentId>,
}

/// Something in a room, as its log keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Party,
    /// What.
    #[serde(flatten)]
    pub what: Said,
}

/// Never shows what was written.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line(by {:?})", self.by)
    }
}

/// What somebody did in a room.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Wrote this.
    Text(String),
    /// Came in.
    #[serde(rename = "event")]
    Event(Coming),
}

/// Comings and goings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coming {
    /// Came in.
    Joined,
    /// Went; the chat is over.
    Left,
}

/// What happens to a room.
#[derive(Clone, PartialEq, Eq)]
pub enum Act {
    /// The customer gives a sign of life.
    Seen,
    /// Somebody writes.
    Write(Party, String),
    /// The agent whose directory number was asked for takes the seat.
    Sit {
        /// The directory number.
        dn: String,
        /// Who.
        agent: AgentId,
    },
    /// Somebody goes.
    Leave(Party),
    /// Whoever drives the callback orders something.
    Obey(CallCommand),
    /// Time passes.
    Look,
}

/// Why something cannot happen in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoomRefusal {
    /// It is over.
    #[error("the chat is over: nothing can be written any more")]
    Over,
    /// There is nobody to write to.
    #[error("the agent is not in the chat: allowed is to join it first")]
    NotThere,
    /// Somebody else was asked.
    #[error("this agent is not asked into the chat")]
    NotAsked,
    /// Nothing, or too much.
    #[error("a text has {0} characters: allowed are 1 to {LONGEST_TEXT}")]
    Text(usize),
    /// There is enough.
    #[error("the chat has {MOST_LINES} lines: no more are allowed")]
    Full,
    /// Not in a room.
    #[error("a chat has no phone that could ring")]
    NoPhone,
}

/// What became of a room: as it is now, with what is new in its log.
pub type Changed = (Room, Vec<Line>);

impl Room {
    /// The customer comes in.
    pub fn open(key: ChatKey, now: Timestamp) -> Changed {
        let room = Self {
            key,
            seen: now,
            seat: None,
            lines: 1,
            over: None,
        };
        let what = Said::Event(Coming::Joined);
        let by = Party::Customer;
        (room, vec![Line { at: now, by, what }])
    }

    /// Whether a customer who shows this is the one of this room.
    pub fn admits(&self, shown: &str) -> bool {
        self.key.opens(shown)
    }

    /// Whether this agent sits there.
    pub fn seats(&self, agent: &AgentId) -> bool {
        self.agent() == Some(agent)
    }

    /// The agent who is there.
    pub fn agent(&self) -> Option<&AgentId> {
        self.seat.as_ref()?.taken.as_ref()
    }

    /// Whether it is over.
    pub const fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// The same as of a call.
    pub fn status(&self) -> CallStatus {
        let connected = self.agent().is_some();
        if self.is_over() {
            return CallStatus::Over { connected };
        }
        let by = AnsweredBy::Person;
        CallStatus::Up { by, connected }
    }

    /// When somebody must look whether the customer is still there.
    pub fn alarm(&self) -> Option<Timestamp> {
        (!self.is_over()).then(|| self.seen + PATIENCE)
    }

    /// Lets something happen; `None` when nothing changes.
    ///
    /// # Errors
    /// When it cannot.
    pub fn step(&self, act: Act, now: Timestamp) -> Result<Option<Changed>, RoomRefusal> {
        match act {
            Act::Seen if self.is_over() || now < self.seen + SIGNS => Ok(None),
            Act::Seen => Ok(Some((self.seen_at(now), Vec::new()))),
            Act::Write(by, text) => self.write(by, text, now).map(Some),
            Act::Sit { dn, agent } => self.sit(&dn, agent, now),
            Act::Leave(_) if self.is_over() => Ok(None),
            Act::Leave(by) => Ok(Some(self.end(by, now))),
            Act::Obey(command) => self.obey(command, now),
            Act::Look if self.alarm().is_some_and(|alarm| alarm <= now) => {
                Ok(Some(self.end(Party::Customer, now)))
            }
            Act::Look => Ok(None),
        }
    }

    fn seen_at(&self, now: Timestamp) -> Self {
        let room = self.clone();
        Self { seen: now, ..room }
    }

    fn write(&self, by: Party, text: String, now: Timestamp) -> Result<Changed, RoomRefusal> {
        if self.is_over() {
            return Err(RoomRefusal::Over);
        }
        let length = text.chars().count();
        if text.trim().is_empty() || length > LONGEST_TEXT {
            return Err(RoomRefusal::Text(length));
        }
        if self.lines >= MOST_LINES {
            return Err(RoomRefusal::Full);
        }
        if by == Party::Agent && self.agent().is_none() {
            return Err(RoomRefusal::NotThere);
        }
        let room = if by == Party::Customer {
            self.seen_at(now)
        } else {
            self.clone()
        };
        Ok(room.with(by, Said::Text(text), now))
    }

    fn sit(
        &self,
        dn: &str,
        agent: AgentId,
        now: Timestamp,
    ) -> Result<Option<Changed>, RoomRefusal> {
        if self.is_over() {
            return Err(RoomRefusal::Over);
        }
        match &self.seat {
            Some(seat) if seat.taken.as_ref() == Some(&agent) => Ok(None),
            Some(seat) if seat.dn == dn && seat.taken.is_none() => {
                let room = self.with_seat(dn.to_owned(), Some(agent));
                let joined = Said::Event(Coming::Joined);
                Ok(Some(room.with(Party::Agent, joined, now)))
            }
            Some(_) | None => Err(RoomRefusal::NotAsked),
        }
    }

    fn obey(&self, command: CallCommand, now: Timestamp) -> Result<Option<Changed>, RoomRefusal> {
        match command {
            CallCommand::Dial(_) | CallCommand::Summon { .. } => Err(RoomRefusal::NoPhone),
            // There is nothing to hear.
            CallCommand::Play { .. } | CallCommand::Hold { .. } => Ok(None),
            CallCommand::HangUp if self.is_over() => Ok(None),
            CallCommand::HangUp => Ok(Some(self.end(Party::Us, now))),
            CallCommand::Connect { .. } if self.is_over() => Err(RoomRefusal::Over),
            CallCommand::Connect { dn, .. } => {
                let is_asked = self.seat.as_ref().is_some_and(|seat| seat.dn == dn);
                Ok((!is_asked).then(|| (self.with_seat(dn, None), Vec::new())))
            }
        }
    }

    fn end(&self, by: Party, now: Timestamp) -> Changed {
        let over = Some(by);
        let room = Self {
            over,
            ..self.clone()
        };
        room.with(by, Said::Event(Coming::Left), now)
    }

    fn with_seat(&self, dn: String, taken: Option<AgentId>) -> Self {
        let seat = Some(Seat { dn, taken });
        Self {
            seat,
            ..self.clone()
        }
    }

    fn with(self, by: Party, what: Said, at: Timestamp) -> Changed {
        let lines = self.lines.saturating_add(1);
        (Self { lines, ..self }, vec![Line { at, by, what }])
    }
}

/// What the names of chats begin with; no name of a phone call does.
const CHAT: &str = "chat-";

impl CallId {
    /// The chat of a callback: it has one.
    pub fn of_chat(callback: &CallbackId) -> Self {
        Self::from_wire(format!("{CHAT}{callback}"))
    }

    /// The callback of a chat; `None` for a phone call.
    pub fn chat(&self) -> Option<CallbackId> {
        self.as_str().strip_prefix(CHAT).map(CallbackId::new)
    }
}
