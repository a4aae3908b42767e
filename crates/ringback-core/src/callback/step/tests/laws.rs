//! Laws that hold whatever happens, in whatever order, at whatever time, under whatever options.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::{Decision, Input, LEASE};
use super::story::{DELAYED, IMMEDIATE, parse};
use super::world::{Next, Rules, Scene, When, World};
use crate::agent::AgentRef;
use crate::call::{CallCommand, CallId, CallStatus, Report};
use crate::callback::{Callback, DialHours, Phase, State};
use crate::event::{CallbackState, EventName, Reason};
use crate::service::Template;
use crate::time::Timestamp;

/// What is played to those who get no conversation.
const LAST_SOUNDS: &str =
    "_treatment_call_failure_answering_machine=message.wav _treatment_find_agent_fail=sorry.wav";

pub fn rules() -> impl Strategy<Value = Rules> {
    let options = (
        (scenario(), any::<bool>(), any::<bool>()),
        (1..4_u32, prop_oneof![Just(0), Just(30), Just(300)]),
        (1..4_u32, prop_oneof![Just(10), Just(3600)]),
        any::<[bool; 6]>(),
        prop_oneof![Just(40), Just(14_400)],
        (
            prop_oneof![Just(90), Just(86_400)],
            prop_oneof![Just(0), Just(500)],
        ),
        waits(),
    );
    let desired = prop_oneof![
        Just(None),
        Just(Some(-100)),
        Just(Some(-90_000)),
        Just(Some(600))
    ];
    (options, desired, any::<bool>()).prop_map(
        |(
            (
                ((template, scenario), retain, remind),
                (attempts, retry),
                (transfers, wait),
                on,
                queued,
                (ttl, buffer),
                waits,
            ),
            desired,
            hours,
        )| {
            let [busy, no_answer, machine, fax, error, last] = on;
            let last = if last { LAST_SOUNDS } else { "" };
            let further = format!(
                "_max_dial_attempts={attempts} _dial_retry_timeout={retry} \
                 _max_transfer_to_agent_attempts={transfers} _retry_on_busy={busy} \
                 _retry_on_no_answer={no_answer} _retry_on_answering_machine={machine} \
                 _retry_on_fax={fax} _retry_on_error={error} _urs_queued_ttl={queued} _ttl={ttl} \
                 _max_time_to_wait_for_agent_on_the_call={wait} \
                 _retain_session_until_ixn_deleted={retain} _enable_notification_reminder={remind} \
                 _request_execution_time_buffer={buffer} _snooze_duration=60 {last} {waits} {scenario}"
            );
            Rules {
                template,
                further,
                desired,
                hours,
            }
        },
    )
}

/// Who calls whom, and what is agreed on before.
fn scenario() -> impl Strategy<Value = (Template, String)> {
    use Template::{UserOriginatedDelayed, UserOriginatedImmediate, UserTerminatedPreview};
    let template = prop_oneof![
        3 => Just(IMMEDIATE),
        3 => Just(DELAYED),
        2 => Just(UserTerminatedPreview),
        1 => Just(UserOriginatedImmediate),
        2 => Just(UserOriginatedDelayed),
    ];
    let rejects = prop_oneof![Just("true"), Just("0"), Just("2")];
    let otherwise = prop_oneof![Just("FAIL"), Just("CONNECT-ANYWAY")];
    let party = prop_oneof![Just("CUSTOMER"), Just("AGENT")];
    (template, rejects, otherwise, party, any::<bool>()).prop_map(
        |(template, rejects, otherwise, party, confirm)| {
            let confirm = confirm && template != IMMEDIATE && template != UserOriginatedImmediate;
            let party = if template == DELAYED { party } else { "" };
            let party = Some(party).filter(|party| !party.is_empty());
            let party = party.map(|party| format!("_userterminated_first_connect_party={party}"));
            let further = format!(
                "_agent_preview_allow_reject={rejects} _on_user_confirm_timeout={otherwise} \
                 _wait_for_user_confirm={confirm} {}",
                party.unwrap_or_default()
            );
            (template, further)
        },
    )
}

