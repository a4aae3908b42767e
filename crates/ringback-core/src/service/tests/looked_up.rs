//! What is asked of a service.

use super::*;

#[test]
fn what_holds_can_be_looked_up() {
    let service = parse(
        DELAYED,
        "_target= Sales.GA \nvq_for_outbound_calls=Out\n_ttl=60",
    )
    .unwrap();
    let effective = service.effective();
    let named: Vec<_> = option_specs().iter().map(|spec| spec.name).collect();
    assert!(
        named.iter().all(|name| effective.contains_key(name)),
        "every option"
    );
    for (option, value, from) in [
        ("_target", "Sales.GA", "given, without the spaces around it"),
        ("_vq_for_outbound_calls", "Out", "given by an alias"),
        ("_ttl", "60", "given"),
        ("_wait_for_agent", "true", "the template"),
        ("_max_dial_attempts", "3", "the default"),
    ] {
        assert_eq!(effective[option], value, "{from}");
    }
    let given = effective
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let again = Service::parse(service.name, IMMEDIATE, given.collect()).unwrap();
    assert_eq!(
        again.options, service.options,
        "and says all there is to say"
    );
}

#[test]
fn one_option_can_be_looked_up_as_text() {
    let given = "_target= Sales.GA \n_route_point=carrier\n_urs_virtual_queue=Own\n_treatment_customer_connect=\n\
                 _status_notification_target=http://user:secret@crm.example";
    let service = parse(DELAYED, given).unwrap();
    let overrides = pairs("_urs_virtual_queue= Other \n_vq_for_outbound_calls=Out");
    let blanked = pairs("_urs_virtual_queue=");
    let none = BTreeMap::new();
    for (name, overrides, value, from) in [
        (
            "_urs_virtual_queue",
            &overrides,
            Some("Other"),
            "the request",
        ),
        (
            "vq_for_outbound_calls",
            &overrides,
            Some("Out"),
            "the request, by an alias",
        ),
        ("_urs_virtual_queue", &none, Some("Own"), "given"),
        (
            "_target",
            &none,
            Some("Sales.GA"),
            "given, without the spaces around it",
        ),
        ("_trunk_group", &none, Some("carrier"), "given by an alias"),
        (
            "_route_point",
            &none,
            Some("carrier"),
            "given by an alias, by an alias",
        ),
        ("_wait_for_agent", &none, Some("true"), "the template"),
        ("_ttl", &none, Some("86400"), "the default"),
        (
            "_urs_virtual_queue",
            &blanked,
            None,
            "blanked by the request",
        ),
        ("_treatment_customer_connect", &none, None, "given as blank"),
        ("_callback_events_list", &none, None, "blank by default"),
        ("_status_notification_target", &none, None, "a secret"),
        ("_colour", &none, None, "unknown"),
        ("", &none, None, "unknown"),
    ] {
        assert_eq!(
            service.option_text(name, overrides).as_deref(),
            value,
            "{name}: {from}"
        );
    }
}

#[test]
fn what_may_hold_credentials_is_known() {
    let secret: Vec<_> = option_specs()
        .iter()
        .filter(|spec| spec.is_secret())
        .collect();
    let names: Vec<_> = secret.iter().map(|spec| spec.name).collect();
    let known = [
        "_exceptions",
        "username",
        "password",
        "_status_notification_target",
        "_push_notification_target",
        "_plugin_on_dial_url",
    ];
    assert_eq!(names, known);
}

#[test]
fn a_request_can_overrule() {
    let service = parse(IMMEDIATE, "_target=Sales.GA\n_urs_virtual_queue=Own").unwrap();
    let options = service
        .options_with(&pairs("_wait_for_agent=true"))
        .unwrap();
    assert!(options.wait_for_agent);
    assert_eq!(options.virtual_queue, "Own");
    assert_eq!(
        service.options_with(&BTreeMap::new()).unwrap(),
        *service.options
    );
    let wrong = pairs("_wait_for_agent=1\n_enable_status_notification=subscribe_notify");
    assert_eq!(
        service.options_with(&wrong).unwrap_err().to_string(),
        "service 'sales': option '_wait_for_agent' = '1': allowed is true or false; option \
         '_status_notification_target' is missing, but _enable_status_notification is subscribe_notify"
    );
}

#[test]
fn what_a_request_may_overrule_exists() {
    for name in REQUEST_OPTIONS {
        assert_eq!(OptionSpec::find(name).map(|spec| spec.name), Some(*name));
    }
}

#[test]
fn debug_shows_no_credential() {
    let target = "http://user:secret@crm.example/callbacks";
    let given = BTreeMap::from([
        ("_target".to_owned(), "Sales@Stat.GA".to_owned()),
        ("_status_notification_target".to_owned(), target.to_owned()),
    ]);
    let service =
        Service::parse(ServiceName::new("desk"), Template::ClassicCallback, given).unwrap();
    assert_eq!(service.options.notification.target.as_deref(), Some(target));
    for shown in [format!("{service:?}"), format!("{:?}", service.options)] {
        assert!(!shown.contains("secret"), "{shown}");
    }
    assert!(format!("{service:?}").contains("desk"));
}
