//! The "Common Default Configuration" that a service starts from.

use std::str::FromStr;

use super::OptionSpec;

/// A scenario whose defaults a service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// Dial at once; the customer waits on the line for an agent.
    UserTerminatedImmediate,
    /// Wait for an agent, then dial.
    UserTerminatedDelayed,
    /// As [`Template::UserTerminatedDelayed`], for an IVR that offers callbacks.
    ClassicCallback,
}

impl Template {
    /// Every template.
    pub const ALL: [Self; 3] = [
        Self::UserTerminatedImmediate,
        Self::UserTerminatedDelayed,
        Self::ClassicCallback,
    ];

    /// Its name, as in the original's menu.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserTerminatedImmediate => "User Terminated Immediate",
            Self::UserTerminatedDelayed => "User Terminated Delayed",
            Self::ClassicCallback => "IVR Classic Callback",
        }
    }

    /// The options it sets.
    pub const fn sets(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::UserTerminatedImmediate => &[
                ("_call_direction", "USERTERMINATED"),
                ("_wait_for_agent", "false"),
            ],
            Self::UserTerminatedDelayed | Self::ClassicCallback => &[
                ("_call_direction", "USERTERMINATED"),
                ("_wait_for_agent", "true"),
            ],
        }
    }

    /// What holds for an option of which nothing is given.
    pub(super) fn value(self, spec: &OptionSpec) -> &'static str {
        self.sets()
            .iter()
            .find(|(name, _)| *name == spec.name)
            .map_or(spec.default, |(_, value)| value)
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let named = |template: &Self| template.name().eq_ignore_ascii_case(text.trim());
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| TemplateError(text.chars().take(80).collect()))
    }
}

/// No such template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "template '{0}' is unknown: allowed are 'User Terminated Immediate', 'User Terminated Delayed' and \
     'IVR Classic Callback'"
)]
pub struct TemplateError(String);
