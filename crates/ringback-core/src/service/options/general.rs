//! What has no topic of its own.

use std::fmt;
use std::time::Duration;

/// General options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct General {
    /// `_attach_udata`: how user data travels with the call.
    pub attach: AttachData,
    /// `_business_hours_service`: the office hours that a desired time must be within.
    pub business_hours: Option<String>,
    /// `_capacity_service`: the places that there are at a time.
    pub capacity: Option<String>,
    /// `_mandatory_customer_lookup_keys`: parameters that a request must have.
    pub mandatory_keys: Vec<String>,
    /// `_overwritable_options`: what requests may set besides the options that they always may.
    pub overwritable: Vec<&'static str>,
    /// `_paused_services_id`: the name under which the service is paused, with all others of that name; `None` for its own.
    pub paused_services: Option<String>,
    /// `_snooze_duration`.
    pub snooze: Duration,
    /// `_service_groups`: what people see the service under.
    pub groups: Vec<String>,
    /// Who may use the service.
    pub access: Access,
}

/// `_attach_udata`: how user data travels with the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttachData {
    /// As one JSON text.
    #[default]
    SingleJson,
    /// Each key by itself.
    SeparateKeys,
    /// Only the callback's id.
    DataId,
}

impl AttachData {
    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SingleJson => "single_json",
            Self::SeparateKeys => "separate_keys",
            Self::DataId => "data_id",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        let all = [Self::SingleJson, Self::SeparateKeys, Self::DataId];
        all.into_iter().find(|it| it.as_str() == name)
    }
}

/// Credentials of a service's own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// `username`.
    pub username: Option<String>,
    /// `password`.
    pub password: Option<String>,
}

impl Access {
    /// User and password, when there are some.
    pub fn login(&self) -> Option<(&str, &str)> {
        Some((self.username.as_deref()?, self.password.as_deref()?))
    }

    /// The one that is missing while there is the other.
    pub(super) const fn lacks(&self) -> Option<(&'static str, &'static str)> {
        match (&self.username, &self.password) {
            (Some(_), None) => Some(("password", "is missing, but there is a username")),
            (None, Some(_)) => Some(("username", "is missing, but there is a password")),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }
}

/// Shows neither.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access(…)")
    }
}
