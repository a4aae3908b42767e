//! The options of a service, typed. Names, defaults and limits stand in the table beside this file.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Mistake;
use crate::call::CallResult;
use crate::target::Target;

/// What a service does, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Whether they can be used. If not, they only stand in: the service is not there, or no longer takes what the
    /// callback's request set.
    pub usable: bool,
    /// `_wait_for_agent`: reserve the agent before the customer is dialed.
    pub wait_for_agent: bool,
    /// `_ttl`: how long a callback is kept after its desired time.
    pub ttl: Duration,
    /// `_desired_time` in the past is refused.
    pub reject_past_desired_time: bool,
    /// `_target`: whom the customer talks to.
    pub target: Option<Target>,
    /// `_urs_virtual_queue`: the queue that callbacks wait in.
    pub virtual_queue: String,
    /// `_urs_queued_ttl`: the longest wait in the queue.
    pub queued_ttl: Duration,
    /// `_vq_for_outbound_calls`: the queue of customers on the line.
    pub outbound_queue: String,
    /// `_agent_reserve_timeout`: how long a reserved agent is held for a dialer to take the call.
    pub agent_reserve_timeout: Duration,
    /// Dialing.
    pub dialing: Dialing,
    /// Sounds.
    pub treatments: Treatments,
    /// Status notifications.
    pub notification: Notification,
    /// `_customer_lookup_keys`: what callbacks can be found by.
    pub lookup_keys: Vec<String>,
    /// `_max_ors_submit_attempts`: how often a callback whose time has come is submitted before it fails.
    pub max_submits: u32,
}

/// How customers are dialed.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Whether another attempt may follow `result`. A number that does not exist is never tried again.
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
            CallResult::Ok | CallResult::InvalidNumber | CallResult::SpecialTone => false,
        }
    }
}

/// What the customer hears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Treatments {
    /// `_treatment_customer_connect`: the greeting.
    pub greeting: String,
    /// `_treatment_waiting_for_agent`.
    pub waiting: String,
}

/// Who is told about the steps of a callback, and how.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Notification {
    /// `_enable_status_notification`.
    pub mode: NotificationMode,
    /// `_status_notification_type`.
    pub kind: NotificationType,
    /// `_status_notification_target`.
    pub target: Option<String>,
    /// `_status_notification_provider`; `None` for the default one.
    pub provider: Option<String>,
    /// `_status_notification_debug`.
    pub debug: bool,
    /// `_status_notification_language`.
    pub language: Option<String>,
    /// `_status_notification_envelope`: `{deviceId, message}` around each message, whatever the type.
    pub envelope: bool,
    /// `_callback_events_list`: which events are told, and what of them; `None` for the default set.
    pub events_list: Option<String>,
    /// `_max_notify_delivery_attempts`; `None` for as many as the notifier's schedule has.
    pub max_attempts: Option<u32>,
    /// `_enable_notification_reminder`.
    pub reminder: bool,
    /// `_notification_reminder_buffer`: how long before its time a callback is reminded of.
    pub reminder_buffer: Duration,
}

/// `_enable_status_notification`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotificationMode {
    /// Nobody is told.
    #[default]
    Off,
    /// Ringback subscribes the target.
    Subscribe,
    /// Only who subscribed before is told.
    Notify,
}

/// `_status_notification_type`: how somebody is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotificationType {
    /// The message is posted to a URL.
    #[default]
    HttpCb,
    /// The message is an event of an orchestration session.
    OrsCb,
    /// `{deviceId, message}` is posted to the provider.
    CustomHttp,
    /// The message is published to an exchange.
    Amqp,
}

impl NotificationType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::HttpCb, Self::OrsCb, Self::CustomHttp, Self::Amqp];

    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HttpCb => "httpcb",
            Self::OrsCb => "orscb",
            Self::CustomHttp => "customhttp",
            Self::Amqp => "amqp",
        }
    }

    /// The type of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Options {
    /// What does not go together.
    pub(super) fn contradictions(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        if self.target.is_none() {
            found.push(Mistake::Contradiction {
                name: "_target",
                problem: "is missing: a user-terminated callback needs somebody to talk to, e.g. Sales@Stat_Server.GA",
            });
        }
        found
    }

    /// Somebody shall be told, but it is not said who.
    pub(crate) fn nobody_to_tell(&self) -> Option<Mistake> {
        let told = &self.notification;
        let is_needed =
            told.mode == NotificationMode::Subscribe && told.kind != NotificationType::Amqp;
        (is_needed && told.target.is_none()).then_some(Mistake::Contradiction {
            name: "_status_notification_target",
            problem: "is missing, but _enable_status_notification is subscribe_notify",
        })
    }

    pub(super) fn blank() -> Self {
        Self {
            usable: true,
            wait_for_agent: false,
            ttl: Duration::ZERO,
            reject_past_desired_time: false,
            target: None,
            virtual_queue: String::new(),
            queued_ttl: Duration::ZERO,
            outbound_queue: String::new(),
            agent_reserve_timeout: Duration::ZERO,
            dialing: Dialing {
                trunk: String::new(),
                prefix: String::new(),
                calling_number: None,
                calling_name: None,
                detect: false,
                guard: Duration::ZERO,
                max_attempts: 0,
                retry_after: Duration::ZERO,
                retry_on: RetryRules::default(),
                max_transfers: 0,
                max_wait_on_line: Duration::ZERO,
                retain_until_call_ends: false,
            },
            treatments: Treatments::default(),
            notification: Notification::default(),
            lookup_keys: Vec::new(),
            max_submits: 0,
        }
    }
}

/// Never shows the target, which may carry credentials.
impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notification({:?})", self.mode)
    }
}
