//! What a role may do.

use std::str::FromStr;

/// What somebody is to this house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Starts, asks for, changes and cancels callbacks; subscribes.
    Ivr,
    /// Reads, and changes its own state: the agent that has the user's name.
    Agent,
    /// Everything about callbacks, agents and deliveries.
    Supervisor,
    /// Reads.
    Readonly,
    /// Everything.
    Admin,
}

impl Role {
    const ALL: [Self; 5] = [
        Self::Ivr,
        Self::Agent,
        Self::Supervisor,
        Self::Readonly,
        Self::Admin,
    ];

    /// As configurations spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ivr => "ivr",
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Readonly => "readonly",
            Self::Admin => "admin",
        }
    }

    /// Whether it may do what a route needs.
    pub(super) const fn may(self, permission: Permission, is_own: IsOwn) -> bool {
        use Permission::{
            Ask, Audit, Configure, Everybody, OwnAgent, Read, Report, Request, Supervise,
        };
        match permission {
            Everybody | Ask => true,
            Request => matches!(self, Self::Ivr | Self::Supervisor | Self::Admin),
            Read => !matches!(self, Self::Ivr),
            OwnAgent => match self {
                Self::Supervisor | Self::Admin => true,
                Self::Agent => matches!(is_own, IsOwn::Yes),
                Self::Ivr | Self::Readonly => false,
            },
            Supervise => matches!(self, Self::Supervisor | Self::Admin),
            Configure | Audit => matches!(self, Self::Admin),
            Report => matches!(self, Self::Readonly | Self::Supervisor | Self::Admin),
        }
    }
}

/// Whether the agent that a route names has the name of the user who calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IsOwn {
    /// It has.
    Yes,
    /// It has another, or the route names none.
    No,
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        let named = |role: &Self| role.as_str() == text;
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| RoleError(text.chars().take(80).collect()))
    }
}

/// No such role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("role '{0}': allowed are ivr, agent, supervisor, readonly and admin")]
pub struct RoleError(String);

/// What a route needs of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// Nothing: anybody calls it, unauthenticated.
    Everybody,
    /// Asks about callbacks as their requesters do.
    Ask,
    /// Starts, changes or ends callbacks or subscriptions.
    Request,
    /// Reads anything.
    Read,
    /// Sets the state of the agent that the route names, or says what it makes of a callback.
    OwnAgent,
    /// Works on callbacks, agents and deliveries.
    Supervise,
    /// Changes settings, or erases people.
    Configure,
    /// Reads what has become of callbacks, counted.
    Report,
    /// Reads who has changed what.
    Audit,
}

impl Permission {
    /// As errors tell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everybody => "call",
            Self::Ask => "ask about callbacks",
            Self::Request => "request callbacks",
            Self::Read => "read",
            Self::OwnAgent => "act for this agent",
            Self::Supervise => "supervise",
            Self::Configure => "configure",
            Self::Report => "read reports",
            Self::Audit => "read the audit",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_may_what_is_theirs() {
        use Permission::{
            Ask, Audit, Configure, Everybody, OwnAgent, Read, Report, Request, Supervise,
        };
        let permissions = [
            Everybody, Ask, Request, Read, Supervise, Configure, Report, Audit,
        ];
        for (role, may) in [
            (
                Role::Ivr,
                [true, true, true, false, false, false, false, false],
            ),
            (
                Role::Agent,
                [true, true, false, true, false, false, false, false],
            ),
            (
                Role::Readonly,
                [true, true, false, true, false, false, true, false],
            ),
            (
                Role::Supervisor,
                [true, true, true, true, true, false, true, false],
            ),
            (Role::Admin, [true; 8]),
        ] {
            let found = permissions.map(|permission| role.may(permission, IsOwn::No));
            assert_eq!(found, may, "{role:?}");
            let above = matches!(role, Role::Supervisor | Role::Admin);
            assert_eq!(role.may(OwnAgent, IsOwn::No), above, "{role:?}");
            let own = above || role == Role::Agent;
            assert_eq!(role.may(OwnAgent, IsOwn::Yes), own, "{role:?}");
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!(
            "root"
                .parse::<Role>()
                .unwrap_err()
                .to_string()
                .contains("'root': allowed are ivr")
        );
    }
}
