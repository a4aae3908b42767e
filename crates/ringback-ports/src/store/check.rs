//! What every store refuses, whatever it is made of.

use std::collections::HashSet;

use ringback_core::key::{Shard, Shards};

use super::{Change, Commit, MAX_BODY, MAX_SCORE, Put, StoreError};

impl Commit {
    /// The one shard that this commit changes.
    ///
    /// # Errors
    /// When it is not one commit, or something in it is too large.
    pub fn check(&self, shards: Shards) -> Result<Shard, StoreError> {
        let first = self
            .changes
            .first()
            .ok_or(StoreError::Malformed("it names no change"))?;
        let shard = first.key().shard(shards);
        if self.changes.len() > 1 {
            self.check_keys(shard, shards)?;
        }
        for change in &self.changes {
            if let Change::Put(put) = change {
                put.check()?;
            }
        }
        Ok(shard)
    }

    fn check_keys(&self, shard: Shard, shards: Shards) -> Result<(), StoreError> {
        let mut seen = HashSet::with_capacity(self.changes.len());
        for change in &self.changes {
            if change.key().shard(shards) != shard {
                return Err(StoreError::Malformed("its documents are on several shards"));
            }
            if !seen.insert(change.key()) {
                return Err(StoreError::Malformed("it names one document twice"));
            }
        }
        Ok(())
    }
}

impl Put {
    fn check(&self) -> Result<(), StoreError> {
        let texts = std::iter::once(&self.body).chain(&self.log);
        if let Some(size) = texts.map(Vec::len).find(|size| *size > MAX_BODY) {
            return Err(StoreError::TooLarge {
                key: self.key.clone(),
                size,
            });
        }
        let mut scores = self.indexes.iter().filter_map(|(_, score)| *score);
        if scores.any(|score| score.unsigned_abs() > MAX_SCORE.unsigned_abs()) {
            return Err(StoreError::Malformed("a score is beyond 2^53"));
        }
        Ok(())
    }
}
