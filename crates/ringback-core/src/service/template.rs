//! The "Common Default Configuration" that a service starts from.

use std::str::FromStr;

use super::OptionSpec;
use super::parse::shorten;

/// A scenario whose defaults a service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// The customer calls at once, and waits on the line for an agent.
    UserOriginatedImmediate,
    /// Wait for an agent, ask the customer, who then calls.
    UserOriginatedDelayed,
    /// Dial at once; the customer waits on the line for an agent.
    UserTerminatedImmediate,
    /// Wait for an agent, then dial.
    UserTerminatedDelayed,
    /// Wait for an agent, who looks at it; then dial.
    UserTerminatedPreview,
    /// The customer opens a chat at once.
    ChatImmediate,
    /// Wait for an agent, ask the customer, who then opens a chat.
    ChatDelayed,
    /// As [`Template::UserTerminatedDelayed`], for an IVR that offers callbacks.
    ClassicCallback,
}

const WAIT: (&str, &str) = ("_wait_for_agent", "true");
const AT_ONCE: (&str, &str) = ("_wait_for_agent", "false");
const CONFIRM: (&str, &str) = ("_wait_for_user_confirm", "true");
const IN: (&str, &str) = ("_call_direction", "USERORIGINATED");
const OUT: (&str, &str) = ("_call_direction", "USERTERMINATED");
const CHAT: (&str, &str) = ("_media_type", "chat");

impl Template {
    /// Every template.
    pub const ALL: [Self; 8] = [
        Self::UserOriginatedImmediate,
        Self::UserOriginatedDelayed,
        Self::UserTerminatedImmediate,
        Self::UserTerminatedDelayed,
        Self::UserTerminatedPreview,
        Self::ChatImmediate,
        Self::ChatDelayed,
        Self::ClassicCallback,
    ];

    /// Its name, as in the original's menu.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserOriginatedImmediate => "User Originated Immediate",
            Self::UserOriginatedDelayed => "User Originated Delayed",
            Self::UserTerminatedImmediate => "User Terminated Immediate",
            Self::UserTerminatedDelayed => "User Terminated Delayed",
            Self::UserTerminatedPreview => "User Terminated Preview",
            Self::ChatImmediate => "Chat Immediate",
            Self::ChatDelayed => "Chat Delayed",
            Self::ClassicCallback => "IVR Classic Callback",
        }
    }

    /// The options it sets.
    pub const fn sets(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::UserOriginatedImmediate => &[IN, AT_ONCE],
            Self::UserOriginatedDelayed => &[IN, WAIT, CONFIRM],
            Self::UserTerminatedImmediate => &[OUT, AT_ONCE],
            Self::UserTerminatedDelayed | Self::ClassicCallback => &[OUT, WAIT],
            Self::UserTerminatedPreview => &[
                OUT,
                WAIT,
                ("_agent_preview", "true"),
                ("_userterminated_first_connect_party", "AGENT"),
            ],
            Self::ChatImmediate => &[IN, CHAT, AT_ONCE],
            Self::ChatDelayed => &[IN, CHAT, WAIT, CONFIRM],
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
            .ok_or_else(|| TemplateError {
                name: shorten(text),
            })
    }
}

/// No such template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template '{name}' is unknown: allowed are {}", allowed())]
pub struct TemplateError {
    name: String,
}

fn allowed() -> String {
    Template::ALL
        .map(|template| format!("'{}'", template.name()))
        .join(", ")
}
