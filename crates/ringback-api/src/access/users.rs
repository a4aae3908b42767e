//! Who may call: users with passwords, and keys.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::roles::Role;

/// How many passwords are checked at a time: each takes some 20 MB and 20 ms.
const CHECKS: usize = 2;
/// How long a password that was right needs no check.
const REMEMBERED: Duration = Duration::from_secs(600);
/// How many of them are remembered.
const MOST: usize = 1000;

/// A SHA-256.
type Sum = [u8; 32];

/// Everybody who may call.
pub struct Users {
    users: BTreeMap<String, User>,
    keys: Vec<Key>,
    checks: Semaphore,
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

impl Default for Users {
    fn default() -> Self {
        Self {
            users: BTreeMap::new(),
            keys: Vec::new(),
            checks: Semaphore::new(CHECKS),
            right: Mutex::default(),
        }
    }
}

impl Users {
    /// Whether nobody is asked who it is.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.keys.is_empty()
    }

    /// A user whose password is given as Argon2 PHC string, or as it is.
    ///
    /// # Errors
    /// When it looks like a PHC string and is none.
    pub fn add(&mut self, name: &str, role: Role, password: &str) -> Result<(), UserError> {
        let password = if password.starts_with("$argon2") {
            PasswordHash::new(password).map_err(|_| UserError::Hash(name.to_owned()))?;
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
        let sum = read_sum(sum).ok_or_else(|| UserError::Sum(name.to_owned()))?;
        self.keys.push(Key {
            name: name.to_owned(),
            role,
            sum,
        });
        Ok(())
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

    /// The user, when the password is right. An unknown name takes as long as a known one.
    pub(super) async fn by_password(&self, name: &str, password: &str) -> Option<Known> {
        let user = self.users.get(name);
        let shown = sum(&format!("{name}\0{password}"));
        let known = user.map(|user| Known {
            name: name.to_owned(),
            role: user.role,
        });
        if self.was_right(&shown) {
            return known;
        }
        let any = self.users.values().next()?;
        let stored = user.unwrap_or(any).password.clone();
        let password = password.to_owned();
        let _permit = self.checks.acquire().await.ok()?;
        let checked = tokio::task::spawn_blocking(move || verify(&stored, &password)).await;
        if !checked.unwrap_or(false) || user.is_none() {
            return None;
        }
        self.remember(shown);
        known
    }

    fn was_right(&self, shown: &Sum) -> bool {
        let right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        right.get(shown).is_some_and(|at| at.elapsed() < REMEMBERED)
    }

    fn remember(&self, shown: Sum) {
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        if right.len() >= MOST {
            right.retain(|_, at| at.elapsed() < REMEMBERED);
        }
        if right.len() < MOST {
            right.insert(shown, Instant::now());
        }
    }
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

/// Hashes a password with Argon2id, as a PHC string.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn hash_password(password: &str) -> Result<String, UserError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|_| UserError::Random)
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

/// Whether the credentials are these. Both are always looked at, so that the time tells nothing.
pub(super) fn is_login(shown: (&str, &str), login: (&str, &str)) -> bool {
    let name = sum(shown.0).ct_eq(&sum(login.0));
    let password = sum(shown.1).ct_eq(&sum(login.1));
    bool::from(name & password)
}

/// User and password of a Basic credential.
pub(super) fn read_basic(credentials: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn verify(stored: &str, password: &str) -> bool {
    let parsed = PasswordHash::new(stored);
    parsed.is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
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
    /// It looks like a hash.
    #[error("user '{0}', password: it begins as an Argon2 hash and is none")]
    Hash(String),
    /// Not the sum of a key.
    #[error("key '{0}', sha256: allowed are 64 hexadecimal digits")]
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
        for _ in 0..2 {
            let known = users.by_password("one", "right").await;
            assert_eq!(
                known,
                Some(Known {
                    name: "one".to_owned(),
                    role: Role::Ivr
                })
            );
            assert_eq!(users.by_password("one", "wrong").await, None);
            assert_eq!(users.by_password("nobody", "right").await, None);
        }
        assert_eq!(
            users.by_password("two", "plain").await.unwrap().role,
            Role::Admin
        );
        assert_eq!(format!("{users:?}"), "Users(2 users, 0 keys)");
    }

    #[test]
    fn a_key_is_known_by_its_sum() {
        let (key, sum) = new_key().unwrap();
        let mut users = Users::default();
        assert!(users.is_empty());
        users.add_key("crm", Role::Supervisor, &sum).unwrap();
        assert_eq!(users.by_key(&key).unwrap().name, "crm");
        assert_eq!(users.by_key("rbk_other"), None);
        for wrong in ["", "12", &"g".repeat(64), &"é".repeat(32)] {
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
