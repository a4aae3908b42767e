//! The lines of a body that arrives in pieces.

use std::collections::VecDeque;

/// The longest line, in bytes.
pub const MAX_LINE: usize = ringback_core::untrusted::MAX_BYTES;

/// A line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// Its bytes; `None` when it is too long.
    pub bytes: Option<Vec<u8>>,
}

/// Cuts a body into lines. What it keeps is bounded by a piece and a line.
#[derive(Default)]
pub struct Lines {
    ready: VecDeque<Line>,
    begun: Vec<u8>,
    too_long: bool,
    cut: u64,
}

impl Lines {
    /// A piece has come.
    pub fn push(&mut self, piece: &[u8]) {
        let mut parts = piece.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            self.append(part);
            if parts.peek().is_some() {
                self.cut();
            }
        }
    }

    /// No more will come.
    pub fn finish(&mut self) {
        if !self.begun.is_empty() || self.too_long {
            self.cut();
        }
    }

    /// The next whole line.
    pub fn next(&mut self) -> Option<Line> {
        self.ready.pop_front()
    }

    fn append(&mut self, part: &[u8]) {
        self.too_long |= self.begun.len() + part.len() > MAX_LINE;
        if self.too_long {
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(part);
        }
    }

    fn cut(&mut self) {
        self.cut += 1;
        let mut bytes = std::mem::take(&mut self.begun);
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let too_long = std::mem::take(&mut self.too_long);
        self.ready.push_back(Line {
            number: self.cut,
            bytes: (!too_long).then_some(bytes),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: &[&[u8]]) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut lines = Lines::default();
        for piece in pieces {
            lines.push(piece);
        }
        lines.finish();
        std::iter::from_fn(|| lines.next())
            .map(|line| (line.number, line.bytes))
            .collect()
    }

    #[test]
    fn pieces_do_not_matter() {
        let body = b"one\r\ntwo\n\nfour \"x\ny\"\nlast";
        let whole = cut(&[body]);
        assert_eq!(whole.len(), 6);
        assert_eq!(whole[0], (1, Some(b"one".to_vec())));
        assert_eq!(whole[2], (3, Some(Vec::new())));
        assert_eq!(whole[5], (6, Some(b"last".to_vec())));
        for size in 1..body.len() {
            let pieces: Vec<_> = body.chunks(size).collect();
            assert_eq!(cut(&pieces), whole, "pieces of {size}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out_and_counted() {
        let (most, more) = (vec![b'x'; MAX_LINE], vec![b'x'; MAX_LINE + 1]);
        let found = cut(&[&most, b"\n", &more, b"\nnext\n"]);
        assert_eq!(
            found,
            [(1, Some(most)), (2, None), (3, Some(b"next".to_vec()))]
        );
        let endless = cut(&[&more, &more, &more]);
        assert_eq!(endless, [(1, None)]);
    }
}
