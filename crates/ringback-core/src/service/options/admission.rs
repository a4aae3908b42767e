//! What is let in.

use std::time::Duration;

/// Limits on what a service takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// `_default_country`: the region that numbers without a country code are of.
    pub country: String,
    /// `_disallow_impossible_phone_numbers`.
    pub refuse_impossible: bool,
    /// `_disallow_premium_phone_numbers`.
    pub refuse_premium: bool,
    /// `_enable_in_queue_checking`.
    pub in_queue: InQueueCheck,
    /// `_enable_reject_out_of_office_hours`: immediate requests are refused while the office is closed.
    pub refuse_out_of_office: bool,
    /// `_max_queued_callbacks_per_service`: how many may be pending; 0 for none.
    pub max_queued: u64,
    /// `_throttle_callbacks_per_service_1`.
    pub throttle_1: Throttle,
    /// `_throttle_callbacks_per_service_2`.
    pub throttle_2: Throttle,
    /// `_throttle_request_parameters`: parameters whose equal values are counted over a day.
    pub counted_keys: Vec<String>,
    /// `_throttle_request_parameters_limit`: how often a day a value is taken.
    pub counted_limit: u64,
}

/// So many in a window of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttle {
    /// The most.
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
