//! What became of deliveries: every attempt, and what was given up.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Lane;
use crate::time::Timestamp;

/// How much of a reason or an answer is kept, in characters.
const KEPT: usize = 300;

/// One attempt to deliver an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The event's number in the lane.
    #[serde(rename = "q")]
    pub sequence: u64,
    /// When it began.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// How long it took, in ms.
    #[serde(rename = "d")]
    pub millis: u64,
    /// How it ended.
    #[serde(rename = "r")]
    pub outcome: Outcome,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// The target answered with this HTTP status.
    Status(u16),
    /// It was published and confirmed, or there was no answer: one word for what happened.
    Word(String),
}

impl Outcome {
    /// A message was published.
    pub fn confirmed() -> Self {
        Self::Word("confirmed".to_owned())
    }

    /// Whether the event was delivered.
    pub fn is_good(&self) -> bool {
        match self {
            Self::Status(status) => (200..=299).contains(status),
            Self::Word(word) => word == "confirmed",
        }
    }
}

/// As reasons tell it.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the target answered {status}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// A notification that was given up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The event's number in the lane.
    #[serde(rename = "q")]
    pub sequence: u64,
    /// What happened.
    #[serde(rename = "n")]
    pub event: String,
    /// Its place in the callback's log, from 0.
    #[serde(rename = "i")]
    pub index: u64,
    /// When it was given up.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// Why.
    #[serde(rename = "why")]
    pub reason: String,
    /// The beginning of the target's last answer.
    #[serde(rename = "ans", default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// Somebody wants it to be delivered again.
    #[serde(rename = "re", default, skip_serializing_if = "std::ops::Not::not")]
    pub replay: bool,
}

/// Never shows the answer.
impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "DeadLetter({} {}, {})",
            self.sequence, self.at, self.reason
        )
    }
}

impl Lane {
    /// The next event will not be delivered: it is kept with the reason and the last answer, and the lane goes on.
    pub fn give_up(&mut self, event: &str, reason: &str, answer: &str, now: Timestamp) {
        self.dead.push(DeadLetter {
            sequence: self.sequence(),
            event: event.to_owned(),
            index: self.cursor,
            at: now,
            reason: shorten(reason),
            answer: shorten(answer),
            replay: false,
        });
        self.delivered();
    }

    /// The dead letter that is to be delivered again before anything else.
    pub fn to_replay(&self) -> Option<&DeadLetter> {
        self.dead.iter().find(|letter| letter.replay)
    }

    /// Wants all dead letters, or one of them, to be delivered again. How many were not on their way before.
    pub fn replay(&mut self, sequence: Option<u64>) -> usize {
        let mut chosen = 0;
        for letter in &mut self.dead {
            if !letter.replay && sequence.is_none_or(|sequence| letter.sequence == sequence) {
                letter.replay = true;
                chosen += 1;
            }
        }
        if chosen > 0 {
            self.failures = 0;
            self.rest();
        }
        chosen
    }

    /// Forgets all dead letters, or one of them. How many there were.
    pub fn discard(&mut self, sequence: Option<u64>) -> usize {
        let before = self.dead.len();
        self.dead
            .retain(|letter| sequence.is_some_and(|sequence| letter.sequence != sequence));
        before - self.dead.len()
    }

    /// A dead letter was delivered after all.
    pub fn revived(&mut self, sequence: u64) {
        self.failures = 0;
        self.discard(Some(sequence));
    }

    /// A dead letter has failed too often again.
    pub fn dead_again(&mut self, sequence: u64, reason: &str, answer: &str, now: Timestamp) {
        self.failures = 0;
        for letter in self
            .dead
            .iter_mut()
            .filter(|letter| letter.sequence == sequence)
        {
            (letter.replay, letter.at) = (false, now);
            (letter.reason, letter.answer) = (shorten(reason), shorten(answer));
        }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(KEPT).collect()
}
