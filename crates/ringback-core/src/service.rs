//! Services: a name plus `_options`, parsed once.

pub mod options;
mod parse;
mod setting;
mod table;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

pub use options::Options;
pub(crate) use parse::{shorten, shorten_address};
pub use table::{OptionSpec, option_specs};
pub use template::Template;

use crate::event_list::{LIST_PROPERTIES, Properties};
use crate::ids::ServiceName;
use crate::nearest::offer;

/// A configured service.
#[derive(Clone, PartialEq)]
pub struct Service {
    /// Its name in URLs.
    pub name: ServiceName,
    /// What it was configured from: the options that were given, by their own names.
    pub given: BTreeMap<String, String>,
    /// The template its defaults come from.
    pub template: Template,
    /// Its options, typed.
    pub options: Options,
}

/// Options that a request may set over the service's, one callback at a time.
pub const REQUEST_OPTIONS: &[&str] = &[
    "_call_direction",
    "_enable_status_notification",
    "_media_type",
    "_status_notification_debug",
    "_status_notification_envelope",
    "_status_notification_language",
    "_status_notification_provider",
    "_status_notification_target",
    "_status_notification_type",
    "_urs_virtual_queue",
    "_wait_for_agent",
    "_wait_for_user_confirm",
];

impl Service {
    /// Reads a service from its template and its options as text.
    ///
    /// # Errors
    /// Every mistake at once: unknown names with the nearest known one, wrong values with what is allowed.
    pub fn parse(
        name: ServiceName,
        template: Template,
        given: BTreeMap<String, String>,
    ) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        if !legal_name(name.as_str()) {
            mistakes.push(Mistake::Name(name.to_string()));
        }
        let mut options = Options::of(template);
        mistakes.extend(set_all(&mut options, said(&given)));
        if options.notification.events_list.is_none() {
            tell_once(&mut mistakes, options.nobody_to_tell());
        }
        let (given, twice) = by_own_names(given);
        mistakes.extend(twice);
        if mistakes.is_empty() {
            Ok(Self {
                name,
                given,
                template,
                options,
            })
        } else {
            Err(Mistakes {
                service: name.to_string(),
                mistakes,
            })
        }
    }

    /// Every option with the value that holds, as text.
    pub fn effective(&self) -> BTreeMap<&'static str, String> {
        let nothing = BTreeMap::new();
        let value = |spec: &'static OptionSpec| self.value(spec, &nothing).to_owned();
        option_specs()
            .iter()
            .map(|spec| (spec.name, value(spec)))
            .collect()
    }

    /// The value that an option has for one callback, as text: what its request set, what was given, the template's, the
    /// default. `name` may be an alias, those of `overrides` are the options' own. `None` if it is unknown, empty, or
    /// may hold a credential.
    pub fn option_text(&self, name: &str, overrides: &BTreeMap<String, String>) -> Option<String> {
        let spec = OptionSpec::find(name).filter(|spec| !spec.is_secret())?;
        let value = self.value(spec, overrides);
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The options of one callback: this service's with what its request set.
    ///
    /// # Errors
    /// Every mistake in `overrides` at once.
    pub fn options_with(&self, overrides: &BTreeMap<String, String>) -> Result<Options, Mistakes> {
        self.options_over(overrides, None)
    }

    /// The options of one callback, when its service has an event list: its properties hold where neither the request nor
    /// the service says anything.
    ///
    /// # Errors
    /// Every mistake in `overrides` at once, and whoever is to be told without a target.
    pub fn options_over(
        &self,
        overrides: &BTreeMap<String, String>,
        properties: Option<&Properties>,
    ) -> Result<Options, Mistakes> {
        let mut options = self.options.clone();
        let is_said = |name: &str| {
            let says = |(key, value): (&String, &String)| key == name && !value.trim().is_empty();
            overrides.iter().any(says) || self.given.iter().any(says)
        };
        for (name, value) in properties.into_iter().flatten() {
            if !is_said(name) {
                // Checked when the list was saved.
                options.set(name, value).unwrap_or_default();
            }
        }
        let mut mistakes = set_all(&mut options, said(overrides));
        let listless = properties.is_none() && options.notification.events_list.is_some();
        tell_once(
            &mut mistakes,
            options.nobody_to_tell().filter(|_| !listless),
        );
        if mistakes.is_empty() {
            Ok(options)
        } else {
            Err(Mistakes {
                service: self.name.to_string(),
                mistakes,
            })
        }
    }

    fn value<'a>(&'a self, spec: &OptionSpec, overrides: &'a BTreeMap<String, String>) -> &'a str {
        let of = |given: &'a BTreeMap<String, String>| {
            let value = given.get(spec.name)?.trim();
            (!says_nothing(spec.name, value)).then_some(value)
        };
        of(overrides)
            .or_else(|| of(&self.given))
            .unwrap_or_else(|| self.template.value(spec))
    }
}

