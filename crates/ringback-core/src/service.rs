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
pub use table::{OptionSpec, option_specs};
pub use template::Template;

use crate::ids::ServiceName;

/// A configured service.
#[derive(Clone, PartialEq)]
pub struct Service {
    /// Its name in URLs.
    pub name: ServiceName,
    /// What it was configured from: the template and the options that were given.
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

/// The options that an event list may set in its `[properties]`. Blank is as not set.
pub const NOTIFICATION_OPTIONS: &[&str] = &[
    "_enable_status_notification",
    "_status_notification_debug",
    "_status_notification_envelope",
    "_status_notification_language",
    "_status_notification_provider",
    "_status_notification_target",
    "_status_notification_type",
];

/// What an event list says of [`NOTIFICATION_OPTIONS`].
pub type Properties = BTreeMap<&'static str, String>;

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
        mistakes.extend(set_all(&mut options, given.iter()));
        if options.notification.events_list.is_none() {
            mistakes.extend(options.nobody_to_tell());
        }
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
        let defaults = option_specs()
            .iter()
            .map(|spec| (spec.name, spec.default.to_owned()));
        let mut options: BTreeMap<_, _> = defaults.collect();
        for (name, value) in self.template.sets() {
            options.insert(name, (*value).to_owned());
        }
        for (name, value) in &self.given {
            if let Some(spec) = OptionSpec::find(name) {
                options.insert(spec.name, value.trim().to_owned());
            }
        }
        options
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
        let overrides = overrides.iter().filter(|(name, value)| {
            !(value.trim().is_empty() && NOTIFICATION_OPTIONS.contains(&name.as_str()))
        });
        let mut mistakes = set_all(&mut options, overrides);
        let listless = properties.is_none() && options.notification.events_list.is_some();
        mistakes.extend(options.nobody_to_tell().filter(|_| !listless));
        if mistakes.is_empty() {
            Ok(options)
        } else {
            Err(Mistakes {
                service: self.name.to_string(),
                mistakes,
            })
        }
    }
}

/// Shows which service, and none of its values, which may carry credentials.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({}, {:?})", self.name, self.template)
    }
}

/// Sets what is given, and tells every mistake in it. An option with a wrong value is not reported as missing as well.
fn set_all<'a>(
    options: &mut Options,
    given: impl Iterator<Item = (&'a String, &'a String)>,
) -> Vec<Mistake> {
    let mut mistakes: Vec<_> = given
        .filter_map(|(key, value)| options.set(key, value).err())
        .collect();
    let mut contradictions = options.contradictions();
    contradictions.retain(|found| {
        !mistakes
            .iter()
            .any(|known| known.option() == found.option())
    });
    mistakes.append(&mut contradictions);
    mistakes
}

/// Letters, digits, `_`, `-` and `.`: it stands in URLs and routing keys.
fn legal_name(name: &str) -> bool {
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
    #[error("unknown option '{name}'{}", nearest.map(|n| format!(", did you mean '{n}'?")).unwrap_or_default())]
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
        /// As written, shortened.
        value: String,
        /// What it takes.
        allowed: &'static str,
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
            Self::Value { name, .. } | Self::Contradiction { name, .. } => Some(name),
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
