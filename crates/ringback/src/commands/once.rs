//! What is written as KEY=VALUE on the command line.

use anyhow::bail;
use serde_json::{Map, Value};

/// All of them; of a key that stands twice nobody knows which is meant.
///
/// # Errors
/// When one is wrong, or its key stands twice.
pub fn once(
    pairs: impl IntoIterator<Item = anyhow::Result<(String, Value)>>,
) -> anyhow::Result<Map<String, Value>> {
    let mut all = Map::new();
    for pair in pairs {
        let (key, value) = pair?;
        if all.contains_key(&key) {
            bail!("'{key}' stands twice: it must stand once");
        }
        all.insert(key, value);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_once() {
        let pair = |key: &str| Ok((key.to_owned(), Value::from("1")));
        assert_eq!(once([pair("a"), pair("b")]).unwrap().len(), 2);
        let twice = once([pair("a"), pair("b"), pair("a")]).unwrap_err();
        assert_eq!(twice.to_string(), "'a' stands twice: it must stand once");
    }
}
