//! How large, deep and many JSON from outside may be: one place for every door, HTTP, AMQP, files and settings alike.
//!
//! What is taken is stored within a record of ours and told within messages of ours, each of which nests it a few levels
//! deeper, and JSON is read only so deep ([`READABLE_DEPTH`]). So a value has far fewer levels than that: whatever was
//! taken can be read again.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::unique_keys::{self, JsonError};

/// The most bytes of a body, a message, or a line of a file.
pub const MAX_BYTES: usize = 64 * 1024;
/// The most parameters of a request, and keys of user data.
pub const MAX_KEYS: usize = 64;
/// The longest name of a parameter, and the longest key within a value, in bytes.
pub const MAX_KEY: usize = 128;
/// How deep a value may be nested: 0 is a text or a number, 1 a list of those.
pub const MAX_DEPTH: usize = 16;
/// The most values within one value.
pub const MAX_VALUES: usize = 4096;
/// How deep a field of a body with a shape of its own may be nested: a value at the end of it is held to [`MAX_DEPTH`].
pub const MAX_SHAPE_DEPTH: usize = MAX_DEPTH + 4;
/// How deep a JSON document may be nested to be read at all. The library's limit, which is never lifted.
pub const READABLE_DEPTH: usize = 127;

/// JSON from outside that is too much.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Nested too deep.
    #[error("'{field}' is nested {depth} levels deep: must be at most {most}")]
    Depth {
        /// The parameter or field.
        field: String,
        /// How deep it is.
        depth: usize,
        /// How deep it may be.
        most: usize,
    },
    /// Too many values.
    #[error("'{field}' has {values} values within: must be at most {MAX_VALUES}")]
    Values {
        /// The parameter or field.
        field: String,
        /// How many it has.
        values: usize,
    },
    /// A long or empty key within a value.
    #[error("'{field}' has a key of {bytes} bytes within: must be at most {MAX_KEY}")]
    Key {
        /// The parameter or field.
        field: String,
        /// The length of the key.
        bytes: usize,
    },
    /// Too many parameters.
    #[error("there are {0} parameters: must be at most {MAX_KEYS}")]
    Parameters(usize),
    /// A parameter with a long name, or none.
    #[error("a parameter has a name of {0} bytes: must be 1 to {MAX_KEY}")]
    Name(usize),
}

/// A JSON object from outside that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is none, or a key stands twice in it.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// It is too much.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// So deep that it is not looked at.
    #[error("it is nested {0} levels deep: must be at most {MAX_DEPTH} for each value")]
    Depth(usize),
}

/// Reads a JSON object whose fields are nested at most `most` levels.
///
/// # Errors
/// When it is no object, a key stands twice in it, or it is nested deeper: with the field and how deep it is.
pub fn read_object(bytes: &[u8], most: usize) -> Result<Map<String, Value>, ReadError> {
    check_nesting(bytes)?;
    let object: Map<String, Value> = unique_keys::from_slice(bytes)?;
    for (field, value) in &object {
        check_depth(field, value, most)?;
    }
    Ok(object)
}

/// Reads JSON of which somebody else says what is wrong when it is no object.
///
/// # Errors
/// When it is no JSON, a key stands twice in it, or a field of it is nested deeper than `most` levels.
pub fn read_value(bytes: &[u8], most: usize) -> Result<Value, ReadError> {
    check_nesting(bytes)?;
    let value: Value = unique_keys::from_slice(bytes)?;
    if let Some(members) = value.as_object() {
        for (field, value) in members {
            check_depth(field, value, most)?;
        }
    } else {
        check_depth("the body", &value, most)?;
    }
    Ok(value)
}

/// What is not read at all.
fn check_nesting(bytes: &[u8]) -> Result<(), ReadError> {
    match nesting(bytes) {
        depth if depth > READABLE_DEPTH => Err(ReadError::Depth(depth)),
        _ => Ok(()),
    }
}

/// Whether the parameters of a request are within the limits, each by its name.
///
/// # Errors
/// With the first that is not.
pub fn check_parameters(parameters: &Map<String, Value>) -> Result<(), TooMuch> {
    if parameters.len() > MAX_KEYS {
        return Err(TooMuch::Parameters(parameters.len()));
    }
    let mut names = parameters.keys().map(String::len);
    if let Some(length) = names.find(|length| !(1..=MAX_KEY).contains(length)) {
        return Err(TooMuch::Name(length));
    }
    let mut members = parameters.iter();
    members.try_for_each(|(field, value)| check_value(field, value))
}

/// Whether a value that will be stored or told is within the limits.
///
/// # Errors
/// When it is not, under the name of its field.
pub fn check_value(field: &str, value: &Value) -> Result<(), TooMuch> {
    check_depth(field, value, MAX_DEPTH)?;
    let Measured {
        values,
        longest_key,
        ..
    } = measure(value);
    let field = || field.chars().take(MAX_KEY).collect();
    if values > MAX_VALUES {
        let field = field();
        return Err(TooMuch::Values { field, values });
    }
    if longest_key > MAX_KEY {
        let (field, bytes) = (field(), longest_key);
        return Err(TooMuch::Key { field, bytes });
    }
    Ok(())
}

fn check_depth(field: &str, value: &Value, most: usize) -> Result<(), TooMuch> {
    let depth = measure(value).depth;
    if depth <= most {
        return Ok(());
    }
    let field = field.chars().take(MAX_KEY).collect();
    Err(TooMuch::Depth { field, depth, most })
}

#[derive(Default)]
struct Measured {
    depth: usize,
    values: usize,
    longest_key: usize,
}

/// Level by level, so that no depth can exhaust the stack.
fn measure(value: &Value) -> Measured {
    let mut found = Measured::default();
    let mut left = vec![(value, 0)];
    while let Some((value, above)) = left.pop() {
        match value {
            Value::Array(items) => {
                found.values += items.len();
                found.depth = found.depth.max(above + 1);
                left.extend(items.iter().map(|item| (item, above + 1)));
            }
            Value::Object(members) => {
                found.values += members.len();
                found.depth = found.depth.max(above + 1);
                let longest = members.keys().map(String::len).max().unwrap_or(0);
                found.longest_key = found.longest_key.max(longest);
                left.extend(members.values().map(|member| (member, above + 1)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// How deep the brackets of a JSON text are nested.
fn nesting(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest): (usize, usize) = (0, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
