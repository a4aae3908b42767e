//! Where an Asterisk is, and how calls leave it.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use ringback_core::trunk::{CallRate, TrunkLimits};
use url::Url;

use super::ConnectError;

/// What every address of an Asterisk begins with.
pub(crate) const SCHEME: &str = "ari+http://";

const FORM: &str = "must be ari+http://user:password@host:port/app, of several Asterisks host:port,host:port, optionally with ?customer=PJSIP/{number}@{trunk}, \
                    &agent=PJSIP/{dn}, &music=class, &agent_ring=seconds, &calls_per_second=number, &calls=number after it";

/// An address, read. Its options have defaults that suit a PJSIP set-up.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// `http://host:port/ari`.
    pub(super) base: Url,
    pub(super) user: String,
    pub(super) password: String,
    /// The Stasis application of this process: the name in the address and what no other process has, since Asterisk tells
    /// only one socket of an application.
    pub(super) app: String,
    /// The endpoint that customers are dialed at: `{number}` and `{trunk}` are filled in.
    customer: String,
    /// The endpoint that agents are rung at: `{dn}` is filled in.
    agent: String,
    /// The class of music on hold that stands for `music`.
    pub(super) music: String,
    /// How long an agent's phone rings.
    pub(super) agent_ring: Duration,
    /// What a trunk group takes.
    pub(super) limits: TrunkLimits,
}

impl Address {
    /// The endpoint of a customer.
    pub(super) fn customer(&self, number: &str, trunk: &str) -> Option<String> {
        let filled = self.customer.replace("{trunk}", word(trunk)?);
        Some(filled.replace("{number}", word(number)?))
    }

    /// The endpoint of an agent.
    pub(super) fn agent(&self, dn: &str) -> Option<String> {
        Some(self.agent.replace("{dn}", word(dn)?))
    }

    /// Host and port.
    pub(super) fn place(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        let port = self.base.port_or_known_default().unwrap_or_default();
        format!("{host}:{port}")
    }

    pub(super) fn unreachable(&self, reason: &impl Display) -> ConnectError {
        ConnectError::Unreachable {
            place: self.place(),
            reason: reason.to_string(),
        }
    }
}

/// What may stand in an endpoint: nothing that has a meaning there.
fn word(text: &str) -> Option<&str> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "+-_.".contains(c);
    (!text.is_empty() && text.chars().all(legal)).then_some(text)
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(address: &str) -> Result<Self, AddressError> {
        let rest = address.strip_prefix(SCHEME).ok_or(AddressError)?;
        let url: Url = format!("http://{rest}").parse().map_err(|_| AddressError)?;
        let app = url.path().trim_matches('/');
        let user = url.username();
        let password = url.password().ok_or(AddressError)?;
        if word(app).is_none() || user.is_empty() || url.host_str().is_none() {
            return Err(AddressError);
        }
        let mut base = url.clone();
        base.set_path("/ari");
        base.set_query(None);
        base.set_username("").map_err(|()| AddressError)?;
        base.set_password(None).map_err(|()| AddressError)?;
        let decode = |text: &str| {
            let mut pairs = url::form_urlencoded::parse(text.as_bytes());
            pairs.next().map(|(name, _)| name.into_owned())
        };
        let mut read = Self {
            base,
            user: decode(user).ok_or(AddressError)?,
            password: decode(password).unwrap_or_default(),
            app: format!("{app}-{:016x}", getrandom::u64().unwrap_or_default()),
            customer: "PJSIP/{number}@{trunk}".to_owned(),
            agent: "PJSIP/{dn}".to_owned(),
            music: "default".to_owned(),
            agent_ring: Duration::from_secs(30),
            limits: TrunkLimits {
                rate: Some(CallRate::ONE),
                calls: None,
            },
        };
        for (name, value) in url.query_pairs() {
            read.set(&name, &value).ok_or(AddressError)?;
        }
        Ok(read)
    }
}

impl Address {
    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "customer" if value.contains("{number}") => value.clone_into(&mut self.customer),
            "agent" if value.contains("{dn}") => value.clone_into(&mut self.agent),
            "music" => word(value)?.clone_into(&mut self.music),
            "agent_ring" => {
                let seconds = value.parse().ok().filter(|it| (1..=600).contains(it))?;
                self.agent_ring = Duration::from_secs(seconds);
            }
            "calls_per_second" if value == "unlimited" => self.limits.rate = None,
            "calls_per_second" => self.limits.rate = Some(value.parse().ok()?),
            "calls" => self.limits.calls = Some(value.parse().ok().filter(|it| *it > 0)?),
            _ => return None,
        }
        Some(())
    }
}

/// The text is no address of an Asterisk. It is not shown: it holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("telephony {FORM}")]
pub struct AddressError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_its_options() {
        let address = "ari+http://ring%40:p%3Aw@127.0.0.1:8088/back?agent=PJSIP/{dn}@agents&agent_ring=20&music=soft";
        let read: Address = address.parse().unwrap();
        assert_eq!(read.base.as_str(), "http://127.0.0.1:8088/ari");
        assert_eq!(
            (read.user.as_str(), read.password.as_str()),
            ("ring@", "p:w")
        );
        assert!(
            read.app.starts_with("back-") && read.app.len() == 21,
            "{}",
            read.app
        );
        assert_eq!(read.agent("7001").unwrap(), "PJSIP/7001@agents");
        assert_eq!(
            read.customer("+1555", "carrier").unwrap(),
            "PJSIP/+1555@carrier"
        );
        assert_eq!(
            (read.music.as_str(), read.agent_ring.as_secs()),
            ("soft", 20)
        );
    }

    #[test]
    fn a_trunk_group_is_dialed_once_a_second_unless_it_says_more() {
        let limits = |options: &str| {
            let address = format!("ari+http://u:p@h/app{options}");
            let Address { limits, .. } = address.parse().unwrap();
            (limits.rate, limits.calls)
        };
        assert_eq!(limits(""), (Some(CallRate::ONE), None));
        let rate = Some("0.5".parse().unwrap());
        assert_eq!(limits("?calls_per_second=0.5&calls=30"), (rate, Some(30)));
        assert_eq!(limits("?calls_per_second=unlimited"), (None, None));
    }

    #[test]
    fn what_is_no_address_is_refused_without_showing_it() {
        for address in [
            "ari+http://host:8088/app",
            "ari+http://user:secret@host:8088",
            "ari+http://user:secret@host:8088/app?speed=60",
            "ari+http://user:secret@host:8088/app?agent_ring=0",
            "ari+http://user:secret@host:8088/app?calls_per_second=0",
            "ari+http://user:secret@host:8088/app?calls=0",
            "ari+http://user:secret@host:8088/a b",
            "http://user:secret@host/app",
        ] {
            let error = address
                .parse::<Address>()
                .map(|_| ())
                .unwrap_err()
                .to_string();
            assert!(error.contains("must be ari+http://"), "{address}");
            assert!(!error.contains("secret"), "{address}");
        }
    }

    #[test]
    fn nothing_with_a_meaning_gets_into_an_endpoint() {
        let read: Address = "ari+http://u:p@h/app".parse().unwrap();
        for dn in [
            "",
            "7001&PJSIP/900",
            "7001@elsewhere",
            "${SHELL(x)}",
            "70,01",
        ] {
            assert_eq!(read.agent(dn), None, "{dn}");
        }
    }
}
