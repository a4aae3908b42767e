//! Patterns of event names.

use proptest::prelude::*;

use super::super::Filter;
use crate::event::EventName;

fn filter(pattern: &str) -> Filter {
    Filter::parse(pattern).unwrap()
}

fn check(pattern: &str, fit: &[&str], others: &[&str]) {
    let filter = filter(pattern);
    for name in fit {
        assert!(filter.matches(name), "'{pattern}' fits '{name}'");
    }
    for name in others {
        assert!(!filter.matches(name), "'{pattern}' does not fit '{name}'");
    }
}

#[test]
fn a_star_stands_for_any_characters() {
    check("", &["", "x", "_cbe_on_dial_init"], &[]);
    check("*", &["", "x", "_cbe_on_dial_init"], &[]);
    check("**", &["", "x"], &[]);
    check(
        "_cbe_on_dial_init",
        &["_cbe_on_dial_init"],
        &["_cbe_on_dial_ini", "_cbe_on_dial_init_"],
    );
    check(
        "_cbe_on_dial_*",
        &["_cbe_on_dial_init", "_cbe_on_dial_"],
        &["_cbe_on_dial", "x_cbe_on_dial_init"],
    );
    check(
        "*_done",
        &["_cbe_on_dial_done", "_done"],
        &["_done_", "done"],
    );
    check(
        "*call*",
        &["_cbe_on_callback_queued", "call"],
        &["_cbe_on_dial_init"],
    );
    check(
        "a*b*c",
        &["abc", "a-b-b-c", "abcbc"],
        &["ab", "ac", "acb", "bac"],
    );
    check("a*a", &["aa", "aba"], &["a", "ab"]);
    check("xy*yx", &["xyyx", "xy-yx"], &["xyx"]);
    check("a*ab*b", &["aabb", "a-ab-b"], &["aab", "abb"]);
}

#[test]
fn no_other_character_means_anything() {
    check("a.c", &["a.c"], &["abc", "ac"]);
    check("A", &["A"], &["a"]);
}

#[test]
fn the_call_events_are_those_without_callback() {
    let fit = |pattern: &str| {
        let filter = filter(pattern);
        EventName::ALL
            .iter()
            .filter(|name| filter.matches(name.as_str()))
            .count()
    };
    assert_eq!(fit("_cbe_on_*"), 20);
    assert_eq!(fit("_cbe_on_callback_*"), 10);
    assert_eq!(fit("_cbe_on_dial_*"), 2);
}

#[test]
fn what_no_name_contains_is_refused() {
    let allowed = "allowed are at most 256 letters, digits, '_', '-', '.', ':', '/' and '*' for any characters";
    let longest = "x".repeat(256);
    assert_eq!(filter(&longest).as_str(), longest);
    assert_eq!(filter(" a*b ").as_str(), "a*b");
    for (written, shown) in [
        ("a b", "a b"),
        ("a?", "a?"),
        ("[ab]", "[ab]"),
        ("ä*", "ä*"),
        ("a\u{7}b", "ab"),
        (&"x".repeat(257), &format!("{}…", "x".repeat(80))),
    ] {
        let told = Filter::parse(written).unwrap_err().to_string();
        assert_eq!(told, format!("filter '{shown}': {allowed}"));
    }
}

/// Tries every way.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=name.len()).any(|skipped| fits(rest, &name[skipped..])),
        ([first, pattern @ ..], [same, name @ ..]) if first == same => fits(pattern, name),
        _ => false,
    }
}

proptest! {
    /// Few letters, so that they fit often.
    #[test]
    fn it_fits_what_a_naive_matcher_fits(pattern in "[ab*]{1,8}", name in "[ab]{0,12}") {
        assert_eq!(filter(&pattern).matches(&name), fits(pattern.as_bytes(), name.as_bytes()));
    }

    /// A pattern made of a name fits it.
    #[test]
    fn it_fits_what_it_was_made_of(name in "[a-z_]{1,20}", cuts in proptest::collection::vec((0..20_usize, 0..20_usize), 0..4)) {
        let mut pattern = name.clone();
        for (from, length) in cuts {
            let from = from.min(pattern.len());
            let to = (from + length).min(pattern.len());
            pattern.replace_range(from..to, "*");
        }
        assert!(filter(&pattern).matches(&name), "'{pattern}' fits '{name}'");
    }

    #[test]
    fn no_name_is_too_strange(pattern in "[ab*]{0,20}", name in ".*") {
        let fits = filter(&pattern).matches(&name);
        assert!(!fits || pattern.contains('*') || pattern.is_empty() || pattern == name);
    }
}
