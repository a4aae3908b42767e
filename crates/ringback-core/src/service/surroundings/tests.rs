//! What services need around them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Severity, Surroundings};
use crate::event_list::EventList;
use crate::notify::{Provider, Providers};
use crate::outbound::AllowList;
use crate::service::{Service, Template};
use crate::tests::sample::service;

const DELAYED: Template = Template::UserTerminatedDelayed;

fn needs(service: &Service) -> Vec<(Severity, String)> {
    let list = "[properties]\n_enable_status_notification = subscribe_notify\n_status_notification_target = \
                http://crm.example/x\n[_cbe_on_dial_init]\n";
    let lists = BTreeMap::from([(
        "Ends".to_owned(),
        Arc::new(EventList::parse_cfg(list).unwrap()),
    )]);
    let provider = Provider {
        url: Some("https://push.example/".to_owned()),
        ..Provider::default()
    };
    let providers = Providers::from([("push".to_owned(), provider)]);
    let pools = BTreeSet::from(["GA:Customer_Service".to_owned()]);
    let around = Surroundings {
        lists: &lists,
        hours: BTreeSet::from(["Office"]),
        capacities: BTreeSet::new(),
        groups: BTreeSet::from(["Lines"]),
        services: BTreeSet::from(["samples_dev"]),
        providers: &providers,
        allow: &AllowList::default(),
        pools: Some(&pools),
    };
    let found = service.needs(&around).into_iter();
    found
        .map(|finding| (finding.severity, finding.problem))
        .collect()
}

/// The sample's own target is on this machine: here it has none.
fn desk(template: Template, further: &str) -> Service {
    service(
        template,
        &format!("_enable_status_notification=false {further}"),
    )
}

/// What a service has, and what it is told that it lacks.
const LACKING: &[(Template, &str, &[&str])] = &[
    (
        DELAYED,
        "_business_hours_service=Night",
        &[
            "_business_hours_service",
            "'Night'",
            "must be one of Office",
        ],
    ),
    (
        DELAYED,
        "_capacity_service=Team",
        &["_capacity_service", "'Team'", "there is none"],
    ),
    (
        DELAYED,
        "_callback_events_list=Begins",
        &["_callback_events_list", "'Begins'", "Ends"],
    ),
    (
        Template::UserOriginatedImmediate,
        "",
        &["_resource_group", "'DNIS'", "Lines"],
    ),
    (
        DELAYED,
        "_request_ewt_service=other",
        &["_request_ewt_service", "'other'", "samples_dev"],
    ),
    (
        DELAYED,
        "_enable_status_notification=subscribe_notify",
        &["_status_notification_target", "127.0.0.1"],
    ),
    (
        DELAYED,
        "_enable_status_notification=subscribe_notify _status_notification_target=ftp://files.example/x",
        &["_status_notification_target", "http"],
    ),
    (
        DELAYED,
        "_enable_status_notification=subscribe_notify _status_notification_provider=nosuch \
             _status_notification_target=https://a.example/",
        &["_status_notification_provider", "'nosuch'", "push"],
    ),
];

#[test]
fn whatever_a_service_names_must_be_there() {
    for (template, further, says) in LACKING {
        let template = *template;
        let further = further.split_whitespace().collect::<Vec<_>>();
        let keeps = further
            .iter()
            .any(|it| it.starts_with("_enable_status_notification"));
        let further = further.join(" ");
        let service = if keeps {
            service(template, &further)
        } else {
            desk(template, &further)
        };
        let found = needs(&service);
        let [(Severity::Error, problem)] = &found[..] else {
            panic!("{further}: {found:?}");
        };
        assert!(
            says.iter().all(|part| problem.contains(part)),
            "{further}: {problem}"
        );
    }
    for (template, further) in [
        (
            DELAYED,
            "_business_hours_service=Office _request_ewt_service=samples_dev",
        ),
        (
            DELAYED,
            "_business_hours_service=$hours$ _capacity_service=$places$",
        ),
        (Template::UserOriginatedImmediate, "_resource_group=Lines"),
        (DELAYED, "_callback_events_list=Ends"),
    ] {
        assert_eq!(needs(&desk(template, further)), [], "{further}");
    }
}

#[test]
fn a_target_without_agents_is_a_warning() {
    let found = needs(&desk(DELAYED, "_target=Sales@Stat.GA"));
    let [(Severity::Warning, problem)] = &found[..] else {
        panic!("{found:?}");
    };
    assert!(problem.contains("Sales@Stat.GA"), "{problem}");
}

/// Whoever is to confirm is asked, whether status notifications are on or not.
#[test]
fn confirmation_push_needs_a_provider_of_its_own() {
    for (further, is_asked) in [
        ("", false),
        ("_enable_status_notification=notify", false),
        ("_push_notification_provider=push", true),
        ("_push_notification_target=https://crm.example/ask", true),
        (
            "_push_notification_provider=push _push_notification_target=/ask",
            true,
        ),
        ("_push_notification_type=customhttp", false),
        ("_push_notification_provider=nosuch", false),
        ("_push_notification_target=http://10.0.0.1/ask", false),
        (
            "_enable_status_notification= _status_notification_target= _callback_events_list=Ends",
            true,
        ),
        ("_push_notification_target=$ask$", true),
    ] {
        let confirm = format!("_wait_for_user_confirm=true {further}");
        let service = if further.contains("_enable_status") {
            service(DELAYED, &confirm)
        } else {
            desk(DELAYED, &confirm)
        };
        assert_eq!(
            needs(&service).is_empty(),
            is_asked,
            "{further}: {:?}",
            needs(&service)
        );
    }
}
