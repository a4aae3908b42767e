//! What is let in.

use std::time::Duration;

use crate::phone::NumberRules;

/// Limits on what a service takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// Which numbers are called.
    pub numbers: NumberRules,
    /// `_enable_in_queue_checking`.
    pub in_queue: InQueueCheck,
    /// `_enable_reject_out_of_office_hours`: immediate requests are refused while the office is closed.
    pub refuse_out_of_office: bool,
    /// `_max_queued_callbacks_per_service`: how many may be in the queue; 0 for none.
    pub max_queued: u64,
    /// `_throttle_callbacks_per_service_1`.
    pub throttle_1: Throttle,
    /// `_throttle_callbacks_per_service_2`.
    pub throttle_2: Throttle,
    /// `_throttle_request_parameters`: parameters whose equal values are counted over a day.
    pub counted_keys: Vec<String>,
    /// `_throttle_request_parameters_limit`: how often a day a value is taken; 0 for any number.
    pub counted_limit: u64,
}

/// So many in a window of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttle {
    /// The most; 0 for any number.
    pub most: u64,
    /// `_throttle_ttl_…`: the window.
    pub window: Duration,
}

/// `_enable_in_queue_checking`: how many pending callbacks a number may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InQueueCheck {
    /// `true`: two.
    #[default]
    Two,
    /// `strict`: one.
    One,
    /// `false`: any number.
    Off,
}

impl InQueueCheck {
    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Two => "true",
            Self::One => "strict",
            Self::Off => "false",
        }
    }

    /// How many pending callbacks a number may have; `None` for any number.
    pub const fn most(self) -> Option<u64> {
        match self {
            Self::Two => Some(2),
            Self::One => Some(1),
            Self::Off => None,
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        let all = [Self::Two, Self::One, Self::Off];
        all.into_iter().find(|it| it.as_str() == name)
    }
}
