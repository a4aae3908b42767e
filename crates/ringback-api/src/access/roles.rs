//! What a role may do.

use std::str::FromStr;

use axum::http::Method;

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

    /// Whether it may do what a request needs.
    pub(super) fn may(self, need: &Need<'_>, name: &str) -> bool {
        match (self, need) {
            (Self::Admin, _) => true,
            (Self::Agent, Need::OwnState(agent)) => *agent == name,
            (Self::Supervisor, need) => !matches!(need, Need::Configure | Need::Audit),
            (Self::Ivr, need) => matches!(need, Need::Ask | Need::Request),
            (Self::Readonly, Need::Report) => true,
            (Self::Readonly | Self::Agent, need) => matches!(need, Need::Ask | Need::Read),
        }
    }
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

/// What a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need<'a> {
    /// Asks about callbacks as their requesters do.
    Ask,
    /// Starts, changes or ends callbacks or subscriptions.
    Request,
    /// Reads anything.
    Read,
    /// Sets the state of this agent, or says what it makes of a callback.
    OwnState(&'a str),
    /// Works on callbacks, agents and deliveries.
    Supervise,
    /// Changes settings, or erases people.
    Configure,
    /// Reads what has become of callbacks, counted.
    Report,
    /// Reads who has changed what.
    Audit,
}

impl Need<'_> {
    /// As errors tell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask about callbacks",
            Self::Request => "request callbacks",
            Self::Read => "read",
            Self::OwnState(_) => "act for this agent",
            Self::Supervise => "supervise",
            Self::Configure => "configure",
            Self::Report => "read reports",
            Self::Audit => "read the audit",
        }
    }
}

/// What a request needs; whatever is not known needs the most.
pub(super) fn needed<'a>(method: &Method, path: &'a str) -> Need<'a> {
    let reads = method == Method::GET || method == Method::HEAD;
    if let Some(path) = path.strip_prefix("/v1/") {
        return in_v1(reads, path);
    }
    let path = path.strip_prefix("/genesys").unwrap_or(path);
    let path = ["/1/", "/2/"]
        .into_iter()
        .find_map(|version| path.strip_prefix(version))
        .unwrap_or(path);
    let path = path.trim_start_matches('/');
    match path.split('/').next() {
        Some("admin") if reads => Need::Read,
        Some("admin") => Need::Supervise,
        // Following a link of a dialog does something, too.
        Some("service") if is_dialog(path) => Need::Request,
        Some("service" | "phonenumber" | "ewt-for-vq") if reads => Need::Ask,
        Some("service") if path.ends_with("/check-queue-position") => Need::Ask,
        Some("service" | "notification") => Need::Request,
        _ if reads => Need::Read,
        _ => Need::Configure,
    }
}

/// `service/{id}/{action}`, and the question whose call it is.
fn is_dialog(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["service", "match-interaction"] => true,
        ["service", id, action] => *id != "callback" && *action != "check-queue-position",
        _ => false,
    }
}

fn in_v1(reads: bool, path: &str) -> Need<'_> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["audit", ..] => Need::Audit,
        // What customers write is not for everybody who reads.
        ["agents", id, "chats", ..] => Need::OwnState(id),
        ["reports", ..] if reads => Need::Report,
        _ if reads => Need::Read,
        ["agents", id, "state"] | ["agents", id, "preview", ..] => Need::OwnState(id),
        [first, ..] if matches!(*first, "agents" | "dead-letters" | "queues") => Need::Supervise,
        [first, ..] if first.starts_with("callbacks") || first.starts_with("deliveries") => {
            Need::Supervise
        }
        _ => Need::Configure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[(&str, &str, Need<'_>)] = &[
        ("GET", "/genesys/1/service/callback?_id=x", Need::Ask),
        ("GET", "/genesys/service/ewt-for-vq", Need::Ask),
        (
            "POST",
            "/genesys/1/service/07-x/check-queue-position",
            Need::Ask,
        ),
        (
            "GET",
            "/genesys/2/service/callback/s/availability",
            Need::Ask,
        ),
        ("POST", "/genesys/1/service/callback/s", Need::Request),
        ("DELETE", "/genesys/service/callback/s/07-x", Need::Request),
        (
            "POST",
            "/genesys/1/notification/subscription",
            Need::Request,
        ),
        ("GET", "/genesys/1/admin/callback/queues", Need::Read),
        ("POST", "/genesys/1/admin/callback/cancel", Need::Supervise),
        ("GET", "/v1/callbacks/07-x", Need::Read),
        ("GET", "/v1/audit", Need::Audit),
        ("POST", "/v1/callbacks:import", Need::Supervise),
        ("POST", "/v1/deliveries:replay", Need::Supervise),
        ("PUT", "/v1/agents/a", Need::Supervise),
        ("PUT", "/v1/agents/a/state", Need::OwnState("a")),
        (
            "POST",
            "/v1/agents/a/preview/07-x/accept",
            Need::OwnState("a"),
        ),
        ("GET", "/v1/agents/a/chats/07-x/lines", Need::OwnState("a")),
        ("POST", "/v1/agents/a/chats/07-x/join", Need::OwnState("a")),
        ("GET", "/v1/queues/vq", Need::Read),
        ("GET", "/v1/events", Need::Read),
        ("GET", "/v1/reports/callbacks", Need::Report),
        ("GET", "/v1/reports/records", Need::Report),
        ("POST", "/v1/reports/callbacks", Need::Configure),
        ("PUT", "/v1/queues/vq/live", Need::Supervise),
        ("POST", "/genesys/1/service/07-x/confirm", Need::Request),
        (
            "POST",
            "/genesys/1/service/match-interaction",
            Need::Request,
        ),
        ("GET", "/genesys/1/service/07-x/confirm", Need::Request),
        ("GET", "/genesys/1/service/match-interaction", Need::Request),
        (
            "GET",
            "/genesys/1/service/07-x/check-queue-position",
            Need::Ask,
        ),
        ("GET", "/genesys/1/service/callback/desk", Need::Ask),
        ("GET", "/genesys/2/service/ewt-for-vq", Need::Ask),
        ("PUT", "/v1/services/s", Need::Configure),
        ("DELETE", "/v1/customers/5115", Need::Configure),
        ("POST", "/somewhere", Need::Configure),
    ];

    #[test]
    fn each_call_needs_what_it_does() {
        for (method, path, need) in TABLE {
            let method: Method = method.parse().unwrap();
            assert_eq!(needed(&method, path), *need, "{method} {path}");
        }
    }

    #[test]
    fn roles_may_what_is_theirs() {
        let needs = [
            Need::Ask,
            Need::Request,
            Need::Read,
            Need::OwnState("me"),
            Need::OwnState("you"),
            Need::Supervise,
            Need::Configure,
            Need::Report,
            Need::Audit,
        ];
        for (role, may) in [
            (
                Role::Ivr,
                [true, true, false, false, false, false, false, false, false],
            ),
            (
                Role::Agent,
                [true, false, true, true, false, false, false, false, false],
            ),
            (
                Role::Readonly,
                [true, false, true, false, false, false, false, true, false],
            ),
            (
                Role::Supervisor,
                [true, true, true, true, true, true, false, true, false],
            ),
            (Role::Admin, [true; 9]),
        ] {
            assert_eq!(needs.map(|need| role.may(&need, "me")), may, "{role:?}");
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
