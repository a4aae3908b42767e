//! Options of what agents see and customers hear, and of calls that customers make.

use super::{OptionSpec, SECONDS_OR_NONE, SWITCH, YEAR};
use crate::service::options::{MayReject, Sound};
use crate::service::parse::{flag, name, names, seconds, small, text};

const NAMED: &str = "a name of 1 to 128 characters";
const DIALOG: &str = "seconds from 1 to 3600";
const SOUND: &str = "a sound's URI of at most 2048 characters, or {\"file\": …, \"hints\": {…}}";

pub(super) const PREVIEW: &[OptionSpec] = &[
    option!("_agent_preview", "false", SWITCH,
        "Whether an agent looks at the callback and accepts it before the customer is dialed.",
        v => preview.wanted = flag(v)),
    option!("_agent_preview_timeout", "30", DIALOG,
        "How long an agent may look, in seconds.",
        v => preview.timeout = seconds(v, 1, 3600)),
    option!("_agent_preview_allow_reject", "true", "true, false, or how many times: a number from 0 to 20",
        "Whether agents may reject, and how often before AGENT_PREVIEW_CANCEL_AFTER_<n>REJECTS.",
        v => preview.rejects = MayReject::read(v)),
    option!("_agent_reject_retry_timeout", "30", SECONDS_OR_NONE,
        "How long after a rejection the next agent is asked, in seconds.",
        v => preview.retry_after_reject = seconds(v, 0, YEAR)),
    option!("_agent_preview_data", "", "up to 32 names, comma-separated, or empty",
        "The keys of record and user data that the agent is shown.",
        v => preview.data = names(v, 0, 32)),
    option!("_enable_disposition_dialog", "false", SWITCH,
        "Whether the agent says after the call how it went.",
        v => preview.disposition = flag(v)),
    option!("_agent_disposition_timeout", "45", DIALOG,
        "How long the agent may take to say so, in seconds.",
        v => preview.disposition_timeout = seconds(v, 1, 3600)),
];

pub(super) const SOUNDS_AND_ACCESS: &[OptionSpec] = &[
    option!("_treatment_customer_connect", "greeting", SOUND,
        "What the customer hears first.",
        v => treatments.greeting = sound(v)),
    option!("_treatment_waiting_for_agent", "music", SOUND,
        "What the customer hears while waiting for the agent.",
        v => treatments.waiting = sound(v)),
    option!("_treatment_find_agent_fail", "", SOUND,
        "What the customer hears when no agent was found; empty: nothing.",
        v => treatments.no_agent = sound(v)),
    option!("_treatment_call_failure_answering_machine", "", SOUND,
        "What an answering machine is left; empty: nothing.",
        v => treatments.machine = sound(v)),
    option!("_resource_group", "DNIS", NAMED,
        "The numbers that customers are told to call.",
        v => user_originated.resource_group = name(v)?),
    option!("_provide_code", "false", SWITCH,
        "Whether the customer gets an access code that recognises the call.",
        v => user_originated.code = flag(v)),
    option!("_userorig_connect_limit", "3", "a number from 1 to 99",
        "How often the customer is told a number to call before the callback ends.",
        v => user_originated.connect_limit = small(v, 1, 99)),
    option!("_booking_expiration_timeout", "30", DIALOG,
        "How long a number is kept for the customer's call, in seconds.",
        v => user_originated.booking = seconds(v, 1, 3600)),
];

fn sound(value: &str) -> Option<Sound> {
    Sound::read(&text(value)?)
}