/// Shows which service, and none of its values, which may carry credentials.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({}, {:?})", self.name, self.template)
    }
}

/// What is given, without what says nothing.
fn said(given: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
    given
        .iter()
        .filter(|(name, value)| !says_nothing(name, value))
}

/// A blank option of those that an event list may set as well leaves it to whoever is asked next.
fn says_nothing(name: &str, value: &str) -> bool {
    let may_be_in_list = |spec: &OptionSpec| LIST_PROPERTIES.contains(&spec.name);
    value.trim().is_empty() && OptionSpec::find(name).is_some_and(may_be_in_list)
}

/// Sets what is given, and tells every mistake in it. An option with a wrong value is not reported as missing as well.
fn set_all<'a>(
    options: &mut Options,
    given: impl Iterator<Item = (&'a String, &'a String)>,
) -> Vec<Mistake> {
    let mut mistakes: Vec<_> = given
        .filter_map(|(key, value)| options.set(key, value).err())
        .collect();
    tell_once(&mut mistakes, options.contradictions());
    mistakes
}

fn tell_once(mistakes: &mut Vec<Mistake>, found: impl IntoIterator<Item = Mistake>) {
    for new in found {
        if !mistakes.iter().any(|known| known.option() == new.option()) {
            mistakes.push(new);
        }
    }
}

/// What is given, by the options' own names; and what is given under two names at once.
pub(crate) fn by_own_names(
    given: BTreeMap<String, String>,
) -> (BTreeMap<String, String>, Vec<Mistake>) {
    let (mut own, mut twice) = (BTreeMap::new(), Vec::new());
    let mut written: BTreeMap<&'static str, String> = BTreeMap::new();
    for (name, value) in given {
        let Some(spec) = OptionSpec::find(&name) else {
            continue;
        };
        own.insert(spec.name.to_owned(), value);
        if let Some(first) = written.insert(spec.name, name.clone()) {
            twice.push(Mistake::Twice {
                name: spec.name,
                first,
                second: name,
            });
        }
    }
    (own, twice)
}

/// Letters, digits, `_`, `-` and `.`: it stands in URLs and routing keys.
pub(crate) fn legal_name(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty() && name.len() <= 64 && name.chars().all(legal)
}

/// One thing wrong with a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// The service's own name.
    #[error("'{0}' is no service name: allowed are 1 to 64 letters, digits, '_', '-' and '.'")]
    Name(String),
    /// An option that does not exist.
    #[error("unknown option '{name}'{}", offer(*nearest))]
    Unknown {
        /// As written.
        name: String,
        /// The known name that looks most like it.
        nearest: Option<&'static str>,
    },
    /// A value that the option does not take.
    #[error("option '{name}' = '{value}': allowed is {allowed}")]
    Value {
        /// The option.
        name: &'static str,
        /// As written, shortened; `…` if it may hold a credential.
        value: String,
        /// What it takes.
        allowed: &'static str,
    },
    /// An option under two of its names.
    #[error("option '{name}' is given twice: as '{first}' and as '{second}'")]
    Twice {
        /// The option.
        name: &'static str,
        /// One name it is given under.
        first: String,
        /// The other.
        second: String,
    },
    /// Two options that exclude each other.
    #[error("option '{name}' {problem}")]
    Contradiction {
        /// The option.
        name: &'static str,
        /// What does not go together.
        problem: &'static str,
    },
}

impl Mistake {
    /// The option that is wrong, if it is a known one.
    const fn option(&self) -> Option<&'static str> {
        match self {
            Self::Name(_) | Self::Unknown { .. } => None,
            Self::Value { name, .. }
            | Self::Twice { name, .. }
            | Self::Contradiction { name, .. } => Some(name),
        }
    }
}

/// Everything wrong with a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("service '{service}': {}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Mistakes {
    /// The service.
    pub service: String,
    /// What is wrong.
    pub mistakes: Vec<Mistake>,
}