/// What there is to wait for, and for how long.
fn waits() -> impl Strategy<Value = String> {
    let list = r#"_target=[{"target":"Customer_Service.GA","timeout":20},{"target":"Max.A","timeout":9,"clear":true},{"target":"All.GA"}]"#;
    let seconds = || prop_oneof![Just(0), Just(30)];
    (any::<bool>(), seconds(), seconds(), seconds()).prop_map(
        move |(several, least, most, buffer)| {
            let list = if several { list } else { "" };
            format!(
                "_min_queue_wait={least} _max_queue_wait={most} _cannot_dial_buffer_time={buffer} {list}"
            )
        },
    )
}

pub fn course() -> impl Strategy<Value = Vec<(When, Next)>> {
    let when = prop_oneof![
        4 => (0..2000_u32).prop_map(|millis| When::After { millis }),
        1 => (0..400_000_u32).prop_map(|millis| When::After { millis }),
        3 => Just(When::AtTheAlarm),
        1 => Just(When::AtTheDeadline),
    ];
    let next = prop_oneof![
        12 => any::<u8>().prop_map(Next::Fitting),
        4 => any::<u8>().prop_map(Next::Any),
        1 => Just(Next::Reload),
        1 => Just(Next::Pause),
    ];
    vec((when, next), 0..60)
}

