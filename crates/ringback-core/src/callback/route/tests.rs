//! Lists of targets: which are open, and since when.

use super::Route;
use crate::service::Template;
use crate::tests::sample::{at, service};

fn route(list: &str) -> Route {
    let service = service(
        Template::UserTerminatedDelayed,
        &format!("_target={}", list.split_whitespace().collect::<String>()),
    );
    Route::of(&service.options)
}

/// So many seconds after it came into the queue, these pools are open.
fn check(route: &Route, expected: &[(i64, &[&str])]) {
    for (seconds, pools) in expected {
        let widened = route.widened_by(at(0), at(*seconds));
        assert_eq!(route.pools(widened), *pools, "after {seconds} s");
    }
}

#[test]
fn a_single_target_stays_alone() {
    for single in ["Sales@Stat.GA", r#"[{"target":"Sales.GA","timeout":5}]"#] {
        let route = route(single);
        check(&route, &[(0, &["GA:Sales"]), (86_400, &["GA:Sales"])]);
        assert_eq!(route.widens_at(at(0), 0), None);
    }
}

#[test]
fn targets_open_one_after_the_other() {
    let route = route(
        r#"[{"target": "Max.A", "timeout": 10, "clear": true}, {"target": "Sales.GA", "timeout": 20},
            {"target": "Service.GA", "timeout": 5}]"#,
    );
    check(
        &route,
        &[
            (0, &["A:Max"]),
            (9, &["A:Max"]),
            (10, &["GA:Sales"]),
            (29, &["GA:Sales"]),
            (30, &["GA:Sales", "GA:Service"]),
            (86_400, &["GA:Sales", "GA:Service"]),
        ],
    );
    let opens = [0, 1, 2].map(|widened| route.widens_at(at(0), widened));
    assert_eq!(opens, [Some(at(10)), Some(at(30)), None]);
}

#[test]
fn targets_without_a_timeout_open_together_and_each_pool_once() {
    let route = route(
        r#"[{"target": "Sales.GA"}, {"target": "Sales@Other.GA"}, {"target": "Max.A", "clear": true}]"#,
    );
    check(&route, &[(0, &["GA:Sales", "A:Max"])]);
    assert_eq!(route.pools(u32::MAX), ["GA:Sales", "A:Max"]);
}

/// The list is stored with each callback: one that has none costs nothing.
#[test]
fn a_single_target_is_stored_as_before() {
    let stored = serde_json::to_value(route("Sales@Stat.GA")).unwrap();
    assert!(stored.get("pools").is_none(), "{stored}");
}
