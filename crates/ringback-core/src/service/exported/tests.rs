//! `.cfg` files of services.

use super::{ExportError, SectionKind, read};
use crate::ids::ServiceName;
use crate::service::{Service, Template};

const FILE: &str = "\u{feff}; exported
[callback]
max_request_by_time_bucket = 100

[service.samples_dev]
_service = callback
_type = ors
_target = Customer_Service@Stat_Server.GA
_wait_for_agent = true
_ttl =
_capacity_service = Team

[service.Team]
_service = capacity
_type = builtin
_capacity = {\"0000\":0,\"0800\":10}

[service.stats]
_service = urs-stat
";

#[test]
fn services_are_read_as_the_original_exports_them() {
    let exported = read(FILE).unwrap();
    let [desk, team] = &exported.sections[..] else {
        panic!("{exported:?}");
    };
    assert_eq!(
        (desk.name.as_str(), desk.kind),
        ("samples_dev", SectionKind::Callback)
    );
    assert_eq!(desk.template(), Some(Template::UserTerminatedDelayed));
    assert_eq!((team.name.as_str(), team.template()), ("Team", None));
    let [callback, stats] = &exported.left_out[..] else {
        panic!("{exported:?}");
    };
    assert!(callback.contains("[callback]"), "{callback}");
    assert!(stats.contains("'urs-stat'"), "{stats}");
    let template = desk.template().unwrap();
    let service = Service::parse(ServiceName::new("desk"), template, desk.options.clone());
    let service = service.unwrap();
    assert_eq!(
        service.options.ttl.as_secs(),
        86_400,
        "blank is the default"
    );
}

#[test]
fn what_is_not_understood_is_named_by_its_line() {
    assert_eq!(
        read("[service.x]\nnonsense").unwrap_err(),
        ExportError::Line(2)
    );
    assert_eq!(read("a = b").unwrap_err(), ExportError::Line(1));
    let comment = read("[service.x]\n_ttl = 60 ; a minute")
        .unwrap_err()
        .to_string();
    assert!(
        comment.contains("line 2") && comment.contains("line of its own"),
        "{comment}"
    );
}
