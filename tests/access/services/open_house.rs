//! In a house without users.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NOW, START, VIP, basic, call, calls, found, open, started, vip};

#[tokio::test]
async fn who_is_turned_away_hears_what_is_asked_for() {
    let up = open("").await;
    let request = up.client.request(Method::POST, VIP);
    let response = request.body(START).send().await.unwrap();
    let challenges = response.headers().get_all("www-authenticate");
    let challenges: Vec<_> = challenges.iter().map(|it| it.to_str().unwrap()).collect();
    assert_eq!(
        challenges,
        ["Basic realm=\"ringback\"", "Bearer realm=\"ringback\""]
    );
    assert_eq!(response.status(), 401);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["exception"], "CallbackExceptionUnauthorized");
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.contains("service 'vip' asks for its own username and password"),
        "{message}"
    );
}

/// A house without users is open, but not its services with a login.
#[tokio::test]
async fn a_login_holds_in_an_open_house() {
    let up = open("").await;
    let id = started(&up).await;
    let (status, answer) = call(&up, "", Method::POST, NOW.0, NOW.1).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(found(&up, "").await, ["now"]);
    for (method, path, body) in calls(&id) {
        let (status, answer) = call(&up, "", method.clone(), &path, body).await;
        assert_eq!(status, 401, "{method} {path}: {answer}");
        let (status, answer) = call(&up, &vip(), method.clone(), &path, body).await;
        assert_eq!(status, 200, "{method} {path}: {answer}");
    }
    let unknown = "/genesys/1/service/07-nobody/check-queue-position";
    let (status, answer) = call(&up, "", Method::GET, unknown, "").await;
    assert_eq!(status, 404, "{answer}");
}

#[tokio::test]
async fn a_login_is_set_and_dropped_while_the_house_is_open() {
    let up = open("").await;
    let service = "/v1/services/now";
    let save = async |login: Value| {
        let mut options = json!({ "_target": "Sales@Stat.GA" });
        options
            .as_object_mut()
            .unwrap()
            .extend(login.as_object().unwrap().clone());
        up.client
            .put(
                service,
                &json!({ "template": "User Terminated Immediate", "options": options }),
            )
            .await
    };
    let path = "/genesys/1/service/callback/now?_customer_number=5115";
    assert_eq!(up.client.get(path).await.0, 200);
    for half in [json!({ "username": "ivr" }), json!({ "password": "ivr" })] {
        let (status, answer) = save(half).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer["detail"]
                .as_str()
                .unwrap()
                .contains("is missing, but there is a"),
            "{answer}"
        );
    }
    let (status, answer) = save(json!({ "username": "ivr", "password": "secret" })).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(up.client.get(path).await.0, 401);
    let (status, _) = call(&up, &basic("ivr", "secret"), Method::GET, path, "").await;
    assert_eq!(status, 200);
    let (status, answer) = save(json!({})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(up.client.get(path).await.0, 200);
}
