//! Names of documents, of indexes, and the shard a document lives on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A callback and its event log.
    Callback,
    /// The notifications of one callback to one target.
    Lane,
    /// Something published to subscriptions.
    Bulletin,
    /// An agent.
    Agent,
    /// An entry of the audit.
    Audit,
    /// What a switch last reported of a virtual queue.
    Live,
    /// Facts about the installation itself.
    House,
    /// What people have set: event lists, subscriptions. All on one shard, so that one commit can change a setting and
    /// the document that counts the changes.
    Setting,
    /// A time slot: who has its places.
    Slot,
    /// The room of a callback that is a chat, and what is written there.
    Room,
    /// Somebody who has logged in with a browser.
    Session,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::Callback,
        Self::Lane,
        Self::Bulletin,
        Self::Agent,
        Self::Audit,
        Self::Live,
        Self::House,
        Self::Setting,
        Self::Slot,
        Self::Room,
        Self::Session,
    ];

    /// The short name used in keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Callback => "cb",
            Self::Lane => "ln",
            Self::Bulletin => "bu",
            Self::Agent => "ag",
            Self::Audit => "au",
            Self::Live => "lv",
            Self::House => "hs",
            Self::Setting => "st",
            Self::Slot => "sl",
            Self::Room => "ro",
            Self::Session => "se",
        }
    }
}

/// The name of one document; written `kind:id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    kind: Kind,
    id: String,
}

impl Key {
    /// The document `id` of its kind.
    pub fn new(kind: Kind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
        }
    }

    /// What the document is about.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its name among its kind.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The shard this document lives on. Callbacks, their lanes and rooms carry it in their id (`<shard>-…`), so
    /// that one commit can cover them; other kinds are spread by FNV-1a of the id, which is stable over releases.
    pub fn shard(&self, shards: Shards) -> Shard {
        let carried = || self.id.split_once('-')?.0.parse::<u16>().ok();
        let number = match self.kind {
            Kind::Callback | Kind::Lane | Kind::Bulletin | Kind::Room => carried(),
            Kind::Setting => Some(fold(fnv1a("setting"))),
            Kind::Agent | Kind::Audit | Kind::Live | Kind::House | Kind::Slot | Kind::Session => {
                None
            }
        };
        number.map_or_else(|| shards.of(&self.id), |number| Shard(number % shards.0))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.code(), self.id)
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let unknown = || KeyError(text.chars().take(80).collect());
        let (code, id) = text.split_once(':').ok_or_else(unknown)?;
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.code() == code)
            .ok_or_else(unknown)?;
        Ok(Self::new(kind, id))
    }
}

/// The text names no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' names no document: write kind:id")]
pub struct KeyError(String);

impl Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// How many shards an installation has: fixed at its first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shards(u16);

impl Shards {
    /// What a new installation gets.
    pub const DEFAULT: Self = Self(16);

    /// `count` shards; at least one, at most 1024.
    pub const fn new(count: u16) -> Option<Self> {
        match count {
            1..=1024 => Some(Self(count)),
            _ => None,
        }
    }

    /// The number of shards.
    pub const fn count(self) -> u16 {
        self.0
    }

    /// Every shard, in order.
    pub fn all(self) -> impl Iterator<Item = Shard> {
        (0..self.0).map(Shard)
    }

    /// The shard of a name, by FNV-1a.
    pub fn of(self, name: &str) -> Shard {
        Shard(fold(fnv1a(name)) % self.0)
    }

    /// The shard that `random` falls on.
    pub fn pick(self, random: u64) -> Shard {
        Shard(fold(random) % self.0)
    }
}

/// The number of one shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard(u16);

impl Shard {
    /// Its place among the shards, from 0.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Two digits or more, as in the ids of callbacks.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

/// The name of an ordered set of document ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexName(String);

impl IndexName {
    /// The index `what` of `whom`, e.g. the `ready` agents of a group.
    pub fn new(what: &str, whom: &str) -> Self {
        Self(format!("{what}:{whom}"))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The shard that all it lists lives on, when that is one: nobody else has to be asked for it.
    pub fn home(&self, shards: Shards) -> Option<Shard> {
        let (what, _) = self.0.split_once(':')?;
        (what == SETTINGS).then(|| Key::new(Kind::Setting, "").shard(shards))
    }
}

/// What the indexes of settings begin with.
pub const SETTINGS: &str = "setting";

fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn fold(hash: u64) -> u16 {
    let [a, b, c, d, e, f, g, h] = hash.to_le_bytes();
    u16::from_le_bytes([a ^ c ^ e ^ g, b ^ d ^ f ^ h])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_lives_with_its_callback() {
        let callback = Key::new(Kind::Callback, "07-20e740d3-8458-43d6-834d-3713c3385bac");
        let lane = Key::new(Kind::Lane, format!("{}/0", callback.id()));
        assert_eq!(callback.shard(Shards::DEFAULT).to_string(), "07");
        assert_eq!(lane.shard(Shards::DEFAULT), callback.shard(Shards::DEFAULT));
    }

    #[test]
    fn keys_read_back() {
        for text in [
            "cb:07-x",
            "ag:KSippola",
            "ln:07-x/0",
            "ag:with:colon",
            "sl:desk/1795176000",
        ] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        assert!("nobody".parse::<Key>().is_err());
        assert!(
            "xx:1"
                .parse::<Key>()
                .unwrap_err()
                .to_string()
                .contains("'xx:1'")
        );
    }

    #[test]
    fn settings_and_their_indexes_are_at_one_place() {
        for shards in [Shards::DEFAULT, Shards::new(3).unwrap()] {
            let home = IndexName::new(SETTINGS, "service").home(shards);
            for id in ["count", "service/now", "pause/x"] {
                assert_eq!(home, Some(Key::new(Kind::Setting, id).shard(shards)));
            }
            for index in [
                IndexName::new("ready", "x"),
                IndexName::new("agents", "all"),
            ] {
                assert_eq!(index.home(shards), None);
            }
        }
    }

    #[test]
    fn agents_spread_over_the_shards() {
        let used: std::collections::BTreeSet<_> = (0..200)
            .map(|n| Key::new(Kind::Agent, format!("agent{n}")).shard(Shards::DEFAULT))
            .collect();
        assert_eq!(used.len(), 16);
    }
}
