//! Options by name: the defaults of a template, and one value at a time.

use super::options::Options;
use super::parse::shorten;
use super::table::{OptionSpec, option_specs};
use super::{Mistake, Service, Template};

impl Options {
    /// The defaults of a template.
    pub fn of(template: Template) -> Self {
        let mut options = Self::blank();
        let defaults = option_specs().iter().map(|spec| (spec, spec.default));
        for (spec, value) in defaults {
            let taken = (spec.set)(&mut options, value);
            debug_assert!(taken.is_some(), "the default of {} is legal", spec.name);
        }
        for (name, value) in template.sets() {
            let taken = options.set(name, value);
            debug_assert!(taken.is_ok(), "the template value of {name} is legal");
        }
        options
    }

    /// What stands in for a callback's options where those cannot be used: its service's, if that is there. Nobody
    /// allows another attempt.
    pub fn stand_in(service: Option<&Service>) -> Self {
        let mut options = match service {
            Some(service) => Self::clone(&service.options),
            None => Self::of(Template::UserTerminatedImmediate),
        };
        options.usable = false;
        options.dialing.max_attempts = 1;
        options
    }

    /// Sets one option by its name.
    ///
    /// # Errors
    /// An unknown name or a value it does not take.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Mistake> {
        let spec = OptionSpec::find(name).ok_or_else(|| Mistake::unknown(name))?;
        (spec.set)(self, value.trim()).ok_or_else(|| Mistake::Value {
            name: spec.name,
            value: spec.shown(value),
            allowed: spec.allowed,
        })
    }
}

impl OptionSpec {
    /// What an error shows of a value.
    pub(crate) fn shown(&self, value: &str) -> String {
        if self.is_secret() {
            "…".to_owned()
        } else {
            shorten(value)
        }
    }
}
