//! The customer chats.

use reqwest::Method;
use serde_json::{Value, json};

use super::{LIMIT, Line, id, service};
use crate::harness::{Client, ready_agents, until};

const IMMEDIATE: &str = "Chat Immediate";
const DELAYED: &str = "Chat Delayed";
const URL: &str = "[chat]\nurl = \"https://chat.example\"\n";

/// A Ringback whose chats stand at a URL, with a service `desk`.
async fn open(template: &str, options: &str, agents: usize) -> Line {
    let service = service("desk", template, options);
    Line::with(&format!("{service}{URL}{}", ready_agents(agents))).await
}

/// Somebody's side of a chat.
struct Side<'a> {
    client: &'a Client,
    path: String,
}

impl<'a> Side<'a> {
    /// The customer's, by the link of a dialog.
    fn by_link(line: &'a Line, dialog: &Value) -> Self {
        assert_eq!(dialog["_action"], "StartChat", "{dialog}");
        let url = dialog["_start_chat_url"].as_str().unwrap();
        let path = url.strip_prefix("https://chat.example").unwrap().to_owned();
        let client = &line.up.client;
        Self { client, path }
    }

    fn of_agent(line: &'a Line, agent: &str, id: &str) -> Self {
        let path = format!("/v1/agents/{agent}/chats/{id}");
        let client = &line.up.client;
        Self { client, path }
    }

    async fn post(&self, what: &str, body: &Value) -> (u16, String) {
        let path = format!("{}/{what}", self.path);
        let (status, answer) = self.client.post(&path, body).await;
        let detail = answer["detail"].as_str().unwrap_or_default();
        (status, detail.to_owned())
    }

    async fn join(&self) {
        assert_eq!(self.post("join", &json!({})).await, (204, String::new()));
    }

    async fn write(&self, text: &str) {
        let written = self.post("lines", &json!({ "text": text })).await;
        assert_eq!(written, (204, String::new()));
    }

    async fn read(&self, after: u64) -> Value {
        let path = format!("{}/lines?after={after}", self.path);
        let (status, chat) = self.client.get(&path).await;
        assert_eq!(status, 200, "{chat}");
        chat
    }
}

/// The agent who is asked into a chat.
async fn asked(line: &Line) -> String {
    until("an agent who is asked", LIMIT, || async {
        for agent in ["a0", "a1"] {
            let (_, known) = line.up.client.get(&format!("/v1/agents/{agent}")).await;
            if known["chat"]["joined"] == false {
                return Some(agent.to_owned());
            }
        }
        None
    })
    .await
}

