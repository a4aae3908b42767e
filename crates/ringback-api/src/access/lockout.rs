//! Against guessing: who fails too often has to wait.
//!
//! Failures are counted for a name from one address, so that nobody can lock somebody else out, and for all names from
//! one address, so that nobody guesses many names, or floods what is remembered, faster than that. Where there is no more
//! room the least is forgotten: few failures before many, then old ones before new ones.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After so long without a failure it is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(900);

/// How often somebody may fail.
#[derive(Clone, Copy)]
struct Limit {
    /// How often before the first wait, which is a second.
    free: u32,
    /// The longest wait; it doubles with each failure.
    longest: Duration,
    /// How many are remembered.
    known: usize,
}

const OF_NAME: Limit = Limit {
    free: 5,
    longest: Duration::from_secs(300),
    known: 10_000,
};

/// Shorter: other people may call from there.
const OF_ADDRESS: Limit = Limit {
    free: 30,
    longest: Duration::from_secs(10),
    known: 10_000,
};

/// Whom failures are counted for: a name, from one address.
pub(super) type Guesser = (String, Option<IpAddr>);

/// The network that somebody calls from: whoever has an IPv6 address has the whole of its /64.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = address.to_bits() & (u128::MAX << 64);
            Ipv6Addr::from_bits(prefix).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Who has failed how often.
#[derive(Default)]
pub(super) struct Lockout(Mutex<Known>);

#[derive(Default)]
struct Known {
    names: HashMap<Guesser, Failures>,
    addresses: HashMap<IpAddr, Failures>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// When the next try is allowed.
    fn until(self, limit: Limit) -> Instant {
        let Some(beyond) = self.count.checked_sub(limit.free) else {
            return self.last;
        };
        let wait = Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(beyond));
        self.last + wait.min(limit.longest)
    }
}

fn count<K: Hash + Eq + Clone>(
    known: &mut HashMap<K, Failures>,
    who: K,
    limit: Limit,
    now: Instant,
) {
    let is_over = |failures: &Failures| now.saturating_duration_since(failures.last) >= FORGOTTEN;
    if known.len() >= limit.known && !known.contains_key(&who) {
        known.retain(|_, failures| !is_over(failures));
        if known.len() >= limit.known {
            let least = known.iter().min_by_key(|(_, it)| (it.count, it.last));
            if let Some(least) = least.map(|(who, _)| who.clone()) {
                known.remove(&least);
            }
        }
    }
    let none = Failures {
        count: 0,
        last: now,
    };
    let failures = known.entry(who).or_insert(none);
    if is_over(failures) {
        *failures = none;
    }
    failures.count = failures.count.saturating_add(1);
    failures.last = now;
}

impl Lockout {
    /// How long somebody has to wait.
    pub fn wait(&self, guesser: &Guesser, now: Instant) -> Option<Duration> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = known.names.get(guesser).map(|it| it.until(OF_NAME));
        let address = guesser.1.and_then(|from| known.addresses.get(&from));
        let until = name.max(address.map(|it| it.until(OF_ADDRESS)))?;
        (until > now).then(|| until - now)
    }

    /// Somebody has failed.
    pub fn failed(&self, guesser: Guesser, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(from) = guesser.1 {
            count(&mut known.addresses, from, OF_ADDRESS, now);
        }
        count(&mut known.names, guesser, OF_NAME, now);
    }

    /// Somebody has shown who it is.
    pub fn succeeded(&self, guesser: &Guesser) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.names.remove(guesser);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(name: &str, address: &str) -> Guesser {
        (name.to_owned(), Some(address.parse().unwrap()))
    }

    #[test]
    fn waits_grow_and_are_forgotten() {
        let (lockout, begun) = (Lockout::default(), Instant::now());
        let guesser = ("ivr".to_owned(), None);
        for _ in 1..OF_NAME.free {
            lockout.failed(guesser.clone(), begun);
            assert_eq!(lockout.wait(&guesser, begun), None);
        }
        for seconds in [1, 2, 4, 8] {
            lockout.failed(guesser.clone(), begun);
            let wait = Duration::from_secs(seconds);
            assert_eq!(lockout.wait(&guesser, begun), Some(wait));
            assert_eq!(lockout.wait(&guesser, begun + wait), None);
        }
        let other = by("ivr", "10.0.0.1");
        let none = lockout.wait(&other, begun);
        assert_eq!(none, None, "another address is another guesser");
        for _ in 0..40 {
            lockout.failed(guesser.clone(), begun);
        }
        assert_eq!(lockout.wait(&guesser, begun), Some(OF_NAME.longest));
        lockout.failed(guesser.clone(), begun + FORGOTTEN);
        assert_eq!(lockout.wait(&guesser, begun + FORGOTTEN), None);
        lockout.succeeded(&guesser);
        assert_eq!(lockout.0.lock().unwrap().names.len(), 0);
    }

    #[test]
    fn made_up_names_of_one_address_are_counted_together() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for made_up in 0..OF_ADDRESS.free {
            let guesser = by(&made_up.to_string(), "10.0.0.1");
            assert_eq!(lockout.wait(&guesser, now), None);
            lockout.failed(guesser, now);
        }
        assert!(lockout.wait(&by("another", "10.0.0.1"), now).is_some());
        assert_eq!(lockout.wait(&by("another", "10.0.0.2"), now), None);
        for _ in 0..40 {
            lockout.failed(by("another", "10.0.0.1"), now);
        }
        let wait = lockout.wait(&by("real", "10.0.0.1"), now);
        assert_eq!(wait, Some(OF_ADDRESS.longest));
    }

    #[test]
    fn a_lock_out_is_not_flooded_off() {
        let (lockout, begun) = (Lockout::default(), Instant::now());
        let guesser = by("ivr", "10.0.0.1");
        for _ in 0..OF_NAME.free + 3 {
            lockout.failed(guesser.clone(), begun);
        }
        for made_up in 0..u32::try_from(OF_NAME.known).unwrap() + 10 {
            let from = IpAddr::from(made_up.to_be_bytes());
            let now = begun + Duration::from_millis(u64::from(made_up) / 100);
            lockout.failed((made_up.to_string(), Some(from)), now);
        }
        let known = lockout.0.lock().unwrap();
        assert_eq!(known.names.len(), OF_NAME.known);
        assert_eq!(known.addresses.len(), OF_ADDRESS.known);
        assert!(known.names.contains_key(&guesser));
        // And what is new is counted as well.
        let last = u32::try_from(OF_NAME.known).unwrap() + 9;
        let last = (last.to_string(), Some(IpAddr::from(last.to_be_bytes())));
        assert!(known.names.contains_key(&last));
    }

    #[test]
    fn an_ipv6_network_is_one_guesser() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(network("10.0.0.1"), "10.0.0.1");
    }
}
