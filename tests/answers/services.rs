//! Services that cannot work are refused when they are saved, and told by the doctor.

use reqwest::Method;
use serde_json::json;

use crate::harness::Up;

const CONFIG: &str = r#"
[services.desk]
template = "User Terminated Delayed"
_target = "Sales@Stat.GA"
[agents.one]
groups = ["Sales"]
dn = "7001"
"#;

#[tokio::test]
async fn a_service_that_cannot_work_is_refused_when_saved() {
    let up = Up::start(CONFIG, "").await;
    let path = "/v1/services/new";
    let body = |option: &str, value: &str| json!({"template": "User Terminated Delayed", "options": {"_target": "Sales@Stat.GA", option: value}});
    for (option, value, says) in [
        ("_business_hours_service", "Night", "office hours 'Night'"),
        ("_callback_events_list", "Ends", "event list 'Ends'"),
        (
            "_wait_for_user_confirm",
            "true",
            "_push_notification_provider",
        ),
        ("_enable_disposition_dialog", "true", "not supported"),
    ] {
        let (status, answer) = up.client.put(path, &body(option, value)).await;
        let detail = answer["detail"].as_str().unwrap_or_default();
        assert_eq!(status, 400, "{answer}");
        assert!(detail.contains(option) && detail.contains(says), "{detail}");
    }
    let forced = format!("{path}?force=true");
    let (status, saved) = up
        .client
        .put(&forced, &body("_business_hours_service", "Night"))
        .await;
    assert_eq!(status, 200, "{saved}");
    assert!(
        saved["warnings"][0].as_str().unwrap().contains("'Night'"),
        "{saved}"
    );
    let (status, answer) = up
        .client
        .put(&forced, &body("_enable_disposition_dialog", "true"))
        .await;
    assert_eq!(status, 400, "what is not built stays refused: {answer}");
    let add = [
        "service",
        "add",
        "other",
        "--template",
        "User Terminated Delayed",
    ];
    let (worked, said) = up.say(&[&add[..], &["_target=Ghosts@Stat.GA"]].concat());
    assert!(
        worked && said.contains("Ghosts@Stat.GA has no agent"),
        "{said}"
    );
    let (worked, said) = up.say(
        &[
            &add[..],
            &["_target=Sales@Stat.GA", "_capacity_service=Team"],
        ]
        .concat(),
    );
    assert!(
        !worked && said.contains("capacity 'Team'") && said.contains("force"),
        "{said}"
    );
}

#[tokio::test]
async fn services_of_the_original_are_imported_as_they_are() {
    let up = Up::start(CONFIG, "").await;
    let file = "[service.samples_dev]\n_service=callback\n_type=ors\n_target=Sales@Stat_Server.GA\n_wait_for_agent=true\n\
                _ttl=\n_service_groups=North\n_business_hours_service=Office\n\n[service.Office]\n_service=office-hours\n\
                _type=builtin\n_bh_regular1=Mon-Fri 08:00-20:00\n\n[log]\nall=stdout\n";
    std::fs::write(up.folder.path().join("gms.cfg"), file).unwrap();
    let (worked, said) = up.say(&["service", "import", "gms.cfg"]);
    assert!(
        worked && said.contains("samples_dev saved") && said.contains("[log]"),
        "{said}"
    );
    let (_, service) = up.client.get("/v1/services/samples_dev").await;
    assert_eq!(service["template"], "User Terminated Delayed");
    assert_eq!(service["effective"]["_ttl"], "86400");
    let (_, found) = up.client.get("/v1/services?group=North").await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    let (status, answer) = up.client.get("/v1/services?grup=North").await;
    assert_eq!(status, 400, "{answer}");
    for list in [
        "agents",
        "queues",
        "office-hours",
        "event-lists",
        "subscriptions",
    ] {
        let (status, answer) = up.client.get(&format!("/v1/{list}?nope=1")).await;
        assert!(
            status == 400 && answer["detail"].as_str().unwrap().contains("nope"),
            "{list}: {answer}"
        );
    }
    let list = "[_cbe_on_dial_init]\nnotify_params = _service_id ; ours\n";
    let plain = [("content-type", "text/plain")];
    let (status, _, answer) = up
        .client
        .send(Method::PUT, "/v1/event-lists/x", &plain, list)
        .await;
    assert!(
        status == 400 && answer["detail"].as_str().unwrap().contains("line 2"),
        "{answer}"
    );
}
