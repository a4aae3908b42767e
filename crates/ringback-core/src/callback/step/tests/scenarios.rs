//! The scenarios of the documents, from the request to the end.

use super::story::{DELAYED, IMMEDIATE, asked, asked_for};
use crate::call::{CallCommand, DialOrder};
use crate::callback::{Decision, Effect, Input, State};
use crate::ids::WorkerId;
use crate::tests::sample::at;

#[test]
fn user_terminated_immediate() {
    asked(IMMEDIATE, "").check(
        r#"
        0 accepted -> waiting, look at 5
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        1 hand out -> handed out, look at 3
            > ask the dialers
        1 take by d1 -> dialing by d1, look at 16
            QUEUED _cbe_on_dial_init c_dialed_number="5115"
            > phone: dial 5115
        2 ringing -> unchanged
        6 renew -> dialing by d1, look at 21
        7 answered by person -> greeting by d1, look at 21
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=0 c_dialed_number="5115"
            QUEUED _cbe_on_connect_treatment_start c_dialed_number="5115"
            > phone: play greeting
        12 treatment done -> on line by d1, look at 21
            ROUTING _cbe_on_customer_queued c_dialed_number="5115"
            ROUTING _cbe_on_callback_status_updated
            > phone: hold with music
            > find an agent of GA:Customer_Service at once
        13 offer KSippola -> connecting KSippola by d1, look at 21
            ROUTING _cbe_on_target_found c_agent_extension="7001" c_agent_id="KSippola" c_target={"agent":"KSippola","dn":"7001","id":"Customer_Service","place":"SIP_Server_Place1","resource":"7001","return":"target","stat_value":"0","switch":"SIP_Switch","type":"GA","vq":"SIP_VQ_SIP_Switch"}
            > phone: connect 7001
        15 connected -> completed AGENT_CONNECTED, look at 86400
            PROCESSING _cbe_on_route_to_agent c_agent_extension="7001" c_agent_id="KSippola"
            PROCESSING _cbe_on_callback_status_updated
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
        86400 look -> gone
        "#,
    );
}

#[test]
fn user_terminated_delayed() {
    asked(DELAYED, "").check(
        r#"
        0 accepted -> waiting, look at 5
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        60 look -> waiting, look at 75
            > find an agent of GA:Customer_Service
        61 hand out for KSippola -> handed out for KSippola, look at 63
            QUEUED _cbe_on_target_found c_agent_extension="7001" c_agent_id="KSippola" c_target={"agent":"KSippola","dn":"7001","id":"Customer_Service","place":"SIP_Server_Place1","resource":"7001","return":"target","stat_value":"0","switch":"SIP_Switch","type":"GA","vq":"SIP_VQ_SIP_Switch"}
            > ask the dialers
        62 take by d1 -> dialing for KSippola by d1, look at 77
            QUEUED _cbe_on_dial_init c_dialed_number="5115"
            > phone: dial 5115
        65 answered by person -> greeting for KSippola by d1, look at 77
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=0 c_dialed_number="5115"
            QUEUED _cbe_on_connect_treatment_start c_dialed_number="5115"
            > phone: play greeting
        69 treatment done -> connecting KSippola by d1, look at 77
            ROUTING _cbe_on_customer_queued c_dialed_number="5115"
            ROUTING _cbe_on_callback_status_updated
            > phone: connect 7001
        70 connected -> completed AGENT_CONNECTED, look at 86400
            PROCESSING _cbe_on_route_to_agent c_agent_extension="7001" c_agent_id="KSippola"
            PROCESSING _cbe_on_callback_status_updated
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
        "#,
    );
}

#[test]
fn the_session_is_retained_until_the_call_ends() {
    let talking = asked(IMMEDIATE, "_retain_session_until_ixn_deleted=true").after(
        "1 hand out
         1 take by d1
         5 answered by person
         9 treatment done
         9 offer KSippola",
    );
    talking.check_each(
        r#"
        12 connected -> talking KSippola by d1, look at 16
            PROCESSING _cbe_on_route_to_agent c_agent_extension="7001" c_agent_id="KSippola"
            PROCESSING _cbe_on_callback_status_updated
        "#,
    );
    talking.after("12 connected").check_each(
        r#"
        300 customer hung up -> completed AGENT_CONNECTED, look at 86400
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
            > release KSippola who talked
        300 agent hung up -> completed AGENT_CONNECTED, look at 86400
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
            > release KSippola who talked
        300 failed error -> completed AGENT_CONNECTED, look at 86400
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
            > release KSippola who talked
        300 renew -> talking KSippola by d1, look at 315
        99999 timeout -> unchanged
        "#,
    );
}

