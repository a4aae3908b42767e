//! Who calls whom, over what.

use std::time::Duration;

/// The scenario of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// `_call_direction`.
    pub direction: Direction,
    /// `_media_type`.
    pub media: Media,
    /// Whether the customer is asked first.
    pub confirm: Confirm,
}

/// `_call_direction`: who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Ringback calls the customer.
    #[default]
    UserTerminated,
    /// The customer calls a number that Ringback has named.
    UserOriginated,
}

impl Direction {
    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserTerminated => "USERTERMINATED",
            Self::UserOriginated => "USERORIGINATED",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        let all = [Self::UserTerminated, Self::UserOriginated];
        all.into_iter().find(|it| it.as_str() == name)
    }
}

/// `_media_type`: over what they talk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Media {
    /// A phone call.
    #[default]
    Voice,
    /// A chat.
    Chat,
}

impl Media {
    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Chat => "chat",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        let all = [Self::Voice, Self::Chat];
        all.into_iter().find(|it| it.as_str() == name)
    }
}

/// Whether the customer is asked before the connection is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirm {
    /// `_wait_for_user_confirm`.
    pub wanted: bool,
    /// `_user_confirm_timeout`: how long the customer has for the answer.
    pub timeout: Duration,
    /// `_on_user_confirm_timeout`: what happens when there is none.
    pub otherwise: NoConfirm,
}

/// `_on_user_confirm_timeout`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoConfirm {
    /// The connection is made anyway.
    #[default]
    ConnectAnyway,
    /// The callback fails.
    Fail,
}

impl NoConfirm {
    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectAnyway => "CONNECT-ANYWAY",
            Self::Fail => "FAIL",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        let all = [Self::ConnectAnyway, Self::Fail];
        all.into_iter().find(|it| it.as_str() == name)
    }
}
