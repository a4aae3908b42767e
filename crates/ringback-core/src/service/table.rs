//! Every option: its name, default, what it takes, and where the value goes, by topic.
//!
//! Names, defaults and meanings are the established product's; `_retry_on_…` are Ringback's own.

macro_rules! option {
    ($name:literal, $default:literal, $allowed:expr, $meaning:literal, $value:ident => $($field:ident).+ = $read:expr) => {
        OptionSpec {
            name: $name,
            default: $default,
            allowed: $allowed,
            meaning: $meaning,
            set: |options, $value| {
                options.$($field).+ = $read?;
                Some(())
            },
        }
    };
}

mod admission;
mod dialing;
mod general;
mod media;
mod notification;
mod queueing;
mod scheduled;

use serde::Serialize;

use super::options::Options;
use crate::nearest::nearest;

const YEAR: u64 = 366 * 86_400;
const SWITCH: &str = "true or false";
const TEXT: &str = "a text of at most 2048 characters without control characters";
const NAME: &str = "a name of at most 128 characters, or empty";
const SECONDS: &str = "seconds from 1 to 31622400";
const SECONDS_OR_NONE: &str = "seconds from 0 to 31622400";

/// One option.
#[derive(Clone, Copy)]
pub struct OptionSpec {
    /// The original's name.
    pub name: &'static str,
    /// What holds when neither the service nor its template says anything.
    pub default: &'static str,
    /// What it takes, for error messages.
    pub allowed: &'static str,
    /// What it does, in a sentence or two, for who configures services.
    pub meaning: &'static str,
    pub(crate) set: fn(&mut Options, &str) -> Option<()>,
}

/// Other spellings that the original's own documents use.
const ALIASES: &[(&str, &str)] = &[
    (
        "_enable_status_notifications",
        "_enable_status_notification",
    ),
    ("vq_for_outbound_calls", "_vq_for_outbound_calls"),
    ("_route_point", "_trunk_group"),
];

/// Options whose values may hold credentials, or people's numbers.
const SECRETS: &[&str] = &[
    "_exceptions",
    "_plugin_on_dial_url",
    "_push_notification_target",
    "_status_notification_target",
    "password",
    "username",
];

/// Options that are credentials.
const CREDENTIALS: &[&str] = &["password", "username"];

/// Options that say who may do what, and so are no request's business.
const OF_THE_HOUSE: &[&str] = &[
    "_overwritable_options",
    "_paused_services_id",
    "_service_groups",
    "password",
    "username",
];

/// What is told of an option to who configures services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedOption {
    /// Its name.
    pub name: &'static str,
    /// The topic it stands under.
    pub topic: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// What holds when neither the service nor its template says anything.
    pub default: &'static str,
    /// What its numbers count: `ms`, `s` or `min`.
    pub unit: Option<&'static str>,
}

/// All options, in the order of the documentation.
pub fn explained_options() -> impl Iterator<Item = ExplainedOption> {
    TOPICS
        .iter()
        .flat_map(|(topic, specs)| specs.iter().map(move |spec| spec.explained(topic)))
}

impl OptionSpec {
    fn explained(&self, topic: &'static str) -> ExplainedOption {
        ExplainedOption {
            name: self.name,
            topic,
            meaning: self.meaning,
            takes: self.allowed,
            default: self.default,
            unit: self.unit(),
        }
    }

    /// What its numbers count: what it takes begins with that word.
    fn unit(&self) -> Option<&'static str> {
        let units = [("milliseconds", "ms"), ("seconds", "s"), ("minutes", "min")];
        let (_, unit) = units
            .iter()
            .find(|(word, _)| self.allowed.starts_with(word))?;
        Some(unit)
    }

    /// The option of that name or alias.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = ALIASES
            .iter()
            .find(|(alias, _)| *alias == name)
            .map_or(name, |(_, own)| own);
        TABLE.iter().find(|spec| spec.name == name)
    }

    /// Whether its value may hold credentials or numbers: it is shown to nobody but who configures the service.
    pub fn is_secret(&self) -> bool {
        SECRETS.contains(&self.name)
    }

    /// Whether its value is a credential, which is shown to nobody.
    pub fn is_credential(&self) -> bool {
        CREDENTIALS.contains(&self.name)
    }

    /// Whether a service may let requests set it.
    pub(super) fn may_be_overwritten(&self) -> bool {
        !OF_THE_HOUSE.contains(&self.name)
    }

    /// The name that looks most like `name`, if one is close.
    pub fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, TABLE.iter().map(|spec| spec.name))
    }
}

/// All options, in the order of the documentation.
pub const fn option_specs() -> &'static [OptionSpec] {
    &TABLE
}

/// In the order of the documentation.
const TOPICS: [(&str, &[OptionSpec]); 8] = [
    ("General", general::ROWS),
    ("Notification", notification::ROWS),
    ("Scheduled Call", scheduled::ROWS),
    ("Queue Management", admission::ROWS),
    ("Queueing", queueing::ROWS),
    ("Dialing", dialing::ROWS),
    ("Preview", media::PREVIEW),
    ("Treatments and User Originated", media::SOUNDS_AND_ACCESS),
];

static TABLE: [OptionSpec; count()] = joined();

const fn count() -> usize {
    let (mut count, mut topic) = (0, 0);
    while topic < TOPICS.len() {
        count += TOPICS[topic].1.len();
        topic += 1;
    }
    count
}

const fn joined() -> [OptionSpec; count()] {
    let mut table = [TOPICS[0].1[0]; count()];
    let (mut at, mut topic) = (0, 0);
    while topic < TOPICS.len() {
        let mut row = 0;
        while row < TOPICS[topic].1.len() {
            table[at] = TOPICS[topic].1[row];
            at += 1;
            row += 1;
        }
        topic += 1;
    }
    table
}
