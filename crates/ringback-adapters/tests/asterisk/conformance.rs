//! What every phone network does, but calls that come in.

use std::future::{Ready, ready};

use super::rig::AsteriskRig;

/// What `tests/services/asterisk` has printed.
fn open() -> Ready<Option<AsteriskRig>> {
    ready(AsteriskRig::open())
}

ringback_ports::telephony_conformance! { open:
    a_person_answers
    a_busy_line_fails
    a_repeated_dial_dials_nothing
    a_call_that_was_asked_about_is_not_dialed
    a_call_that_was_hung_up_is_not_dialed
    a_sound_ends_and_hold_does_not
    a_hang_up_ends_the_call_once
    a_hang_up_stops_the_ringing
    an_agent_is_connected
    an_absent_agent_leaves_the_customer
    reports_go_to_whoever_asked_last
    a_successor_takes_over
    many_calls_keep_apart
    an_agent_is_summoned_before_the_customer
    a_repeated_summon_rings_nobody
    an_absent_agent_ends_the_summons
    a_busy_customer_ends_the_summons
    a_summons_is_hung_up
}
