//! What is agreed on before a call: an agent looks at it, the customer is asked, the customer calls.

use super::story::{DELAYED, asked, asked_for};
use crate::service::Template;

const PREVIEW: Template = Template::UserTerminatedPreview;
const ORIGINATED: Template = Template::UserOriginatedImmediate;
const ORIGINATED_DELAYED: Template = Template::UserOriginatedDelayed;
/// The agent looks, then the customer is called first.
const CUSTOMER_FIRST: &str = "_userterminated_first_connect_party=CUSTOMER";
const FOUND: &str = r#"QUEUED _cbe_on_target_found c_agent_extension="7001" c_agent_id="KSippola" c_target={"agent":"KSippola","dn":"7001","id":"Customer_Service","place":"SIP_Server_Place1","resource":"7001","return":"target","stat_value":"0","switch":"SIP_Switch","type":"GA","vq":"SIP_VQ_SIP_Switch"}"#;

fn push(action: &str) -> String {
    let id = crate::tests::sample::ID;
    format!(
        r#"QUEUED _cbe_on_user_confirm _action="{action}" _dialog_id="0" _id="{id}" _user_action_url="/genesys/1/service/{id}/{action}" _user_confirm_timeout=30"#
    )
}

fn exit(reason: &str) -> String {
    format!(
        r#"COMPLETED _cbe_on_callback_processing_failed
           COMPLETED _cbe_on_callback_status_updated
           COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.{reason}""#
    )
}

#[test]
fn an_agent_looks_at_it_and_takes_it() {
    asked(PREVIEW, CUSTOMER_FIRST).check_each(&format!(
        "
        1 hand out for KSippola -> previewing for KSippola, look at 31
            {FOUND}
        "
    ));
    let shown = asked(PREVIEW, CUSTOMER_FIRST).after("1 hand out for KSippola");
    shown.check_each(
        "
        9 preview accepted by KSippola -> handed out for KSippola, look at 11
            > ask the dialers
        9 preview accepted by Max -> refused: the callback is QUEUED: it is not shown to this agent, who can neither accept nor reject it
        9 take by d1 -> unchanged
        9 cancel -> completed CANCELLED, look at 86400
            COMPLETED _cbe_on_callback_cancelled
            COMPLETED _cbe_on_service_exit c_termination_type=\"COMPLETED.CANCELLED\"
            > release KSippola untouched
        9 look while paused -> paused, look at 14
            PAUSED _cbe_on_callback_status_updated
            > release KSippola untouched
        ",
    );
    shown.after("9 preview accepted by KSippola").check_each(
        "
        10 preview rejected by KSippola -> refused: the callback is QUEUED: it is not shown to this agent, who can neither accept nor reject it
        ",
    );
}

#[test]
fn whoever_does_not_look_is_not_ready_and_another_is_sought() {
    asked(PREVIEW, "")
        .after("1 hand out for KSippola")
        .check_each(
            "
            31 look -> waiting, look at 35
                > release KSippola who did not answer
                > find an agent of GA:Customer_Service
            ",
        );
}

/// `_agent_preview_allow_reject` and `_agent_reject_retry_timeout`.
#[test]
fn agents_may_reject_it_so_often() {
    let twice = asked(
        PREVIEW,
        "_agent_preview_allow_reject=2 _agent_reject_retry_timeout=10",
    );
    let rejected = "1 hand out for KSippola\n 5 preview rejected by KSippola";
    twice.clone().after("1 hand out for KSippola").check_each(
        "
        5 preview rejected by KSippola -> held back, look at 15
            > release KSippola untouched
        ",
    );
    let last = exit("AGENT_PREVIEW_CANCEL_AFTER_2REJECTS");
    twice
        .after(&format!("{rejected}\n 15 look\n 16 hand out for Max"))
        .check_each(&format!(
            "
            17 preview rejected by Max -> completed AGENT_PREVIEW_CANCEL_AFTER_2REJECTS, look at 86400
                {last}
                > release Max untouched
            "
        ));
    asked(PREVIEW, "_agent_preview_allow_reject=0")
        .after("1 hand out for KSippola")
        .check_each(
            "
            5 preview rejected by KSippola -> refused: the callback cannot be rejected: _agent_preview_allow_reject is false or 0
            ",
        );
    asked(PREVIEW, "_agent_reject_retry_timeout=0")
        .after(rejected)
        .check_each(&format!(
            "
            6 hand out for KSippola -> previewing for KSippola, look at 36
                {FOUND}
            "
        ));
}

#[test]
fn the_customer_is_asked_before_being_called() {
    let asked_first = asked(DELAYED, "_wait_for_user_confirm=true");
    let question = push("confirm");
    asked_first.check_each(&format!(
        "
        1 hand out for KSippola -> asking for KSippola, look at 31
            {FOUND}
            {question}
        1 confirm -> refused: the callback is QUEUED: its customer is not asked to confirm anything now
        "
    ));
    let asking = asked_first.after("1 hand out for KSippola");
    asking.check_each(
        "
        9 confirm -> handed out for KSippola, look at 11
            > ask the dialers
        9 snooze -> scheduled, look at 309
            SCHEDULED _cbe_on_callback_status_updated
            > release KSippola untouched
        31 look -> handed out for KSippola, look at 33
            > ask the dialers
        ",
    );
    asking.after("9 confirm").check_ignored(10, &["confirm"]);
    let no_confirm = exit("FAIL_USER_NO_CONFIRM");
    asked(
        DELAYED,
        "_wait_for_user_confirm=true _on_user_confirm_timeout=FAIL",
    )
    .after("1 hand out for KSippola")
    .check_each(&format!(
        "
            31 look -> completed FAIL_USER_NO_CONFIRM, look at 86400
                {no_confirm}
                > release KSippola untouched
            "
    ));
}

