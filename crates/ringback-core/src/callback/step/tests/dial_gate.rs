//! The gate that every dial passes.
//!
//! The request comes at 19:59:51 UTC on a Sunday: nine seconds before eight.

use std::sync::Arc;

use super::story::{DELAYED, IMMEDIATE, Told, asked, asked_in, in_hours};
use crate::callback::{Callback, DialGate, HeldBy, State, calls_index, dial_gate, in_progress};
use crate::service::Template;
use crate::tests::sample::{at, request, service};

/// Closed from nine seconds after the request until 08:00 on the next day.
const UNTIL_EIGHT: [(&str, &str); 1] = [("_bh_regular1", "Sun-Sat 08:00-20:00")];
const CLOSED: i64 = 9;
const OPEN: i64 = CLOSED + 12 * 3600;

/// What is dialed in the end.
fn is_dialed(told: &Told, hand_out: &str) -> bool {
    let told = told.clone().after(hand_out);
    matches!(told.callback.state, State::OnCall { .. })
}

/// First attempts, retries and snoozed callbacks alike, and those whose queue was late. How long they may wait is counted from
/// the opening on.
#[test]
fn nobody_is_dialed_after_the_office_has_closed() {
    let late = asked_in(IMMEDIATE, "_urs_queued_ttl=600", None, &UNTIL_EIGHT);
    late.check_each(&format!(
        r#"
        8 hand out -> handed out, look at 10
            > ask the dialers
        {CLOSED} hand out -> held back, look at 15
            QUEUED _cbe_on_callback_status_updated _held_by="office_hours" _held_until="2016-07-04T08:00:00.000Z"
        "#
    ));
    let held = late.clone().after("9 hand out");
    held.check_ignored(CLOSED + 1, &["hand out"]);
    held.check_each(&format!(
        "
        15 look -> held back, look at 35
        {OPEN} look -> waiting, look at 43215
            > find a line of default
        "
    ));
    let open = held.after(&format!("{OPEN} look"));
    assert!(is_dialed(&open, "43210 hand out\n 43211 take by d1"));
    open.check_each(
        r#"
        43809 look -> completed FAIL_TIMEOUT_TTL, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL"
        "#,
    );
}

#[test]
fn retries_and_snoozed_callbacks_wait_for_the_next_opening() {
    let hours = &UNTIL_EIGHT;
    let again = |told: Told, due: i64| {
        let held = told.after(&format!("{due} look"));
        assert_eq!(held.callback.hold().unwrap().by, HeldBy::OfficeHours);
        held.check_ignored(due + 1, &["hand out"]);
        let dialed = format!("{OPEN} look\n {OPEN} hand out\n {OPEN} take by d1");
        assert!(is_dialed(&held, &dialed));
    };
    let busy = asked_in(IMMEDIATE, "", None, hours);
    let busy = busy.after("1 hand out\n 2 take by d1\n 5 failed busy");
    again(busy, 305);
    let snoozed = asked_in(IMMEDIATE, "", None, hours).after("1 snooze");
    again(snoozed, 301);
    let paused = asked_in(IMMEDIATE, "", None, hours).after("5 look while paused");
    again(paused, 35);
}

/// The dialer asks once more; the agent who was held is free, and comes back with the turn.
#[test]
fn the_office_closes_between_hand_out_and_dial() {
    let handed_out = asked_in(DELAYED, "", None, &UNTIL_EIGHT).after("8 hand out for KSippola");
    handed_out.check_each(&format!(
        r#"
        {CLOSED} take by d1 -> held back, look at 15
            QUEUED _cbe_on_callback_status_updated _held_by="office_hours" _held_until="2016-07-04T08:00:00.000Z"
            > release KSippola untouched
        "#
    ));
    let agent_first = "_userterminated_first_connect_party=AGENT";
    let ringing = asked_in(DELAYED, agent_first, None, &UNTIL_EIGHT);
    ringing
        .after("7 hand out for KSippola\n 8 take by d1")
        .check_each(&format!(
            r#"
        {CLOSED} agent answered -> held back, look at 15
            QUEUED _cbe_on_callback_status_updated _held_by="office_hours" _held_until="2016-07-04T08:00:00.000Z"
            > phone: hang up
            > release KSippola untouched
        "#
        ));
}

/// On the line, ringing, or greeted when the office closes: the call goes on.
#[test]
fn a_customer_on_the_line_is_not_cut_off() {
    let dialed = asked_in(IMMEDIATE, "", None, &UNTIL_EIGHT).after("7 hand out\n 8 take by d1");
    let talking = dialed.after("20 answered by person\n 30 treatment done\n 40 offer KSippola");
    talking.check_each(
        r#"
        50 connected -> completed AGENT_CONNECTED, look at 86400
            PROCESSING _cbe_on_route_to_agent c_agent_extension="7001" c_agent_id="KSippola"
            PROCESSING _cbe_on_callback_status_updated
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
        "#,
    );
    let called = asked_in(Template::UserOriginatedImmediate, "", None, &UNTIL_EIGHT);
    called
        .after("1 invite to 800 until 31\n 12 arrive 800-1")
        .check_each("13 take by d1 -> arriving by d1, look at 28");
}

