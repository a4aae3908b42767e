//! `[users.…]` and `[keys.…]`: who may call the API.

use std::path::Path;

use anyhow::Context;
use ringback_api::Role;
use serde::Deserialize;

use super::secret::Secret;

/// A user with a password.
#[derive(Clone)]
pub struct ConfiguredUser {
    pub name: String,
    pub role: Role,
    /// Argon2 as a PHC string, or as it is.
    pub password: String,
}

/// A bearer key.
#[derive(Clone)]
pub struct ConfiguredKey {
    pub name: String,
    pub role: Role,
    /// SHA-256 in hexadecimal digits.
    pub sum: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserTable {
    role: String,
    password: Secret,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyTable {
    role: String,
    sha256: String,
}

impl UserTable {
    pub fn read(self, name: &str, folder: &Path) -> anyhow::Result<ConfiguredUser> {
        let role = self
            .role
            .parse()
            .with_context(|| format!("user '{name}'"))?;
        let password = self
            .password
            .read(folder)
            .with_context(|| format!("user '{name}', password"))?;
        let name = name.to_owned();
        Ok(ConfiguredUser {
            name,
            role,
            password,
        })
    }
}

impl KeyTable {
    pub fn read(self, name: &str) -> anyhow::Result<ConfiguredKey> {
        let role = self.role.parse().with_context(|| format!("key '{name}'"))?;
        let (name, sum) = (name.to_owned(), self.sha256);
        Ok(ConfiguredKey { name, role, sum })
    }
}
