//! The encodings in which people's tools write text files.

use std::borrow::Cow;

/// How many bytes tell what a file is.
const MARK: usize = 4;

/// What the bytes of a text file mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows-1252, which Latin-1 is read as everywhere.
    Windows1252,
}

impl Encoding {
    /// The names that [`Encoding::named`] knows.
    pub const NAMES: &str = "utf-8, utf-16, utf-16le, utf-16be, windows-1252 and iso-8859-1";

    /// The one that has this name in a content type.
    pub fn named(name: &str) -> Option<Self> {
        match name.trim_matches('"').to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Some(Self::Utf8),
            "utf-16" | "utf16" | "utf-16le" => Some(Self::Utf16Le),
            "utf-16be" => Some(Self::Utf16Be),
            "windows-1252" | "cp1252" | "iso-8859-1" | "latin1" | "latin-1" => {
                Some(Self::Windows1252)
            }
            _ => None,
        }
    }

    /// What the beginning of a file says it is, and how many bytes say so.
    fn of(beginning: &[u8]) -> Option<(Self, usize)> {
        match beginning {
            [0xef, 0xbb, 0xbf, ..] => Some((Self::Utf8, 3)),
            [0xff, 0xfe, ..] => Some((Self::Utf16Le, 2)),
            [0xfe, 0xff, ..] => Some((Self::Utf16Be, 2)),
            [1..=255, 0, 1..=255, 0, ..] => Some((Self::Utf16Le, 0)),
            [0, 1..=255, 0, 1..=255, ..] => Some((Self::Utf16Be, 0)),
            _ => None,
        }
    }
}

/// Why a file is no text at all.
fn no_text(beginning: &[u8]) -> Option<&'static str> {
    match beginning {
        [b'P', b'K', 3, 4, ..] => Some("a spreadsheet or another zip archive"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some("a spreadsheet of old"),
        [0x1f, 0x8b, ..] => Some("compressed (gzip)"),
        _ => None,
    }
}

/// Turns a file that comes in pieces into UTF-8. What is no text becomes bytes that are none.
pub struct Decoder {
    encoding: Encoding,
    /// The first bytes, until there are enough of them.
    beginning: Option<Vec<u8>>,
    /// Half a code unit.
    half: Option<u8>,
    /// The first of two code units.
    high: Option<u16>,
}

impl Decoder {
    /// One for a file that is said to be in this encoding, as long as it does not say so itself.
    pub const fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            beginning: Some(Vec::new()),
            half: None,
            high: None,
        }
    }

    /// The text of a piece.
    ///
    /// # Errors
    /// When the file is no text: with what it is.
    pub fn read<'a>(&mut self, piece: &'a [u8]) -> Result<Cow<'a, [u8]>, &'static str> {
        let Some(mut begun) = self.beginning.take() else {
            return Ok(self.decode(piece));
        };
        begun.extend_from_slice(piece);
        if begun.len() < MARK {
            self.beginning = Some(begun);
            return Ok(Cow::Borrowed(&[]));
        }
        self.begin(&begun)
    }

    /// The text of what is left at the end.
    ///
    /// # Errors
    /// As [`Decoder::read`].
    pub fn finish(&mut self) -> Result<Vec<u8>, &'static str> {
        let mut text = match self.beginning.take() {
            Some(begun) => self.begin(&begun)?.into_owned(),
            None => Vec::new(),
        };
        if self.half.take().is_some() || self.high.take().is_some() {
            text.push(NO_TEXT);
        }
        Ok(text)
    }

    fn begin(&mut self, begun: &[u8]) -> Result<Cow<'static, [u8]>, &'static str> {
        if let Some(what) = no_text(begun) {
            return Err(what);
        }
        let (encoding, mark) = Encoding::of(begun).unwrap_or((self.encoding, 0));
        self.encoding = encoding;
        let rest = begun.get(mark..).unwrap_or_default();
        Ok(Cow::Owned(self.decode(rest).into_owned()))
    }

    fn decode<'a>(&mut self, piece: &'a [u8]) -> Cow<'a, [u8]> {
        let mut text = String::new();
        match self.encoding {
            Encoding::Utf8 => return Cow::Borrowed(piece),
            Encoding::Windows1252 => text.extend(piece.iter().map(|byte| windows_1252(*byte))),
            Encoding::Utf16Le | Encoding::Utf16Be => return Cow::Owned(self.units(piece)),
        }
        Cow::Owned(text.into_bytes())
    }

    fn units(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(piece.len());
        for byte in piece {
            let Some(first) = self.half.take() else {
                self.half = Some(*byte);
                continue;
            };
            let unit = match self.encoding {
                Encoding::Utf16Be => u16::from_be_bytes([first, *byte]),
                Encoding::Utf8 | Encoding::Utf16Le | Encoding::Windows1252 => {
                    u16::from_le_bytes([first, *byte])
                }
            };
            self.unit(unit, &mut text);
        }
        text
    }

    fn unit(&mut self, unit: u16, text: &mut Vec<u8>) {
        let is_first = (0xd800..0xdc00).contains(&unit);
        let high = self.high.take();
        if is_first {
            text.extend(high.map(|_| NO_TEXT));
            self.high = Some(unit);
            return;
        }
        for read in char::decode_utf16(high.into_iter().chain([unit])) {
            match read {
                Ok(read) => text.extend_from_slice(read.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => text.push(NO_TEXT),
            }
        }
    }
}

