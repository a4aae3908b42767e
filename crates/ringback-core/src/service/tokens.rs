//! `$token$` variables in option values, filled from a request's parameters.

use super::OptionSpec;

/// The longest name of a token.
const MAX_TOKEN: usize = 128;

/// Whether the value of an option has tokens in it. A credential never has.
pub(super) fn has_tokens(name: &str, value: &str) -> bool {
    let is_plain = || OptionSpec::find(name).is_some_and(OptionSpec::is_credential);
    next_token(value).is_some() && !is_plain()
}

/// The value with every token replaced by what `parameter` says of it.
pub(crate) fn fill<E>(
    value: &str,
    mut parameter: impl FnMut(&str) -> Result<String, E>,
) -> Result<String, E> {
    let (mut filled, mut rest) = (String::new(), value);
    while let Some((before, token, after)) = next_token(rest) {
        filled.push_str(before);
        filled.push_str(&parameter(token)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The first token with what stands before and after it. A lone `$` is a `$`.
fn next_token(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find('$') {
        let begin = from + found + 1;
        let rest = text.get(begin..)?;
        if let Some((token, after)) = rest.split_once('$')
            && is_token(token)
        {
            return Some((text.get(..begin - 1)?, token, after));
        }
        from = begin;
    }
    None
}

fn is_token(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    name.len() <= MAX_TOKEN
        && name.bytes().all(inner)
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(value: &str) -> Result<String, String> {
        fill(value, |token| match token {
            "dept" => Ok("Sales".to_owned()),
            "_x1" => Ok("$dept$".to_owned()),
            other => Err(other.to_owned()),
        })
    }

    #[test]
    fn tokens_are_replaced_once() {
        for (value, expected) in [
            ("", ""),
            ("$dept$", "Sales"),
            ("$dept$@Stat.GA", "Sales@Stat.GA"),
            ("a$dept$b$dept$c", "aSalesbSalesc"),
            ("$_x1$", "$dept$"),
            ("$5 and $6", "$5 and $6"),
            ("$$dept$", "$Sales"),
            ("$", "$"),
            ("$a b$dept$", "$a bSales"),
            ("$dept", "$dept"),
            ("ä$dept$ß", "äSalesß"),
        ] {
            assert_eq!(filled(value).as_deref(), Ok(expected), "{value}");
        }
        assert_eq!(filled("x$other$"), Err("other".to_owned()));
    }

    #[test]
    fn credentials_are_taken_as_they_are() {
        assert!(has_tokens("_target", "$dept$.GA"));
        assert!(!has_tokens("password", "a$dept$b"));
        assert!(!has_tokens("_target", "Sales.GA"));
    }
}
