//! Publishes to exchanges of others.
//!
//! The broker closes a channel on which something is published to an exchange that is not there, or that may not be used,
//! and everything under way on it is lost. So these messages have a channel of their own, on which each exchange has its
//! turn: a bad one fails nobody else's.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use lapin::ErrorKind;
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::ShortString;
use tokio::time::Instant;

use super::super::link::{LinkError, Watcher};
use super::super::topology::Names;
use super::carrier::{Carrier, outcomes};
use super::lane::{Waiting, settle};
use super::{Letter, Outcome, unavailable};

/// How long an exchange that was not there is not asked for again: each time costs a channel, and a line in two logs.
const ABSENCE: Duration = Duration::from_secs(2);

/// How many absent exchanges are known at once.
const MAX_ABSENT: usize = 256;

pub(super) struct ForeignLane {
    carrier: Carrier,
    absent: HashMap<ShortString, Instant>,
}

impl ForeignLane {
    pub(super) fn new(link: Watcher, names: &Names) -> Self {
        Self {
            carrier: Carrier::new(link, names.clone()),
            absent: HashMap::new(),
        }
    }

    pub(super) async fn run(mut self, mut waiting: Waiting) {
        while let Some(window) = waiting.window().await {
            let letters: Vec<_> = window.iter().flat_map(|batch| &batch.letters).collect();
            let outcomes = self.carry_all(&letters).await;
            settle(window, outcomes);
        }
    }

    /// One exchange after the other; gives the outcomes in the order of the letters.
    async fn carry_all(&mut self, letters: &[&Letter]) -> Vec<Outcome> {
        let mut by_exchange: BTreeMap<&str, (Vec<usize>, Vec<&Letter>)> = BTreeMap::new();
        for (place, letter) in letters.iter().copied().enumerate() {
            let (places, group) = by_exchange.entry(letter.exchange.as_str()).or_default();
            places.push(place);
            group.push(letter);
        }
        let mut placed = Vec::with_capacity(letters.len());
        let mut link = Ok(());
        for (places, group) in by_exchange.into_values() {
            let outcomes = match &link {
                Ok(()) => self.carry(&group).await,
                // The others would wait in vain, one after the other.
                Err(reason) => Err(LinkError::clone(reason)),
            };
            let outcomes = outcomes.unwrap_or_else(|reason| {
                let failed = group.iter().map(|_| Err(unavailable(reason.clone())));
                let failed = failed.collect();
                link = Err(reason);
                failed
            });
            placed.extend(places.into_iter().zip(outcomes));
        }
        placed.sort_unstable_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// Publishes to one exchange. Fails only when no exchange could be published to now.
    async fn carry(&mut self, group: &[&Letter]) -> Result<Vec<Outcome>, LinkError> {
        let Some(exchange) = group.first().map(|letter| letter.exchange.clone()) else {
            return Ok(Vec::new());
        };
        let unroutable = || {
            group
                .iter()
                .map(|letter| Err(letter.unroutable()))
                .collect()
        };
        let now = Instant::now();
        self.absent.retain(|_, until| now < *until);
        if self.absent.contains_key(&exchange) {
            return Ok(unroutable());
        }
        match self.carrier.carry(group).await {
            Err(reason) if is_absent(&reason) => {
                if self.absent.len() < MAX_ABSENT {
                    self.absent.insert(exchange, now + ABSENCE);
                }
                Ok(unroutable())
            }
            Err(LinkError::Broker(error)) if error.is_amqp_soft_error() => {
                Ok(outcomes(group, Err(LinkError::Broker(error))))
            }
            Err(reason) => Err(reason),
            Ok(fates) => Ok(outcomes(group, Ok(fates))),
        }
    }
}

fn is_absent(reason: &LinkError) -> bool {
    let absent = AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND);
    matches!(
        reason,
        LinkError::Broker(error)
            if matches!(error.kind(), ErrorKind::ProtocolError(told) if *told.kind() == absent)
    )
}
