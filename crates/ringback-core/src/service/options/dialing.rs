//! How customers are dialed.

use std::fmt;
use std::time::Duration;

use crate::call::CallResult;

/// How customers are dialed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialing {
    /// `_trunk_group` (or `_route_point`): the lines that calls go out through.
    pub trunk: String,
    /// `_prefix_dial_out`.
    pub prefix: String,
    /// `_calling_party_number`.
    pub calling_number: Option<String>,
    /// `_calling_party_display_name`.
    pub calling_name: Option<String>,
    /// `_cpd_enable`: tell persons from machines.
    pub detect: bool,
    /// `_cpd_mode`: what counts where that is not sure.
    pub detection: DetectionMode,
    /// `_call_timeguard_timeout`: how long an attempt may take to be answered.
    pub guard: Duration,
    /// `_max_dial_attempts`.
    pub max_attempts: u32,
    /// `_dial_retry_timeout`: from a failed attempt to the next.
    pub retry_after: Duration,
    /// The `_retry_on_…` rules: results after which there is a next attempt.
    pub retry_on: RetryRules,
    /// `_max_transfer_to_agent_attempts`.
    pub max_transfers: u32,
    /// `_max_time_to_wait_for_agent_on_the_call`.
    pub max_wait_on_line: Duration,
    /// `_retain_session_until_ixn_deleted`: the callback ends with the call, not with the hand-over.
    pub retain_until_call_ends: bool,
    /// `_userterminated_first_connect_party`: who is called first.
    pub first_party: FirstParty,
    /// `_plugin_on_dial_url`: asked before each call; may carry credentials.
    pub plugin: Plugin,
}

/// `_cpd_mode`: whom a call counts as answered by where detection is not sure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DetectionMode {
    /// A person, unless a machine was heard to talk on.
    #[default]
    Advisory,
    /// A machine, unless a person was heard.
    Enforce,
}

impl DetectionMode {
    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Advisory => "advisory",
            Self::Enforce => "enforce",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        let all = [Self::Advisory, Self::Enforce];
        all.into_iter().find(|it| it.as_str() == name)
    }
}

/// `_userterminated_first_connect_party`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstParty {
    /// The customer.
    #[default]
    Customer,
    /// The agent.
    Agent,
}

impl FirstParty {
    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "CUSTOMER",
            Self::Agent => "AGENT",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        let all = [Self::Customer, Self::Agent];
        all.into_iter().find(|it| it.as_str() == name)
    }
}

/// The address of a plug-in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Plugin(pub Option<String>);

/// Shows nothing of the address, which may carry credentials.
impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plugin(…)")
    }
}

/// After which results an attempt is repeated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetryRules {
    /// `_retry_on_busy`.
    pub busy: bool,
    /// `_retry_on_no_answer`.
    pub no_answer: bool,
    /// `_retry_on_answering_machine`.
    pub answering_machine: bool,
    /// `_retry_on_fax`.
    pub fax: bool,
    /// `_retry_on_error`: every failure of the network or of our knowledge of it.
    pub error: bool,
}

impl RetryRules {
    /// Whether another attempt may follow `result`. A number that does not exist, or that declines for good, is never
    /// tried again.
    pub const fn allows(&self, result: CallResult) -> bool {
        match result {
            CallResult::Busy => self.busy,
            CallResult::NoAnswer => self.no_answer,
            CallResult::AnsweringMachine => self.answering_machine,
            CallResult::Fax => self.fax,
            CallResult::Error
            | CallResult::AllTrunksBusy
            | CallResult::Abandoned
            | CallResult::Dropped
            | CallResult::Unknown => self.error,
            CallResult::Ok
            | CallResult::Rejected
            | CallResult::InvalidNumber
            | CallResult::SpecialTone => false,
        }
    }
}
