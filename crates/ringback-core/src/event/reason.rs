//! Why callbacks are over.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `_callback_reason`: why a callback is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The customer talked to an agent.
    AgentConnected,
    /// It was cancelled by whoever started it.
    Cancelled,
    /// It was cancelled by an administrator.
    CancelledByAdmin,
    /// The customer was to call, and did not.
    NotAvailable,
    /// Something went wrong that has no other name.
    FailError,
    /// No agent was found while the customer waited on the line.
    FailTargetNotFound,
    /// It waited longer than `_ttl` or `_urs_queued_ttl` allow.
    FailTimeoutTtl,
    /// The customer could not be reached.
    FailCallToCustomer,
    /// Agents were found but none answered.
    FailAgentConnect,
    /// The customer hung up before an agent was there.
    FailInteractionDeleted,
    /// The customer was asked to confirm, and did not.
    FailUserNoConfirm,
    /// It was to be dialed, and has no number: its service has become one that calls.
    FailNoCustomerNumber,
    /// So many agents looked at it and did not take it.
    PreviewCancel(Rejects),
}

/// How many rejections end a callback: from 1 to [`Rejects::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rejects(u8);

macro_rules! after_rejects {
    ($($count:literal)+) => {
        [$(concat!("AGENT_PREVIEW_CANCEL_AFTER_", $count, "REJECTS")),+]
    };
}

/// The reasons by the number of rejections, from 1.
const AFTER: [&str; 20] = after_rejects!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20);

impl Rejects {
    /// The most that are counted.
    pub const MOST: u32 = 20;

    /// So many.
    pub fn new(count: u32) -> Option<Self> {
        let legal = (1..=Self::MOST).contains(&count);
        u8::try_from(count).ok().filter(|_| legal).map(Self)
    }

    /// How many.
    pub const fn count(self) -> u32 {
        self.0 as u32
    }

    const fn reason(self) -> &'static str {
        AFTER[self.0 as usize - 1]
    }
}

impl Reason {
    const PLAIN: [Self; 12] = [
        Self::AgentConnected,
        Self::Cancelled,
        Self::CancelledByAdmin,
        Self::NotAvailable,
        Self::FailError,
        Self::FailTargetNotFound,
        Self::FailTimeoutTtl,
        Self::FailCallToCustomer,
        Self::FailAgentConnect,
        Self::FailInteractionDeleted,
        Self::FailUserNoConfirm,
        Self::FailNoCustomerNumber,
    ];

    /// Every reason.
    pub fn all() -> impl Iterator<Item = Self> {
        let rejects = (1..=Rejects::MOST).filter_map(Rejects::new);
        Self::PLAIN
            .into_iter()
            .chain(rejects.map(Self::PreviewCancel))
    }

    /// The reason that the API spells so.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|reason| reason.as_str() == name)
    }

    /// As the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgentConnected => "AGENT_CONNECTED",
            Self::Cancelled => "CANCELLED",
            Self::CancelledByAdmin => "CANCELLED_BY_ADMIN",
            Self::NotAvailable => "NOT_AVAILABLE",
            Self::FailError => "FAIL_ERROR",
            Self::FailTargetNotFound => "FAIL_TARGET_NOT_FOUND",
            Self::FailTimeoutTtl => "FAIL_TIMEOUT_TTL",
            Self::FailCallToCustomer => "FAIL_CALL_TO_CUSTOMER",
            Self::FailAgentConnect => "FAIL_AGENT_CONNECT",
            Self::FailInteractionDeleted => "FAIL_INTERACTION_DELETED",
            Self::FailUserNoConfirm => "FAIL_USER_NO_CONFIRM",
            Self::FailNoCustomerNumber => "FAIL_NO_CUSTOMER_NUMBER",
            Self::PreviewCancel(rejects) => rejects.reason(),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let unknown = || serde::de::Error::custom(format!("reason '{name}' is unknown"));
        Self::find(&name).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_back() {
        for reason in Reason::all() {
            let written = serde_json::to_string(&reason).unwrap();
            assert_eq!(written, format!("\"{}\"", reason.as_str()));
            assert_eq!(serde_json::from_str::<Reason>(&written).unwrap(), reason);
        }
        assert!(serde_json::from_str::<Reason>("\"BORED\"").is_err());
    }

    #[test]
    fn rejections_are_counted_in_the_reason() {
        let after = |count| Rejects::new(count).map(|it| Reason::PreviewCancel(it).as_str());
        assert_eq!(after(1), Some("AGENT_PREVIEW_CANCEL_AFTER_1REJECTS"));
        assert_eq!(after(20), Some("AGENT_PREVIEW_CANCEL_AFTER_20REJECTS"));
        assert_eq!((after(0), after(21)), (None, None));
    }
}
