//! Several Asterisks that lead to the same customers and agents: calls go to those that are there, in turn.
//!
//! A call stays where it was begun. Which of them knows a call that was begun by another dialer is found by asking them all.
//! While one is away that might know it, nothing is known; one that is away for longer than [`AWAY`] has lost its calls.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::select_all;
use ringback_core::call::{CallCommand, CallId, CallStatus, Report};
use ringback_core::trunk::TrunkLimits;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::time::Instant;

use super::address::SCHEME;
use super::{AsteriskClient, ConnectError, Lost, unavailable};

/// How long the calls of an Asterisk that is away are waited for.
const AWAY: Duration = Duration::from_secs(30);
/// How many there may be.
const MOST: usize = 16;

/// One dialer's access to all of them. Clones are the same dialer.
#[derive(Clone)]
pub struct AsteriskHosts {
    shared: Arc<Shared>,
}

struct Shared {
    hosts: Vec<Host>,
    /// Where the calls of this dialer are.
    calls: Mutex<HashMap<CallId, usize>>,
    next: AtomicUsize,
}

struct Host {
    client: AsteriskClient,
    /// Since when it was found to be away.
    away: Mutex<Option<Instant>>,
}

impl Host {
    fn is_ready(&self) -> bool {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ready = self.client.is_ready();
        if is_ready {
            *away = None;
        } else {
            away.get_or_insert_with(Instant::now);
        }
        is_ready
    }

    fn has_lost_its_calls(&self) -> bool {
        let away = *self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.is_some_and(|since| since.elapsed() > AWAY)
    }
}

impl AsteriskHosts {
    /// Connects to `ari+http://user:password@host:port,host:port/app`. One that is away is connected when it is there.
    ///
    /// # Errors
    /// When the address cannot be read, or none of them can be used now.
    pub async fn connect(address: &str) -> Result<Self, ConnectError> {
        let (mut hosts, mut errors, mut later) = (Vec::new(), Vec::new(), Vec::new());
        for address in apart(address) {
            match AsteriskClient::connect(&address).await {
                Ok(client) => hosts.push(client),
                Err(error @ ConnectError::Address(_)) => return Err(error),
                Err(error) => {
                    errors.push(error);
                    later.push(address);
                }
            }
        }
        if hosts.is_empty() {
            return Err(errors.swap_remove(0));
        }
        for (address, error) in later.iter().zip(errors) {
            tracing::warn!(%error, "calls go over the others until it is there");
            hosts.push(AsteriskClient::later(address)?);
        }
        let host = |client| Host {
            client,
            away: Mutex::default(),
        };
        Ok(Self {
            shared: Arc::new(Shared {
                hosts: hosts.into_iter().map(host).collect(),
                calls: Mutex::default(),
                next: AtomicUsize::new(0),
            }),
        })
    }

    /// What is missing for calls over these trunk groups, one line each.
    ///
    /// # Errors
    /// When one of them is away or refuses the account.
    pub async fn missing(&self, trunks: &[String]) -> Result<Vec<String>, String> {
        let mut missing = Vec::new();
        for Host { client, .. } in &self.shared.hosts {
            let place = client.place();
            let found = client.missing(trunks).await;
            let found = found.map_err(|error| format!("the Asterisk at {place}: {error}"))?;
            missing.extend(found.into_iter().map(|it| format!("{place}: {it}")));
        }
        Ok(missing)
    }
}

impl Shared {
    /// The next one that is there.
    fn choose(&self) -> Option<usize> {
        let (first, count) = (self.next.fetch_add(1, Ordering::Relaxed), self.hosts.len());
        let mut turn = (0..count).map(|nth| first.wrapping_add(nth) % count);
        turn.find(|nth| self.hosts.get(*nth).is_some_and(Host::is_ready))
    }

    /// Asks them all.
    async fn locate(&self, call: &CallId) -> Result<CallStatus, PhoneError> {
        let mut may_be_known = false;
        for (nth, host) in self.hosts.iter().enumerate() {
            if !host.is_ready() {
                may_be_known |= !host.has_lost_its_calls();
                continue;
            }
            let status = host.client.inspect(call).await?;
            if status != CallStatus::Unknown {
                self.lock().insert(call.clone(), nth);
                return Ok(status);
            }
        }
        if may_be_known {
            return Err(unavailable(Lost));
        }
        Ok(CallStatus::Unknown)
    }

