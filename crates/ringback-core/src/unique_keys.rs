//! JSON from outside in which every key stands once. Where one stands twice somebody means the first and somebody else the
//! last: it is refused and not guessed at.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};

use crate::digits::keep_digits;

/// How much of a key a message repeats, in characters.
const SHOWN: usize = 80;

/// JSON that is not read.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It is none, or something else than what is read.
    #[error("{0}")]
    Syntax(#[from] serde_json::Error),
    /// A key stands twice in an object.
    #[error("key '{0}' stands twice: each key must stand once")]
    Twice(String),
}

/// Reads JSON as [`serde_json::from_slice`] does; numbers of more digits than a machine number has become texts of them.
///
/// # Errors
/// When it is no JSON of this kind, or a key stands twice in an object, however deep.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, JsonError> {
    let json = &*keep_digits(json);
    let twice = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(json);
    let looked = Keys(&twice).deserialize(&mut reader);
    if let (Err(_), Some(key)) = (looked, twice.into_inner()) {
        return Err(JsonError::Twice(key));
    }
    // Whatever else is wrong, it is told by who makes something of it.
    Ok(serde_json::from_slice(json)?)
}

/// Looks at the keys alone.
#[derive(Clone, Copy)]
struct Keys<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut known = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value_seed(self)?;
            if let Some(twice) = known.replace(key) {
                let shown = twice.chars().take(SHOWN).collect();
                *self.0.borrow_mut() = Some(shown);
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;

    fn read(json: &str) -> Result<Value, String> {
        from_slice(json.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_that_stands_twice_is_named_however_deep() {
        for (json, key) in [
            (r#"{"a":1,"a":2}"#, "a"),
            (r#"{"a":1,"b":{"c":[{"d":1,"e":2,"d":1}]}}"#, "d"),
            (r#"[{"x":null,"\u0078":null}]"#, "x"),
            (r#"{"":1,"":1}"#, ""),
        ] {
            let expected = format!("key '{key}' stands twice: each key must stand once");
            assert_eq!(read(json), Err(expected), "{json}");
        }
    }

    #[test]
    fn other_json_is_read_as_ever() {
        for json in [
            r#"{"a":{"a":[{"a":1},{"a":-1.5e3}]},"b":true,"c":"x\u0000","d":null}"#,
            "18446744073709551615",
            "[]",
        ] {
            assert_eq!(
                read(json).unwrap(),
                serde_json::from_str::<Value>(json).unwrap()
            );
        }
        for json in ["", "{", r#"{"a":1}x"#, r#"{"a":1,}"#, &"[".repeat(100_000)] {
            assert!(read(json).is_err(), "{json:.20}");
        }
        assert!(from_slice::<Map<String, Value>>(b"[1]").is_err());
    }
}
