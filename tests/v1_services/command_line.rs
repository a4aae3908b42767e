//! `ringback service …`

use serde_json::json;

use super::PACE;
use crate::harness::{Up, sales};

fn check(up: &Up, arguments: &[&str], parts: &[&str]) {
    let (worked, said) = up.say(arguments);
    assert!(worked, "{arguments:?}: {said}");
    for part in parts {
        assert!(
            said.contains(part),
            "{arguments:?}: {part} is missing in: {said}"
        );
    }
}

fn check_refused(up: &Up, arguments: &[&str], part: &str) {
    let (worked, said) = up.say(arguments);
    assert!(!worked, "{arguments:?}: {said}");
    assert!(
        said.contains(part),
        "{arguments:?}: {part} is missing in: {said}"
    );
}

/// The words of a command line.
fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

const ADD: [&str; 5] = [
    "service",
    "add",
    "desk",
    "--template",
    "User Terminated Delayed",
];
const OPTIONS: [&str; 4] = [
    "_target=Sales@Stat.GA",
    "_route_point=carrier",
    "username=ivr",
    "password=hunter2",
];

#[tokio::test]
async fn services_are_added_and_changed() {
    let up = Up::start("", PACE).await;
    let wrong = "option '_ttl' = 'soon': allowed is";
    check_refused(&up, &[&ADD[..], &["_ttl=soon"]].concat(), wrong);
    check_refused(
        &up,
        &[&ADD[..], &["_ttl"]].concat(),
        "'_ttl': allowed is KEY=VALUE",
    );
    let add = [&ADD[..], &OPTIONS].concat();
    check(&up, &add, &["service desk saved, version 1"]);
    check_refused(&up, &add, "service 'desk' has version 1, not 0");
    let set = "service set desk _ttl=60 _route_point=other --unset _max_dial_attempts";
    check(&up, &words(set), &["service desk saved, version 2"]);
    let (_, desk) = up.client.get("/v1/services/desk").await;
    assert_eq!(
        desk["options"],
        json!({"_target": "Sales@Stat.GA", "_trunk_group": "other", "_ttl": "60", "username": "…", "password": "…"})
    );
    let unset = words("service set desk --unset _route_point");
    check(&up, &unset, &["version 3"]);
    let nowhere = words("service set nowhere _ttl=60");
    check_refused(&up, &nowhere, "service 'nowhere' does not exist");
}

#[tokio::test]
async fn services_are_paused_and_removed() {
    let up = Up::start(&sales("", 0), PACE).await;
    check(
        &up,
        &[&ADD[..], &OPTIONS[..2]].concat(),
        &["service desk saved"],
    );
    check(&up, &words("service pause desk"), &["service desk paused"]);
    let listed = ["User Terminated Delayed  paused", "now"];
    check(&up, &words("service list"), &listed);
    let shown = [
        "desk (User Terminated Delayed, paused)",
        "_max_dial_attempts",
    ];
    check(&up, &words("service show desk"), &shown);
    check(
        &up,
        &words("service resume desk"),
        &["service desk resumed"],
    );
    let number = json!({"_customer_number": "5115"});
    let id = up.client.start("desk", number).await;
    check_refused(&up, &words("service delete desk"), &id);
    check(
        &up,
        &words("service delete desk --force"),
        &["service desk removed"],
    );
}

#[tokio::test]
async fn services_are_imported_from_a_file() {
    let up = Up::start("", PACE).await;
    let text = "[services.one]\ntemplate = \"Chat Immediate\"\n_target = [{ target = \"Sales.GA\", timeout = 10 }]\n\
                [services.two]\ntemplate = \"User Terminated Immediate\"\n_target = \"Max.A\"\nusername = \"ivr\"\npassword = { file = \"secret\" }\n";
    std::fs::write(up.folder.path().join("services.toml"), text).unwrap();
    std::fs::write(up.folder.path().join("secret"), "hunter2\n").unwrap();
    check(
        &up,
        &["service", "import", "services.toml"],
        &["service one saved, version 1", "service two saved"],
    );
    let (_, one) = up.client.get("/v1/services/one").await;
    assert_eq!(
        one["options"]["_target"],
        r#"[{"target":"Sales.GA","timeout":10}]"#
    );
    assert_eq!(
        up.client.get("/v1/services/two").await.1["options"]["password"],
        "…"
    );
    std::fs::write(
        up.folder.path().join("wrong.toml"),
        text.replace("Max.A", "Max"),
    )
    .unwrap();
    check_refused(
        &up,
        &["service", "import", "wrong.toml"],
        "option '_target' = 'Max'",
    );
    std::fs::write(up.folder.path().join("none.toml"), "").unwrap();
    check_refused(
        &up,
        &["service", "import", "none.toml"],
        "has no [services.…]",
    );
}
