//! Targets: whom a callback is for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `name@server.type`, the value of `_target`; the server is kept but means nothing here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Target {
    name: String,
    server: Option<String>,
    kind: TargetKind,
}

/// What a target names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// `GA`: an agent group.
    AgentGroup,
    /// `GP`: a place group. Ringback has no places apart: it is the group of agents of that name.
    PlaceGroup,
    /// `A`: one agent.
    Agent,
    /// `Q`: a queue of the switch. It is the group of agents of that name.
    Queue,
}

impl TargetKind {
    /// The type's letters.
    pub const fn letters(self) -> &'static str {
        match self {
            Self::AgentGroup => "GA",
            Self::PlaceGroup => "GP",
            Self::Agent => "A",
            Self::Queue => "Q",
        }
    }
}

impl Target {
    /// The group `name`.
    pub fn group(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            server: None,
            kind: TargetKind::AgentGroup,
        }
    }

    /// The agent `name`.
    pub fn agent(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            server: None,
            kind: TargetKind::Agent,
        }
    }

    /// The group's or agent's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it names.
    pub const fn kind(&self) -> TargetKind {
        self.kind
    }

    /// The name of this target's indexes, the same whatever server is written: `GA:Customer_Service`. Whatever names a
    /// group of agents has the group's.
    pub fn pool(&self) -> String {
        let kind = match self.kind {
            TargetKind::Agent => TargetKind::Agent,
            TargetKind::AgentGroup | TargetKind::PlaceGroup | TargetKind::Queue => {
                TargetKind::AgentGroup
            }
        };
        format!("{}:{}", kind.letters(), self.name)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, server, kind } = self;
        match server {
            Some(server) => write!(f, "{name}@{server}.{}", kind.letters()),
            None => write!(f, "{name}.{}", kind.letters()),
        }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let (whom, letters) = text.trim().rsplit_once('.').ok_or(TargetError)?;
        let kind = match letters {
            "GA" => TargetKind::AgentGroup,
            "GP" => TargetKind::PlaceGroup,
            "A" => TargetKind::Agent,
            "Q" => TargetKind::Queue,
            _ => return Err(TargetError),
        };
        let (name, server) = match whom.split_once('@') {
            Some((name, server)) => (name, Some(server.to_owned())),
            None => (whom, None),
        };
        let legal = |part: &str| part.len() <= 128 && !part.chars().any(char::is_control);
        if name.is_empty() || !legal(name) || server.as_deref().is_some_and(|part| !legal(part)) {
            return Err(TargetError);
        }
        Ok(Self {
            name: name.to_owned(),
            server,
            kind,
        })
    }
}

impl TryFrom<String> for Target {
    type Error = TargetError;

    fn try_from(text: String) -> Result<Self, TargetError> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

/// The text names no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a target: write name@server.GA for an agent group (or .GP, .Q) or name@server.A for an agent"
)]
pub struct TargetError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_groups_and_agents() {
        for (text, pool) in [
            ("Customer_Service@Stat_Server.GA", "GA:Customer_Service"),
            ("KSippola@Stat.Server.A", "A:KSippola"),
            ("Sales.GA", "GA:Sales"),
            ("Desks@Stat.GP", "GA:Desks"),
            ("8001@Stat.Q", "GA:8001"),
        ] {
            let target: Target = text.parse().unwrap();
            assert_eq!(target.pool(), pool);
            assert_eq!(target.to_string(), text);
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "Customer_Service",
            "x@y.DN",
            "@Stat.GA",
            ".GA",
            "a\nb@s.GA",
        ] {
            assert_eq!(text.parse::<Target>(), Err(TargetError), "{text}");
        }
    }
}
