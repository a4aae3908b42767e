//! Whoever is to confirm is asked, whatever is told of the steps.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Receiver, Up, ready_agents, until};

const LIMIT: Duration = Duration::from_secs(30);

/// Status notifications are off, or go by a list that has nothing of it.
#[tokio::test]
async fn confirmation_push_goes_out_whatever_is_told_of_the_steps() {
    let receiver = Receiver::start().await;
    let url = &receiver.url;
    let posts = || {
        let all = receiver.all().into_iter();
        let posts: Vec<Value> = all
            .map(|told| serde_json::from_slice(&told.body).unwrap())
            .collect();
        posts
    };
    for told in [
        "_enable_status_notification = \"false\"",
        "_callback_events_list = \"Ends\"\n_enable_status_notification = \"notify\"",
    ] {
        let config = format!(
            "[services.desk]\ntemplate = \"User Terminated Delayed\"\n_target = \"Sales@Stat.GA\"\n\
             _wait_for_user_confirm = true\n_user_confirm_timeout = 600\n_push_notification_provider = \"push\"\n\
             {told}\n[event_lists.Ends.events._cbe_on_service_exit]\n[providers.push]\nurl = \"{url}\"\n{}",
            ready_agents(1)
        );
        let up = Up::start(&config, "instant=true").await;
        let path = "/genesys/1/service/callback/desk";
        let (status, refused) = up
            .client
            .post(path, &json!({"_customer_number": "5115"}))
            .await;
        assert_eq!(status, 400, "nobody can be asked: {refused}");
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains("_device_notification_id"), "{message}");
        let body = json!({"_customer_number": "5115", "_device_notification_id": "phone-1"});
        let id = up.client.start("desk", body).await;
        let asked = until("the question", LIMIT, || async {
            posts()
                .into_iter()
                .find(|it: &Value| it["message"]["_id"] == id.as_str())
        })
        .await;
        assert_eq!(
            (&asked["deviceId"], &asked["message"]["_action"]),
            (&json!("phone-1"), &json!("confirm"))
        );
        let (status, _) = up
            .client
            .post(&format!("/genesys/1/service/{id}/confirm"), &json!({}))
            .await;
        assert_eq!(status, 200);
        let over = up.client.until_over(&id, LIMIT).await;
        assert_eq!(over["record"]["_callback_reason"], "AGENT_CONNECTED");
        let own = posts()
            .into_iter()
            .filter(|it| it["message"]["_id"] == id.as_str());
        assert_eq!(own.count(), 1, "nothing else is told there");
    }
}
