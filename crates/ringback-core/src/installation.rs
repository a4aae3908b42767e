//! Marks of an installation: one document on each shard that is there for as long as the shard's data is.
//!
//! A store that comes back empty answers like one that was always empty. Its marks tell them apart: a mark that a process
//! knew and that is gone, or is another one, means that what was on the shard is lost.

use serde::{Deserialize, Serialize};

use crate::key::{Key, Kind, Shard, Shards};
use crate::time::Timestamp;

/// The mark of one shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Names the data of the shard: no two marks have the same.
    pub id: String,
    /// When it was set, in ms.
    pub made: Timestamp,
    /// When it was noticed that what had been on the shard before was gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Timestamp>,
}

/// Where the mark of a shard lies: the first name that falls on it.
pub fn mark_key(shard: Shard, shards: Shards) -> Key {
    let names = (0_u32..).map(|number| Key::new(Kind::House, format!("mark/{number}")));
    let mut on_it = names.filter(|key| key.shard(shards) == shard);
    on_it
        .next()
        .unwrap_or_else(|| Key::new(Kind::House, "mark"))
}

/// The marks that a process knows, by shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Vec<Option<Mark>>);

/// What is found in place of the marks that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The shards whose mark is gone, and nobody has set another: what was there is lost, and not yet made good.
    pub gone: Vec<usize>,
    /// The shards whose mark is another one: what was there is lost, and somebody has noticed it.
    pub replaced: Vec<usize>,
}

impl Marks {
    /// Compares what is found, by shard, with what is known; `Err` for a shard that does not answer, which tells nothing.
    /// Marks that are seen for the first time are known from now on, and so are those in place of others.
    pub fn see<E>(&mut self, found: &[Result<Option<Mark>, E>]) -> Seen {
        let mut seen = Seen::default();
        self.0.resize(found.len().max(self.0.len()), None);
        for (shard, (known, found)) in self.0.iter_mut().zip(found).enumerate() {
            let Ok(found) = found else { continue };
            match (known.as_ref(), found) {
                (Some(_), None) => seen.gone.push(shard),
                (Some(was), Some(is)) if was.id != is.id => seen.replaced.push(shard),
                (None, _) | (Some(_), Some(_)) => {}
            }
            if found.is_some() {
                known.clone_from(found);
            }
        }
        seen
    }

    /// Whether no shard is known to have a mark: nothing of this installation was ever seen.
    pub fn is_new(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: &str) -> Result<Option<Mark>, ()> {
        Ok(Some(Mark {
            id: id.to_owned(),
            made: Timestamp::from_millis(0),
            lost: None,
        }))
    }

    fn seen(gone: &[usize], replaced: &[usize]) -> Seen {
        Seen {
            gone: gone.to_vec(),
            replaced: replaced.to_vec(),
        }
    }

    #[test]
    fn each_shard_has_a_mark_of_its_own() {
        for shards in [
            Shards::DEFAULT,
            Shards::new(1).unwrap(),
            Shards::new(1024).unwrap(),
        ] {
            for shard in shards.all() {
                assert_eq!(mark_key(shard, shards).shard(shards), shard);
            }
        }
    }

    #[test]
    fn a_mark_that_is_gone_or_another_one_is_noticed() {
        let mut marks = Marks::default();
        for (found, expected) in [
            ([Ok(None), Ok(None)], seen(&[], &[])),
            ([mark("a"), Err(())], seen(&[], &[])),
            ([mark("a"), mark("b")], seen(&[], &[])),
            ([Err(()), Err(())], seen(&[], &[])),
            ([mark("a"), Ok(None)], seen(&[1], &[])),
            ([Ok(None), Ok(None)], seen(&[0, 1], &[])),
            ([mark("c"), Ok(None)], seen(&[1], &[0])),
            ([mark("c"), mark("d")], seen(&[], &[1])),
            ([mark("c"), mark("d")], seen(&[], &[])),
        ] {
            assert_eq!(marks.see(&found), expected, "{found:?}");
        }
        assert!(!marks.is_new());
    }
}