/// Plays a course, and holds each of its scenes against a law.
pub fn play(rules: &Rules, course: &[(When, Next)], law: impl Fn(&Scene<'_>)) -> World {
    let mut world = World::of(rules);
    for (when, next) in course {
        world.wait(*when);
        let before = world.callback.clone();
        let input = world.input(next);
        let decision = world.feed(&input);
        if world.gone {
            break;
        }
        law(&Scene {
            before: &before,
            input: &input,
            decision: &decision,
            world: &world,
        });
    }
    world
}

proptest! {
    #[test]
    fn it_ends_once_and_its_last_event_says_so(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let world = scene.world;
            let end = end(&world.callback);
            assert_eq!(world.count(EventName::ServiceExit), usize::from(end.is_some()));
            if end.is_some() {
                assert_eq!(world.events.last().unwrap().name, EventName::ServiceExit);
            }
            if self::end(scene.before).is_some() {
                assert_eq!(end, self::end(scene.before), "what is over stays as it is");
            }
        });
    }

    #[test]
    fn each_attempt_is_dialed_once_and_by_whoever_has_taken_it(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let (world, attempts) = (scene.world, scene.world.callback.attempts);
            assert!(attempts <= world.most_attempts());
            let calls: BTreeSet<_> = world.dialed.iter().collect();
            assert_eq!((calls.len(), world.dialed.len()), (attempts as usize, attempts as usize));
            let summoned: BTreeSet<_> = world.summoned.iter().collect();
            assert_eq!(summoned.len(), world.summoned.len());
            let all = calls.union(&summoned).count();
            let named = (1..=all).map(|n| CallId::of_attempt(world.callback.id.as_str(), n as u32));
            assert!(named.into_iter().all(|call| calls.contains(&call) || summoned.contains(&call)));
            if scene.rings() {
                let is_taken = matches!(scene.input, Input::Take { .. })
                    && matches!(scene.before.state, State::HandedOut { arrived: None, .. });
                let phase = |phase: &Phase| matches!(phase, Phase::Summoning { .. });
                let is_reached = scene.dials()
                    && matches!(&scene.before.state, State::OnCall { phase: it, .. } if phase(it));
                assert!(is_taken || is_reached);
            }
        });
    }

    /// Each attempt has one `_cbe_on_dial_init`, and one `_cbe_on_dial_done` unless it is being dialed: at the end they
    /// are as many as the attempts, without exception. A cancel is a result like any other (26, dropped).
    #[test]
    fn each_attempt_has_one_result(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let world = scene.world;
            let attempts = world.callback.attempts as usize;
            let dialing = matches!(
                world.callback.state,
                State::OnCall { phase: Phase::Dialing { .. } | Phase::Reaching { .. }, .. }
            );
            assert_eq!(world.count(EventName::DialInit), attempts);
            assert_eq!(world.count(EventName::DialDone), attempts - usize::from(dialing));
            let results = world.events.iter().filter(|e| e.name == EventName::DialDone);
            let mut last = None;
            for (n, event) in (1..).zip(results) {
                assert_eq!(event.attributes["c_call_num_attempt"], n);
                last = event.attributes["c_call_result"].as_u64();
            }
            let kept = world.callback.last_result;
            assert_eq!(kept.map(|result| u64::from(result.code())), last);
        });
    }

    #[test]
    fn nobody_is_dialed_too_early_or_too_late(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let State::HandedOut { since, .. } = scene.before.state else { return };
            if !scene.rings() {
                return;
            }
            let (world, options) = (scene.world, &scene.world.options);
            // Its time may have been set while its service was away, by the default buffer.
            let threshold = options.scheduled.connect_threshold;
            let earliest = world.callback.desired.map(|desired| desired - threshold);
            assert!(earliest.is_none_or(|earliest| earliest <= world.now));
            let failed = world.events.iter().rfind(|e| e.name == EventName::DialDone);
            assert!(failed.is_none_or(|e| e.at + options.dialing.retry_after <= world.now));
            assert!(world.now < world.callback.expires(options), "the callback has expired");
            let limit = scene.before.waits_until(since, options);
            assert!(world.now < limit, "it waited too long");
        });
    }

    #[test]
    fn no_phone_rings_outside_the_office_hours(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let DialHours::Open(hours) = &scene.world.options.dial_hours else { return };
            assert!(!scene.rings() || hours.is_open(scene.world.now));
        });
    }

    /// An alarm that has passed is a lease, or the next look moves it ahead.
    #[test]
    fn nothing_lives_without_an_alarm(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let (world, callback) = (scene.world, &scene.world.callback);
            let alarm = callback.alarm(&world.options);
            assert!(alarm < Timestamp::from_millis(i64::MAX));
            if let Some(leg) = callback.state.leg() {
                assert_eq!(alarm, leg.lease);
                assert!(alarm <= world.now + LEASE);
            } else if matches!(scene.decision, Decision::Step(_)) && alarm < world.now {
                let looked = callback.step(Input::Look, &world.options, world.now);
                assert!(moves_ahead(&looked, world), "{looked:?}");
            }
        });
    }

    /// Somebody looks when a limit is reached, not some time later.
    #[test]
    fn no_alarm_lies_beyond_a_limit(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let (options, callback) = (&scene.world.options, &scene.world.callback);
            let alarm = callback.alarm(options);
            let (waited, due) = match callback.state {
                State::HandedOut { arrived: Some(_), .. } => return,
                State::Waiting { since, .. }
                | State::Paused { since, .. }
                | State::Arranging { since, .. }
                | State::HandedOut { since, .. } => (Some(since), None),
                State::Scheduled { due, reminder, .. } => (None, reminder.min(Some(due)).or(Some(due))),
                State::OnCall { .. } | State::Completed { .. } => return,
            };
            assert!(alarm <= callback.expires(options));
            assert!(waited.is_none_or(|since| alarm <= callback.waits_until(since, options)));
            assert!(due.is_none_or(|due| alarm <= due));
        });
    }

    #[test]
    fn a_look_moves_the_alarm_ahead(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let (world, callback) = (scene.world, &scene.world.callback);
            if *scene.input == Input::Look && callback.state.leg().is_none() {
                assert!(callback.alarm(&world.options) > world.now);
            }
        });
    }

    /// Whoever came is let go once, or is still there: held for it, or talking on after the hand-over.
    #[test]
    fn no_agent_is_lost_or_let_go_twice(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let world = scene.world;
            let there = world.callback.state.agent().map(name);
            let there: BTreeSet<_> = there.into_iter().chain(world.handed_over.clone()).collect();
            assert_eq!(world.held, there);
            assert!(world.let_go_twice.is_empty(), "{:?}", world.let_go_twice);
        });
    }

    /// A call that ends by our decision is hung up at once, or left open for its dialer to hang up.
    #[test]
    fn no_customer_is_left_on_the_line(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let on_call = |callback: &Callback| {
                matches!(callback.state, State::OnCall { .. } | State::HandedOut { arrived: Some(_), .. })
            };
            let ended = on_call(scene.before) && !on_call(&scene.world.callback);
            let hung_up = scene.orders().any(|order| *order == CallCommand::HangUp);
            let open = scene.world.callback.state.leg().is_some();
            let goes_on = scene.world.handed_over.is_some();
            if ended {
                assert!(hung_up || open || goes_on || says_it_is_over(scene.input));
            } else {
                assert!(!hung_up);
            }
        });
    }

    #[test]
    fn who_talked_is_connected_and_nobody_else(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let world = scene.world;
            let talks = world.callback.callback_state() == CallbackState::Processing;
            let talked = end(&world.callback).is_some_and(|(reason, _)| reason == Reason::AgentConnected);
            assert_eq!(world.count(EventName::RouteToAgent), usize::from(talks || talked));
        });
    }

    #[test]
    fn records_read_back(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let callback = &scene.world.callback;
            let stored = serde_json::to_vec(callback).unwrap();
            let read = Callback::read(callback.id.clone(), &stored).unwrap();
            assert!(read == *callback);
        });
    }

    #[test]
    fn no_index_lists_it_twice(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let listed = scene.world.callback.listings();
            let names: BTreeSet<_> = listed.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), listed.len());
        });
    }

    /// With nobody to hand it out or to take it, its alarms alone lead to the end, and then out of the store. A call
    /// needs one dialer more, which finds the call gone.
    #[test]
    fn left_alone_it_ends(rules in rules(), course in course()) {
        let mut world = play(&rules, &course, |_| ());
        let doubling = 32;
        // The time in which the office is closed does not count.
        let closed = if rules.hours { world.options.ttl } else { Duration::ZERO };
        let most = (world.options.queued_ttl + closed).as_secs() / 300 + 2 * doubling;
        for _ in 0..most {
            let left_by_a_dialer = world.callback.state.leg().is_some();
            world.wait(When::AtTheAlarm);
            world.feed(&Input::Look);
            if left_by_a_dialer {
                for input in ["take over by d3", "found unknown", "closed"] {
                    world.feed(&parse(input));
                }
            }
        }
        assert!(world.gone, "after {most} looks: {:?}", world.callback);
    }
}