/// Saved again, they count at the next look; those that do not exist open at no time.
#[test]
fn hours_that_change_count_at_the_next_look() {
    let mut held = asked_in(IMMEDIATE, "", None, &UNTIL_EIGHT).after("9 hand out");
    held.options = in_hours(&held.options, &[("_bh_regular1", "Sun-Sat 08:00-21:00")]);
    held.check_each(
        "
        15 look -> waiting, look at 35
            > find a line of default
        ",
    );
    held.options = in_hours(&held.options, &[]);
    held.check_each(
        r#"
        15 look -> held back, look at 35
            QUEUED _cbe_on_callback_status_updated _held_by="missing_office_hours" _held_until="2016-07-03T20:01:06.000Z"
        "#,
    );
}

/// Bounded by `_ttl`: it ends when that is over, and says so.
#[test]
fn who_waits_for_an_opening_that_does_not_come_ends_with_its_time_to_live() {
    let never = [
        ("_bh_regular1", "Sun 08:00-20:00"),
        ("_holiday1", "2016-07-10"),
    ];
    let held = asked_in(IMMEDIATE, "_ttl=3600", None, &never).after("9 hand out");
    held.check_each(
        r#"
        3600 look -> completed FAIL_TIMEOUT_TTL, look at 7200
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL"
        "#,
    );
}

/// By the wall clock of the office: through daylight saving time and over holidays.
#[test]
fn the_next_opening_is_that_of_the_office() {
    let told = asked(IMMEDIATE, "");
    for (hours, now, opens) in [
        // Clocks went forward in the night before 2016-03-27 in Berlin.
        (
            &[
                ("_timezone", "Europe/Berlin"),
                ("_bh_regular1", "Sun-Sat 08:00-20:00"),
            ][..],
            "2016-03-26T19:00:00Z",
            "2016-03-27T06:00:00.000Z",
        ),
        // And back in that before 2016-10-30.
        (
            &[
                ("_timezone", "Europe/Berlin"),
                ("_bh_regular1", "Sun-Sat 08:00-20:00"),
            ],
            "2016-10-29T18:00:00Z",
            "2016-10-30T07:00:00.000Z",
        ),
        (
            &[
                ("_bh_regular1", "Mon-Fri 08:00-20:00"),
                ("_holiday1", "12-26"),
            ],
            "2016-12-23T20:00:00Z",
            "2016-12-27T08:00:00.000Z",
        ),
        (
            &[
                ("_timezone", "Asia/Kolkata"),
                ("_bh_regular1", "Mon-Fri 09:00-17:00"),
            ],
            "2016-07-03T20:00:00Z",
            "2016-07-04T03:30:00.000Z",
        ),
    ] {
        let options = in_hours(&told.options, hours);
        let [now, opens] = [now, opens].map(|time| crate::time::Timestamp::parse(time).unwrap());
        let expected = DialGate::WaitUntil(opens, HeldBy::OfficeHours);
        assert_eq!(
            dial_gate(&told.callback, &options, now),
            expected,
            "{hours:?}"
        );
        assert_eq!(dial_gate(&told.callback, &options, opens), DialGate::Dial);
    }
}

/// The list may have changed after the request; the reason is told, and the number is not.
#[test]
fn numbers_that_are_never_dialed_are_asked_for_at_the_dial() {
    let mut told = asked(IMMEDIATE, "").after("1 hand out");
    told.options = service(IMMEDIATE, "_exceptions=5116,5115")
        .options
        .as_ref()
        .clone();
    told.check_each(
        r#"
        2 take by d1 -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            COMPLETED _cbe_on_callback_processing_failed _dial_refused="one of the _exceptions: allowed are all others"
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
        "#,
    );
    let mut ringing = asked(DELAYED, "_userterminated_first_connect_party=AGENT")
        .after("1 hand out for KSippola\n 2 take by d1");
    ringing.options = service(
        DELAYED,
        "_exceptions=5115 _userterminated_first_connect_party=AGENT",
    )
    .options
    .as_ref()
    .clone();
    ringing.check_each(
        r#"
        5 agent answered -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            COMPLETED _cbe_on_callback_processing_failed _dial_refused="one of the _exceptions: allowed are all others"
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
            > phone: hang up
            > release KSippola untouched
        "#,
    );
}