/// A byte that is nowhere in UTF-8: its line is told to be no text.
const NO_TEXT: u8 = 0xff;

fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let place = byte.checked_sub(0x80).map(usize::from);
    let special = place.and_then(|place| FROM_80.get(place));
    special.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a,€\r\nä,😀\n";

    /// Whatever the pieces it comes in.
    fn check(encoding: Encoding, file: &[u8], text: &[u8]) {
        for size in 1..=file.len().max(1) {
            let mut decoder = Decoder::new(encoding);
            let mut read = Vec::new();
            for piece in file.chunks(size) {
                read.extend_from_slice(&decoder.read(piece).unwrap());
            }
            read.extend(decoder.finish().unwrap());
            assert_eq!(read, text, "{encoding:?}, pieces of {size}");
        }
    }

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_file_says_itself_what_it_is() {
        let (le, be) = (u16::to_le_bytes, u16::to_be_bytes);
        for named in [Encoding::Utf8, Encoding::Windows1252] {
            let with_mark = format!("\u{feff}{TEXT}");
            check(named, with_mark.as_bytes(), TEXT.as_bytes());
            check(named, &utf_16(&with_mark, le), TEXT.as_bytes());
            check(named, &utf_16(&with_mark, be), TEXT.as_bytes());
            check(named, &utf_16(TEXT, le), TEXT.as_bytes());
            check(named, &utf_16(TEXT, be), TEXT.as_bytes());
        }
        check(Encoding::Utf8, TEXT.as_bytes(), TEXT.as_bytes());
        check(Encoding::Utf8, b"", b"");
        check(Encoding::Utf8, b"a\n", b"a\n");
    }

    #[test]
    fn another_encoding_has_to_be_named() {
        check(Encoding::Windows1252, b"a,\x80\n\xe4", "a,€\nä".as_bytes());
        for (name, encoding) in [
            ("UTF-8", Encoding::Utf8),
            ("\"utf-8\"", Encoding::Utf8),
            ("latin1", Encoding::Windows1252),
            ("ISO-8859-1", Encoding::Windows1252),
            ("utf-16", Encoding::Utf16Le),
        ] {
            assert_eq!(Encoding::named(name), Some(encoding));
        }
        assert_eq!(Encoding::named("ebcdic"), None);
    }

    #[test]
    fn half_a_character_is_no_text() {
        let mut cut = utf_16("\u{feff}a\u{1f600}", u16::to_le_bytes);
        cut.truncate(6);
        check(Encoding::Utf8, &cut, b"a\xff");
        let alone = [0xff, 0xfe, 0x00, 0xdc, b'a', 0];
        check(Encoding::Utf8, &alone, b"\xffa");
    }

    #[test]
    fn what_is_no_text_file_is_told() {
        for file in [
            &b"PK\x03\x04abc"[..],
            b"\x1f\x8b\x08\x00",
            b"\xd0\xcf\x11\xe0",
        ] {
            assert!(Decoder::new(Encoding::Utf8).read(file).is_err());
        }
    }
}
