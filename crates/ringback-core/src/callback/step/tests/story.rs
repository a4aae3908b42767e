//! Stories: what happens to one callback, in words.
//!
//! A line `<seconds> <what happens> -> <state>, look at <alarm>` gives an input and where the callback stands after it. The
//! lines below it are the events, each with the `_callback_state` it tells, and the effects, after `>`. All times are
//! seconds after the request. The desired time, which every event of a callback's life tells, is left out where it is
//! that of the record.

use std::fmt::Write as _;
use std::sync::Arc;

use super::super::{Decision, Effect, Input, Verdict};
use crate::access::{Invitation, Way};
use crate::agent::{AgentRef, Release};
use crate::calendar::OfficeHours;
use crate::call::{AnsweredBy, CallCommand, CallId, CallResult, CallStatus, Party, Report};
use crate::callback::{Arrangement, Callback, DialHours, Parting, Phase, State, Update, Wait};
use crate::event::{Event, Reason};
use crate::ids::{AgentId, WorkerId};
use crate::service::{Options, Template};
use crate::tests::sample::{agent, at, request, service};
use crate::time::Timestamp;

pub const IMMEDIATE: Template = Template::UserTerminatedImmediate;
pub const DELAYED: Template = Template::UserTerminatedDelayed;

/// A service and a request for a callback of it.
#[derive(Clone)]
pub struct Told {
    pub options: Options,
    pub callback: Callback,
    first: Vec<Event>,
}

/// A request at 0 for at once, of the sample service with further options.
pub fn asked(template: Template, further: &str) -> Told {
    asked_for(template, further, None)
}

/// A request at 0 for a call at `desired`.
pub fn asked_for(template: Template, further: &str, desired: Option<i64>) -> Told {
    let service = service(template, further);
    let (callback, first) =
        Callback::accept(request(desired.map(at)), &service, None, at(0)).unwrap();
    Told {
        options: Options::clone(&service.options),
        callback,
        first,
    }
}

/// A request as [`asked_for`], of a service with these office hours.
pub fn asked_in(
    template: Template,
    further: &str,
    desired: Option<i64>,
    hours: &[(&str, &str)],
) -> Told {
    let mut service = service(template, further);
    service.options = Arc::new(in_hours(&service.options, hours));
    let (callback, first) =
        Callback::accept(request(desired.map(at)), &service, None, at(0)).unwrap();
    Told {
        options: Options::clone(&service.options),
        callback,
        first,
    }
}

/// The options with these office hours; without any, with some that do not exist.
pub fn in_hours(options: &Options, hours: &[(&str, &str)]) -> Options {
    let given = hours
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let dial_hours = match hours {
        [] => DialHours::Missing("Office".to_owned()),
        _ => DialHours::Open(Arc::new(
            OfficeHours::parse("Office", &given.collect()).unwrap(),
        )),
    };
    Options {
        dial_hours,
        ..options.clone()
    }
}

impl Told {
    /// Goes on to where `inputs`, lines of `<seconds> <what happens>`, lead.
    pub fn after(mut self, inputs: &str) -> Self {
        for line in lines(inputs) {
            let (_, decision) = self.step(&line);
            let Decision::Step(step) = decision else {
                panic!("'{line}' leads nowhere: {decision:?}");
            };
            self.callback = step.callback;
        }
        self
    }

    /// Plays a story, which begins with `0 accepted`.
    pub fn check(mut self, story: &str) {
        let expected = lines(story);
        let mut told = vec![format!("0 accepted -> {}", self.standing())];
        told.extend(self.first.iter().map(|first| event(first, &self.callback)));
        for line in expected.iter().skip(1).filter(|line| line.contains("->")) {
            told.extend(self.play(line));
        }
        compare(&told, &expected);
    }

    /// Tries each input of `table` on the same callback.
    pub fn check_each(&self, table: &str) {
        let expected = lines(table);
        let tried = expected.iter().filter(|line| line.contains("->"));
        let told: Vec<_> = tried.flat_map(|line| self.clone().play(line)).collect();
        compare(&told, &expected);
    }

