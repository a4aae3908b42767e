//! Options of callbacks for a time.

use super::{NAME, OptionSpec, SECONDS_OR_NONE, YEAR};
use crate::service::parse::{name, optional, seconds, small};

pub(super) const ROWS: &[OptionSpec] = &[
    option!("_request_time_bucket", "5", "minutes: 5, 10, 15, 20, 30, 60 or 120",
        "How long a time slot is, in minutes.",
        v => scheduled.bucket = v.parse().ok()),
    option!("_max_request_by_time_bucket", "100", "a number from 0 to 1000000",
        "How many callbacks a time slot takes when no _capacity_service says so.",
        v => scheduled.per_bucket = small(v, 0, 1_000_000)),
    option!("_request_execution_time_buffer", "120", SECONDS_OR_NONE,
        "How long before its desired time, plus the estimated wait, a callback enters its queue, in seconds.",
        v => scheduled.execution_buffer = seconds(v, 0, YEAR)),
    // The original's default is 180: it calls customers before the time they chose. Here only who says so does.
    option!("_desired_connect_time_threshold", "0", SECONDS_OR_NONE,
        "How long before its desired time a customer may be dialed at the earliest, in seconds; 0: never before it.",
        v => scheduled.connect_threshold = seconds(v, 0, YEAR)),
    option!("_request_ewt_service", "", NAME,
        "The queue whose estimated wait is used; empty: that of the callback itself.",
        v => scheduled.ewt_service = name(v)),
    option!("_request_queue_time_stat", "", NAME,
        "The original's name of the statistic behind the estimated wait.",
        v => scheduled.queue_time_stat = name(v)),
    option!("_reject_future_desired_time", "1M",
        "a number and y, M, w, d, h or m, as 1M for a month, at most ten years; or empty: any time",
        "How far ahead a callback may be wished for.",
        v => scheduled.horizon = optional(v, |v| v.parse().ok())),
    option!("_max_ors_submit_attempts", "3", "a number from 1 to 99",
        "How often a callback is submitted to its queue before it ends with FAIL_ERROR.",
        v => max_submits = small(v, 1, 99)),
];
