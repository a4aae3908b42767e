//! Lists as people manage them.

use reqwest::Method;
use serde_json::json;

use super::{config, put};
use crate::harness::{Up, ready_agents};

#[tokio::test]
async fn a_list_is_checked_as_a_whole_and_versioned() {
    let up = Up::start(&config(""), "speed=20").await;
    let wrong = "[properties]\n_enable_status_notification = subscribe_notify\n[_cbe_on_dial_innit]\n\
                 notify_params = a\n[_cbe_on_dial_done]\nnotify_custom = {\"a\": }\nnotify_parameters = b\n";
    std::fs::write(up.folder.path().join("wrong.cfg"), wrong).unwrap();
    for arguments in [
        ["events", "check", "wrong.cfg"],
        ["events", "import", "wrong.cfg"],
    ] {
        let (good, said) = up.say(&arguments);
        assert!(!good);
        for part in [
            "_cbe_on_dial_innit",
            "_cbe_on_dial_init",
            "notify_custom",
            "notify_parameters",
            "_status_notification_target",
        ] {
            assert!(said.contains(part), "{part} is missing in: {said}");
        }
    }
    let list = json!({"events": {"_cbe_on_dial_init": {"notify_params": ["_customer_number"]}}});
    assert_eq!(
        put(&up, "One", &list, &[("if-none-match", "*")]).await.0,
        200
    );
    assert_eq!(
        put(&up, "One", &list, &[("if-none-match", "*")]).await.0,
        412
    );
    assert_eq!(
        put(&up, "One", &list, &[("if-match", "\"1\"")]).await.1,
        "\"2\""
    );
    let (status, _, answer) = put(&up, "One", &list, &[("if-match", "\"1\"")]).await;
    assert_eq!(
        (status, &answer["detail"]),
        (412, &json!("event list 'One' has version 2, not 1"))
    );
    let (_, shown) = up.client.get("/v1/event-lists/One").await;
    assert_eq!(
        (&shown["version"], &shown["events"]),
        (&json!(2), &list["events"])
    );
    let (status, _, answer) = up
        .client
        .send(
            Method::PUT,
            "/v1/event-lists/One",
            &[("content-type", "text/html")],
            "x",
        )
        .await;
    assert_eq!(status, 415, "{answer}");
    assert_eq!(up.client.delete("/v1/event-lists/One").await.0, 204);
    assert_eq!(up.client.get("/v1/event-lists/One").await.0, 404);
    assert_eq!(put(&up, "no name", &list, &[]).await.0, 400);
}

#[tokio::test]
async fn a_list_in_use_stays() {
    let folder = tempfile::tempdir().unwrap();
    let lists =
        "[event_lists.Mine.events._cbe_on_dial_init]\nnotify_params = \"_customer_number\"\n";
    let config = format!(
        "{lists}[services.s]\ntemplate = \"User Terminated Immediate\"\n_target = \"Sales@Stat.GA\"\n\
         _callback_events_list = \"Mine\"\n{}",
        ready_agents(1)
    );
    let up = Up::start_in(folder, &config, "speed=20").await;
    let (status, answer) = up.client.delete("/v1/event-lists/Mine").await;
    assert_eq!(status, 409, "{answer}");
    assert!(
        answer["detail"].as_str().unwrap().contains("service 's'"),
        "{answer}"
    );
    let (_, said) = up.say(&["events", "list"]);
    assert!(said.contains("Mine") && said.contains("1 events"), "{said}");
}
