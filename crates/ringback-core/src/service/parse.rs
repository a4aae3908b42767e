//! Values of options, from text.

use std::time::Duration;

use super::table::OptionSpec;

/// Longest text value.
const MAX_TEXT: usize = 2048;
/// Longest name of something configured elsewhere.
const MAX_NAME: usize = 128;
/// What answers show of a credential.
pub const HIDDEN: &str = "…";

pub fn seconds(text: &str, least: u64, most: u64) -> Option<Duration> {
    count(text, least, most).map(Duration::from_secs)
}

pub fn millis(text: &str, least: u64, most: u64) -> Option<Duration> {
    count(text, least, most).map(Duration::from_millis)
}

pub fn count(text: &str, least: u64, most: u64) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (least..=most).contains(&number).then_some(number)
}

pub fn small(text: &str, least: u32, most: u32) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (least..=most).contains(&number).then_some(number)
}

pub fn flag(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

pub fn text(text: &str) -> Option<String> {
    (text.len() <= MAX_TEXT && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

pub fn optional_text(value: &str) -> Option<Option<String>> {
    text(value).map(|value| (!value.is_empty()).then_some(value))
}

/// What `read` makes of it; `None` of an empty one.
pub fn optional<T>(value: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if value.is_empty() {
        return Some(None);
    }
    read(value).map(Some)
}

/// The name of something that is configured elsewhere.
pub fn name(value: &str) -> Option<Option<String>> {
    optional_text(value).filter(|name| name.as_ref().is_none_or(|name| name.len() <= MAX_NAME))
}

/// A user or a password. What stands for one in answers is none.
pub fn credential(value: &str) -> Option<Option<String>> {
    let legal = |value: &String| value.len() <= 256 && value != HIDDEN;
    optional_text(value).filter(|value| value.as_ref().is_none_or(legal))
}

/// Names, comma-separated; none of them is empty.
pub fn names(value: &str, least: usize, most: usize) -> Option<Vec<String>> {
    let value = text(value)?;
    if value.is_empty() {
        return (least == 0).then(Vec::new);
    }
    let names: Vec<String> = value.split(',').map(|it| it.trim().to_owned()).collect();
    let legal = |name: &String| !name.is_empty() && name.len() <= 64;
    (names.len() <= most && names.iter().all(legal)).then_some(names)
}

/// Options that a service lets requests set.
pub fn overwritable(value: &str) -> Option<Vec<&'static str>> {
    let found = names(value, 0, super::option_specs().len())?;
    let own = |name: &String| {
        let spec = OptionSpec::find(name).filter(|spec| spec.may_be_overwritten())?;
        Some(spec.name)
    };
    found.iter().map(own).collect()
}

/// What an error shows of a value that may be an address, which may carry credentials: no user, password or query.
pub fn shorten_address(value: &str) -> String {
    let shown = value.rsplit_once('@').map_or(value, |(_, host)| host);
    let is_address = value.contains(['@', '/']);
    let query = shown.find(['?', '#']).filter(|_| is_address);
    shorten(query.map_or(shown, |query| &shown[..query]))
}

/// What an error shows of a value.
pub fn shorten(value: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = value
        .chars()
        .filter(|c| !c.is_control())
        .take(SHOWN)
        .collect();
    if value.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}
