//! The names of keys. All keys of one shard have its number as their hash tag, so a cluster keeps them together.

use ringback_core::key::{IndexName, Key, Shard, Shards};

pub(super) struct Names {
    /// What the keys of each shard begin with.
    rooms: Vec<String>,
}

impl Names {
    pub(super) fn new(prefix: &str, shards: Shards) -> Self {
        Self {
            rooms: shards
                .all()
                .map(|shard| format!("{prefix}:{{{shard}}}:"))
                .collect(),
        }
    }

    /// Where the number of shards is written down, on the first one.
    pub(super) fn shards(&self, first: Shard) -> String {
        self.join(first, &["shards"])
    }

    pub(super) fn alarms(&self, shard: Shard) -> String {
        self.join(shard, &["a"])
    }

    /// How often documents were claimed since they were changed.
    pub(super) fn claims(&self, shard: Shard) -> String {
        self.join(shard, &["c"])
    }

    /// What is written so that something is.
    pub(super) fn mark(&self, shard: Shard) -> String {
        self.join(shard, &["w"])
    }

    pub(super) fn document(&self, shard: Shard, key: &Key) -> String {
        self.join(shard, &["d:", key.kind().code(), ":", key.id()])
    }

    pub(super) fn index(&self, shard: Shard, index: &IndexName) -> String {
        self.join(shard, &["i:", index.as_str()])
    }

    fn join(&self, shard: Shard, parts: &[&str]) -> String {
        let room = &self.rooms[shard.index()];
        let mut name =
            String::with_capacity(room.len() + parts.iter().map(|part| part.len()).sum::<usize>());
        name.push_str(room);
        for part in parts {
            name.push_str(part);
        }
        name
    }
}
