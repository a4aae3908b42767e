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
    /// `_request_execution_time_buffer`: how long before its time a callback is submitted, besides the estimated wait.
    pub execution_buffer: Duration,
    /// `_desired_connect_time_threshold`: how long before its time a callback may be dialed at the earliest.
    pub connect_threshold: Duration,
    /// `_request_ewt_service`: the service in whose virtual queue the wait is estimated; without one, see
    /// `_request_queue_time_stat`: the statistic that tells the virtual queue in which the wait is estimated, e.g.
    /// `ExpectedWaitTime;Queue;8999@SIP_Switch;Environment`; without one it is the callback's own.
    pub ewt_service: Option<String>,
    /// `_request_queue_time_stat`.
    pub queue_time_stat: Option<String>,
    /// `_reject_future_desired_time`: how far ahead a time may be; `None` for as far as you like.
    pub horizon: Option<Span>,
}

impl Scheduled {
    /// The virtual queue that `_request_queue_time_stat` names, if it is the expected wait of one.
    pub fn stat_queue(&self) -> Option<&str> {
        let mut parts = self.queue_time_stat.as_deref()?.split(';').map(str::trim);
        let statistic = parts.next()?;
        if !statistic.eq_ignore_ascii_case("ExpectedWaitTime") {
            return None;
        }
        let parts: Vec<&str> = parts.collect();
        let at_switch = parts.iter().find_map(|part| part.split_once('@'));
        let queue = at_switch.map(|(queue, _)| queue).or(parts.first().copied());
        queue.filter(|queue| !queue.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Scheduled;

    #[test]
    fn a_statistic_names_a_queue() {
        for (text, queue) in [
            (
                "ExpectedWaitTime;Queue;8999@SIP_Switch;Environment",
                Some("8999"),
            ),
            ("ExpectedWaitTime; 8999@SIP_Switch.Q", Some("8999")),
            ("expectedwaittime;VQ_Sales", Some("VQ_Sales")),
            ("ExpectedWaitTime", None),
            ("ExpectedWaitTime;", None),
            ("ExpectedWaitTime;@Switch", None),
            ("CurrNumberWaitingCalls;Queue;8999@SIP_Switch", None),
        ] {
            let scheduled = Scheduled {
                queue_time_stat: Some(text.to_owned()),
                ..Scheduled::default()
            };
            assert_eq!(scheduled.stat_queue(), queue, "{text}");
        }
        assert_eq!(Scheduled::default().stat_queue(), None);
    }
}