    /// Tries inputs that must change nothing.
    pub fn check_ignored(&self, now: i64, inputs: &[&str]) {
        for input in inputs {
            let decision = self.callback.step(parse(input), &self.options, at(now));
            assert_eq!(
                decision,
                Decision::nothing(),
                "'{input}' to {}",
                self.standing()
            );
        }
    }

    fn play(&mut self, line: &str) -> Vec<String> {
        let given = line.split("->").next().unwrap_or(line).trim();
        let (time, decision) = self.step(given);
        let (became, events, effects) = match decision {
            Decision::Step(step) => {
                self.callback = step.callback;
                (self.standing(), step.events, step.effects)
            }
            Decision::Only(effects) => ("unchanged".to_owned(), Vec::new(), effects),
            Decision::Purge => ("gone".to_owned(), Vec::new(), Vec::new()),
            Decision::Refused(why) => (format!("refused: {why}"), Vec::new(), Vec::new()),
        };
        assert!(
            events.iter().all(|event| event.at == time),
            "'{given}': an event of another time"
        );
        let mut told = vec![format!("{given} -> {became}")];
        told.extend(events.iter().map(|told| event(told, &self.callback)));
        told.extend(effects.iter().map(effect));
        told
    }

    /// What becomes of a line, which may end with `without its service`.
    fn step(&self, line: &str) -> (Timestamp, Decision) {
        let paused = || Options {
            paused: true,
            ..self.options.clone()
        };
        let (line, options) = if let Some(line) = line.strip_suffix(" without its service") {
            (line, Options::stand_in(None))
        } else if let Some(line) = line.strip_suffix(" while paused") {
            (line, paused())
        } else {
            (line, self.options.clone())
        };
        let (time, input) = read(line);
        (time, self.callback.step(input, &options, time))
    }

