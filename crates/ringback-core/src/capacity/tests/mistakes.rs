//! Capacities: what can be wrong with them.

use super::super::Capacity;
use crate::calendar::tests::given;

const PLAN: &str = r#"places by time of day, each from 0 to 100000, as '{"0000":0,"0830":10}'"#;

fn mistakes(options: &str) -> String {
    let error = Capacity::parse("team", &given(options)).unwrap_err();
    let told = error.to_string();
    told.strip_prefix("capacity 'team': ").unwrap().to_owned()
}

#[test]
fn all_are_told_at_once() {
    let told = mistakes(
        r#"_timezone=Mars
           _capacity=many
           _capacity_1={"0830":-1}
           _capacity_8={"0830":1}
           _capacity_add1=24.12. {"0000":0}
           _capacitty={}"#,
    );
    for mistake in [
        "option '_timezone' = 'Mars': allowed is an IANA time zone, as Europe/Paris",
        "option '_capacity' = 'many': allowed is places by time of day",
        "or the names of the days that _capacity_1 to _capacity_7 stand for, as '[Mon, Tue, Wed, Thu, Fri, Sat, Sun]'",
        &format!(r#"option '_capacity_1' = '{{"0830":-1}}': allowed is {PLAN}"#),
        "unknown option '_capacity_8', did you mean '_capacity_1'?; allowed are _timezone, _capacity,",
        r#"option '_capacity_add1' = '24.12. {"0000":0}': allowed is a date and places by time of day"#,
        "unknown option '_capacitty', did you mean '_capacity'?",
    ] {
        assert!(told.contains(mistake), "{mistake}\n{told}");
    }
}

#[test]
fn wrong_plans_are_named() {
    for plan in [
        "5",
        "[]",
        r#"{"0000":"5"}"#,
        r#"{"0000":1.5}"#,
        r#"{"0000":100001}"#,
        r#"{"2400":1}"#,
        r#"{"08:30":1}"#,
        r#"{"0830":1,}"#,
        r#"{"2":{"0830":1}}"#,
        r#"{"1":{"0830":1},"2":{"0830":1}}"#,
    ] {
        let told = mistakes(&format!("_capacity_1={plan}"));
        assert_eq!(
            told,
            format!("option '_capacity_1' = '{plan}': allowed is {PLAN}")
        );
    }
    for days in ["[]", "[Mon, Mon]", "[Mon, Foo]", "Mon, Tue"] {
        let told = mistakes(&format!("_capacity={days}"));
        assert!(
            told.starts_with(&format!("option '_capacity' = '{days}': ")),
            "{told}"
        );
    }
}

#[test]
fn days_that_are_not_named_have_no_places() {
    assert_eq!(
        mistakes("_capacity=[Mon, Tue]\n_capacity_3={\"0000\":1}"),
        r#"option '_capacity_3' = '{"0000":1}': allowed is nothing, as _capacity names fewer days"#
    );
}

#[test]
fn a_date_has_one_exception() {
    assert_eq!(
        mistakes("_capacity_add1=12-24 {\"0000\":1}\n_capacity_add2=12-24 {\"0000\":2}"),
        "option '_capacity_add2' is for the same day as '_capacity_add1': allowed is one of them"
    );
}

#[test]
fn a_capacity_without_places_is_a_mistake() {
    for options in [
        "",
        "_timezone=UTC",
        "_capacity=[Mon, Tue]",
        "_capacity_add={}",
    ] {
        assert_eq!(
            mistakes(options),
            "missing: expected is at least one of _capacity, _capacity_1 to _capacity_7 and _capacity_addN"
        );
    }
}
