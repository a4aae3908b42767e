//! What can be wrong with an event list.

use std::fmt;

use crate::nearest::offer;
use crate::service::shorten;
use crate::untrusted::TooMuch;

/// The section of a mistake that is the whole list's.
pub const WHOLE: &str = "";
/// The most mistakes that are told one by one.
const TOLD: usize = 100;

/// One thing wrong with an event list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ListMistake {
    /// Where, as written; empty if it is the whole list.
    pub section: String,
    /// The option there, as written, if it is one option.
    pub option: Option<String>,
    /// What, and what is allowed.
    pub reason: String,
}

impl fmt::Display for ListMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            section,
            option,
            reason,
        } = self;
        match option {
            Some(option) => write!(f, "section '{section}', option '{option}': {reason}"),
            None if section == WHOLE => f.write_str(reason),
            None => write!(f, "section '{section}': {reason}"),
        }
    }
}

/// Everything wrong with an event list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event list: {}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct ListMistakes {
    /// What is wrong: the first hundred, and then how many more.
    pub mistakes: Vec<ListMistake>,
}

/// One that is the whole list's.
impl From<Reason> for ListMistakes {
    fn from(reason: Reason) -> Self {
        let mut found = Found::default();
        found.add(WHOLE, None, &reason);
        found.into_mistakes()
    }
}

/// Mistakes as they are found.
#[derive(Default)]
pub struct Found {
    mistakes: Vec<ListMistake>,
    more: usize,
}

impl Found {
    pub fn add(&mut self, section: &str, option: Option<&str>, reason: &Reason) {
        if self.mistakes.len() == TOLD {
            self.more += 1;
            return;
        }
        self.mistakes.push(ListMistake {
            section: shorten(section),
            option: option.map(shorten),
            reason: reason.to_string(),
        });
    }

    pub fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &ListMistake> {
        self.mistakes.iter()
    }

    pub fn into_mistakes(self) -> ListMistakes {
        let mut mistakes = self.mistakes;
        if self.more > 0 {
            mistakes.push(ListMistake {
                section: WHOLE.to_owned(),
                option: None,
                reason: Reason::More(self.more).to_string(),
            });
        }
        ListMistakes { mistakes }
    }
}

/// What is wrong, and what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error("unknown event{}; allowed are the 19 of the reference, e.g. _cbe_on_service_create", offer(*.0))]
    UnknownEvent(Option<&'static str>),
    #[error("unknown{}; allowed are {allowed}", offer(*.nearest))]
    Unknown {
        nearest: Option<&'static str>,
        allowed: String,
    },
    #[error("given twice")]
    Twice,
    #[error("found {found}, allowed is {allowed}")]
    Kind {
        found: &'static str,
        allowed: &'static str,
    },
    #[error("'{value}': allowed is {allowed}")]
    Value {
        value: String,
        allowed: &'static str,
    },
    #[error("it goes on in the next line, but its value is one line")]
    Wrapped,
    #[error("missing, but _enable_status_notification is subscribe_notify")]
    NoTarget,
    #[error(
        "'{0}' is no name: allowed are 1 to 128 characters without commas and control characters"
    )]
    Name(String),
    #[error("{0} names: allowed are at most {1}")]
    TooMany(usize, usize),
    #[error("no JSON: {0}; allowed is a JSON object")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    #[error("its key '{0}' would hide what every message tells: allowed are all others")]
    Hides(&'static str),
    #[error("{0} bytes: allowed are at most {1}")]
    TooLong(usize, usize),
    #[error(
        "line {0} belongs to nothing: expected is a [section], 'option = value', a comment after ';' or '#', or the \
         rest of a value"
    )]
    Stray(usize),
    #[error("it tells no event: expected is a section for each, e.g. _cbe_on_service_create")]
    NoEvents,
    #[error("and {0} more")]
    More(usize),
}
