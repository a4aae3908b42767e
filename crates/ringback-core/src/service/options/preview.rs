//! The agent sees the callback before it is dialed.

use std::time::Duration;

use crate::event::Rejects;

/// Options of preview and disposition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// `_agent_preview`.
    pub wanted: bool,
    /// `_agent_preview_timeout`: how long the agent may look.
    pub timeout: Duration,
    /// `_agent_preview_allow_reject`: how often agents may look at a callback and not take it.
    pub rejects: MayReject,
    /// `_agent_reject_retry_timeout`: from a rejection to the next agent.
    pub retry_after_reject: Duration,
    /// `_agent_preview_data`: the keys that the agent sees, of the record and its user data; all of its user data if empty.
    pub data: Vec<String>,
    /// `_enable_disposition_dialog`.
    pub disposition: bool,
    /// `_agent_disposition_timeout`.
    pub disposition_timeout: Duration,
}

/// `_agent_preview_allow_reject`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MayReject {
    /// Whoever is shown a callback takes it.
    Never,
    /// Somebody else is sought.
    #[default]
    Always,
    /// So many times; then the callback is over.
    Times(Rejects),
}

impl MayReject {
    /// `true`, `false`, or a number; 0 is never.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "true" => Some(Self::Always),
            "false" | "0" => Some(Self::Never),
            number => Rejects::new(number.parse().ok()?).map(Self::Times),
        }
    }
}
