//! Values of options, from text.

use std::time::Duration;

/// Longest text value.
const MAX_TEXT: usize = 2048;

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