    /// Where the callback stands, and when it is looked at.
    fn standing(&self) -> String {
        let alarm = seconds(self.callback.alarm(&self.options));
        format!("{}, look at {alarm}", state(&self.callback.state))
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect()
}

fn compare(told: &[String], expected: &[String]) {
    assert!(
        told == expected,
        "the story goes\n  {}\nand not\n  {}\n",
        told.join("\n  "),
        expected.join("\n  ")
    );
}

fn seconds(time: Timestamp) -> String {
    let millis = time.as_millis() - at(0).as_millis();
    assert_eq!(millis % 1000, 0, "stories are told in seconds");
    (millis / 1000).to_string()
}

fn state(state: &State) -> String {
    match state {
        State::Scheduled { .. } => "scheduled".to_owned(),
        State::Waiting {
            not_before: Some(_),
            ..
        } => "held back".to_owned(),
        State::Waiting { seeking, .. } => {
            let more = match seeking.widened {
                0 => String::new(),
                widened => format!(" for {widened} more"),
            };
            let tired = seeking.without_agent.then_some(" without an agent");
            format!("waiting{more}{}", tired.unwrap_or_default())
        }
        State::Paused { .. } => "paused".to_owned(),
        State::Arranging { agent, what, .. } => {
            format!("{}{}", arrangement(what), for_agent(agent.as_ref()))
        }
        State::HandedOut { agent, arrived, .. } => {
            let call = arrived.as_ref().map(|call| format!(" with {call}"));
            let call = call.unwrap_or_default();
            format!("handed out{}{call}", for_agent(agent.as_ref()))
        }
        State::OnCall { leg, phase } => format!("{} by {}", on_call(phase), leg.owner),
        State::Completed { reason, open, .. } => {
            let open = open.as_ref();
            let open = open.map(|leg| format!(", call open with {}", leg.owner));
            format!("completed {}{}", reason.as_str(), open.unwrap_or_default())
        }
    }
}

fn arrangement(what: &Arrangement) -> String {
    match what {
        Arrangement::Preview => "previewing".to_owned(),
        Arrangement::Confirm => "asking".to_owned(),
        Arrangement::Call { invitation: None } => "inviting".to_owned(),
        Arrangement::Call {
            invitation: Some(invitation),
        } => match &invitation.way {
            Way::Call { number, .. } => format!("expecting a call at {}", number.as_str()),
            Way::Chat { .. } => "expecting a chat".to_owned(),
        },
    }
}

fn on_call(phase: &Phase) -> String {
    let with = |name, agent: &Option<AgentRef>| format!("{name}{}", for_agent(agent.as_ref()));
    match phase {
        Phase::Arriving { agent, .. } => with("arriving", agent),
        Phase::Summoning { agent, .. } => format!("summoning {}", agent.id),
        Phase::Reaching { agent, .. } => format!("reaching for {}", agent.id),
        Phase::Dialing { agent, .. } => with("dialing", agent),
        Phase::Greeting { agent, .. } => with("greeting", agent),
        Phase::OnLine { widened: 0, .. } => "on line".to_owned(),
        Phase::OnLine { widened, .. } => format!("on line for {widened} more"),
        Phase::Connecting { agent, .. } => format!("connecting {}", agent.id),
        Phase::Talking { agent, .. } => format!("talking {}", agent.id),
        Phase::Parting { from, .. } => match from {
            Parting::Machine => "parting from a machine".to_owned(),
            Parting::Customer { .. } => "parting from the customer".to_owned(),
        },
    }
}

fn for_agent(agent: Option<&AgentRef>) -> String {
    agent.map_or_else(String::new, |agent| format!(" for {}", agent.id))
}

fn event(event: &Event, callback: &Callback) -> String {
    let mut told = format!("{} {}", event.state, event.name.as_str());
    let mut attributes = event.attributes.clone();
    let known = callback.wanted().to_string();
    if !event.name.is_in_default_set() && attributes.get("_desired_time") == Some(&known.into()) {
        attributes.remove("_desired_time");
    }
    for (name, value) in &attributes {
        write!(told, " {name}={value}").unwrap();
    }
    told
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Call(CallCommand::Dial(order)) => format!("> phone: dial {}", order.to.as_str()),
        Effect::Call(CallCommand::Play { sound }) => format!("> phone: play {sound}"),
        Effect::Call(CallCommand::Hold { sound }) => format!("> phone: hold with {sound}"),
        Effect::Call(CallCommand::Connect { dn, .. }) => format!("> phone: connect {dn}"),
        Effect::Call(CallCommand::Summon { dn, .. }) => format!("> phone: summon {dn}"),
        Effect::Call(CallCommand::HangUp) => "> phone: hang up".to_owned(),
        Effect::Release(agent, Release::Untouched) => format!("> release {} untouched", agent.id),
        Effect::Release(agent, Release::Talked) => format!("> release {} who talked", agent.id),
        Effect::Release(agent, Release::DidNotAnswer) => {
            format!("> release {} who did not answer", agent.id)
        }
        Effect::Match(Wait::Line { trunk }) => format!("> find a line of {trunk}"),
        Effect::Match(Wait::Agent { pool }) => format!("> find an agent of {pool}"),
        Effect::Match(Wait::AgentOnLine { pool }) => format!("> find an agent of {pool} at once"),
        Effect::Dial => "> ask the dialers".to_owned(),
        Effect::Tell(worker) => format!("> tell {worker}"),
    }
}

fn read(line: &str) -> (Timestamp, Input) {
    let (time, input) = line.split_once(' ').unwrap_or_else(|| panic!("'{line}'"));
    let time = time.parse().unwrap_or_else(|_| panic!("'{line}': when?"));
    (at(time), parse(input))
}

