//! Services: a name plus `_options`, parsed once.

pub mod exported;
mod mistake;
pub mod options;
mod parse;
mod setting;
mod surroundings;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod tokens;
mod unsupported;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use mistake::{Mistake, Mistakes};
pub use options::Options;
pub use parse::HIDDEN;
pub(crate) use parse::{shorten, shorten_address};
pub use surroundings::{Finding, NOBODY_ASKED, Severity, Surroundings};
pub use table::{ExplainedOption, OptionSpec, explained_options, option_specs};
pub use template::Template;
pub(crate) use tokens::fill;

use crate::event_list::{LIST_PROPERTIES, Properties};
use crate::ids::ServiceName;
use tokens::has_tokens;

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
    pub options: Arc<Options>,
}

/// Options that a request may set over the service's, one callback at a time.
pub const REQUEST_OPTIONS: &[&str] = &[
    "_call_direction",
    "_enable_status_notification",
    "_media_type",
    "_provide_code",
    "_service",
    "_status_notification_debug",
    "_status_notification_envelope",
    "_status_notification_language",
    "_status_notification_provider",
    "_status_notification_target",
    "_status_notification_type",
    "_type",
    "_urs_virtual_queue",
    "_urs_vq_priority",
    "_urs_vq_priority_increment",
    "_urs_vq_priority_increment_interval",
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
        let (later, now): (Vec<_>, Vec<_>) =
            said(&given).partition(|(name, value)| has_tokens(name, value));
        mistakes.extend(set_all(&mut options, now.into_iter()));
        if options.notification.events_list.is_none() {
            tell_once(&mut mistakes, options.nobody_to_tell());
        }
        mistakes.retain(|mistake| !is_filled(&later, mistake));
        mistakes.extend(
            later
                .into_iter()
                .filter_map(|(name, value)| check_later(name, value)),
        );
        let (given, twice) = by_own_names(given);
        mistakes.extend(twice);
        if mistakes.is_empty() {
            Ok(Self {
                name,
                given,
                template,
                options: Arc::new(options),
            })
        } else {
            Err(Mistakes {
                service: name.to_string(),
                mistakes,
            })
        }
    }

    /// Whether requests may set the option of that name.
    pub fn lets_requests_set(&self, option: &str) -> bool {
        REQUEST_OPTIONS.contains(&option) || self.options.general.overwritable.contains(&option)
    }

    /// The options whose values have `$token$` variables: each request fills them.
    pub(crate) fn with_tokens(&self) -> impl Iterator<Item = (&'static OptionSpec, &str)> {
        let with_tokens = |(name, value): &(&String, &String)| has_tokens(name, value);
        let given = said(&self.given).filter(with_tokens);
        given.filter_map(|(name, value)| Some((OptionSpec::find(name)?, value.as_str())))
    }

    /// The options that were given, as text; a credential shows only that there is one.
    pub fn shown(&self) -> BTreeMap<String, String> {
        let show = |(name, value): (&String, &String)| {
            let hide = OptionSpec::find(name).is_some_and(OptionSpec::is_credential);
            let hide = hide && !value.trim().is_empty();
            let value = if hide { HIDDEN } else { value.as_str() };
            (name.clone(), value.to_owned())
        };
        self.given.iter().map(show).collect()
    }

    /// Every option with the value that holds, as text; a credential shows only that there is one.
    pub fn effective(&self) -> BTreeMap<&'static str, String> {
        let nothing = BTreeMap::new();
        let value = |spec: &'static OptionSpec| match self.value(spec, &nothing) {
            value if spec.is_credential() && !value.is_empty() => HIDDEN.to_owned(),
            value => value.to_owned(),
        };
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
        let mut options = Options::clone(&self.options);
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
        // Of a callback that came before its service had tokens.
        mistakes.retain(|mistake| !self.fills_later(mistake, overrides));
        if mistakes.is_empty() {
            Ok(options)
        } else {
            Err(Mistakes {
                service: self.name.to_string(),
                mistakes,
            })
        }
    }

    fn fills_later(&self, mistake: &Mistake, overrides: &BTreeMap<String, String>) -> bool {
        let is_left = |name: &str| {
            !overrides.contains_key(name) && self.with_tokens().any(|(spec, _)| spec.name == name)
        };
        mistake.option().is_some_and(is_left)
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

/// Whether what is missing comes with each request.
fn is_filled(later: &[(&String, &String)], mistake: &Mistake) -> bool {
    let is_it = |name: &str| OptionSpec::find(name).map(|spec| spec.name) == mistake.option();
    mistake.option().is_some() && later.iter().any(|(name, _)| is_it(name))
}

/// What is wrong with a value before its tokens are filled.
fn check_later(name: &str, value: &str) -> Option<Mistake> {
    let Some(spec) = OptionSpec::find(name) else {
        return Some(Mistake::unknown(name));
    };
    let wrong = || Mistake::Value {
        name: spec.name,
        value: spec.shown(value),
        allowed: spec.allowed,
    };
    parse::text(value).is_none().then(wrong)
}

/// A blank option leaves it to whoever is asked next: one that an event list may set as well, and one that takes no blank.
fn says_nothing(name: &str, value: &str) -> bool {
    let leaves_it = |spec: &OptionSpec| {
        LIST_PROPERTIES.contains(&spec.name) || (spec.set)(&mut Options::default(), "").is_none()
    };
    value.trim().is_empty() && OptionSpec::find(name).is_some_and(leaves_it)
}

/// Sets what is given, and tells every mistake in it. An option with a wrong value is not reported as missing as well.
fn set_all<'a>(
    options: &mut Options,
    given: impl Iterator<Item = (&'a String, &'a String)>,
) -> Vec<Mistake> {
    let mut mistakes: Vec<_> = given
        .filter_map(|(key, value)| options.set(key, value).err())
        .collect();
    options.admission.numbers.settle();
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