#[tokio::test]
async fn whoever_chats_at_once_is_given_a_link_and_meets_an_agent() {
    let line = open(IMMEDIATE, "_retain_session_until_ixn_deleted = true", 1).await;
    let started = line.start("5115").await;
    let customer = Side::by_link(&line, &started);
    let waits = line.up.client.timeline(id(&started)).await["waits_for"].clone();
    assert!(waits.as_str().unwrap().contains("open the chat"), "{waits}");
    customer.join().await;
    customer.join().await;
    customer.write("hello?").await;
    let name = asked(&line).await;
    let agent = Side::of_agent(&line, &name, id(&started));
    assert_eq!(agent.post("lines", &json!({"text": "x"})).await.0, 409);
    agent.join().await;
    agent.join().await;
    agent.write("How can I help?").await;
    let chat = customer.read(0).await;
    let lines = chat["lines"].as_array().unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let what = line.get("text").or(line.get("event")).unwrap();
            (line["by"].as_str().unwrap(), what.as_str().unwrap())
        })
        .collect();
    let expected = [
        ("customer", "joined"),
        ("customer", "hello?"),
        ("agent", "joined"),
        ("agent", "How can I help?"),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        (&chat["with_agent"], &chat["over"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(customer.read(4).await["lines"], json!([]));
    until("the talk", LIMIT, || async {
        let timeline = line.up.client.timeline(id(&started)).await;
        (timeline["record"]["_callback_state"] == "PROCESSING").then_some(())
    })
    .await;
    assert_eq!(customer.post("leave", &json!({})).await.0, 204);
    assert_eq!(customer.post("leave", &json!({})).await.0, 204);
    let (reason, events) = line.until_over(id(&started)).await;
    assert_eq!(reason, "AGENT_CONNECTED");
    assert!(!events.iter().any(|it| it.contains("dial")), "{events:?}");
    let (status, told) = agent.post("lines", &json!({"text": "x"})).await;
    assert_eq!(status, 409);
    assert!(told.contains("the chat is over"), "{told}");
    until("the agent", LIMIT, || async {
        let (_, agent) = line.up.client.get(&format!("/v1/agents/{name}")).await;
        (agent["state"] == "ready").then_some(())
    })
    .await;
}

/// The callback ends when the agent comes in, the chat goes on, and the agent is free when it is over.
#[tokio::test]
async fn whoever_waits_for_an_agent_is_asked_and_then_given_a_link() {
    let line = open(DELAYED, "", 1).await;
    let started = line.start("5115").await;
    assert_eq!(started.get("_action"), None, "{started}");
    let id = id(&started);
    line.until_told(id, "_cbe_on_user_confirm").await;
    let (status, dialog) = line.act(id, "confirm").await;
    assert_eq!(status, 200);
    let customer = Side::by_link(&line, &dialog);
    customer.join().await;
    let name = asked(&line).await;
    let agent = Side::of_agent(&line, &name, id);
    agent.join().await;
    let (reason, _) = line.until_over(id).await;
    assert_eq!(reason, "AGENT_CONNECTED");
    agent.write("How can I help?").await;
    customer.write("No more, thank you").await;
    let (_, busy) = line.up.client.get(&format!("/v1/agents/{name}")).await;
    assert_eq!(
        busy["chat"],
        json!({"callback": id, "service": "desk", "joined": true})
    );
    assert_eq!(agent.post("leave", &json!({})).await.0, 204);
    assert_eq!(customer.read(0).await["over"], true);
    until("the agent", LIMIT, || async {
        let (_, agent) = line.up.client.get(&format!("/v1/agents/{name}")).await;
        (agent["state"] == "ready").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_link_lets_its_customer_in_and_nobody_else() {
    let line = open(IMMEDIATE, "", 1).await;
    let started = line.start("5115").await;
    let customer = Side::by_link(&line, &started);
    let (rest, key) = customer.path.rsplit_once('/').unwrap();
    let other: String = key.chars().rev().collect();
    let stranger = Side {
        client: &line.up.client,
        path: format!("{rest}/{other}"),
    };
    let (status, told) = stranger.post("join", &json!({})).await;
    assert_eq!(status, 404);
    assert!(told.contains("there is no chat at this link"), "{told}");
    assert_eq!(
        customer.post("lines", &json!({"text": "x"})).await.0,
        404,
        "nobody came in"
    );
    customer.join().await;
    for what in ["join", "lines", "leave"] {
        assert_eq!(
            stranger.post(what, &json!({"text": "x"})).await.0,
            404,
            "{what}"
        );
    }
    let (status, told) = customer
        .post("lines", &json!({"text": "x".repeat(2001)}))
        .await;
    assert_eq!(status, 400);
    assert!(
        told.contains("2001") && told.contains("1 to 2000"),
        "{told}"
    );
    asked(&line).await;
    let wrong = Side::of_agent(&line, "somebody", id(&started));
    assert_eq!(wrong.post("join", &json!({})).await.0, 409);
    assert!(!line.up.said().contains(key), "a key is no word for logs");
}

#[tokio::test]
async fn a_link_lapses_and_another_one_is_given() {
    let options = "_booking_expiration_timeout = 1\n_userorig_connect_limit = 2";
    let line = open(IMMEDIATE, options, 1).await;
    let started = line.start("5115").await;
    let first = Side::by_link(&line, &started);
    let again = until("another link", LIMIT, || async {
        let (status, dialog) = line.act(id(&started), "connect").await;
        assert_eq!(status, 200, "{dialog}");
        (dialog["_start_chat_url"] != started["_start_chat_url"]).then_some(dialog)
    })
    .await;
    assert_eq!(first.post("join", &json!({})).await.0, 404);
    Side::by_link(&line, &again).join().await;
    let agent = Side::of_agent(&line, &asked(&line).await, id(&started));
    agent.join().await;
    assert_eq!(line.until_over(id(&started)).await.0, "AGENT_CONNECTED");
}

/// Whoever is asked and does not come is passed over.
#[tokio::test]
async fn a_customer_who_leaves_before_an_agent_comes_is_known() {
    let line = open(IMMEDIATE, "", 1).await;
    let started = line.start("5115").await;
    let customer = Side::by_link(&line, &started);
    customer.join().await;
    asked(&line).await;
    assert_eq!(customer.post("leave", &json!({})).await.0, 204);
    let (reason, _) = line.until_over(id(&started)).await;
    assert_eq!(reason, "FAIL_INTERACTION_DELETED");
}

#[tokio::test]
async fn the_page_and_its_files_are_served_with_care() {
    let line = open(IMMEDIATE, "", 0).await;
    let started = line.start("5115").await;
    let customer = Side::by_link(&line, &started);
    let client = &line.up.client;
    let (status, headers, _) = client.exchange(Method::GET, &customer.path, &[], "").await;
    assert_eq!(status, 200);
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert!(header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cache-control"), "no-store");
    let (_, page) = client.get_text(&customer.path).await;
    for file in ["page.js", "page.css"] {
        assert!(page.contains(&format!("../{file}")), "{page}");
        let (status, text) = client.get_text(&format!("/chat/{file}")).await;
        assert_eq!((status, text.is_empty()), (200, false));
    }
    assert_eq!(client.get("/chat/page.png").await.0, 404);
}

/// What was written goes with the customer.
#[tokio::test]
async fn a_chat_is_erased_with_its_customer() {
    let line = open(IMMEDIATE, "", 0).await;
    let started = line.start("5115").await;
    let customer = Side::by_link(&line, &started);
    customer.join().await;
    customer.write("my secret").await;
    let (status, _) = line.up.client.delete("/v1/customers/5115").await;
    assert_eq!(status, 200);
    let path = format!("{}/lines", customer.path);
    assert_eq!(line.up.client.get(&path).await.0, 404);
}

/// Known by the e-mail alone: nobody asks for a number, and the limits count the e-mail.
#[tokio::test]
async fn whoever_gives_an_email_in_place_of_a_number_chats() {
    let options = "_customer_lookup_keys = \"email\"\n_mandatory_customer_lookup_keys = \"email\"\n\
                   _enable_in_queue_checking = \"strict\"\n";
    let line = open(IMMEDIATE, options, 1).await;
    let client = &line.up.client;
    let path = "/genesys/1/service/callback/desk";
    let email = |email: &str| json!({ "email": email });
    let (status, started) = client.post(path, &email("alice@example.org")).await;
    assert_eq!(status, 200, "{started}");
    let (status, refused) = client.post(path, &email("alice@example.org")).await;
    assert_eq!(status, 409, "{refused}");
    let (status, refused) = client
        .post(path, &json!({ "_customer_number": "5115" }))
        .await;
    assert_eq!(status, 400, "{refused}");
    assert!(
        refused["message"].as_str().unwrap().contains("'email'"),
        "{refused}"
    );
    assert_eq!(client.post(path, &email("bob@example.org")).await.0, 200);
    let (status, found) = client
        .get(&format!("{path}?email=alice%40example.org"))
        .await;
    assert_eq!(
        (status, &found[0]["_id"]),
        (200, &started["_id"]),
        "{found}"
    );
    assert_eq!(found[0].get("_customer_number"), None, "{found}");
    let (status, page) = client.get("/v1/callbacks?service=desk").await;
    assert_eq!(
        (status, page["callbacks"].as_array().unwrap().len()),
        (200, 2),
        "{page}"
    );
    let customer = Side::by_link(&line, &started);
    customer.join().await;
    let agent = asked(&line).await;
    Side::of_agent(&line, &agent, id(&started)).join().await;
    let (reason, _) = line.until_over(id(&started)).await;
    assert_eq!(reason, "AGENT_CONNECTED");
}
