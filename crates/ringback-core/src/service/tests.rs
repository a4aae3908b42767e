//! Services: what they are read from, and everything that can be wrong with them.

use std::collections::BTreeMap;

use super::{OptionSpec, REQUEST_OPTIONS, Service, Template, option_specs};
use crate::ids::ServiceName;

mod looked_up;
mod requests;
mod scenarios;
mod supported;
mod values;

/// A service from options written as `name=value` lines.
fn parse(template: Template, given: &str) -> Result<Service, String> {
    let name = ServiceName::new("sales");
    Service::parse(name, template, pairs(given)).map_err(|mistakes| mistakes.to_string())
}

fn pairs(given: &str) -> BTreeMap<String, String> {
    let lines = given.lines().filter_map(|line| line.split_once('='));
    lines
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .collect()
}

const IMMEDIATE: Template = Template::UserTerminatedImmediate;
const DELAYED: Template = Template::UserTerminatedDelayed;
const CLASSIC: Template = Template::ClassicCallback;

/// The mistakes in `given`, each as it is told.
fn check(given: &str, expected: &[&str]) {
    let told = parse(IMMEDIATE, given).map(|_| ()).unwrap_err();
    assert_eq!(told, format!("service 'sales': {}", expected.join("; ")));
}

#[test]
fn every_option_is_explained_in_a_sentence() {
    for spec in option_specs() {
        let (name, meaning) = (spec.name, spec.meaning);
        assert!((20..=170).contains(&meaning.len()), "{name}: {meaning}");
        assert!(meaning.ends_with('.'), "{name}: {meaning}");
        assert!(meaning.starts_with(char::is_uppercase), "{name}: {meaning}");
    }
}

#[test]
fn a_target_is_all_it_takes() {
    let service = parse(IMMEDIATE, "_target=Sales@Stat_Server.GA").unwrap();
    assert_eq!(service.options.target.as_ref().unwrap().pool(), "GA:Sales");
}

#[test]
fn templates_set_the_scenario() {
    for (template, name, waits) in [
        (IMMEDIATE, "User Terminated Immediate", false),
        (DELAYED, "User Terminated Delayed", true),
        (CLASSIC, "IVR Classic Callback", true),
    ] {
        assert_eq!(template.name(), name);
        assert_eq!(name.parse(), Ok(template));
        assert_eq!(format!(" {} ", name.to_lowercase()).parse(), Ok(template));
        let service = parse(template, "_target=Sales.GA").unwrap();
        assert_eq!(service.options.wait_for_agent, waits, "{name}");
        let given = format!("_target=Sales.GA\n_wait_for_agent={}", !waits);
        let service = parse(template, &given).unwrap();
        assert_eq!(service.options.wait_for_agent, !waits, "{name}, overruled");
    }
}

#[test]
fn an_unknown_template_is_named_with_those_there_are() {
    let error = "Carrier Pigeon"
        .parse::<Template>()
        .unwrap_err()
        .to_string();
    for named in [
        "'Carrier Pigeon'",
        "'Chat Immediate'",
        "'IVR Classic Callback'",
    ] {
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    check(
        "_max_dial_attempts=0
         _ttll=60
         _wait_for_agent=perhaps
         colour=red",
        &[
            "option '_max_dial_attempts' = '0': allowed is a number from 1 to 99",
            "unknown option '_ttll', did you mean '_ttl'?",
            "option '_wait_for_agent' = 'perhaps': allowed is true or false",
            "unknown option 'colour'",
            "option '_target' is missing: a callback needs somebody to talk to, \
             e.g. Sales@Stat_Server.GA",
        ],
    );
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    check(
        "_target=Sales.GA
         _enable_status_notification=subscribe_notify",
        &[
            "option '_status_notification_target' is missing, but _enable_status_notification is \
           subscribe_notify",
        ],
    );
    for further in [
        "_enable_status_notification=notify",
        "_enable_status_notification=subscribe_notify\n_callback_events_list=GMS_Events",
    ] {
        let given = format!("_target=Sales.GA\n{further}");
        assert!(parse(IMMEDIATE, &given).is_ok(), "{further}");
    }
}

/// What is there and wrong is not missing as well.
#[test]
fn one_mistake_is_told_once() {
    check(
        "_target=Sales",
        &[
            "option '_target' = 'Sales': allowed is name@server.GA, .GP, .A or .Q, or a list [{\"target\": …, \"timeout\": seconds, \"clear\": …}]",
        ],
    );
    check(
        "_target=Sales.GA
         _enable_status_notification=subscribe_notify
         _status_notification_target=http://user:secret@crm.example/a\u{7}",
        &[
            "option '_status_notification_target' = '…': allowed is a text of at most 2048 characters \
             without control characters",
        ],
    );
}

#[test]
fn the_nearest_known_option_is_offered() {
    for (written, nearest) in [
        ("_urs_virtual_que", Some("_urs_virtual_queue")),
        ("urs_virtual_queue", Some("_urs_virtual_queue")),
        ("_max_dial_attempt", Some("_max_dial_attempts")),
        (
            "_retry_on_answering_machin",
            Some("_retry_on_answering_machine"),
        ),
        ("_TTL", None),
        ("colour", None),
        ("", None),
        (&"_".repeat(500), None),
        (&"x".repeat(100_000), None),
    ] {
        let shown = &written[..written.len().min(30)];
        assert_eq!(OptionSpec::nearest(written), nearest, "{shown}");
    }
}

#[test]
fn other_spellings_are_understood() {
    for (alias, own, value) in [
        (
            "_enable_status_notifications",
            "_enable_status_notification",
            "notify",
        ),
        ("vq_for_outbound_calls", "_vq_for_outbound_calls", "Out"),
        ("_route_point", "_trunk_group", "carrier"),
    ] {
        let written = parse(IMMEDIATE, &format!("_target=Sales.GA\n{alias}={value}")).unwrap();
        let meant = parse(IMMEDIATE, &format!("_target=Sales.GA\n{own}={value}")).unwrap();
        assert_eq!(written.options, meant.options, "{alias}");
        assert_eq!(written.effective(), meant.effective(), "{alias}");
        assert_eq!(written.given, meant.given, "{alias}");
        assert_eq!(written.effective()[own], value, "{alias}");
    }
}

#[test]
fn an_option_under_two_names_is_told_with_both() {
    check(
        "_target=Sales.GA
         _route_point=carrier
         _trunk_group=carrier
         _enable_status_notification=false
         _enable_status_notifications=perhaps",
        &[
            "option '_enable_status_notification' = 'perhaps': allowed is false, subscribe_notify or notify",
            "option '_enable_status_notification' is given twice: as '_enable_status_notification' and as \
             '_enable_status_notifications'",
            "option '_trunk_group' is given twice: as '_route_point' and as '_trunk_group'",
        ],
    );
}

#[test]
fn a_name_stands_in_urls_and_routing_keys() {
    for name in ["sales", "Sales-EU_2.1", &"x".repeat(64)] {
        let service = Service::parse(ServiceName::new(name), IMMEDIATE, pairs("_target=S.GA"));
        assert!(service.is_ok(), "{name}");
    }
    for name in ["", "a b", "a/b", "a*", "ä", "a\n", &"x".repeat(65)] {
        let service = Service::parse(ServiceName::new(name), IMMEDIATE, pairs("_target=S.GA"));
        let message = service.unwrap_err().to_string();
        assert!(
            message.contains("is no service name: allowed are 1 to 64"),
            "{message}"
        );
    }
}
