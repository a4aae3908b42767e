//! Where callbacks are listed: table by state.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Wait, pending, time_of};
use crate::callback::dial_gate::IN_CALL;
use crate::callback::{Callback, Leg, Phase, Seeking, State};
use crate::event::Reason;
use crate::ids::WorkerId;
use crate::key::IndexName;
use crate::service::Template;
use crate::tests::sample::{agent, at, object, request, service};

/// A callback of the sample service, with further options and user data.
fn callback(template: Template, further: &str, user_data: serde_json::Value) -> Callback {
    let mut new = request(None);
    new.user_data = object(user_data);
    let accepted = Callback::accept(new, &service(template, further), None, at(0));
    accepted.unwrap().0
}

fn scheduled() -> State {
    State::Scheduled {
        due: at(9),
        reminder: None,
        failed_submits: 0,
        ask_at: None,
        again: false,
    }
}

fn on_call(phase: Phase) -> State {
    let leg = Leg {
        owner: WorkerId::new("d1"),
        lease: at(99),
        since: at(2),
        transfers: 0,
        call: None,
    };
    State::OnCall { leg, phase }
}

/// The lists a callback stands in besides those it always does, as `name=score`, times in seconds.
fn check(template: Template, state: State, expected: &[&str]) {
    let mut callback = callback(template, "", json!({}));
    callback.state = state;
    let always = [
        "svc:samples_dev=0".to_owned(),
        "acc:samples_dev=0".to_owned(),
        match callback.reason() {
            Some(_) => "num:5115=over 0".to_owned(),
            None => "num:5115=pending 0".to_owned(),
        },
    ];
    let expected: Vec<_> = always
        .into_iter()
        .chain(expected.iter().map(|&name| name.to_owned()))
        .collect();
    assert_eq!(shown(&callback), sorted(expected), "{callback:?}");
}

