//! The scenarios that services start from.

use super::super::options::{Direction, Media};
use super::super::{HIDDEN, Template};
use super::{DELAYED, IMMEDIATE, check, parse};

/// As the documentation lists them: direction, media, waits, confirms, preview.
#[test]
fn every_scenario_sets_what_is_documented() {
    use Direction::{UserOriginated as In, UserTerminated as Out};
    use Media::{Chat, Voice};
    for (name, direction, media, waits, confirms, preview) in [
        ("User Originated Immediate", In, Voice, false, false, false),
        ("User Originated Delayed", In, Voice, true, true, false),
        ("User Terminated Immediate", Out, Voice, false, false, false),
        ("User Terminated Delayed", Out, Voice, true, false, false),
        ("User Terminated Preview", Out, Voice, true, false, true),
        ("Chat Immediate", In, Chat, false, false, false),
        ("Chat Delayed", In, Chat, true, true, false),
        ("IVR Classic Callback", Out, Voice, true, false, false),
    ] {
        let template: Template = name.parse().unwrap();
        assert_eq!(template.name(), name);
        let options = parse(template, "_target=Sales.GA").unwrap().options;
        let scenario = &options.scenario;
        assert_eq!(
            (scenario.direction, scenario.media),
            (direction, media),
            "{name}"
        );
        assert_eq!(
            (
                options.wait_for_agent,
                scenario.confirm.wanted,
                options.preview.wanted
            ),
            (waits, confirms, preview),
            "{name}"
        );
    }
}

#[test]
fn a_customer_confirms_only_when_there_is_an_agent() {
    check(
        "_target=Sales.GA
         _wait_for_user_confirm=true",
        &[
            "option '_wait_for_user_confirm' is true, but _wait_for_agent is false: the customer confirms when \
           there is an agent",
        ],
    );
    assert!(parse(DELAYED, "_target=Sales.GA\n_wait_for_user_confirm=true").is_ok());
}

#[test]
fn an_agent_looks_or_is_called_first_only_where_one_is_found_first() {
    let immediate = "is false: ";
    for (option, template, told) in [
        ("_agent_preview=true", IMMEDIATE, immediate),
        (
            "_userterminated_first_connect_party=AGENT",
            IMMEDIATE,
            immediate,
        ),
        (
            "_agent_preview=true",
            Template::UserOriginatedDelayed,
            "_call_direction is USERORIGINATED: nobody is dialed",
        ),
        (
            "_userterminated_first_connect_party=AGENT",
            Template::UserOriginatedDelayed,
            "_call_direction is USERORIGINATED: nobody is dialed",
        ),
    ] {
        let mistakes = parse(template, &format!("_target=Sales.GA\n{option}")).unwrap_err();
        let name = option.split_once('=').unwrap().0;
        let mistakes = mistakes.to_string();
        assert!(
            mistakes.contains(&format!("'{name}'")) && mistakes.contains(told),
            "{mistakes}"
        );
    }
    assert!(parse(Template::UserTerminatedPreview, "_target=Sales.GA").is_ok());
}

/// With everything that may be agreed on before the call.
#[test]
fn an_agent_is_held_for_as_long_as_it_may_take() {
    let held = |template, further: &str| {
        let service = parse(template, &format!("_target=Sales.GA\n{further}")).unwrap();
        service.options.held_for().as_secs()
    };
    assert_eq!(held(DELAYED, ""), 30);
    assert_eq!(
        held(
            DELAYED,
            "_wait_for_user_confirm=true\n_user_confirm_timeout=20"
        ),
        50
    );
    assert_eq!(
        held(Template::UserTerminatedPreview, "_agent_preview_timeout=9"),
        39
    );
    assert_eq!(
        held(
            Template::UserOriginatedDelayed,
            "_booking_expiration_timeout=40"
        ),
        100
    );
}

#[test]
fn a_list_has_targets_with_timeouts() {
    let list = r#"_target=[{"target": "Sales@Stat.GA", "timeout": 10}, {"target": "Max.A", "clear": true}]"#;
    let options = parse(IMMEDIATE, list).unwrap().options;
    assert_eq!(options.target.as_ref().unwrap().pool(), "GA:Sales");
    let listed = options.queueing.targets.iter();
    let listed: Vec<_> = listed
        .map(|it| (it.target.pool(), it.timeout, it.clear))
        .collect();
    let expected = [
        ("GA:Sales".to_owned(), 10, false),
        ("A:Max".to_owned(), 0, true),
    ];
    assert_eq!(listed, expected);
}

#[test]
fn a_sound_has_hints() {
    let given = r#"_target=Sales.GA
_treatment_customer_connect={"file": "hello", "hints": {"volume": 3}}"#;
    let options = parse(IMMEDIATE, given).unwrap().options.clone();
    let greeting = &options.treatments.greeting;
    assert_eq!(greeting.file, "hello");
    assert_eq!(greeting.hints["volume"], 3);
}

#[test]
fn a_password_is_shown_to_nobody() {
    let service = parse(
        IMMEDIATE,
        "_target=Sales.GA\nusername=ivr\npassword=hunter2",
    )
    .unwrap();
    assert_eq!(
        service.options.general.access.password.as_deref(),
        Some("hunter2")
    );
    let shown = format!(
        "{service:?} {:?} {:?} {:?}",
        service.options,
        service.effective(),
        service.shown()
    );
    assert!(
        !shown.contains("hunter2") && !shown.contains("ivr"),
        "{shown}"
    );
    for name in ["password", "username"] {
        assert_eq!(service.option_text(name, &Default::default()), None);
        assert_eq!(service.effective()[name], HIDDEN);
        assert_eq!(service.shown()[name], HIDDEN);
    }
    let open = parse(IMMEDIATE, "_target=Sales.GA").unwrap();
    assert_eq!(open.effective()["password"], "");
}

#[test]
fn a_login_is_a_username_and_a_password() {
    for (given, lacking) in [
        ("username=ivr", "password"),
        ("password=hunter2", "username"),
    ] {
        let given = format!("_target=Sales.GA\n{given}");
        let error = parse(IMMEDIATE, &given).unwrap_err().to_string();
        assert!(
            error.contains(&format!("option '{lacking}' is missing")),
            "{error}"
        );
        assert!(
            !error.contains("ivr") && !error.contains("hunter2"),
            "{error}"
        );
    }
    let both = parse(
        IMMEDIATE,
        "_target=Sales.GA\nusername=ivr\npassword=hunter2",
    )
    .unwrap();
    let login = both.options.general.access.login();
    assert_eq!(login, Some(("ivr", "hunter2")));
}
