//! What services leave to requests: options they may set, and tokens they fill.

use super::super::OptionSpec;
use super::{IMMEDIATE, check, pairs, parse};

#[test]
fn a_service_says_what_requests_may_set() {
    let service = parse(
        IMMEDIATE,
        "_target=Sales.GA\n_overwritable_options=_ttl, _route_point",
    )
    .unwrap();
    for (option, may) in [
        ("_ttl", true),
        ("_trunk_group", true),
        ("_urs_virtual_queue", true),
        ("_max_dial_attempts", false),
    ] {
        assert_eq!(service.lets_requests_set(option), may, "{option}");
    }
}

#[test]
fn values_with_tokens_are_left_to_requests() {
    let given = "_target=$dept$@Stat.GA\n_ttl=$keep$\n_urs_virtual_queue=VQ_$dept$";
    let service = parse(IMMEDIATE, given).unwrap();
    assert_eq!(service.options.target, None);
    let named: Vec<_> = service.with_tokens().map(|(spec, _)| spec.name).collect();
    assert_eq!(named, ["_target", "_ttl", "_urs_virtual_queue"]);
    let filled = pairs("_target=Sales.GA\n_ttl=60\n_urs_virtual_queue=VQ_Sales");
    let options = service.options_with(&filled).unwrap();
    assert_eq!(options.virtual_queue, "VQ_Sales");
    let wrong = pairs("_target=Sales\n_ttl=60\n_urs_virtual_queue=x");
    let told = service.options_with(&wrong).unwrap_err().to_string();
    assert!(told.contains("option '_target' = 'Sales'"), "{told}");
}

/// Callbacks that came before the service had tokens in it.
#[test]
fn what_no_request_has_filled_is_not_missing() {
    let service = parse(IMMEDIATE, "_target=$dept$.GA").unwrap();
    assert!(service.options_with(&pairs("_ttl=60")).is_ok());
    let blank = service.options_with(&pairs("_target=")).unwrap_err();
    assert!(
        blank.to_string().contains("'_target' is missing"),
        "{blank}"
    );
}

#[test]
fn tokens_excuse_nothing_else() {
    check(
        "_targett=$dept$.GA
         _ttl=$a$\u{7}",
        &[
            "option '_target' is missing: a callback needs somebody to talk to, e.g. Sales@Stat_Server.GA",
            "unknown option '_targett', did you mean '_target'?",
            "option '_ttl' = '$a$': allowed is seconds from 1 to 31622400",
        ],
    );
}

#[test]
fn every_name_that_may_be_overwritten_exists() {
    let spec = OptionSpec::find("_ttl").unwrap();
    assert!(spec.may_be_overwritten());
    for name in ["password", "_service_groups", "_overwritable_options"] {
        assert!(
            !OptionSpec::find(name).unwrap().may_be_overwritten(),
            "{name}"
        );
    }
}
