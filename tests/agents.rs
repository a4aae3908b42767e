//! More agents than one page has.

use reqwest::Method;
use ringback_core::agent::Profile;
use ringback_core::ids::{AgentId, ServiceName};
use ringback_core::service::{Service, Template};
use ringback_ports::desk::Desk;
use ringback_workers::ingest::FrontDesk;
use serde_json::Value;

use crate::harness::{Up, rooms};

const COUNT: usize = 1003;

#[tokio::test]
async fn agents_are_listed_by_pages_and_a_page_says_that_more_follow() {
    let agent = |n| format!("[agents.a{n:04}]\ngroups = [\"Sales\"]\ndn = \"{n}\"\n");
    let config: String = (0..COUNT).map(agent).collect();
    let up = Up::start(&config, "").await;
    let page = async |query: &str| {
        let path = format!("/v1/agents{query}");
        let (status, headers, page) = up.client.exchange(Method::GET, &path, &[], "").await;
        assert_eq!(status, 200, "{page}");
        let ids = page.as_array().unwrap().iter();
        let ids: Vec<_> = ids
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect();
        (ids, headers.contains_key("ringback-truncated"))
    };
    let (first, is_cut) = page("").await;
    assert_eq!((first.len(), is_cut), (1000, true));
    let (rest, is_cut) = page(&format!("?after={}", first.last().unwrap())).await;
    assert_eq!(
        (rest.as_slice(), is_cut),
        (&["a1000", "a1001", "a1002"].map(str::to_owned)[..], false)
    );
    assert_eq!(
        page("?limit=2&after=a0010").await,
        (vec!["a0011".to_owned(), "a0012".to_owned()], true)
    );
    assert_eq!(page("?after=a1002").await, (Vec::new(), false));
    for wrong in ["limit=0", "limit=1001", "limit=x", "cursor=a"] {
        let (status, answer) = up.client.get(&format!("/v1/agents?{wrong}")).await;
        assert_eq!(status, 400, "{wrong}: {answer}");
    }
    let (is_well, listed) = up.say(&["agent", "list", "--json"]);
    assert!(is_well, "{listed}");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), COUNT);
}

/// The one who serves it is none of the first thousand.
#[tokio::test]
async fn a_service_is_staffed_by_agents_of_any_page() {
    let house = rooms(&[]);
    let desk = FrontDesk::new(house);
    for n in 0..COUNT {
        let group = if n + 1 == COUNT { "Late" } else { "Sales" };
        let profile = serde_json::json!({ "groups": [group], "dn": "7001" });
        let profile: Profile = serde_json::from_value(profile).unwrap();
        desk.put_agent(AgentId::new(format!("a{n:04}")), profile)
            .await
            .unwrap();
    }
    let needs = async |group: &str| {
        let options = [("_target".to_owned(), format!("{group}@Stat.GA"))].into();
        let name = ServiceName::new("desk");
        let service = Service::parse(name, Template::UserTerminatedImmediate, options).unwrap();
        let found = desk.needs_of(&[&service]).await.unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(needs("Late").await, Vec::<String>::new());
    assert_eq!(needs("Nobody").await.len(), 1);
}
