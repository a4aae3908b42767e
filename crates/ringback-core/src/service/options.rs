//! The options of a service, typed. Names, defaults and limits stand in the tables beside this file.

mod admission;
mod dialing;
mod general;
mod notification;
mod preview;
mod queueing;
mod scenario;
mod scheduled;
mod treatments;
mod user_originated;

use std::time::Duration;

pub use admission::{Admission, InQueueCheck, Throttle};
pub use dialing::{DetectionMode, Dialing, FirstParty, Plugin, RetryRules};
pub use general::{Access, AttachData, General};
pub use notification::{Notification, NotificationMode, NotificationType, Push};
pub use preview::{MayReject, Preview};
pub use queueing::{Aging, ListedTarget, Queueing};
pub use scenario::{Confirm, Direction, Media, NoConfirm, Scenario};
pub use scheduled::Scheduled;
pub use treatments::{Sound, Treatments};
pub use user_originated::UserOriginated;

use super::Mistake;
use crate::callback::DialHours;
use crate::target::Target;

const PREVIEW: &str = "_agent_preview";

/// What a service does, and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Whether they can be used. If not, they only stand in: the service is not there, or no longer takes what the
    /// callback's request set.
    pub usable: bool,
    /// Whether the service is paused: its callbacks keep their places, and none is handed out.
    pub paused: bool,
    /// When customers may be called: the hours that `_business_hours_service` names, as they are now.
    pub dial_hours: DialHours,
    /// Who calls whom, over what.
    pub scenario: Scenario,
    /// `_wait_for_agent`: reserve the agent before the customer is dialed.
    pub wait_for_agent: bool,
    /// `_ttl`: how long a callback is kept after its desired time.
    pub ttl: Duration,
    /// `_reject_past_desired_time`: a `_desired_time` in the past is refused.
    pub reject_past_desired_time: bool,
    /// `_target`: whom the customer talks to; of a list, the first.
    pub target: Option<Target>,
    /// `_urs_virtual_queue`: the queue that callbacks wait in.
    pub virtual_queue: String,
    /// `_urs_queued_ttl`: the longest wait in the queue.
    pub queued_ttl: Duration,
    /// `_vq_for_outbound_calls`: the queue of customers on the line.
    pub outbound_queue: String,
    /// `_agent_reserve_timeout`: how long a reserved agent is held for a dialer to take the call.
    pub agent_reserve_timeout: Duration,
    /// `_customer_lookup_keys`: what callbacks can be found by.
    pub lookup_keys: Vec<String>,
    /// `_max_ors_submit_attempts`: how often a callback whose time has come is submitted before it fails.
    pub max_submits: u32,
    /// What has no topic of its own.
    pub general: General,
    /// Callbacks for a time.
    pub scheduled: Scheduled,
    /// What is let in.
    pub admission: Admission,
    /// How callbacks wait.
    pub queueing: Queueing,
    /// Dialing.
    pub dialing: Dialing,
    /// The agent sees the callback before it is dialed.
    pub preview: Preview,
    /// Sounds.
    pub treatments: Treatments,
    /// The customer calls.
    pub user_originated: UserOriginated,
    /// Status notifications.
    pub notification: Notification,
}

impl Options {
    /// What does not go together.
    pub(super) fn contradictions(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        if self.target.is_none() {
            found.push(Mistake::Contradiction {
                name: "_target",
                problem: "is missing: a callback needs somebody to talk to, e.g. Sales@Stat_Server.GA",
            });
        }
        if self.scenario.confirm.wanted && !self.wait_for_agent {
            found.push(Mistake::Contradiction {
                name: "_wait_for_user_confirm",
                problem: "is true, but _wait_for_agent is false: the customer confirms when there is an agent",
            });
        }
        found.extend(self.needs_agent());
        let scenario = &self.scenario;
        if scenario.media == Media::Chat && scenario.direction != Direction::UserOriginated {
            found.push(Mistake::Contradiction {
                name: "_media_type",
                problem: "is chat, but _call_direction is USERTERMINATED: allowed is USERORIGINATED, as the customer opens a chat",
            });
        }
        let buffer = self.queueing.cannot_dial_buffer;
        if buffer >= self.queued_ttl {
            found.push(Mistake::Contradiction {
                name: "_cannot_dial_buffer_time",
                problem: "is not less than _urs_queued_ttl: nobody would ever be dialed",
            });
        }
        if let Some((name, problem)) = self.general.access.lacks() {
            found.push(Mistake::Contradiction { name, problem });
        }
        found
    }

    /// What an agent has a part in before the customer is on the line.
    fn needs_agent(&self) -> Vec<Mistake> {
        let agent_first = self.dialing.first_party == FirstParty::Agent;
        let parts = [
            (self.preview.wanted, PREVIEW),
            (agent_first, "_userterminated_first_connect_party"),
        ];
        let parts = parts.into_iter().filter(|(wanted, _)| *wanted);
        let is_originated = self.scenario.direction == Direction::UserOriginated;
        let wrong = |(_, name)| {
            let problem = match name {
                PREVIEW if is_originated => {
                    "is true, but _call_direction is USERORIGINATED: nobody is dialed"
                }
                PREVIEW if !self.wait_for_agent => {
                    "is true, but _wait_for_agent is false: the agent looks before the customer is dialed"
                }
                _ if is_originated => {
                    "is AGENT, but _call_direction is USERORIGINATED: nobody is dialed"
                }
                _ if !self.wait_for_agent => {
                    "is AGENT, but _wait_for_agent is false: there is no agent to call first"
                }
                _ => return None,
            };
            Some(Mistake::Contradiction { name, problem })
        };
        parts.filter_map(wrong).collect()
    }

    /// How long an agent is held for a callback, with all that is agreed on before the call.
    pub fn held_for(&self) -> Duration {
        let preview = Some(self.preview.timeout).filter(|_| self.preview.wanted);
        let confirm = &self.scenario.confirm;
        let confirm = Some(confirm.timeout).filter(|_| confirm.wanted);
        let is_originated = self.scenario.direction == Direction::UserOriginated;
        let call = Some(self.user_originated.booking).filter(|_| is_originated);
        let stages = [preview, confirm, call].into_iter().flatten();
        stages.fold(self.agent_reserve_timeout, Duration::saturating_add)
    }

    /// The resource group whose numbers customers call, if they do.
    pub fn numbers(&self) -> Option<&str> {
        let scenario = &self.scenario;
        let is_called =
            scenario.direction == Direction::UserOriginated && scenario.media == Media::Voice;
        is_called.then_some(self.user_originated.resource_group.as_str())
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
            ..Self::default()
        }
    }
}