    /// Where a call is, if this dialer knows.
    fn host_of(&self, call: &CallId) -> Option<&Host> {
        let nth = self.lock().get(call).copied();
        nth.and_then(|nth| self.hosts.get(nth))
    }

    fn heard(&self, nth: usize, event: &PhoneEvent) {
        let mut calls = self.lock();
        match event {
            // What became of it is asked of all of them, should anybody want to know.
            PhoneEvent::Call {
                call,
                report: Report::Failed { .. } | Report::HungUp { .. },
            } => drop(calls.remove(call)),
            PhoneEvent::Call { call, .. } | PhoneEvent::Arrived { call, .. } => {
                calls.insert(call.clone(), nth);
            }
            PhoneEvent::Gap => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CallId, usize>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telephony for AsteriskHosts {
    async fn send(&self, call: &CallId, command: CallCommand) -> Result<(), PhoneError> {
        let rings = matches!(command, CallCommand::Dial(_) | CallCommand::Summon { .. });
        if self.shared.host_of(call).is_none() {
            if rings {
                let chosen = self.shared.choose().ok_or_else(|| unavailable(Lost))?;
                self.shared.lock().insert(call.clone(), chosen);
            } else if self.shared.locate(call).await? == CallStatus::Unknown
                && command != CallCommand::HangUp
            {
                return Err(PhoneError::Refused(
                    "no Asterisk knows this call".to_owned(),
                ));
            }
        }
        match self.shared.host_of(call) {
            Some(host) => host.client.send(call, command).await,
            // Nobody knows it, and with the question its id was closed.
            None => Ok(()),
        }
    }

    async fn inspect(&self, call: &CallId) -> Result<CallStatus, PhoneError> {
        let Some(host) = self.shared.host_of(call) else {
            return self.shared.locate(call).await;
        };
        if !host.is_ready() && host.has_lost_its_calls() {
            return Ok(CallStatus::Unknown);
        }
        host.client.inspect(call).await
    }

    async fn next_event(&self) -> PhoneEvent {
        let hosts = self.shared.hosts.iter().enumerate();
        let next = |(nth, host): (usize, &Host)| {
            let client = host.client.clone();
            Box::pin(async move { (nth, client.next_event().await) })
        };
        let ((nth, event), ..) = select_all(hosts.map(next)).await;
        self.shared.heard(nth, &event);
        event
    }

    fn is_ready(&self) -> bool {
        self.shared.hosts.iter().any(Host::is_ready)
    }

    fn trunk_limits(&self) -> TrunkLimits {
        let first = self.shared.hosts.first();
        first
            .map(|host| host.client.trunk_limits())
            .unwrap_or_default()
    }
}

impl fmt::Debug for AsteriskHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsteriskHosts").finish_non_exhaustive()
    }
}

/// The address of each; what cannot be taken apart is left to be refused as a whole.
fn apart(address: &str) -> Vec<String> {
    let parts = || {
        let rest = address.strip_prefix(SCHEME)?;
        let (authority, path) = rest.split_once('/')?;
        let (account, hosts) = authority.rsplit_once('@')?;
        let each = |host| format!("{SCHEME}{account}@{host}/{path}");
        let apart: Vec<_> = hosts.split(',').map(each).collect();
        (apart.len() <= MOST).then_some(apart)
    };
    parts().unwrap_or_else(|| vec![address.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_several_is_taken_apart() {
        let each = |place: &str| format!("ari+http://u:p@{place}/app?customer=PJSIP/{{number}}@x");
        assert_eq!(
            apart(&each("one:8088,two:8089")),
            [each("one:8088"), each("two:8089")]
        );
        assert_eq!(apart(&each("one")), [each("one")]);
        for whole in ["ari+http://one,two/app", "sim:", "ari+http://u:p@one,two"] {
            assert_eq!(apart(whole), [whole]);
        }
        let many = each(&["one"; MOST + 1].join(","));
        assert_eq!(apart(&many), [many]);
    }
}