fn shown(callback: &Callback) -> Vec<String> {
    let start = at(0).as_millis();
    let listed = callback.listings().into_iter();
    let show = |score: i64| match score {
        0..=3 => format!("#{score}"),
        IN_CALL => "in call".to_owned(),
        i64::MIN..0 => {
            let seconds = time_of(score).since(at(0)).as_secs();
            let is_pending = pending().iter().any(|it| it.contains(&score));
            format!("{} {seconds}", if is_pending { "pending" } else { "over" })
        }
        time => ((time - start) / 1000).to_string(),
    };
    sorted(
        listed
            .map(|(name, score)| format!("{}={}", name.as_str(), show(score)))
            .collect(),
    )
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

const IMMEDIATE: Template = Template::UserTerminatedImmediate;
const DELAYED: Template = Template::UserTerminatedDelayed;
/// Its customer is in a call of it.
const CALL: &str = "call:5115=in call";

#[test]
fn before_and_after_it_waits_for_nothing() {
    check(IMMEDIATE, scheduled(), &[]);
    for open in [None, Some(())] {
        let leg = |()| Leg {
            owner: WorkerId::new("d1"),
            lease: at(99),
            since: at(2),
            transfers: 0,
            call: None,
        };
        let over = State::Completed {
            reason: Reason::Cancelled,
            at: at(9),
            open: open.map(leg),
            talks_until: None,
        };
        let in_call = open.map(|()| CALL);
        check(IMMEDIATE, over, in_call.as_slice());
    }
}

/// For a line or for an agent, and in any case in its virtual queue: by the time since when.
#[test]
fn in_the_queue() {
    let waiting = State::Waiting {
        since: at(2),
        checks: 0,
        not_before: None,
        seeking: Seeking::default(),
        held: None,
    };
    let (queue, queued) = ("vq:SIP_VQ_SIP_Switch=2", "on:samples_dev=#1");
    check(
        IMMEDIATE,
        waiting.clone(),
        &["dial:default=2", queue, queued],
    );
    check(
        DELAYED,
        waiting,
        &["wait:GA:Customer_Service=2", queue, queued],
    );
    for agent in [None, Some(agent("KSippola"))] {
        let handed_out = State::HandedOut {
            since: at(2),
            at: at(5),
            hints: 0,
            agent,
            arrived: None,
        };
        check(DELAYED, handed_out, &["out:default=#0", queue, queued]);
    }
}

/// It has a line; it stays in the virtual queue, at its place, until an agent talks.
#[test]
fn on_the_phone() {
    let (line, queue) = ("out:default=#1", "vq:SIP_VQ_SIP_Switch=2");
    let (at, agent) = (at(7), agent("KSippola"));
    let [queued, routing, talking] = [1, 2, 3].map(|state| format!("on:samples_dev=#{state}"));
    let connecting = Phase::Connecting {
        at,
        agent: agent.clone(),
    };
    for (phase, begun) in [
        (Phase::Dialing { at, agent: None }, &queued),
        (Phase::Greeting { at, agent: None }, &queued),
        (connecting, &routing),
    ] {
        check(IMMEDIATE, on_call(phase), &[line, CALL, queue, begun]);
    }
    let on_line = on_call(Phase::OnLine { at, widened: 0 });
    check(
        IMMEDIATE,
        on_line,
        &["line:GA:Customer_Service=2", line, CALL, queue, &routing],
    );
    check(
        IMMEDIATE,
        on_call(Phase::Talking { at, agent }),
        &[line, CALL, &talking],
    );
}

/// By its priority, in the parts of the indexes that have its pace, until an agent talks.
#[test]
fn with_a_priority_it_stands_before_its_time() {
    let aging =
        "_urs_vq_priority=10 _urs_vq_priority_increment=5 _urs_vq_priority_increment_interval=2";
    let mut callback = callback(DELAYED, aging, json!({}));
    let of_its_pace = |callback: &Callback| -> Vec<_> {
        let names = shown(callback).into_iter();
        names.filter(|name| name.contains("2000.5.0")).collect()
    };
    let waiting = of_its_pace(&callback);
    let expected = [
        "2000.5.0:vq:SIP_VQ_SIP_Switch=-4",
        "2000.5.0:wait:GA:Customer_Service=-4",
        "pace:2000.5.0=#0",
    ];
    assert_eq!(waiting, expected);
    let (at, agent) = (at(7), agent("KSippola"));
    callback.state = on_call(Phase::OnLine { at, widened: 0 });
    assert_eq!(
        of_its_pace(&callback)[0],
        "2000.5.0:line:GA:Customer_Service=-2"
    );
    for state in [scheduled(), on_call(Phase::Talking { at, agent })] {
        callback.state = state;
        assert_eq!(of_its_pace(&callback), ["pace:2000.5.0=#0"]);
    }
    callback.state = State::Completed {
        reason: Reason::Cancelled,
        at,
        open: None,
        talks_until: None,
    };
    assert_eq!(of_its_pace(&callback), Vec::<String>::new());
}

#[test]
fn a_steady_priority_comes_before_all_lower_ones() {
    let high = callback(DELAYED, "_urs_vq_priority=2", json!({}));
    let before = at(0).as_millis() - 18_000_000_000;
    let listed = high.listings();
    assert!(listed.contains(&(IndexName::new("wait", "GA:Customer_Service"), before)));
    assert_eq!(high.place(), Some(before));
}

#[test]
fn without_a_virtual_queue_it_stands_in_none() {
    let callback = callback(IMMEDIATE, "_urs_virtual_queue=", json!({}));
    let names = shown(&callback);
    assert!(
        !names.iter().any(|name| name.starts_with("vq:")),
        "{names:?}"
    );
}

/// Texts alone; what the request does not say is not listed.
#[test]
fn it_is_found_by_the_lookup_keys_of_its_service() {
    let keys = "_customer_lookup_keys=account,_customer_number,city,visits";
    let data = json!({"account": "0815", "visits": 3, "other": "x"});
    let names = shown(&callback(IMMEDIATE, keys, data));
    let found: Vec<_> = names
        .iter()
        .filter(|name| name.starts_with("by:") || name.starts_with("num:"))
        .collect();
    let expected = [
        "by:account=0815=pending 0",
        "by:visits=3=pending 0",
        "num:5115=pending 0",
    ];
    assert_eq!(found, expected);
}

/// Also when keys are named twice, or keys and values run into each other.
#[test]
fn no_list_has_it_twice() {
    for keys in [
        "account,account",
        "a,a=b",
        "_customer_number,_customer_number",
    ] {
        let data = json!({"account": "0815", "a": "b=c", "a=b": "c"});
        let callback = callback(IMMEDIATE, &format!("_customer_lookup_keys={keys}"), data);
        let listed = callback.listings();
        let names: BTreeSet<_> = listed.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), listed.len(), "{keys}: {listed:?}");
    }
}

#[test]
fn it_says_what_it_waits_for() {
    let pool = || "GA:Customer_Service".to_owned();
    let waiting = State::Waiting {
        since: at(2),
        checks: 0,
        not_before: None,
        seeking: Seeking::default(),
        held: None,
    };
    let trunk = "default".to_owned();
    for (template, state, expected) in [
        (IMMEDIATE, waiting.clone(), vec![Wait::Line { trunk }]),
        (DELAYED, waiting, vec![Wait::Agent { pool: pool() }]),
        (
            IMMEDIATE,
            on_call(Phase::OnLine {
                at: at(7),
                widened: 0,
            }),
            vec![Wait::AgentOnLine { pool: pool() }],
        ),
        (IMMEDIATE, scheduled(), Vec::new()),
    ] {
        let mut callback = callback(template, "", json!({}));
        callback.state = state;
        assert_eq!(callback.waits_for(), expected);
    }
}
