//! General options.

use super::{NAME, OptionSpec, SECONDS, SWITCH, YEAR};
use crate::phone::BlockedNumbers;
use crate::service::options::{AttachData, Direction, Media, NoConfirm};
use crate::service::parse::{credential, flag, name, names, overwritable, seconds};

const KEYS: &str = "up to 8 names, comma-separated";

pub(super) const ROWS: &[OptionSpec] = &[
    option!("_call_direction", "USERTERMINATED", "USERTERMINATED or USERORIGINATED",
        v => scenario.direction = Direction::find(v)),
    option!("_media_type", "voice", "voice or chat", v => scenario.media = Media::find(v)),
    option!("_wait_for_agent", "false", SWITCH, v => wait_for_agent = flag(v)),
    option!("_wait_for_user_confirm", "false", SWITCH, v => scenario.confirm.wanted = flag(v)),
    option!("_user_confirm_timeout", "30", "seconds from 1 to 3600",
        v => scenario.confirm.timeout = seconds(v, 1, 3600)),
    option!("_on_user_confirm_timeout", "CONNECT-ANYWAY", "CONNECT-ANYWAY or FAIL",
        v => scenario.confirm.otherwise = NoConfirm::find(v)),
    option!("_ttl", "86400", SECONDS, v => ttl = seconds(v, 1, YEAR)),
    option!("_attach_udata", "single_json", "single_json, separate_keys or data_id",
        v => general.attach = AttachData::find(v)),
    option!("_business_hours_service", "", NAME, v => general.business_hours = name(v)),
    option!("_capacity_service", "", NAME, v => general.capacity = name(v)),
    option!("_exceptions", "", "up to 10000 phone numbers, comma-separated, or empty",
        v => admission.numbers.blocked = BlockedNumbers::parse(v).ok()),
    option!("_customer_lookup_keys", "_customer_number", KEYS, v => lookup_keys = names(v, 1, 8)),
    option!("_mandatory_customer_lookup_keys", "_customer_number", KEYS,
        v => general.mandatory_keys = names(v, 1, 8)),
    option!("_overwritable_options", "",
        "names of options, comma-separated, none that says who may do what",
        v => general.overwritable = overwritable(v)),
    option!("_paused_services_id", "", NAME, v => general.paused_services = name(v)),
    option!("_snooze_duration", "300", SECONDS, v => general.snooze = seconds(v, 1, YEAR)),
    option!("_service_groups", "", "up to 32 names, comma-separated, or empty",
        v => general.groups = names(v, 0, 32)),
    option!("username", "", "a text of at most 256 characters without control characters and ':'",
        v => general.access.username = credential(v).filter(|v| !v.as_ref().is_some_and(|v| v.contains(':')))),
    option!("password", "", "a text of at most 256 characters without control characters",
        v => general.access.password = credential(v)),
    option!("_reject_past_desired_time", "false", SWITCH, v => reject_past_desired_time = flag(v)),
];