fn name(agent: &AgentRef) -> String {
    agent.id.to_string()
}

fn end(callback: &Callback) -> Option<(Reason, Timestamp)> {
    match callback.state {
        State::Completed { reason, at, .. } => Some((reason, at)),
        State::Scheduled { .. }
        | State::Waiting { .. }
        | State::Paused { .. }
        | State::Arranging { .. }
        | State::HandedOut { .. }
        | State::OnCall { .. } => None,
    }
}

fn moves_ahead(decision: &Decision, world: &World) -> bool {
    match decision {
        // A lease is moved by whoever takes the call over.
        Decision::Step(step) => {
            step.callback.state.leg().is_some() || step.callback.alarm(&world.options) > world.now
        }
        Decision::Purge => true,
        Decision::Only(_) | Decision::Refused(_) => false,
    }
}

const fn says_it_is_over(input: &Input) -> bool {
    match input {
        Input::Report(Report::HungUp { .. } | Report::Failed { .. }) => true,
        Input::Found(status) => match status {
            CallStatus::Unknown | CallStatus::Failed { .. } | CallStatus::Over { .. } => true,
            CallStatus::Ringing | CallStatus::Summoned { .. } | CallStatus::Up { .. } => false,
        },
        Input::Report(_)
        | Input::Look
        | Input::Expect { .. }
        | Input::Snooze
        | Input::HandOut { .. }
        | Input::Previewed(_)
        | Input::Confirm
        | Input::Invite(_)
        | Input::Arrive(_)
        | Input::AgentGone
        | Input::Take { .. }
        | Input::TakeOver { .. }
        | Input::Renew
        | Input::Yield
        | Input::Offer(_)
        | Input::Timeout
        | Input::Closed
        | Input::InAnotherCall
        | Input::TalkOver
        | Input::Cancel(_)
        | Input::Update(_) => false,
    }
}