/// An input in words.
pub fn parse(text: &str) -> Input {
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        ["look"] => Input::Look,
        ["hand", "out"] => Input::HandOut { agent: None },
        ["hand", "out", "for", name] => Input::HandOut {
            agent: Some(agent(name)),
        },
        ["agent", "gone"] => Input::AgentGone,
        ["preview", verdict, "by", name] => Input::Previewed(Verdict {
            agent: AgentId::new(*name),
            takes: *verdict == "accepted",
        }),
        ["confirm"] => Input::Confirm,
        ["invite", to, number, "until", seconds] => {
            assert_eq!(*to, "to");
            let until = at(seconds.parse().unwrap());
            Input::Invite(Invitation::to_call(number.parse().unwrap(), None, until))
        }
        ["arrive", call] => Input::Arrive(CallId::from_wire(*call)),
        ["take", "by", name] => Input::Take {
            worker: WorkerId::new(*name),
        },
        ["take", "over", "by", name] => Input::TakeOver {
            worker: WorkerId::new(*name),
        },
        ["renew"] => Input::Renew,
        ["yield"] => Input::Yield,
        ["offer", name] => Input::Offer(agent(name)),
        ["timeout"] => Input::Timeout,
        ["closed"] => Input::Closed,
        ["cancel"] => Input::Cancel(Reason::Cancelled),
        ["cancel", "by", "admin"] => Input::Cancel(Reason::CancelledByAdmin),
        ["snooze"] => Input::Snooze,
        ["in", "another", "call"] => Input::InAnotherCall,
        ["talk", "over"] => Input::TalkOver,
        ["expect", seconds] => Input::Expect {
            wait: std::time::Duration::from_secs(seconds.parse().unwrap()),
        },
        ["update", pairs @ ..] => Input::Update(parse_update(pairs)),
        ["found", status @ ..] => Input::Found(parse_status(status)),
        report => Input::Report(parse_report(report)),
    }
}

/// `time=<seconds>`, `over=yes`, and user data, of which `key=` drops one.
fn parse_update(pairs: &[&str]) -> Update {
    let mut update = Update::default();
    for pair in pairs {
        match pair.split_once('=').unwrap_or_else(|| panic!("'{pair}'")) {
            ("time", seconds) => update.desired = Some(at(seconds.parse().unwrap())),
            ("over", "yes") => update.complete = true,
            ("estimated", "yes") => update.estimated = true,
            (key, "") => update.remove.push(key.to_owned()),
            (key, value) => drop(update.set.insert(key.to_owned(), value.into())),
        }
    }
    update
}

fn parse_status(words: &[&str]) -> CallStatus {
    match words {
        ["unknown"] => CallStatus::Unknown,
        ["ringing"] => CallStatus::Ringing,
        ["summoned"] => CallStatus::Summoned { answered: false },
        ["summoned", "answered"] => CallStatus::Summoned { answered: true },
        ["up", "connected"] => CallStatus::Up {
            by: AnsweredBy::Person,
            connected: true,
        },
        ["up", by] => CallStatus::Up {
            by: parse_answered(by),
            connected: false,
        },
        ["failed", result] => CallStatus::Failed {
            result: parse_result(result),
        },
        ["over"] => CallStatus::Over { connected: false },
        ["over", "connected"] => CallStatus::Over { connected: true },
        other => panic!("{other:?} is no status"),
    }
}

fn parse_report(words: &[&str]) -> Report {
    match words {
        ["ringing"] => Report::Ringing,
        ["answered", "by", who] => Report::Answered {
            by: parse_answered(who),
        },
        ["failed", result] => Report::Failed {
            result: parse_result(result),
        },
        ["treatment", "done"] => Report::TreatmentDone,
        ["agent", "answered"] => Report::AgentAnswered,
        ["connected"] => Report::Connected,
        ["agent", "failed"] => Report::AgentFailed,
        ["customer", "hung", "up"] => Report::HungUp {
            by: Party::Customer,
        },
        ["agent", "hung", "up"] => Report::HungUp { by: Party::Agent },
        ["we", "hung", "up"] => Report::HungUp { by: Party::Us },
        other => panic!("{other:?} is no input"),
    }
}

fn parse_answered(word: &str) -> AnsweredBy {
    match word {
        "person" => AnsweredBy::Person,
        "machine" => AnsweredBy::Machine,
        "fax" => AnsweredBy::Fax,
        other => panic!("'{other}' answers no phone"),
    }
}

/// By the name it is stored under.
fn parse_result(word: &str) -> CallResult {
    serde_json::from_value(word.into()).unwrap_or_else(|_| panic!("'{word}' is no result"))
}