#[test]
fn a_desired_time_is_waited_for() {
    asked_for(IMMEDIATE, "", Some(3600)).check(
        "
        0 accepted -> scheduled, look at 3600
            SCHEDULED _cbe_on_callback_scheduled
        0 look -> unchanged
        1800 hand out -> unchanged
        1800 take by d1 -> unchanged
        3599 look -> unchanged
        3600 look -> waiting, look at 3605
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            > find a line of default
        3600 look -> waiting, look at 3605
            > find a line of default
        ",
    );
}

#[test]
fn a_desired_time_that_has_passed_means_now() {
    asked_for(IMMEDIATE, "", Some(-60)).check(
        "
        0 accepted -> waiting, look at 5
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        ",
    );
}

/// Two minutes before, unless it says otherwise.
#[test]
fn a_callback_for_a_time_is_submitted_before() {
    for (further, desired, due) in [
        ("_request_execution_time_buffer=120", 3600, 3480),
        ("_request_execution_time_buffer=600", 3600, 3000),
        (
            "_request_execution_time_buffer=600 _desired_connect_time_threshold=900",
            3600,
            3000,
        ),
        (
            "_request_execution_time_buffer=120 _desired_connect_time_threshold=0",
            3600,
            3480,
        ),
    ] {
        asked_for(IMMEDIATE, further, Some(desired)).check(&format!(
            "
            0 accepted -> scheduled, look at {due}
                SCHEDULED _cbe_on_callback_scheduled
            {} look -> unchanged
            ",
            due - 1
        ));
    }
    asked_for(IMMEDIATE, "_request_execution_time_buffer=120", Some(120)).check(
        "
        0 accepted -> held back, look at 120
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        ",
    );
}

/// By default it is in its queue two minutes before, and dialed when its time has come; earlier only if the service says so.
#[test]
fn nobody_is_called_before_the_time_they_chose() {
    for (further, from) in [
        ("_request_execution_time_buffer=120", 3600),
        (
            "_request_execution_time_buffer=120 _desired_connect_time_threshold=60",
            3540,
        ),
    ] {
        let queued = asked_for(IMMEDIATE, further, Some(3600)).after("3480 look");
        queued.check_ignored(from - 1, &["hand out", "look"]);
        let dialed = queued.after(&format!("{from} look\n {from} hand out"));
        assert!(matches!(dialed.callback.state, State::HandedOut { .. }));
    }
}

/// A reminder comes before it is submitted.
#[test]
fn another_time_is_submitted_before_as_well() {
    let further = "_request_execution_time_buffer=120 _enable_notification_reminder=true";
    asked_for(IMMEDIATE, further, Some(3600)).check(
        "
        0 accepted -> scheduled, look at 3180
            SCHEDULED _cbe_on_callback_scheduled
        10 update time=7200 -> scheduled, look at 6780
            SCHEDULED _cbe_on_callback_rescheduled
        20 update time=100 -> held back, look at 100
            SCHEDULED _cbe_on_callback_rescheduled
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        ",
    );
}

#[test]
fn the_order_to_dial_says_what_the_service_says() {
    let further = "_prefix_dial_out=+49 _calling_party_number=1000 _calling_party_display_name=Ringback \
                   _trunk_group=carrier _call_timeguard_timeout=20000 _cpd_enable=false";
    let told = asked(IMMEDIATE, further).after("1 hand out");
    let take = Input::Take {
        worker: WorkerId::new("d1"),
    };
    let Decision::Step(step) = told.callback.step(take, &told.options, at(1)) else {
        panic!("it was handed out");
    };
    let order = DialOrder {
        to: "+495115".parse().unwrap(),
        from: Some("1000".to_owned()),
        display_name: Some("Ringback".to_owned()),
        trunk: "carrier".to_owned(),
        ring_timeout: std::time::Duration::from_secs(20),
        detect: false,
        strict: false,
        attached: crate::call::Attached::default(),
    };
    assert_eq!(step.effects, [Effect::Call(CallCommand::Dial(order))]);
    assert_eq!(step.events[0].attributes["c_dialed_number"], "+495115");
}

/// Decisions, inputs and effects are logged.
#[test]
fn debug_shows_nothing_of_the_person() {
    let mut told = asked(IMMEDIATE, "").after("1 hand out");
    told.callback.number = "+16505550101".parse().ok();
    let take = Input::Take {
        worker: WorkerId::new("d1"),
    };
    let shown = format!("{:?}", told.callback.step(take, &told.options, at(1)));
    assert!(
        shown.contains("_cbe_on_dial_init") && shown.contains("Dial("),
        "{shown}"
    );
    assert!(!shown.contains("6505550101"), "{shown}");
}
