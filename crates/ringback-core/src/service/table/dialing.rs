//! Options of dialing.

use super::{OptionSpec, SECONDS, SECONDS_OR_NONE, SWITCH, TEXT, YEAR};
use crate::service::options::{DetectionMode, FirstParty, Plugin};
use crate::service::parse::{flag, millis, optional_text, seconds, small, text};

const FEW: &str = "a number from 1 to 99";

pub(super) const ROWS: &[OptionSpec] = &[
    option!("_userterminated_first_connect_party", "CUSTOMER", "CUSTOMER or AGENT",
        "Who is rung first: the customer or the agent.",
        v => dialing.first_party = FirstParty::find(v)),
    option!("_vq_for_outbound_calls", "", TEXT,
        "The virtual queue that the customer waits in once on the line; empty: that of the callback.",
        v => outbound_queue = text(v)),
    option!("_trunk_group", "default", "a text of 1 to 64 characters",
        "The trunk group (the original's route point) that calls go out by.",
        v => dialing.trunk = text(v).filter(|v| (1..=64).contains(&v.len()))),
    option!("_prefix_dial_out", "", "up to 8 digits, optionally after '+'",
        "Digits dialed before the customer's number.",
        v => dialing.prefix = prefix(v)),
    option!("_calling_party_number", "", TEXT,
        "The number that the customer sees.",
        v => dialing.calling_number = optional_text(v)),
    option!("_calling_party_display_name", "", TEXT,
        "The name that the customer sees.",
        v => dialing.calling_name = optional_text(v)),
    option!("_cpd_enable", "true", SWITCH,
        "Whether call progress detection tells people from answering machines and faxes.",
        v => dialing.detect = flag(v)),
    option!("_cpd_mode", "advisory", "advisory or enforce",
        "Whom a call counts as answered by where call progress detection is not sure: a person (advisory), or a machine (enforce).",
        v => dialing.detection = DetectionMode::find(v)),
    option!("_call_timeguard_timeout", "15000", "milliseconds from 1000 to 600000",
        "How long the customer's phone rings at most, in milliseconds.",
        v => dialing.guard = millis(v, 1000, 600_000)),
    option!("_max_dial_attempts", "3", FEW,
        "How often the customer is dialed before the callback ends with FAIL_CALL_TO_CUSTOMER.",
        v => dialing.max_attempts = small(v, 1, 99)),
    option!("_dial_retry_timeout", "300", SECONDS_OR_NONE,
        "How long after a failed attempt the next one is made, in seconds.",
        v => dialing.retry_after = seconds(v, 0, YEAR)),
    option!("_retry_on_busy", "true", SWITCH,
        "Whether a busy line is tried again.",
        v => dialing.retry_on.busy = flag(v)),
    option!("_retry_on_no_answer", "true", SWITCH,
        "Whether an unanswered call is tried again.",
        v => dialing.retry_on.no_answer = flag(v)),
    option!("_retry_on_answering_machine", "true", SWITCH,
        "Whether an answering machine is tried again.",
        v => dialing.retry_on.answering_machine = flag(v)),
    option!("_retry_on_fax", "false", SWITCH,
        "Whether a fax is tried again.",
        v => dialing.retry_on.fax = flag(v)),
    option!("_retry_on_error", "true", SWITCH,
        "Whether a call that failed in the network is tried again.",
        v => dialing.retry_on.error = flag(v)),
    option!("_max_transfer_to_agent_attempts", "5", FEW,
        "How many agents are tried for a customer on the line before FAIL_AGENT_CONNECT.",
        v => dialing.max_transfers = small(v, 1, 99)),
    option!("_max_time_to_wait_for_agent_on_the_call", "3600", SECONDS,
        "How long a customer on the line waits for an agent at most, in seconds.",
        v => dialing.max_wait_on_line = seconds(v, 1, YEAR)),
    option!("_retain_session_until_ixn_deleted", "false", SWITCH,
        "Whether the callback lasts as long as the conversation, so that PROCESSING is seen.",
        v => dialing.retain_until_call_ends = flag(v)),
    option!("_plugin_on_dial_url", "", TEXT,
        "Who is asked before every dial whether to go ahead.",
        v => dialing.plugin = optional_text(v).map(Plugin)),
];

fn prefix(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let legal = digits.len() <= 8 && digits.bytes().all(|b| b.is_ascii_digit());
    legal.then(|| text.to_owned())
}
