//! Passwords: hashed, and checked with bounded memory, time and queue.
//!
//! A check takes tens of megabytes and of milliseconds. Anybody can ask for one, so there is memory for a few, which is
//! used again and again, and whoever finds too many waiting before it is told to come again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher, Version};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::users::UserError;

/// How many passwords are checked at a time.
const CHECKS: usize = 2;
/// How many checks wait at the most, and how many of those for one address.
const WAITING: (usize, usize) = (32, 4);
/// The most memory that a hash may ask for, in KiB.
const MOST_MEMORY: u32 = 64 * 1024;
/// How every hash begins.
const PHC: &str = "$argon2";

/// Checks passwords.
#[derive(Clone)]
pub struct Checks(Arc<Inner>);

struct Inner {
    permits: Arc<Semaphore>,
    /// The memory of checks that are not under way.
    spare: Mutex<Vec<Vec<Block>>>,
    /// How many checks wait or are under way, by whom they are for.
    waiting: Mutex<HashMap<Option<IpAddr>, usize>>,
}

/// Too many checks wait.
#[derive(Debug)]
pub struct Busy;

impl Default for Checks {
    fn default() -> Self {
        Self(Arc::new(Inner {
            permits: Arc::new(Semaphore::new(CHECKS)),
            spare: Mutex::default(),
            waiting: Mutex::default(),
        }))
    }
}

impl Checks {
    /// Whether the password is the one that was hashed. What was begun is finished even if nobody waits for it any more,
    /// and counts until then.
    ///
    /// # Errors
    /// When too many wait, in all or from this address.
    pub async fn verify(
        &self,
        hash: &str,
        password: &str,
        from: Option<IpAddr>,
    ) -> Result<bool, Busy> {
        let place = Place::take(self.0.clone(), from).ok_or(Busy)?;
        let permits = self.0.permits.clone();
        let permit = permits.acquire_owned().await.map_err(|_| Busy)?;
        let (hash, password) = (hash.to_owned(), password.to_owned());
        let checked = tokio::task::spawn_blocking(move || {
            let mut memory = place.inner.spare().pop().unwrap_or_default();
            let right = verify_in(&mut memory, &hash, &password).unwrap_or(false);
            place.inner.spare().push(memory);
            drop((permit, place));
            right
        });
        Ok(checked.await.unwrap_or(false))
    }
}

impl Inner {
    fn spare(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Option<IpAddr>, usize>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue, until it is dropped.
struct Place {
    inner: Arc<Inner>,
    from: Option<IpAddr>,
}

impl Place {
    fn take(inner: Arc<Inner>, from: Option<IpAddr>) -> Option<Self> {
        let mut waiting = inner.waiting();
        let all: usize = waiting.values().sum();
        let own = waiting.get(&from).copied().unwrap_or_default();
        if all >= WAITING.0 || own >= WAITING.1 {
            return None;
        }
        waiting.insert(from, own + 1);
        drop(waiting);
        Some(Self { inner, from })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.inner.waiting();
        let left = waiting.get(&self.from).copied().unwrap_or_default();
        if left > 1 {
            waiting.insert(self.from, left - 1);
        } else {
            waiting.remove(&self.from);
        }
    }
}

/// Whether the text is meant to be a hash.
pub fn is_hash(text: &str) -> bool {
    text.starts_with(PHC)
}

/// Whether the text is a hash that can be checked here. `None` when it is no Argon2 PHC string, or asks for too much
/// memory.
pub fn read_hash(text: &str) -> Option<PasswordHash> {
    let hash = PasswordHash::new(text).ok()?;
    let cost = Params::try_from(&hash).ok()?.m_cost();
    let whole = hash.salt.is_some() && hash.hash.is_some();
    (whole && cost <= MOST_MEMORY).then_some(hash)
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

/// Whether the password is the one that was hashed, at once.
pub fn verify_password(hash: &str, password: &str) -> bool {
    verify_in(&mut Vec::new(), hash, password).unwrap_or(false)
}

fn verify_in(memory: &mut Vec<Block>, hash: &str, password: &str) -> Option<bool> {
    let hash = read_hash(hash)?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map(Version::try_from).transpose().ok()?;
    let params = Params::try_from(&hash).ok()?;
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::default());
    }
    let (salt, expected) = (hash.salt?, hash.hash?);
    let mut found = vec![0; expected.len()];
    let argon = Argon2::new(algorithm, version.unwrap_or_default(), params);
    let filled = argon.hash_password_into_with_memory(
        password.as_bytes(),
        salt.as_ref(),
        &mut found,
        memory.as_mut_slice(),
    );
    filled.ok()?;
    Some(found.ct_eq(expected.as_ref()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cheap to check.
    const RIGHT: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$";

    fn cheap(password: &str) -> String {
        let params = Params::new(8, 1, 1, None).unwrap();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon.hash_password(password.as_bytes()).unwrap();
        hash.to_string()
    }

    fn from(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, last]))
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_of_any_cost() {
        let checks = Checks::default();
        for hash in [cheap("right"), hash_password("right").unwrap()] {
            assert!(checks.verify(&hash, "right", None).await.unwrap());
            assert!(!checks.verify(&hash, "wrong", None).await.unwrap());
            assert!(verify_password(&hash, "right"));
        }
        for wrong in [RIGHT, "$argon2id$nonsense", "plain"] {
            assert!(read_hash(wrong).is_none(), "{wrong}");
        }
        let greedy = cheap("right").replace("m=8", "m=4194304");
        assert!(read_hash(&greedy).is_none(), "it asks for 4 GiB");
    }

    /// Wrong passwords with made-up names must not take memory: there is memory for as many as are checked at a time.
    #[tokio::test]
    async fn checks_use_the_same_memory_again() {
        let checks = Checks::default();
        let hash = cheap("right");
        let mut running = Vec::new();
        for last in 0..16 {
            let (checks, hash) = (checks.clone(), hash.clone());
            running.push(tokio::spawn(async move {
                checks.verify(&hash, "wrong", from(last)).await
            }));
        }
        for one in running {
            assert!(!one.await.unwrap().unwrap());
        }
        assert!(checks.0.spare().len() <= CHECKS);
        assert!(checks.0.waiting().is_empty());
    }

    #[tokio::test]
    async fn the_queue_of_checks_is_bounded_for_each_address_and_in_all() {
        let checks = Checks::default();
        let places: Vec<_> = (0..8)
            .flat_map(|last| [last; WAITING.1])
            .map(|last| Place::take(checks.0.clone(), from(last)).unwrap())
            .collect();
        assert_eq!(places.len(), WAITING.0);
        let hash = cheap("right");
        assert!(checks.verify(&hash, "right", from(9)).await.is_err());
        let mut places = places;
        places.pop();
        assert!(checks.verify(&hash, "right", from(0)).await.is_err());
        assert!(checks.verify(&hash, "right", from(9)).await.unwrap());
    }

    /// Whoever hangs up leaves the check behind that it has begun, which counts until it has ended.
    #[tokio::test]
    async fn a_check_that_nobody_waits_for_keeps_its_place() {
        let checks = Checks::default();
        let hash = hash_password("right").unwrap();
        let mut verify = Box::pin(checks.verify(&hash, "right", from(1)));
        assert!(futures_util::poll!(verify.as_mut()).is_pending());
        drop(verify);
        assert_eq!(checks.0.permits.available_permits(), CHECKS - 1);
        while checks.0.permits.available_permits() < CHECKS {
            tokio::task::yield_now().await;
        }
        assert_eq!(checks.0.spare().len(), 1);
    }
}
