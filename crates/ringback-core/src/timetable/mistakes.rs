//! What can be wrong with office hours and capacities.

use std::collections::BTreeMap;

use super::{MAX_OPTIONS, spoken};
use crate::nearest::offer;
use crate::service::{legal_name, shorten};
use crate::zone::{Zone, ZoneError};

/// One thing wrong with office hours or a capacity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// Their own name.
    #[error("'{0}' is no name: allowed are 1 to 64 letters, digits, '_', '-' and '.'")]
    Name(String),
    /// An option that does not exist.
    #[error("unknown option '{name}'{}; allowed are {allowed}", offer(*nearest))]
    Unknown {
        /// As written, shortened.
        name: String,
        /// The known name that looks most like it.
        nearest: Option<&'static str>,
        /// All of them.
        allowed: &'static str,
    },
    /// A value that the option does not take.
    #[error("option '{name}' = '{value}': allowed is {allowed}")]
    Value {
        /// The option.
        name: String,
        /// As written, shortened.
        value: String,
        /// What it takes.
        allowed: &'static str,
    },
    /// A time zone that does not exist.
    #[error("option '_timezone' = '{value}': allowed is an IANA time zone, as Europe/Paris{}", offer(nearest.as_deref()))]
    Zone {
        /// As written, shortened.
        value: String,
        /// The name that looks most like it.
        nearest: Option<String>,
    },
    /// Two options for the same day.
    #[error("option '{name}' is for the same day as '{first}': allowed is one of them")]
    Twice {
        /// The one.
        name: String,
        /// The other.
        first: String,
    },
    /// Options that say nothing.
    #[error("missing: expected is at least one of {0}")]
    Missing(&'static str),
    /// More options than are read.
    #[error("{0} options: allowed are at most {1}")]
    TooMany(usize, usize),
}

/// Everything wrong with office hours or a capacity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} '{name}': {}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Mistakes {
    /// What they are.
    pub what: &'static str,
    /// Which ones.
    pub name: String,
    /// What is wrong.
    pub mistakes: Vec<Mistake>,
}

/// Mistakes as they are found.
#[derive(Default)]
pub struct Found(Vec<Mistake>);

impl Found {
    /// The options to read of what has this name.
    pub fn options<'a>(
        &mut self,
        name: &str,
        given: &'a BTreeMap<String, String>,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        if !legal_name(name) {
            self.add(Mistake::Name(shorten(name)));
        }
        if given.len() > MAX_OPTIONS {
            self.add(Mistake::TooMany(given.len(), MAX_OPTIONS));
        }
        spoken(given).take(MAX_OPTIONS)
    }

    /// What `read` finds in the value; if that is nothing, the value is wrong.
    pub fn expect<T>(
        &mut self,
        name: &str,
        value: &str,
        read: Option<T>,
        allowed: &'static str,
    ) -> Option<T> {
        if read.is_none() {
            self.add(Mistake::Value {
                name: shorten(name),
                value: shorten(value),
                allowed,
            });
        }
        read
    }

    /// The zone of that name.
    pub fn zone(&mut self, name: &str) -> Option<Zone> {
        match name.parse() {
            Ok(zone) => Some(zone),
            Err(ZoneError { name, nearest }) => {
                self.add(Mistake::Zone {
                    value: name,
                    nearest,
                });
                None
            }
        }
    }

    /// One more.
    pub fn add(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    /// `good`, if nothing is wrong.
    pub fn or<T>(self, what: &'static str, name: &str, good: T) -> Result<T, Mistakes> {
        if self.0.is_empty() {
            return Ok(good);
        }
        Err(Mistakes {
            what,
            name: shorten(name),
            mistakes: self.0,
        })
    }
}
