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
    /// Reads, also reports and the audit, and has notifications told again.
    Analyst,
    /// Reads, requests callbacks, and changes settings.
    Developer,
    /// Reads.
    Readonly,
    /// Everything.
    Admin,
}

impl Role {
    const ALL: [Self; 7] = [
        Self::Ivr,
        Self::Agent,
        Self::Supervisor,
        Self::Analyst,
        Self::Developer,
        Self::Readonly,
        Self::Admin,
    ];

    /// As configurations spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ivr => "ivr",
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Analyst => "analyst",
            Self::Developer => "developer",
            Self::Readonly => "readonly",
            Self::Admin => "admin",
        }
    }

    /// Whether it may do what a route needs.
    pub(super) const fn may(self, permission: Permission, is_own: IsOwn) -> bool {
        use Permission::{
            Ask, Audit, Configure, Erase, Everybody, OwnAgent, Pause, Read, Replay, Report,
            Request, Supervise,
        };
        use Role::{Admin, Agent, Analyst, Developer, Ivr, Readonly, Supervisor};
        match permission {
            Everybody | Ask => true,
            Request => matches!(self, Ivr | Supervisor | Developer | Admin),
            Read => !matches!(self, Ivr),
            OwnAgent => match self {
                Supervisor | Admin => true,
                Agent => matches!(is_own, IsOwn::Yes),
                Ivr | Analyst | Developer | Readonly => false,
            },
            Supervise => matches!(self, Supervisor | Admin),
            Replay => matches!(self, Supervisor | Analyst | Admin),
            Pause => matches!(self, Supervisor | Developer | Admin),
            Configure => matches!(self, Developer | Admin),
            Erase => matches!(self, Admin),
            Report => !matches!(self, Ivr | Agent),
            Audit => matches!(self, Analyst | Admin),
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
#[error("role '{0}': allowed are ivr, agent, supervisor, analyst, developer, readonly and admin")]
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
    /// Has notifications told again that were given up.
    Replay,
    /// Pauses and resumes services.
    Pause,
    /// Changes settings.
    Configure,
    /// Erases people.
    Erase,
    /// Reads what has become of callbacks, counted.
    Report,
    /// Reads who has changed what.
    Audit,
}

impl Permission {
    /// Those that somebody may lack.
    pub const ALL: [Self; 11] = [
        Self::Ask,
        Self::Request,
        Self::Read,
        Self::OwnAgent,
        Self::Supervise,
        Self::Replay,
        Self::Pause,
        Self::Configure,
        Self::Erase,
        Self::Report,
        Self::Audit,
    ];

    /// As programs tell it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Ask => "ask",
            Self::Request => "request",
            Self::Read => "read",
            Self::OwnAgent => "own-agent",
            Self::Supervise => "supervise",
            Self::Replay => "replay",
            Self::Pause => "pause",
            Self::Configure => "configure",
            Self::Erase => "erase",
            Self::Report => "report",
            Self::Audit => "audit",
        }
    }

    /// As errors tell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everybody => "call",
            Self::Ask => "ask about callbacks",
            Self::Request => "request callbacks",
            Self::Read => "read",
            Self::OwnAgent => "act for this agent",
            Self::Supervise => "supervise",
            Self::Replay => "replay deliveries",
            Self::Pause => "pause services",
            Self::Configure => "configure",
            Self::Erase => "erase people",
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
        for (role, may) in [
            (Role::Ivr, "ask request"),
            (Role::Agent, "ask read"),
            (Role::Readonly, "ask read report"),
            (Role::Analyst, "ask read replay report audit"),
            (Role::Developer, "ask request read pause configure report"),
            (
                Role::Supervisor,
                "ask request read own-agent supervise replay pause report",
            ),
            (
                Role::Admin,
                "ask request read own-agent supervise replay pause configure erase report audit",
            ),
        ] {
            let may_do = |permission: &Permission| role.may(*permission, IsOwn::No);
            let found: Vec<_> = Permission::ALL.into_iter().filter(may_do).collect();
            let found: Vec<_> = found.into_iter().map(Permission::word).collect();
            assert_eq!(found.join(" "), may, "{role:?}");
            assert!(role.may(Permission::Everybody, IsOwn::No));
            let own = role == Role::Agent || may.contains("own-agent");
            assert_eq!(role.may(Permission::OwnAgent, IsOwn::Yes), own, "{role:?}");
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
