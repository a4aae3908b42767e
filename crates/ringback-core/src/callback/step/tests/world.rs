//! A world around one callback: it feeds inputs and remembers what it saw, for the [`laws`](super::laws).

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::super::{Decision, Effect, Input, Step};
use super::story::{in_hours, parse};
use crate::access::Invitation;
use crate::agent::AgentRef;
use crate::call::{CallCommand, CallId};
use crate::callback::{Arrangement, Callback, Phase, State, Update, Verdict};
use crate::event::{Event, EventName};
use crate::service::{Options, Template};
use crate::tests::sample::{agent, at, request, service};
use crate::time::Timestamp;

/// What holds in a world.
#[derive(Clone, Debug)]
pub struct Rules {
    pub template: Template,
    /// Options of the service.
    pub further: String,
    /// In seconds after the request.
    pub desired: Option<i64>,
    /// Whether there are office hours: open now and then.
    pub hours: bool,
}

/// A callback in its world.
pub struct World {
    /// Those that hold now.
    pub options: Options,
    /// Those of the service, while it can be used.
    service: Options,
    pub callback: Callback,
    pub now: Timestamp,
    /// Its log.
    pub events: Vec<Event>,
    /// Calls in which the customer was dialed.
    pub dialed: Vec<CallId>,
    /// Calls to agents, before the customer was dialed.
    pub summoned: Vec<CallId>,
    /// Agents that came and were not let go.
    pub held: BTreeSet<String>,
    /// Agents that were let go without having been held.
    pub let_go_twice: BTreeSet<String>,
    /// The one who talks on after the callback has ended.
    pub handed_over: Option<String>,
    /// Whether it was purged.
    pub gone: bool,
    newcomers: usize,
}

/// One input and what it did.
pub struct Scene<'a> {
    pub before: &'a Callback,
    pub input: &'a Input,
    pub decision: &'a Decision,
    /// Afterwards.
    pub world: &'a World,
}

/// What comes next.
#[derive(Clone, Debug)]
pub enum Next {
    /// One of the inputs that lead on from where the callback stands.
    Fitting(u8),
    /// Any input at all.
    Any(u8),
    /// The configuration is read again, without the service or with it, and the callback is looked at.
    Reload,
    /// The service is paused or resumed, and the callback is looked at.
    Pause,
}

/// When it comes.
#[derive(Clone, Copy, Debug)]
pub enum When {
    After { millis: u32 },
    AtTheAlarm,
    AtTheDeadline,
}

const ANY: [&str; 57] = [
    "in another call",
    "talk over",
    "look",
    "confirm",
    "preview accepted by a1",
    "accept",
    "reject",
    "invite",
    "arrive 800-1",
    "arrive 800-2",
    "agent answered",
    "found summoned",
    "found summoned answered",
    "agent hung up",
    "snooze",
    "snooze",
    "expect 0",
    "expect 500",
    "hand out",
    "hand out for a newcomer",
    "agent gone",
    "take by d1",
    "take by d2",
    "take over by d1",
    "take over by d2",
    "renew",
    "yield",
    "timeout",
    "closed",
    "cancel",
    "cancel by admin",
    "offer a newcomer",
    "offer again",
    "ringing",
    "answered by person",
    "answered by machine",
    "answered by fax",
    "treatment done",
    "connected",
    "agent failed",
    "failed busy",
    "failed ok",
    "customer hung up",
    "we hung up",
    "found unknown",
    "found ringing",
    "found up person",
    "found up connected",
    "found failed error",
    "found over",
    "found over connected",
    "postpone",
    "prepone",
    "update account=4711",
    "update account= name=Alice",
    "update account=1 over=yes",
    "update over=yes",
];

impl World {
    pub fn of(rules: &Rules) -> Self {
        let mut service = service(rules.template, &rules.further);
        if rules.hours {
            service.options = Arc::new(in_hours(&service.options, &open_now_and_then()));
        }
        let new = request(rules.desired.map(at));
        let (callback, events) = Callback::accept(new, &service, None, at(0)).unwrap();
        Self {
            options: Options::clone(&service.options),
            service: Options::clone(&service.options),
            callback,
            now: at(0),
            events,
            dialed: Vec::new(),
            summoned: Vec::new(),
            held: BTreeSet::new(),
            let_go_twice: BTreeSet::new(),
            handed_over: None,
            gone: false,
            newcomers: 0,
        }
    }

