//! Where the manager interface of an Asterisk is.

use std::str::FromStr;

use url::Url;

/// An address, read.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Host and port.
    pub(super) place: String,
    pub(super) user: String,
    pub(super) password: String,
    /// What the Asterisk is called: agents and calls of several are told apart by it.
    pub(super) name: String,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(address: &str) -> Result<Self, AddressError> {
        let rest = address.strip_prefix("ami://").ok_or(AddressError)?;
        let url: Url = format!("http://{rest}").parse().map_err(|_| AddressError)?;
        let name = url.path().trim_matches('/');
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let is_legal = !name.is_empty() && name.chars().all(is_word) && url.query().is_none();
        let (host, port) = (url.host_str().ok_or(AddressError)?, url.port());
        if !is_legal || url.username().is_empty() {
            return Err(AddressError);
        }
        let decode = |text: &str| {
            let mut pairs = url::form_urlencoded::parse(text.as_bytes());
            pairs.next().map(|(name, _)| name.into_owned())
        };
        Ok(Self {
            place: format!("{host}:{}", port.unwrap_or(5038)),
            user: decode(url.username()).ok_or(AddressError)?,
            password: url.password().and_then(decode).ok_or(AddressError)?,
            name: name.to_owned(),
        })
    }
}

/// The text is no address of a manager interface. It is not shown: it holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the address of the ACD must be ami://user:password@host:port/name, the name of letters, digits, '-', '_' and '.'"
)]
pub struct AddressError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_or_refused_without_showing_it() {
        let read: Address = "ami://ring%40:p%3Aw@127.0.0.1:5039/pbx-1".parse().unwrap();
        assert_eq!(
            (read.place.as_str(), read.name.as_str()),
            ("127.0.0.1:5039", "pbx-1")
        );
        assert_eq!(
            (read.user.as_str(), read.password.as_str()),
            ("ring@", "p:w")
        );
        let read: Address = "ami://u:p@pbx/a".parse().unwrap();
        assert_eq!(read.place, "pbx:5038");
        for address in [
            "ami://host:5038/pbx",
            "ami://user@host/pbx",
            "ami://user:secret@host",
            "ami://user:secret@host/p x",
            "ami://user:secret@host/pbx?x=1",
            "http://user:secret@host/pbx",
        ] {
            let error = address
                .parse::<Address>()
                .map(|_| ())
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("must be ami://") && !error.contains("secret"),
                "{address}"
            );
        }
    }
}