/// Emergency numbers are not dialed, even if an earlier version let them in, unless the service says that it calls them.
#[test]
fn emergency_numbers_are_never_dialed_though_they_were_let_in() {
    for number in ["911", "112", "999", "+881612345678", "+979123456789"] {
        let let_in = service(IMMEDIATE, "_disallow_special_phone_numbers=false");
        let mut new = request(None);
        new.number = Some(crate::tests::sample::number(number));
        let (callback, _) = Callback::accept(new, &let_in, None, at(0)).unwrap();
        let now = service(IMMEDIATE, "");
        let gate = |options| dial_gate(&callback, options, at(1));
        assert_eq!(gate(&let_in.options), DialGate::Dial, "{number}");
        let DialGate::Never(refusal) = gate(&now.options) else {
            panic!("{number} is dialed");
        };
        let told = refusal.to_string();
        assert!(told.contains("_disallow_special_phone_numbers"), "{told}");
    }
    // That it is abroad was decided when it was let in.
    let mut new = request(None);
    new.number = Some(crate::tests::sample::number("+49301234567"));
    let now = service(IMMEDIATE, "");
    let (callback, _) = Callback::accept(new, &now, None, at(0)).unwrap();
    assert_eq!(dial_gate(&callback, &now.options, at(1)), DialGate::Dial);
}

/// Its service has become one that calls since the request.
#[test]
fn who_has_no_number_is_not_dialed_and_the_reason_says_so() {
    let chat = service(
        Template::ChatDelayed,
        "_mandatory_customer_lookup_keys=email",
    );
    let mut new = request(None);
    new.number = None;
    let (callback, _) = Callback::accept(new, &chat, None, at(0)).unwrap();
    let mut told = asked(IMMEDIATE, "");
    told.callback = callback;
    told.check_each(
        r#"
        1 hand out -> completed FAIL_NO_CUSTOMER_NUMBER, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_NO_CUSTOMER_NUMBER"
        "#,
    );
}

/// Whether the customer's phone counts as busy.
fn is_busy(callback: &Callback, now: i64) -> bool {
    let number = callback.customer().unwrap();
    let listed = callback.listings();
    let mut calls = listed
        .iter()
        .filter(|(index, _)| *index == calls_index(&number));
    calls.any(|(_, score)| in_progress(at(now)).contains(score))
}

/// From the fence on, through the conversation, until somebody tells that it is over, or nobody believes in it any more.
#[test]
fn a_customer_is_busy_as_long_as_the_call_lasts() {
    let told = asked(DELAYED, "");
    assert!(!is_busy(&told.callback, 0));
    let handed_out = told.after("1 hand out for KSippola");
    assert!(!is_busy(&handed_out.callback, 1));
    let dialed = handed_out.clone().after("2 take by d1");
    assert!(handed_out.callback.claims_customer(&dialed.callback));
    assert!(is_busy(&dialed.callback, 999_999));
    let taken_over = dialed.clone().after("20 take over by d2");
    assert!(
        !dialed.callback.claims_customer(&taken_over.callback),
        "it is its own"
    );
    assert!(!is_busy(&dialed.clone().after("5 failed busy").callback, 5));
    assert!(
        is_busy(&dialed.clone().after("5 cancel").callback, 5),
        "it still rings"
    );
    let talking = dialed.after("5 answered by person\n 6 treatment done\n 9 connected");
    assert!(is_busy(&talking.callback, 10) && is_busy(&talking.callback, 7200));
    assert!(!is_busy(&talking.callback, 7209));
    assert!(!is_busy(&talking.after("60 talk over").callback, 60));
}

/// The agent who was held is free; it is looked at again soon, and told once.
#[test]
fn who_is_in_another_call_is_called_after_it() {
    let handed_out = asked(DELAYED, "").after("1 hand out for KSippola");
    handed_out.check_each(
        r#"
        2 in another call -> held back, look at 17
            QUEUED _cbe_on_callback_status_updated _held_by="another_call" _held_until="2016-07-03T20:00:08.000Z"
            > release KSippola untouched
        "#,
    );
    let held = handed_out.after("2 in another call");
    held.check_ignored(16, &["hand out for KSippola", "look"]);
    assert!(!held.callback.asks_for_other_calls(at(16)));
    assert!(held.callback.asks_for_other_calls(at(17)));
    held.check_each(
        "
        17 in another call -> held back, look at 32
        17 look -> waiting, look at 35
            > find an agent of GA:Customer_Service
        ",
    );
}

/// What the release before has stored has none of this.
#[test]
fn a_callback_of_the_release_before_is_read() {
    let told = asked_in(IMMEDIATE, "", None, &UNTIL_EIGHT).after("9 hand out");
    let stored = serde_json::to_value(&told.callback).unwrap();
    assert!(stored["opn"].is_number() && stored["st"]["held"].is_object());
    let mut old = stored;
    old.as_object_mut().unwrap().remove("opn");
    old["st"].as_object_mut().unwrap().remove("held");
    let id = told.callback.id.clone();
    let read = Callback::read(id, old.to_string().as_bytes()).unwrap();
    assert_eq!(read.hold(), None);
}

/// The options that a process keeps for a service carry its hours to what a request sets over them.
#[test]
fn hours_stay_with_options_that_a_request_sets() {
    let mut service = service(IMMEDIATE, "");
    service.options = Arc::new(in_hours(&service.options, &UNTIL_EIGHT));
    let mut new = request(None);
    new.overrides.insert("_ttl".to_owned(), "900".to_owned());
    let options = service.options_with(&new.overrides).unwrap();
    assert_eq!(options.dial_hours.name(), Some("Office"));
}