    pub fn wait(&mut self, when: When) {
        let alarm = self.callback.alarm(&self.options);
        let then = match when {
            When::After { millis } => self.now + Duration::from_millis(millis.into()),
            When::AtTheAlarm => alarm,
            When::AtTheDeadline => self.callback.deadline(&self.options).unwrap_or(alarm),
        };
        self.now = self.now.max(then);
    }

    /// The input that `next` means here.
    pub fn input(&mut self, next: &Next) -> Input {
        let text = match next {
            Next::Any(n) => ANY[usize::from(*n) % ANY.len()],
            Next::Reload => {
                self.reload();
                "look"
            }
            Next::Pause => {
                self.options.paused = !self.options.paused;
                "look"
            }
            Next::Fitting(n) => {
                let fitting = fitting(&self.callback);
                fitting[usize::from(*n) % fitting.len()]
            }
        };
        let there = self.callback.state.agent().cloned();
        match (text, there) {
            ("offer again", Some(agent)) => Input::Offer(agent),
            ("offer again" | "offer a newcomer", _) => Input::Offer(self.newcomer()),
            ("hand out for a newcomer", _) => Input::HandOut {
                agent: Some(self.newcomer()),
            },
            (verdict @ ("accept" | "reject"), Some(agent)) => Input::Previewed(Verdict {
                agent: agent.id,
                takes: verdict == "accept",
            }),
            ("accept" | "reject", None) => parse("preview accepted by nobody"),
            ("invite", _) => {
                let until = self.now + Duration::from_secs(30);
                Input::Invite(Invitation::to_call("800".parse().unwrap(), None, until))
            }
            ("postpone", _) => self.move_to(self.now + Duration::from_secs(400)),
            ("prepone", _) => self.move_to(self.now),
            (text, _) => parse(text),
        }
    }

    fn reload(&mut self) {
        self.options = if self.options.usable {
            Options::stand_in(None)
        } else {
            self.service.clone()
        };
    }

    fn move_to(&self, desired: Timestamp) -> Input {
        Input::Update(Update {
            desired: Some(desired),
            estimated: true,
            ..Update::default()
        })
    }

    /// How often it may be dialed, by its service.
    pub const fn most_attempts(&self) -> u32 {
        self.service.dialing.max_attempts
    }

    fn newcomer(&mut self) -> AgentRef {
        self.newcomers += 1;
        agent(&format!("a{}", self.newcomers))
    }

    /// Feeds one input; what it did is in the world afterwards.
    pub fn feed(&mut self, input: &Input) -> Decision {
        let decision = self.callback.step(input.clone(), &self.options, self.now);
        match &decision {
            Decision::Step(step) => self.change(input, step),
            Decision::Only(effects) => {
                if let Input::Offer(agent) = input {
                    self.held.insert(agent.id.to_string());
                }
                self.release(effects);
            }
            Decision::Purge => self.gone = true,
            Decision::Refused(_) => {}
        }
        decision
    }

    fn change(&mut self, input: &Input, step: &Step) {
        if let Input::HandOut { agent: Some(agent) } | Input::Offer(agent) = input {
            self.held.insert(agent.id.to_string());
        }
        if let (Input::AgentGone, Some(gone)) = (input, self.callback.state.agent()) {
            self.held.remove(gone.id.as_str());
        }
        self.release(&step.effects);
        self.call(step);
        self.events.extend(step.events.iter().cloned());
        self.callback = step.callback.clone();
        let connected = step
            .events
            .iter()
            .any(|e| e.name == EventName::RouteToAgent);
        if connected && matches!(self.callback.state, State::Completed { .. }) {
            self.handed_over = self.held.first().cloned();
        }
    }

    fn release(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Release(agent, _) => {
                    let name = agent.id.to_string();
                    if !self.held.remove(&name) {
                        self.let_go_twice.insert(name);
                    }
                }
                Effect::Call(_) | Effect::Match(_) | Effect::Dial | Effect::Tell(_) => {}
            }
        }
    }

    /// Whose phone rings, under the name that the call has from now on.
    fn call(&mut self, step: &Step) {
        for effect in &step.effects {
            let call = step.callback.call();
            match effect {
                Effect::Call(CallCommand::Dial(_)) => self.dialed.push(call),
                Effect::Call(CallCommand::Summon { .. }) => self.summoned.push(call),
                Effect::Call(_)
                | Effect::Release(..)
                | Effect::Match(_)
                | Effect::Dial
                | Effect::Tell(_) => {}
            }
        }
    }

    /// How often an event happened.
    pub fn count(&self, name: EventName) -> usize {
        self.events
            .iter()
            .filter(|event| event.name == name)
            .count()
    }
}

