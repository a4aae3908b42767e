//! Who calls.

use std::collections::BTreeMap;

use ringback_core::ids::ServiceName;
use ringback_ports::desk::{Refusal, ServiceDesk};
use serde_json::{Map, Value};

use super::roles::{IsOwn, Permission, Role};

/// Somebody who was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Anybody: the house has no users.
    Anybody,
    /// Somebody by the login of a service, and for that service alone.
    Service(ServiceName),
    /// A user or a key.
    User {
        /// Its name.
        name: String,
        /// What it is.
        role: Role,
    },
}

impl Caller {
    /// As the audit tells it. The user name of a service's login is a secret, the service's own name is none.
    pub fn name(&self) -> String {
        match self {
            Self::Anybody => "anybody".to_owned(),
            Self::Service(service) => format!("service {service}"),
            Self::User { name, .. } => name.clone(),
        }
    }

    /// What it is, as the audit tells it.
    pub const fn role(&self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Service(_) => "service",
            Self::User { role, .. } => role.as_str(),
        }
    }

    /// Whether it may do what a route needs; `first` is what the route names first, an agent for one.
    pub(super) fn may(&self, permission: Permission, first: Option<&str>) -> bool {
        match self {
            Self::Anybody => true,
            Self::Service(_) => matches!(
                permission,
                Permission::Everybody | Permission::Ask | Permission::Request | Permission::Read
            ),
            Self::User { name, role } => {
                let is_own = first == Some(name.as_str());
                let is_own = if is_own { IsOwn::Yes } else { IsOwn::No };
                role.may(permission, is_own)
            }
        }
    }

    /// What it may do, as programs tell it; of agents: for the one that has its name.
    pub fn needs(&self) -> Vec<&'static str> {
        let own = match self {
            Self::User { name, .. } => Some(name.as_str()),
            Self::Anybody | Self::Service(_) => None,
        };
        let may = |permission: &Permission| self.may(*permission, own);
        let all = Permission::ALL.into_iter().filter(may);
        all.map(Permission::word).collect()
    }

    /// Whether it works on the callbacks of every service, also of those with a login.
    pub(super) const fn is_above_services(&self) -> bool {
        matches!(
            self,
            Self::User {
                role: Role::Supervisor | Role::Admin,
                ..
            }
        )
    }

    /// Those of the records that it may see: none of a service with a login, unless it is above them.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn may_see<D: ServiceDesk>(
        &self,
        desk: &D,
        records: Vec<Map<String, Value>>,
    ) -> Result<Vec<Map<String, Value>>, Refusal> {
        if self.is_above_services() {
            return Ok(records);
        }
        let mut open: BTreeMap<String, bool> = BTreeMap::new();
        let mut seen = Vec::new();
        for record in records {
            let service = record.get("_service_name").and_then(Value::as_str);
            let service = service.unwrap_or_default();
            let is_open = if let Some(known) = open.get(service) {
                *known
            } else {
                let access = desk.access(&ServiceName::new(service)).await?;
                let is_open = access.login().is_none();
                open.insert(service.to_owned(), is_open);
                is_open
            };
            if is_open {
                seen.push(record);
            }
        }
        Ok(seen)
    }
}
