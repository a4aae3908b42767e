//! `.cfg` files, as the established product imports and exports them: what their forms have in common.

/// A comment on the line of a value, which would be taken for a part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {0}: a comment stands behind a value and would be a part of it: must be on a line of its own"
)]
pub struct TrailingComment(pub usize);

/// Whether no value has a comment behind it.
///
/// # Errors
/// With the first line that has one.
pub fn check_comments(text: &str) -> Result<(), TrailingComment> {
    let lines = text.lines().map(str::trim).enumerate();
    let mut values = lines.filter(|(_, line)| !line.starts_with([';', '#', '[']));
    match values.find(|(_, line)| has_comment(line)) {
        Some((at, _)) => Err(TrailingComment(at + 1)),
        None => Ok(()),
    }
}

/// A `;` or `#` after a blank, outside of quotes.
fn has_comment(line: &str) -> bool {
    let (mut quoted, mut escaped, mut blank) = (false, false, false);
    for c in line.chars() {
        if blank && !quoted && matches!(c, ';' | '#') {
            return true;
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        blank = c.is_whitespace();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{TrailingComment, check_comments};

    #[test]
    fn a_comment_behind_a_value_is_refused_by_its_line() {
        for (text, wrong) in [
            ("; all\n[x]\na = b", None),
            ("[x] ; a section", None),
            ("a = ExpectedWaitTime;Queue;8999@Switch", None),
            ("a = http://x/#part", None),
            (r#"a = {"b": "c ; d"}"#, None),
            (r#"a = {"b": "c \" ; d"}"#, None),
            ("a = b ; why", Some(1)),
            ("[x]\n\na = b\t# why", Some(3)),
            (r#"a = {"b": "c"} ; why"#, Some(1)),
        ] {
            let found = check_comments(text).err();
            assert_eq!(found, wrong.map(TrailingComment), "{text}");
        }
    }
}
