//! Options that are taken and nothing is done about are refused by name when a service is saved.

use std::collections::BTreeMap;

use crate::ids::ServiceName;
use crate::service::{Service, Template};
use crate::tests::sample::service;

#[test]
fn no_option_is_taken_and_silently_ignored() {
    for (option, instead) in [
        (
            "_plugin_on_dial_url=http://crm.example/dial",
            "_cbe_on_dial_init",
        ),
        ("_enable_disposition_dialog=true", "false"),
        (
            r#"_treatment_customer_connect={"file":"a","hints":{"volume":3}}"#,
            "the sound alone",
        ),
        (
            r#"_treatment_waiting_for_agent={"file":"a","hints":{"volume":3}}"#,
            "the sound alone",
        ),
        ("_urs_ewt_estimation_method=magic", "ursdial"),
        (
            "_request_queue_time_stat=CurrNumberWaitingCalls;Queue;1@S",
            "ExpectedWaitTime",
        ),
        ("_max_queue_wait=60", "_wait_for_agent"),
    ] {
        let stored = service(Template::UserTerminatedImmediate, option);
        let refused = stored.check_supported().unwrap_err().to_string();
        let (name, _) = option.split_once('=').unwrap();
        assert!(
            refused.contains(name) && refused.contains(instead),
            "{refused}"
        );
    }
}

/// What an export of the original says of them when they are off, or as they are by default.
#[test]
fn defaults_and_what_is_off_are_taken() {
    let off = "_attach_udata=separate_keys _plugin_on_dial_url= _enable_disposition_dialog=false \
               _agent_disposition_timeout=45 _service_groups=Sales _eta_pos_threshold=0:10,10:5,20:2,30:1,40:0 \
               _urs_ewt_estimation_method= _request_queue_time_stat= _service=callback _type=ors _max_queue_wait= \
               _treatment_customer_connect={\"file\":\"a\"}";
    let service = service(Template::UserTerminatedImmediate, off);
    assert_eq!(service.check_supported(), Ok(()));
}

#[test]
fn a_blank_option_leaves_its_default() {
    let blank = [
        "_ttl",
        "_max_dial_attempts",
        "_wait_for_agent",
        "_call_direction",
        "_customer_lookup_keys",
    ];
    let mut given: BTreeMap<String, String> = blank
        .into_iter()
        .map(|name| (name.to_owned(), " ".to_owned()))
        .collect();
    given.insert("_target".to_owned(), "Sales.GA".to_owned());
    let name = ServiceName::new("desk");
    let service = Service::parse(name, Template::UserTerminatedDelayed, given).unwrap();
    assert_eq!(
        (
            service.options.ttl.as_secs(),
            service.options.wait_for_agent
        ),
        (86_400, true)
    );
    assert_eq!(service.effective()["_max_dial_attempts"], "3");
}
