//! The agent sees the callback before it is dialed.

use std::time::Duration;

/// Options of preview and disposition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// `_agent_preview`.
    pub wanted: bool,
    /// `_agent_preview_timeout`: how long the agent may look.
    pub timeout: Duration,
    /// `_agent_preview_allow_reject`.
    pub may_reject: bool,
    /// `_agent_reject_retry_timeout`: from a rejection to the next agent.
    pub retry_after_reject: Duration,
    /// `_agent_preview_data`: what the agent sees.
    pub data: String,
    /// `_enable_disposition_dialog`.
    pub disposition: bool,
    /// `_agent_disposition_timeout`.
    pub disposition_timeout: Duration,
}