/// For an hour, two minutes of every five.
fn open_now_and_then() -> Vec<(&'static str, &'static str)> {
    static HOURS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let starts = (19 * 60 + 55..21 * 60).step_by(5);
        let hours = starts.map(|start| {
            let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
            let value = format!("Sun-Sat {}-{}", clock(start), clock(start + 2));
            (format!("_bh_regular{start}"), value)
        });
        let night = ("_bh_regular1".to_owned(), "Sun-Sat 22:00-04:00".to_owned());
        hours.chain([night]).collect()
    });
    HOURS
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

impl Scene<'_> {
    /// What is asked of the phone network.
    pub fn orders(&self) -> impl Iterator<Item = &CallCommand> {
        let effects = match self.decision {
            Decision::Step(step) => step.effects.as_slice(),
            Decision::Only(effects) => effects.as_slice(),
            Decision::Purge | Decision::Refused(_) => &[],
        };
        effects.iter().filter_map(|effect| match effect {
            Effect::Call(order) => Some(order),
            Effect::Release(..) | Effect::Match(_) | Effect::Dial | Effect::Tell(_) => None,
        })
    }

    pub fn dials(&self) -> bool {
        self.orders()
            .any(|order| matches!(order, CallCommand::Dial(_)))
    }

    /// Whether a phone rings, the customer's or the agent's.
    pub fn rings(&self) -> bool {
        let rings = |order: &CallCommand| matches!(order, CallCommand::Summon { .. });
        self.dials() || self.orders().any(rings)
    }
}

/// What leads on from where a callback stands; what happens most, most often.
const fn fitting(callback: &Callback) -> &'static [&'static str] {
    match &callback.state {
        State::Scheduled { .. } => &["look", "look", "expect 300", "postpone"],
        State::Paused { .. } => &["look", "look", "cancel"],
        State::Waiting { .. } if callback.route.wait_for_agent => {
            &["hand out for a newcomer", "hand out for a newcomer", "look"]
        }
        State::Waiting { .. } => &["hand out", "hand out", "look"],
        State::Arranging { what, .. } => match what {
            Arrangement::Preview => &["accept", "accept", "reject", "look"],
            Arrangement::Confirm => &["confirm", "confirm", "look", "snooze"],
            Arrangement::Call { invitation: None } => &["invite", "invite", "look"],
            Arrangement::Call {
                invitation: Some(_),
            } => &["arrive 800-1", "arrive 800-2", "look", "invite"],
        },
        State::HandedOut { .. } => &[
            "take by d1",
            "take by d1",
            "take by d2",
            "look",
            "agent gone",
        ],
        State::OnCall { phase, .. } => fitting_call(phase),
        State::Completed { open: Some(_), .. } => &["closed", "look", "take over by d2"],
        State::Completed { open: None, .. } => &["look", "cancel"],
    }
}

/// The same on the call.
const fn fitting_call(phase: &Phase) -> &'static [&'static str] {
    match phase {
        Phase::Arriving { .. } => &[
            "found up person",
            "found up person",
            "customer hung up",
            "timeout",
        ],
        Phase::Summoning { .. } => &[
            "agent answered",
            "found summoned answered",
            "agent answered",
            "agent failed",
            "timeout",
        ],
        Phase::Reaching { .. } => &[
            "answered by person",
            "connected",
            "found up connected",
            "failed busy",
            "agent hung up",
            "timeout",
        ],
        Phase::Dialing { .. } => &[
            "answered by person",
            "found up person",
            "answered by person",
            "failed busy",
            "answered by machine",
            "found unknown",
            "timeout",
        ],
        Phase::Greeting { .. } => &["treatment done", "treatment done", "timeout", "renew"],
        Phase::OnLine { .. } => &[
            "offer a newcomer",
            "offer a newcomer",
            "timeout",
            "renew",
            "yield",
        ],
        Phase::Connecting { .. } => &[
            "connected",
            "agent failed",
            "offer again",
            "found over connected",
            "timeout",
        ],
        Phase::Talking { .. } => &[
            "customer hung up",
            "found over",
            "offer again",
            "failed error",
        ],
        Phase::Parting { .. } => &[
            "treatment done",
            "found up person",
            "customer hung up",
            "timeout",
        ],
    }
}
