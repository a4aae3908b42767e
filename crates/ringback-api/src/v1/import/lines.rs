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

/// Cuts a body into lines, at LF, CR LF and CR alike. What it keeps is bounded by a piece and a line.
#[derive(Default)]
pub struct Lines {
    ready: VecDeque<Line>,
    begun: Vec<u8>,
    too_long: bool,
    /// The last line ended with CR: a LF that follows belongs to it.
    after_cr: bool,
    cut: u64,
}

impl Lines {
    /// A piece has come.
    pub fn push(&mut self, piece: &[u8]) {
        let mut rest = piece;
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, ended) = rest.split_at(end);
            self.append(line);
            self.end();
            rest = match ended {
                [b'\r', b'\n', after @ ..] => after,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, after @ ..] => after,
                [] => &[],
            };
        }
        self.append(rest);
    }

    /// No more will come.
    pub fn finish(&mut self) {
        if !self.begun.is_empty() || self.too_long {
            self.end();
        }
    }

    /// The next whole line.
    pub fn next(&mut self) -> Option<Line> {
        self.ready.pop_front()
    }

    /// How many lines there were.
    pub const fn cut(&self) -> u64 {
        self.cut
    }

    fn append(&mut self, part: &[u8]) {
        self.too_long |= self.begun.len() + part.len() > MAX_LINE;
        if self.too_long {
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(part);
        }
    }

    fn end(&mut self) {
        self.cut += 1;
        let bytes = std::mem::take(&mut self.begun);
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

    /// As written on any machine, and by several of them in turn.
    #[test]
    fn every_line_end_is_one() {
        for (body, lines) in [
            (&b"a\rb\rc"[..], 3),
            (b"a\r\nb\rc\nd\r", 4),
            (b"a\r\r\nb", 3),
            (b"\r\n\r\n", 2),
        ] {
            let whole = cut(&[body]);
            assert_eq!(whole.len(), lines, "{whole:?}");
            for size in 1..body.len() {
                let pieces: Vec<_> = body.chunks(size).collect();
                assert_eq!(cut(&pieces), whole, "pieces of {size}");
            }
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
