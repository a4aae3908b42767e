//! Options of what is let in.

use super::{OptionSpec, SECONDS, SWITCH, YEAR};
use crate::service::options::InQueueCheck;
use crate::service::parse::{count, flag, names, seconds};

const MANY: &str = "a number from 0 to 1000000";

pub(super) const ROWS: &[OptionSpec] = &[
    option!("_default_country", "US", "the two letters of a country (ISO 3166), as US", v => admission.numbers.country = v.parse().ok()),
    option!("_disallow_impossible_phone_numbers", "true", SWITCH, v => admission.numbers.refuse_impossible = flag(v)),
    option!("_disallow_premium_phone_numbers", "true", SWITCH, v => admission.numbers.refuse_premium = flag(v)),
    option!("_enable_in_queue_checking", "true", "true, strict or false",
        v => admission.in_queue = InQueueCheck::find(v)),
    option!("_enable_reject_out_of_office_hours", "false", SWITCH,
        v => admission.refuse_out_of_office = flag(v)),
    option!("_max_queued_callbacks_per_service", "1000", MANY,
        v => admission.max_queued = count(v, 0, 1_000_000)),
    option!("_throttle_callbacks_per_service_1", "500", MANY,
        v => admission.throttle_1.most = count(v, 0, 1_000_000)),
    option!("_throttle_ttl_1", "300", SECONDS, v => admission.throttle_1.window = seconds(v, 1, YEAR)),
    option!("_throttle_callbacks_per_service_2", "1000", MANY,
        v => admission.throttle_2.most = count(v, 0, 1_000_000)),
    option!("_throttle_ttl_2", "3600", SECONDS, v => admission.throttle_2.window = seconds(v, 1, YEAR)),
    option!("_throttle_request_parameters", "_customer_number", "up to 8 names, comma-separated, or empty",
        v => admission.counted_keys = names(v, 0, 8)),
    option!("_throttle_request_parameters_limit", "6", MANY,
        v => admission.counted_limit = count(v, 0, 1_000_000)),
];
