//! Where a callback waits and goes out.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::priority::Rank;
use crate::service::Options;
use crate::service::options::ListedTarget;
use crate::target::Target;
use crate::time::Timestamp;

/// Where a callback waits and goes out; fixed when it is accepted, so that its index entries can always be found again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// `_urs_virtual_queue`.
    #[serde(rename = "vq", default, skip_serializing_if = "String::is_empty")]
    pub virtual_queue: String,
    /// `_vq_for_outbound_calls`.
    #[serde(rename = "ovq", default, skip_serializing_if = "String::is_empty")]
    pub outbound_queue: String,
    /// The pool of agents it is for; of a list, the first.
    #[serde(rename = "pool")]
    pub pool: String,
    /// Every pool of a list with more than one, in its order.
    #[serde(rename = "pools", default, skip_serializing_if = "Vec::is_empty")]
    list: Vec<ListedPool>,
    /// The trunk group.
    #[serde(rename = "trk")]
    pub trunk: String,
    /// Whether the agent is found before the customer is dialed.
    #[serde(rename = "wfa", default, skip_serializing_if = "std::ops::Not::not")]
    pub wait_for_agent: bool,
    /// Its priority, and how that grows.
    #[serde(default, skip_serializing_if = "Rank::is_plain")]
    pub rank: Rank,
}

/// One of several pools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ListedPool {
    #[serde(rename = "p")]
    pool: String,
    /// Seconds until the next one is open as well.
    #[serde(rename = "t")]
    timeout: u32,
    /// Whether this one is closed then.
    #[serde(rename = "c", default, skip_serializing_if = "std::ops::Not::not")]
    clear: bool,
}

impl Route {
    /// As the options have it.
    pub fn of(options: &Options) -> Self {
        let several = |list: &&Vec<ListedTarget>| list.len() > 1;
        let list = Some(&options.queueing.targets).filter(several);
        Self {
            virtual_queue: options.virtual_queue.clone(),
            outbound_queue: options.outbound_queue.clone(),
            pool: options
                .target
                .as_ref()
                .map(Target::pool)
                .unwrap_or_default(),
            list: list.into_iter().flatten().map(ListedPool::of).collect(),
            trunk: options.dialing.trunk.clone(),
            wait_for_agent: options.wait_for_agent,
            rank: Rank::of(&options.queueing.aging),
        }
    }

    /// The pools that are open when so many after the first have opened, each once.
    pub fn pools(&self, widened: u32) -> Vec<&str> {
        if self.list.is_empty() {
            return vec![&self.pool];
        }
        let opened = usize::try_from(widened).unwrap_or(usize::MAX);
        let last = opened.min(self.list.len() - 1);
        let listed = self.list.iter().enumerate().take(last + 1);
        let mut open: Vec<&str> = Vec::new();
        for (place, listed) in listed {
            let is_closed = listed.clear && place < last;
            if !is_closed && !open.contains(&listed.pool.as_str()) {
                open.push(&listed.pool);
            }
        }
        open
    }

    /// How many pools after the first are open to somebody who is in the queue since then.
    pub fn widened_by(&self, since: Timestamp, now: Timestamp) -> u32 {
        let further = 0..self.further();
        let opened = further.take_while(|place| self.opens(*place, since) <= now);
        u32::try_from(opened.count()).unwrap_or(u32::MAX)
    }

    /// When the next pool opens to somebody who is in the queue since then.
    pub fn widens_at(&self, since: Timestamp, widened: u32) -> Option<Timestamp> {
        let place = usize::try_from(widened).unwrap_or(usize::MAX);
        (place < self.further()).then(|| self.opens(place, since))
    }

    fn further(&self) -> usize {
        self.list.len().saturating_sub(1)
    }

    /// When the one after `place` does.
    fn opens(&self, place: usize, since: Timestamp) -> Timestamp {
        let before = self.list.iter().take(place.saturating_add(1));
        let seconds = before.map(|listed| u64::from(listed.timeout)).sum();
        since + Duration::from_secs(seconds)
    }
}

impl ListedPool {
    fn of(listed: &ListedTarget) -> Self {
        Self {
            pool: listed.target.pool(),
            timeout: listed.timeout,
            clear: listed.clear,
        }
    }
}
