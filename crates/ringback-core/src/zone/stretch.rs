//! Stretches of time without a change of the clock.

use std::ops::Range;

use super::Wall;
use crate::time::Timestamp;

/// A stretch of one offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// What the wall clock shows more than UTC, in milliseconds.
    pub offset: i64,
}

/// Stretches one after the other, without gaps, each of another offset than its neighbours.
#[derive(Clone, Debug)]
pub struct Stretches(Vec<Stretch>);

impl Stretches {
    /// From one instant to another, with every `change` of the offset after the first in order.
    pub fn new(
        from: Timestamp,
        until: Timestamp,
        offset: i64,
        changes: impl Iterator<Item = (Timestamp, i64)>,
    ) -> Self {
        let mut stretches = Vec::new();
        let mut current = Stretch {
            start: from,
            end: until,
            offset,
        };
        for (at, offset) in changes.take_while(|(at, _)| *at < until) {
            if offset == current.offset {
                continue;
            }
            stretches.push(Stretch { end: at, ..current });
            current = Stretch {
                start: at,
                end: until,
                offset,
            };
        }
        if current.start < current.end {
            stretches.push(current);
        }
        Self(stretches)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Stretch> {
        self.0.iter()
    }

    /// The first instant at which the clock shows `wall` or has gone past it.
    pub fn first(&self, wall: Wall) -> Option<Timestamp> {
        let stretch = self.0.iter().find(|stretch| stretch.wall_end() > wall)?;
        Some(stretch.when(wall).max(stretch.start))
    }

    /// The instants from the first to the last at which the clock shows a time of this span.
    pub fn span(&self, from: Wall, until: Wall) -> Option<Range<Timestamp>> {
        let start = self.first(from)?;
        let last = self.0.iter().rfind(|s| s.wall_start() < until)?;
        let end = last.when(until).min(last.end);
        (start < end).then_some(start..end)
    }
}

impl IntoIterator for Stretches {
    type Item = Stretch;
    type IntoIter = std::vec::IntoIter<Stretch>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Stretch {
    /// What the clock shows at its start.
    pub const fn wall_start(&self) -> Wall {
        Wall(self.start.as_millis().saturating_add(self.offset))
    }

    /// What the clock would show at its end, if it did not change then.
    pub const fn wall_end(&self) -> Wall {
        Wall(self.end.as_millis().saturating_add(self.offset))
    }

    /// When the clock would show that, if it always had this offset.
    pub const fn when(&self, wall: Wall) -> Timestamp {
        Timestamp::from_millis(wall.0.saturating_sub(self.offset))
    }
}
