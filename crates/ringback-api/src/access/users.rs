//! Who may call: users with passwords, and keys.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::password::{Busy, Checks, hash_password, is_hash, read_hash};
use super::roles::Role;

/// How long a credential that was right needs no check after it was last shown. Those of a configuration hold as long as
/// the process lives, so this is no delay of a change.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// How many of them are remembered.
const MOST: usize = 1000;

/// A SHA-256.
type Sum = [u8; 32];

/// Everybody who may call.
#[derive(Default)]
pub struct Users {
    users: BTreeMap<String, User>,
    keys: Vec<Key>,
    checks: Checks,
    /// Credentials that were right a while ago, by their sum.
    right: Mutex<HashMap<Sum, Instant>>,
}

struct User {
    role: Role,
    /// Argon2id, as a PHC string.
    password: String,
}

struct Key {
    name: String,
    role: Role,
    sum: Sum,
}

/// A user or key that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Its name.
    pub name: String,
    /// What it is.
    pub role: Role,
}

impl Users {
    /// Whether nobody is asked who it is.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.keys.is_empty()
    }

    /// A user whose password is given as Argon2 PHC string, or as it is.
    ///
    /// # Errors
    /// When there is nothing to show, the name cannot be shown, or it looks like a PHC string and is none.
    pub fn add(&mut self, name: &str, role: Role, password: &str) -> Result<(), UserError> {
        if name.trim().is_empty() || name.contains(':') {
            return Err(UserError::Name(name.chars().take(80).collect()));
        }
        if password.trim().is_empty() {
            return Err(UserError::Empty(name.to_owned()));
        }
        let password = if is_hash(password) {
            read_hash(password).ok_or_else(|| UserError::Hash(name.to_owned()))?;
            password.to_owned()
        } else {
            hash_password(password)?
        };
        self.users.insert(name.to_owned(), User { role, password });
        Ok(())
    }

    /// A key, by the SHA-256 of it in hexadecimal digits.
    ///
    /// # Errors
    /// When that is none.
    pub fn add_key(&mut self, name: &str, role: Role, sum: &str) -> Result<(), UserError> {
        let known = read_sum(sum).filter(|it| *it != self::sum(""));
        let sum = known.ok_or_else(|| UserError::Sum(name.to_owned()))?;
        self.keys.push(Key {
            name: name.to_owned(),
            role,
            sum,
        });
        Ok(())
    }

    /// What a user is; `None` when there is no such user any more.
    pub(super) fn role(&self, name: &str) -> Option<Role> {
        self.users.get(name).map(|user| user.role)
    }

    /// Whose key it is. Every key is looked at, so that the time tells nothing.
    pub(super) fn by_key(&self, key: &str) -> Option<Known> {
        let sum = sum(key);
        let mut found = None;
        for known in &self.keys {
            if bool::from(known.sum.ct_eq(&sum)) {
                found = Some(Known {
                    name: known.name.clone(),
                    role: known.role,
                });
            }
        }
        found
    }

    /// The user, when these credentials were right before: without a check, so that whoever uses them is neither held up
    /// nor locked out by others who guess.
    pub(super) fn remembered(&self, name: &str, password: &str) -> Option<Known> {
        let role = self.users.get(name)?.role;
        self.was_right(&of_user(name, password)).then(|| Known {
            name: name.to_owned(),
            role,
        })
    }

    /// The user, when the password is right. An unknown name takes as long as a known one.
    ///
    /// # Errors
    /// When too many checks wait.
    pub(super) async fn by_password(
        &self,
        name: &str,
        password: &str,
        from: Option<IpAddr>,
    ) -> Result<Option<Known>, Busy> {
        let Some(any) = self.users.values().next() else {
            return Ok(None);
        };
        let user = self.users.get(name);
        let stored = &user.unwrap_or(any).password;
        let is_right = self.checks.verify(stored, password, from).await?;
        let Some(user) = user.filter(|_| is_right) else {
            return Ok(None);
        };
        self.remember(of_user(name, password));
        let (name, role) = (name.to_owned(), user.role);
        Ok(Some(Known { name, role }))
    }

    /// Whether this login of a service was right before.
    pub(super) fn remembers_login(&self, shown: (&str, &str), login: (&str, &str)) -> bool {
        self.was_right(&of_login(shown, login))
    }

    /// Whether the credentials are those of a service. Its password is an Argon2 PHC string, or as it is.
    ///
    /// # Errors
    /// When too many checks wait.
    pub(super) async fn is_login(
        &self,
        shown: (&str, &str),
        login: (&str, &str),
        from: Option<IpAddr>,
    ) -> Result<bool, Busy> {
        let is_name = bool::from(sum(shown.0).ct_eq(&sum(login.0)));
        let is_password = if is_hash(login.1) {
            self.checks.verify(login.1, shown.1, from).await?
        } else {
            sum(shown.1).ct_eq(&sum(login.1)).into()
        };
        let is_right = is_name & is_password;
        if is_right {
            self.remember(of_login(shown, login));
        }
        Ok(is_right)
    }

    fn was_right(&self, shown: &Sum) -> bool {
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = right.get_mut(shown) else {
            return false;
        };
        let is_fresh = at.elapsed() < REMEMBERED;
        if is_fresh {
            *at = Instant::now();
        }
        is_fresh
    }

    fn remember(&self, shown: Sum) {
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        if right.len() >= MOST {
            let oldest = right.iter().min_by_key(|(_, at)| **at);
            if let Some(oldest) = oldest.map(|(shown, _)| *shown) {
                right.remove(&oldest);
            }
        }
        right.insert(shown, Instant::now());
    }
}

