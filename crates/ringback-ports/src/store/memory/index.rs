//! One index of one shard: ids in the order of (score, id).

use std::collections::HashMap;

use crate::store::Entry;

/// A block is split in two when it has grown to this many entries.
const BLOCK: usize = 512;

/// Entries in ordered blocks, none of them empty: to count, only the lengths of whole blocks are added up, and to
/// insert, one block is moved.
#[derive(Default)]
pub(super) struct Index {
    blocks: Vec<Vec<(i64, String)>>,
    scores: HashMap<String, i64>,
}

impl Index {
    pub(super) fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// Lists `id` at `score`, and nowhere else.
    pub(super) fn place(&mut self, id: &str, score: i64) {
        if self.scores.get(id) == Some(&score) {
            return;
        }
        self.remove(id);
        self.scores.insert(id.to_owned(), score);
        let number = self
            .block_of(score, id)
            .min(self.blocks.len().saturating_sub(1));
        if self.blocks.is_empty() {
            self.blocks.push(Vec::new());
        }
        let block = &mut self.blocks[number];
        let place = block.partition_point(|entry| before(entry, score, id));
        block.insert(place, (score, id.to_owned()));
        if block.len() >= BLOCK {
            let rest = block.split_off(BLOCK / 2);
            self.blocks.insert(number + 1, rest);
        }
    }

    /// Takes `id` out, if it is listed.
    pub(super) fn remove(&mut self, id: &str) {
        let Some(score) = self.scores.remove(id) else {
            return;
        };
        let number = self.block_of(score, id);
        let block = &mut self.blocks[number];
        block.remove(block.partition_point(|entry| before(entry, score, id)));
        if block.is_empty() {
            self.blocks.remove(number);
        }
    }

    /// The first `limit` entries with a score of at least `from`.
    pub(super) fn range(&self, from: i64, limit: usize) -> impl Iterator<Item = Entry> {
        let (number, place) = self.find(from);
        let rest = self.blocks.get(number..).unwrap_or_default();
        rest.iter()
            .flatten()
            .skip(place)
            .take(limit)
            .map(|(score, id)| Entry {
                id: id.clone(),
                score: *score,
            })
    }

    /// How many entries have a score in `from..until`.
    pub(super) fn count(&self, from: i64, until: i64) -> u64 {
        let rank = |score| {
            let (number, place) = self.find(score);
            self.blocks[..number].iter().map(Vec::len).sum::<usize>() + place
        };
        rank(until).saturating_sub(rank(from)) as u64
    }

    /// The block and the place in it of the first entry that has at least `score`.
    fn find(&self, score: i64) -> (usize, usize) {
        let number = self.block_of(score, "");
        let place = self.blocks.get(number).map_or(0, |block| {
            block.partition_point(|entry| before(entry, score, ""))
        });
        (number, place)
    }

    /// The first block that ends at or after (`score`, `id`); the number of blocks when there is none.
    fn block_of(&self, score: i64, id: &str) -> usize {
        self.blocks
            .partition_point(|block| block.last().is_some_and(|last| before(last, score, id)))
    }
}

fn before(entry: &(i64, String), score: i64, id: &str) -> bool {
    (entry.0, entry.1.as_str()) < (score, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_a_plain_list() {
        let mut index = Index::default();
        let mut plain = HashMap::new();
        let mut random = 1_u64;
        for _ in 0..20_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let id = format!("id{}", (random >> 33) % 3_000);
            let score = i64::try_from((random >> 20) % 700).unwrap() - 350;
            if random >> 62 == 0 {
                index.remove(&id);
                plain.remove(&id);
            } else {
                index.place(&id, score);
                plain.insert(id, score);
            }
        }
        let mut sorted: Vec<_> = plain.into_iter().map(|(id, score)| (score, id)).collect();
        sorted.sort();
        assert!(sorted.len() > 4 * BLOCK, "several blocks: {}", sorted.len());
        for from in [i64::MIN, -350, -7, 0, 349, 350, i64::MAX] {
            let expected = sorted.iter().filter(|(score, _)| *score >= from).take(900);
            let found: Vec<_> = index
                .range(from, 900)
                .map(|entry| (entry.score, entry.id))
                .collect();
            assert_eq!(found, expected.cloned().collect::<Vec<_>>());
            for until in [i64::MIN, -200, 0, 12, i64::MAX] {
                let expected = sorted
                    .iter()
                    .filter(|(score, _)| (from..until).contains(score));
                assert_eq!(index.count(from, until), expected.count() as u64);
            }
        }
        for (_, id) in &sorted {
            index.remove(id);
        }
        assert!(index.is_empty() && index.blocks.is_empty());
    }
}