/// First the agent looks, then the customer is asked.
#[test]
fn the_customer_is_asked_when_the_agent_has_taken_it() {
    let question = push("confirm");
    asked(PREVIEW, "_wait_for_user_confirm=true")
        .after("1 hand out for KSippola")
        .check_each(&format!(
            "
            9 preview accepted by KSippola -> asking for KSippola, look at 39
                {question}
            "
        ));
}

#[test]
fn a_customer_calls_and_waits_on_the_line() {
    asked(ORIGINATED, "").check(
        r#"
        0 accepted -> inviting, look at 14400
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        1 invite to 8005550101 until 31 -> expecting a call at 8005550101, look at 31
        2 invite to 8005550102 until 32 -> unchanged
        9 arrive 800-1 -> handed out with 800-1, look at 11
            > ask the dialers
        9 arrive 800-1 -> unchanged
            > ask the dialers
        9 arrive 800-2 -> refused: the callback is QUEUED: its customer is not to call now
        10 take by d1 -> arriving by d1, look at 25
        11 found up person -> greeting by d1, look at 25
            QUEUED _cbe_on_connect_treatment_start
            > phone: play greeting
        15 treatment done -> on line by d1, look at 25
            ROUTING _cbe_on_customer_queued
            ROUTING _cbe_on_callback_status_updated
            > phone: hold with music
            > find an agent of GA:Customer_Service at once
        16 customer hung up -> completed FAIL_INTERACTION_DELETED, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_INTERACTION_DELETED"
        "#,
    );
}

/// `_userorig_connect_limit`.
#[test]
fn a_customer_who_does_not_call_may_ask_for_a_number_so_often() {
    let invited = asked(ORIGINATED, "_userorig_connect_limit=2").after("1 invite to 800 until 31");
    invited.check_each("31 look -> inviting, look at 14400");
    let again = invited.after("31 look\n 40 invite to 800 until 70");
    let gone = exit("NOT_AVAILABLE");
    again.check_each(&format!(
        "
        70 look -> completed NOT_AVAILABLE, look at 86400
            {gone}
        71 invite to 800 until 101 -> refused: the customer was given a number 2 times: allowed are 2 (_userorig_connect_limit)
        "
    ));
}

/// The number has lapsed, the customer is there all the same.
#[test]
fn a_call_that_comes_too_late_is_taken() {
    asked(ORIGINATED, "")
        .after("1 invite to 800 until 31\n 31 look")
        .check_each(
            "
            33 arrive 800-1 -> handed out with 800-1, look at 35
                > ask the dialers
            ",
        );
}

/// Nobody hears a customer whom nobody has taken: a dialer hangs up, when there is one.
#[test]
fn a_call_that_nobody_has_taken_is_hung_up() {
    let left = asked(ORIGINATED, "").after("1 invite to 800 until 31\n 9 arrive 800-1");
    let failed = exit("FAIL_ERROR");
    left.check_each(&format!(
        "
        39 look -> completed FAIL_ERROR, call open with , look at 39
            {failed}
            > ask the dialers
        10 cancel -> completed CANCELLED, call open with , look at 10
            COMPLETED _cbe_on_callback_cancelled
            COMPLETED _cbe_on_service_exit c_termination_type=\"COMPLETED.CANCELLED\"
            > ask the dialers
        "
    ));
    let open = left.after("10 cancel");
    assert_eq!(open.callback.call().as_str(), "800-1");
    open.check_each("10 take over by d1 -> completed CANCELLED, call open with d1, look at 25");
}

#[test]
fn a_customer_calls_when_there_is_an_agent() {
    let question = push("confirm");
    asked(ORIGINATED_DELAYED, "").check_each(&format!(
        "
        1 hand out for KSippola -> asking for KSippola, look at 31
            {FOUND}
            {question}
        "
    ));
    let asking = asked(ORIGINATED_DELAYED, "").after("1 hand out for KSippola");
    asking.check_each("9 confirm -> inviting for KSippola, look at 39");
    let invited = asking.after("9 confirm\n 9 invite to 800 until 39");
    invited.check_each(
        "
        20 arrive 800-1 -> handed out for KSippola with 800-1, look at 22
            > ask the dialers
        39 look -> waiting, look at 75
            > release KSippola untouched
            > find an agent of GA:Customer_Service
        ",
    );
    invited.after("20 arrive 800-1").check_each(
        "
        21 agent gone -> handed out with 800-1, look at 23
            > ask the dialers
        21 take by d1 -> arriving for KSippola by d1, look at 36
        ",
    );
}

/// The device is told that it is time to call.
#[test]
fn without_a_question_the_customer_is_told_to_call() {
    let told = push("connect");
    let unasked = asked(ORIGINATED_DELAYED, "_wait_for_user_confirm=false");
    unasked.check_each(&format!(
        "
        1 hand out for KSippola -> inviting for KSippola, look at 31
            {FOUND}
            {told}
        "
    ));
    unasked.after("1 hand out for KSippola").check_each(
        "
        31 look -> waiting, look at 35
            > release KSippola untouched
            > find an agent of GA:Customer_Service
        ",
    );
}

#[test]
fn one_for_a_time_invites_its_customer_then() {
    asked_for(ORIGINATED, "", Some(600)).check_each(
        r#"
        600 look -> inviting, look at 15000
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            QUEUED _cbe_on_user_confirm _action="connect" _dialog_id="0" _id="445-20e740d3-8458-43d6-834d-3713c3385bac" _user_action_url="/genesys/1/service/445-20e740d3-8458-43d6-834d-3713c3385bac/connect" _user_confirm_timeout=30
        599 invite to 800 until 630 -> refused: the callback is SCHEDULED: its customer is not to call now
        "#,
    );
}
