//! Options of what is let in.

use super::{OptionSpec, SECONDS, SWITCH, YEAR};
use crate::service::options::InQueueCheck;
use crate::service::parse::{count, flag, names, seconds};

const MANY: &str = "a number from 0 to 1000000";

pub(super) const ROWS: &[OptionSpec] = &[
    option!("_default_country", "US", "the two letters of a country (ISO 3166), as US",
        "The country whose rules read numbers without a country code.",
        v => admission.numbers.country = v.parse().ok()),
    option!("_disallow_impossible_phone_numbers", "true", SWITCH,
        "Whether numbers that cannot exist are refused.",
        v => admission.numbers.refuse_impossible = flag(v)),
    option!("_disallow_premium_phone_numbers", "true", SWITCH,
        "Whether premium-rate numbers are refused.",
        v => admission.numbers.refuse_premium = flag(v)),
    option!("_disallow_special_phone_numbers", "true", SWITCH,
        "Whether emergency numbers and other short numbers of the public network, and numbers of satellites and other ones of no country, are refused. Ringback's own.",
        v => admission.numbers.refuse_special = flag(v)),
    option!("_callable_countries", "", "up to 250 countries by two letters (ISO 3166), comma-separated, * for every one, or empty",
        "The countries whose numbers are called; empty: that of _default_country. Ringback's own.",
        v => admission.numbers.callable = v.parse().ok()),
    option!("_enable_in_queue_checking", "true", "true, strict or false",
        "How many pending callbacks one number may have: true refuses the third, strict the second, false none.",
        v => admission.in_queue = InQueueCheck::find(v)),
    option!("_enable_reject_out_of_office_hours", "false", SWITCH,
        "Whether a request for a call at once is refused outside the office hours.",
        v => admission.refuse_out_of_office = flag(v)),
    option!("_max_queued_callbacks_per_service", "1000", MANY,
        "How many callbacks of the service may wait at once; 0 refuses all.",
        v => admission.max_queued = count(v, 0, 1_000_000)),
    option!("_throttle_callbacks_per_service_1", "500", MANY,
        "How many callbacks may be accepted within _throttle_ttl_1; 0: any number.",
        v => admission.throttle_1.most = count(v, 0, 1_000_000)),
    option!("_throttle_ttl_1", "300", SECONDS,
        "The first window that accepted callbacks are counted in, in seconds.",
        v => admission.throttle_1.window = seconds(v, 1, YEAR)),
    option!("_throttle_callbacks_per_service_2", "1000", MANY,
        "How many callbacks may be accepted within _throttle_ttl_2; 0: any number.",
        v => admission.throttle_2.most = count(v, 0, 1_000_000)),
    option!("_throttle_ttl_2", "3600", SECONDS,
        "The second window that accepted callbacks are counted in, in seconds.",
        v => admission.throttle_2.window = seconds(v, 1, YEAR)),
    option!("_throttle_request_parameters", "_customer_number", "up to 8 names, comma-separated, or empty",
        "The request parameters that together name one customer for the daily limit.",
        v => admission.counted_keys = names(v, 0, 8)),
    option!("_throttle_request_parameters_limit", "6", MANY,
        "How many callbacks one customer may request in 24 hours; 0: any number.",
        v => admission.counted_limit = count(v, 0, 1_000_000)),
];
