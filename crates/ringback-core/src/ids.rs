//! Names of things.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::key::{Key, Kind, Shards};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_type! {
    /// A callback: `<shard>-<uuid>`, the `_id` and `_service_id` of the API.
    CallbackId
}
name_type! {
    /// A configured service, as it stands in the URL of its calls.
    ServiceName
}
name_type! {
    /// An agent.
    AgentId
}
name_type! {
    /// One process of one worker; new at every start.
    WorkerId
}
name_type! {
    /// A subscription to status notifications.
    SubscriptionId
}
name_type! {
    /// Something published to subscriptions: `<shard>-<uuid>`.
    BulletinId
}
name_type! {
    /// An entry of the audit.
    AuditId
}
name_type! {
    /// A lane: `<callback>/0` for the callback's own, `<callback>/<subscription>` for those of subscriptions.
    LaneId
}

/// The uuid namespace of ids derived from idempotency keys.
const IDEMPOTENT: Uuid = Uuid::from_u128(0x6f2b_3c1e_9d47_4b8a_a1c5_52e0_7d94_1b36);

impl CallbackId {
    /// A new id: `uuid` is a fresh uuid v7, `customer` the canonical number, or what else the customer is known by. All
    /// callbacks of a customer are on one shard, so that one commit can count them and add one.
    pub fn fresh(uuid: Uuid, customer: &str, shards: Shards) -> Self {
        Self(format!("{}-{uuid}", shards.of(customer)))
    }

    /// The id that belongs to an idempotency key of a service and a customer (uuid v5): the same key gives the same id.
    pub fn idempotent(
        service: &ServiceName,
        idempotency_key: &str,
        customer: &str,
        shards: Shards,
    ) -> Self {
        let name = format!("{service}\n{customer}\n{idempotency_key}");
        let uuid = Uuid::new_v5(&IDEMPOTENT, name.as_bytes());
        Self::fresh(uuid, customer, shards)
    }

    /// Where its document lies.
    pub fn key(&self) -> Key {
        Key::new(Kind::Callback, self.as_str())
    }
}

impl LaneId {
    /// The lane that each callback with notifications has from the beginning.
    pub fn head(callback: &CallbackId) -> Self {
        Self(format!("{callback}/0"))
    }

    /// The lane of a callback's events to a subscription.
    pub fn of(callback: &CallbackId, subscription: &SubscriptionId) -> Self {
        Self(format!("{callback}/{subscription}"))
    }

    /// The lane of the questions to a callback's customer.
    pub fn push(callback: &CallbackId) -> Self {
        Self::of(callback, &SubscriptionId::push())
    }

    /// Whether it tells the customer's device what is asked.
    pub fn is_push(&self) -> bool {
        self.subscription() == Some(SubscriptionId::push())
    }

    /// The lane of a bulletin to a subscription.
    pub fn of_bulletin(bulletin: &BulletinId, subscription: &SubscriptionId) -> Self {
        Self(format!("{bulletin}/{subscription}"))
    }

    /// The bulletin it tells, if it is no callback's.
    pub fn bulletin(&self) -> BulletinId {
        BulletinId::new(self.callback().as_str())
    }

    /// Whose events it tells.
    pub fn callback(&self) -> CallbackId {
        let callback = self
            .0
            .rsplit_once('/')
            .map_or(self.0.as_str(), |(callback, _)| callback);
        CallbackId::new(callback)
    }

    /// The subscription it tells them to; `None` for the head.
    pub fn subscription(&self) -> Option<SubscriptionId> {
        let (_, name) = self.0.rsplit_once('/')?;
        (name != "0").then(|| SubscriptionId::new(name))
    }

    /// Where its document lies.
    pub fn key(&self) -> Key {
        Key::new(Kind::Lane, self.as_str())
    }
}

impl SubscriptionId {
    /// What stands for the customer's device among those that are told; subscriptions have uuids for names.
    pub fn push() -> Self {
        Self::new("push")
    }
}

impl BulletinId {
    /// A new one: `uuid` is a fresh uuid v7, whose random half also picks the shard.
    pub fn fresh(uuid: Uuid, shards: Shards) -> Self {
        let (_, random) = uuid.as_u64_pair();
        Self(format!("{}-{uuid}", shards.pick(random)))
    }

    /// Where its document lies.
    pub fn key(&self) -> Key {
        Key::new(Kind::Bulletin, self.as_str())
    }
}

impl AuditId {
    /// A new one: `uuid` is a fresh uuid v7, which is turned round, so that of one moment's entries the latest is the first
    /// in the order of ids, too.
    pub fn fresh(uuid: Uuid) -> Self {
        Self(Uuid::from_u128(!uuid.as_u128()).to_string())
    }

    /// Where its document lies.
    pub fn key(&self) -> Key {
        Key::new(Kind::Audit, self.as_str())
    }
}

impl SubscriptionId {
    /// Where its document lies.
    pub fn key(&self) -> Key {
        Key::new(Kind::Setting, format!("subscription/{self}"))
    }
}

impl AgentId {
    /// Where its document lies.
    pub fn key(&self) -> Key {
        Key::new(Kind::Agent, self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_idempotency_key_always_names_the_same_callback() {
        let id = |service: &str, key: &str| {
            CallbackId::idempotent(&ServiceName::new(service), key, "5115", Shards::DEFAULT)
        };
        assert_eq!(id("one", "k"), id("one", "k"));
        assert_ne!(id("one", "k"), id("one", "l"));
        assert_ne!(id("one", "k"), id("other", "k"));
    }

    #[test]
    fn of_one_moment_the_latest_entry_is_first() {
        let ids: Vec<_> = (0..1000)
            .map(|n| AuditId::fresh(Uuid::from_u128(n << 60 | n)))
            .collect();
        assert!(ids.is_sorted_by(|earlier, later| later < earlier));
    }

    #[test]
    fn an_id_names_the_shard_of_its_number() {
        let mut used = BTreeSet::new();
        for n in 0..200_u128 {
            let number = format!("+1650555{n:04}");
            let ids = [n, n + 1].map(|it| {
                CallbackId::fresh(Uuid::from_u128(it << 40 | it), &number, Shards::DEFAULT)
            });
            let [shard, same] = ids
                .each_ref()
                .map(|id| id.key().shard(Shards::DEFAULT).to_string());
            assert_eq!(ids[0].as_str().split_once('-').unwrap().0, shard);
            assert_eq!(shard, same);
            used.insert(shard);
        }
        assert_eq!(used.len(), 16, "numbers spread over the shards");
    }
}
