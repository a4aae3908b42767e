//! Callbacks for a time.

use std::time::Duration;

use crate::slots::Bucket;
use crate::span::Span;

/// Options of callbacks for a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scheduled {
    /// `_request_time_bucket`: how long a slot is.
    pub bucket: Bucket,
    /// `_max_request_by_time_bucket`: the places of a slot, where no capacity says otherwise. No slot has more than
    /// [`MOST_PLACES`](crate::slots::MOST_PLACES).
    pub per_bucket: u32,
    /// `_request_execution_time_buffer`: how long before its time a callback is submitted. An estimated wait is not added.
    pub execution_buffer: Duration,
    /// `_desired_connect_time_threshold`: how long before its time a callback may be dialed at the earliest.
    pub connect_threshold: Duration,
    /// `_request_ewt_service`.
    pub ewt_service: Option<String>,
    /// `_request_queue_time_stat`.
    pub queue_time_stat: Option<String>,
    /// `_reject_future_desired_time`: how far ahead a time may be; `None` for as far as you like.
    pub horizon: Option<Span>,
}
