//! User data as it travels with a call (`_attach_udata`): what a phone network can carry of it, in plain ASCII.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::service::options::AttachData;

/// The key of the original under which the data, or what finds it, is attached.
pub const USER_DATA: &str = "GMS_UserData";

/// The longest value, and all values together, in bytes: an INVITE has to fit into one datagram of a carrier.
pub const MOST_BYTES: usize = 1024;
/// How many keys travel at most.
pub const MOST_KEYS: usize = 16;
/// The longest name of a key, in characters.
const LONGEST_NAME: usize = 48;

/// Names and values that travel with a call. Names are letters, digits, `-` and `_`; values are printable ASCII without `$`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attached(BTreeMap<String, String>);

impl Attached {
    /// What travels with a call for the callback `id`. Data that is too long for one JSON text is replaced by the id that
    /// finds it; of separate keys those travel that fit.
    pub fn of(how: AttachData, id: &str, data: &Map<String, Value>) -> Self {
        match how {
            AttachData::DataId => Self::one(plain(id)),
            AttachData::SingleJson if data.is_empty() => Self::default(),
            AttachData::SingleJson => {
                let text = json(data);
                Self::one(if text.len() > MOST_BYTES {
                    plain(id)
                } else {
                    text
                })
            }
            AttachData::SeparateKeys => Self::separate(data),
        }
    }

    fn one(value: String) -> Self {
        Self(BTreeMap::from([(USER_DATA.to_owned(), value)]))
    }

    fn separate(data: &Map<String, Value>) -> Self {
        let (mut kept, mut left) = (BTreeMap::new(), MOST_BYTES);
        for (key, value) in data {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let (name, text) = (name(key), plain(text.trim()));
            let fits = !name.is_empty() && !text.is_empty() && text.len() <= left;
            if fits && kept.len() < MOST_KEYS && !kept.contains_key(&name) {
                left -= text.len();
                kept.insert(name, text);
            }
        }
        Self(kept)
    }

    /// Whether nothing travels.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each name with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Shows the names alone: the values are a customer's.
impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What of a key may stand in the name of a header or a variable.
fn name(key: &str) -> String {
    let legal = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    let name: String = key.chars().take(LONGEST_NAME).map(legal).collect();
    name.trim_matches('-').to_owned()
}

/// Whether it means nothing to a SIP parser nor to a dialplan.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') && c != '$'
}

/// Percent-encoded where it is not plain.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) && c != '%' {
            plain.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // A string takes everything.
                write!(plain, "%{byte:02X}").ok();
            }
        }
    }
    plain
}

/// JSON in which everything that is not plain is escaped.
fn json(data: &Map<String, Value>) -> String {
    let mut text = String::new();
    for c in Value::Object(data.clone()).to_string().chars() {
        if is_plain(c) {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // A string takes everything.
                write!(text, "\\u{unit:04x}").ok();
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(how: AttachData, data: Value) -> Vec<(String, String)> {
        let Value::Object(data) = data else {
            panic!("user data is an object")
        };
        let attached = Attached::of(how, "07-abc", &data);
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        attached.iter().map(owned).collect()
    }

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    }

    #[test]
    fn each_way_has_its_keys() {
        // In the order of the alphabet: whether a map keeps another one is a feature of the library that other crates may set.
        let data = json!({ "a é$x": "100 %\r\n\"é\"", "account": "4711", "n": 3 });
        assert_eq!(
            of(AttachData::DataId, data.clone()),
            pairs([(USER_DATA, "07-abc")])
        );
        let text = r#"{"a \u00e9\u0024x":"100 %\r\n\"\u00e9\"","account":"4711","n":3}"#;
        assert_eq!(
            of(AttachData::SingleJson, data.clone()),
            pairs([(USER_DATA, text)])
        );
        let told = pairs([
            ("a---x", "100 %25%0D%0A\"%C3%A9\""),
            ("account", "4711"),
            ("n", "3"),
        ]);
        assert_eq!(of(AttachData::SeparateKeys, data), told);
        assert_eq!(of(AttachData::SingleJson, json!({})), []);
    }

    #[test]
    fn what_is_too_long_is_found_by_its_id_or_left_out() {
        let long = json!({ "a": "x".repeat(2000), "b": "short", "": "nameless", "--": "as well", "c": "" });
        assert_eq!(
            of(AttachData::SingleJson, long.clone()),
            pairs([(USER_DATA, "07-abc")])
        );
        assert_eq!(of(AttachData::SeparateKeys, long), pairs([("b", "short")]));
    }

    #[test]
    fn values_are_not_shown() {
        let data = json!({ "account": "4711" });
        let attached = Attached::of(AttachData::SeparateKeys, "1", data.as_object().unwrap());
        assert_eq!(format!("{attached:?}"), "{\"account\"}");
    }

    proptest! {
        #[test]
        fn whatever_is_said_stays_plain_and_small(
            data in proptest::collection::btree_map(any::<String>(), any::<String>(), 0..30),
            way in 0..3_usize,
        ) {
            let how = [AttachData::SingleJson, AttachData::SeparateKeys, AttachData::DataId][way];
            let data: Map<String, Value> = data.into_iter().map(|(key, value)| (key, value.into())).collect();
            let attached = Attached::of(how, "07-abc", &data);
            let bytes: usize = attached.iter().map(|(_, value)| value.len()).sum();
            prop_assert!(bytes <= MOST_BYTES && attached.iter().count() <= MOST_KEYS);
            for (name, value) in attached.iter() {
                prop_assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
                prop_assert!(value.chars().all(is_plain), "{value}");
            }
            if how == AttachData::SingleJson && !data.is_empty() && let Some((_, text)) = attached.iter().next() && text != "07-abc" {
                prop_assert_eq!(serde_json::from_str::<Value>(text).unwrap(), Value::Object(data));
            }
        }
    }
}
