//! Numbers of JSON whose digits a machine number cannot hold: they are kept as texts of these digits, so that nobody is
//! given another number than was sent.

use std::borrow::Cow;

use serde_json::Number;

/// The same JSON, in which whole numbers of more than 64 bits, and decimals of more digits than a machine number has, stand
/// in quotes. What is no JSON stays none.
pub fn keep_digits(json: &[u8]) -> Cow<'_, [u8]> {
    let (mut kept, mut copied, mut at) = (Vec::new(), 0, 0);
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => at = after_text(json, at),
            b'-' | b'0'..=b'9' => {
                let is_part =
                    |it: &&u8| matches!(it, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                let end = at + json[at..].iter().take_while(is_part).count();
                if loses_digits(&json[at..end]) && !is_key(&json[end..]) {
                    kept.extend_from_slice(&json[copied..at]);
                    kept.push(b'"');
                    kept.extend_from_slice(&json[at..end]);
                    kept.push(b'"');
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    kept.extend_from_slice(&json[copied..]);
    Cow::Owned(kept)
}

fn after_text(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// A number where a key must stand is no JSON, and must not become some.
fn is_key(rest: &[u8]) -> bool {
    rest.iter().find(|it| !it.is_ascii_whitespace()) == Some(&b':')
}

fn loses_digits(token: &[u8]) -> bool {
    let (Ok(text), Ok(number)) = (
        std::str::from_utf8(token),
        serde_json::from_slice::<Number>(token),
    ) else {
        return false;
    };
    if number.is_u64() || number.is_i64() {
        return false;
    }
    let is_whole = text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    let digits = significant(text);
    !digits.is_empty() && (is_whole || digits != significant(&number.to_string()))
}

/// The digits before an exponent, without zeros around them.
fn significant(text: &str) -> String {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn kept(json: &str) -> String {
        String::from_utf8(keep_digits(json.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn long_numbers_in_user_data_keep_their_digits() {
        for (json, expected) in [
            (
                r#"{"a":123456789012345678901}"#,
                r#"{"a":"123456789012345678901"}"#,
            ),
            (
                r#"[-9223372036854775809, 1]"#,
                r#"["-9223372036854775809", 1]"#,
            ),
            ("10000000000000000000000", r#""10000000000000000000000""#),
            ("0.12345678901234567891", r#""0.12345678901234567891""#),
        ] {
            assert_eq!(kept(json), expected);
        }
    }

    #[test]
    fn what_a_machine_number_holds_stays_as_it_is() {
        for json in [
            r#"{"a":18446744073709551615,"b":-9223372036854775808,"c":0.1,"d":1.10,"e":-0,"f":1e5,"g":0}"#,
            r#"{"a":"123456789012345678901","b":"x\\\"123456789012345678901"}"#,
            r#"{123456789012345678901:1}"#,
            "1-2",
            "",
            r#"""#,
            r#""\"#,
        ] {
            assert_eq!(kept(json), json);
        }
    }

    proptest! {
        #[test]
        fn no_json_is_made_of_none(text in "[-\\[\\]{}:,\"\\\\0-9.eE a]{0,60}") {
            let (before, after) = (serde_json::from_str::<Value>(&text), kept(&text));
            prop_assert_eq!(before.is_ok(), serde_json::from_str::<Value>(&after).is_ok(), "{}", text);
        }
    }
}