fn of_user(name: &str, password: &str) -> Sum {
    sum(&format!("user\0{name}\0{password}"))
}

/// With what is stored: once the login of a service is another, nothing of the old one is remembered.
fn of_login(shown: (&str, &str), login: (&str, &str)) -> Sum {
    let (name, password) = shown;
    sum(&format!(
        "service\0{}\0{}\0{name}\0{password}",
        login.0, login.1
    ))
}

/// Shows who there is, and no secret.
impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Users({} users, {} keys)",
            self.users.len(),
            self.keys.len()
        )
    }
}

/// A new key, and the sum of it that a configuration holds.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn new_key() -> Result<(String, String), UserError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| UserError::Random)?;
    let key = format!(
        "rbk_{}",
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random)
    );
    let digits = sum(&key).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((key, digits))
}

/// User and password of a Basic credential.
pub(super) fn read_basic(credentials: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn sum(text: &str) -> Sum {
    Sha256::digest(text.as_bytes()).into()
}

fn read_sum(text: &str) -> Option<Sum> {
    let digits = text.trim().as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut sum = [0; 32];
    for (byte, pair) in sum.iter_mut().zip(text.trim().as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(sum)
}

/// A user or key that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// Nobody can show it.
    #[error("user '{0}': a name must not be empty, nor hold a colon")]
    Name(String),
    /// Anybody can show it.
    #[error("user '{0}', password: must not be empty")]
    Empty(String),
    /// It looks like a hash.
    #[error(
        "user '{0}', password: must be an Argon2 PHC string of at most 64 MiB, as it begins like one"
    )]
    Hash(String),
    /// Not the sum of a key.
    #[error("key '{0}', sha256: allowed are 64 hexadecimal digits, not the sum of nothing")]
    Sum(String),
    /// The machine lacks something.
    #[error("the machine gives no random numbers")]
    Random,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash() {
        let hash = hash_password("right").unwrap();
        assert!(
            hash.starts_with("$argon2id$") && !hash.contains("right"),
            "{hash}"
        );
        let mut users = Users::default();
        users.add("one", Role::Ivr, &hash).unwrap();
        users.add("two", Role::Admin, "plain").unwrap();
        assert!(
            users
                .add("three", Role::Ivr, "$argon2id$nonsense")
                .unwrap_err()
                .to_string()
                .contains("'three'")
        );
        assert_eq!(users.remembered("one", "right"), None);
        for _ in 0..2 {
            let known = users.by_password("one", "right", None).await.unwrap();
            let role = Role::Ivr;
            let name = "one".to_owned();
            assert_eq!(known, Some(Known { name, role }));
            assert_eq!(users.remembered("one", "right"), known);
            for (name, password) in [("one", "wrong"), ("nobody", "right")] {
                let known = users.by_password(name, password, None).await.unwrap();
                assert_eq!(known, None);
                assert_eq!(users.remembered(name, password), None);
            }
        }
        let known = users.by_password("two", "plain", None).await.unwrap();
        assert_eq!(known.unwrap().role, Role::Admin);
        assert_eq!(format!("{users:?}"), "Users(2 users, 0 keys)");
    }

    #[tokio::test]
    async fn a_service_keeps_its_password_hashed_or_as_it_is() {
        let users = Users::default();
        let hash = hash_password("secret").unwrap();
        for stored in [hash.as_str(), "secret"] {
            let (login, right) = (("vip", stored), ("vip", "secret"));
            assert!(!users.remembers_login(right, login));
            for wrong in [("vip", "guess"), ("gold", "secret"), ("vip", stored)] {
                let is_right = users.is_login(wrong, login, None).await.unwrap();
                assert_eq!(is_right, wrong == right, "{wrong:?}");
            }
            assert!(users.is_login(right, login, None).await.unwrap());
            assert!(users.remembers_login(right, login));
            assert!(!users.remembers_login(right, ("vip", "another")));
        }
    }

    #[test]
    fn empty_credentials_are_refused() {
        let mut users = Users::default();
        for (name, password, said) in [
            ("", "secret", "user '': a name must not be empty"),
            (" ", "secret", "user ' ': a name must not be empty"),
            (
                "a:b",
                "secret",
                "user 'a:b': a name must not be empty, nor hold",
            ),
            ("root", "", "user 'root', password: must not be empty"),
            ("root", "\n", "user 'root', password: must not be empty"),
        ] {
            let error = users.add(name, Role::Admin, password).unwrap_err();
            assert!(error.to_string().starts_with(said), "{error}");
        }
        assert!(users.is_empty());
    }

    #[test]
    fn a_key_is_known_by_its_sum() {
        let (key, sum) = new_key().unwrap();
        let mut users = Users::default();
        assert!(users.is_empty());
        users.add_key("crm", Role::Supervisor, &sum).unwrap();
        assert_eq!(users.by_key(&key).unwrap().name, "crm");
        assert_eq!(users.by_key("rbk_other"), None);
        let nothing: String = super::sum("")
            .iter()
            .map(|it| format!("{it:02x}"))
            .collect();
        for wrong in ["", "12", &"g".repeat(64), &"é".repeat(32), &nothing] {
            let error = users
                .add_key("x", Role::Ivr, wrong)
                .unwrap_err()
                .to_string();
            assert!(error.contains("'x', sha256: allowed are 64"), "{error}");
        }
    }

    #[test]
    fn basic_credentials_are_read() {
        let read = |text: &str| read_basic(&STANDARD.encode(text));
        assert_eq!(read("a:b:c"), Some(("a".to_owned(), "b:c".to_owned())));
        assert_eq!(read("nothing"), None);
        assert_eq!(read_basic("%%%"), None);
    }
}
