//! The document of the API, and the page that shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::GzDecoder;
use ringback_api::{Access, Health, Users};
use ringback_core::event::EventName;
use ringback_workers::ingest::FrontDesk;
use serde_json::{Value, json};

use crate::harness::{RINGBACK, Up, messages, rooms, sales};

/// A method and a path.
type Door = (String, String);

struct Well;

impl Health for Well {
    fn waits_for(&self) -> Option<&'static str> {
        None
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn live(&self) -> Result<(), String> {
        Ok(())
    }

    fn metrics(&self) -> String {
        String::new()
    }
}

#[tokio::test]
async fn every_door_is_described_and_every_description_leads_to_a_door() {
    let access = Access {
        users: Users::default(),
        keep_audit: Duration::from_secs(60),
        ..Access::default()
    };
    let router = ringback_api::api(FrontDesk::new(rooms(&[])), access);
    let router = router.merge(ringback_api::health(Arc::new(Well)));
    let (doors, described) = (doors(&format!("{router:?}")), described());
    assert!(doors.len() > 50, "{doors:?}");
    let undescribed: Vec<_> = doors.difference(&described).collect();
    assert!(undescribed.is_empty(), "not described: {undescribed:?}");
    let walls: Vec<_> = described.difference(&doors).collect();
    assert!(walls.is_empty(), "no door: {walls:?}");
}

/// What a router shows of itself: the only list of its doors.
fn doors(shown: &str) -> BTreeSet<Door> {
    let (mut methods, mut paths) = (BTreeMap::new(), BTreeMap::new());
    let shown = shown.split("fallback_router").next().unwrap();
    for route in shown.split("RouteId(").skip(1) {
        let (id, rest) = route.split_once("): ").unwrap();
        if let Some(path) = rest.strip_prefix('"') {
            paths.insert(id, path.split('"').next().unwrap());
        } else {
            let allowed = rest.split("allow_header: Bytes(b\"").nth(1).unwrap();
            methods.insert(id, allowed.split('"').next().unwrap());
        }
    }
    assert!(paths.keys().eq(methods.keys()), "{shown}");
    let of_path = |(id, path): (&str, &str)| {
        let path = path.to_owned();
        let allowed = methods[id].split(',').filter(|method| *method != "HEAD");
        allowed.map(move |method| (method.to_owned(), path.clone()))
    };
    paths.into_iter().flat_map(of_path).collect()
}

fn described() -> BTreeSet<Door> {
    let document = ringback_api::openapi();
    let follow = |item: &Value| match item["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap().clone(),
        None => item.clone(),
    };
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let item = follow(item).as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter()
            .map(move |(method, _)| (method.to_ascii_uppercase(), path.clone()))
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_document_of_the_messages_has_every_event() {
    let document = messages::asyncapi();
    let events = json!(EventName::ALL.map(EventName::as_str));
    let parameter = &document["channels"]["events"]["parameters"]["event"];
    let message = &document["components"]["schemas"]["Notification"]["properties"];
    assert_eq!(parameter["enum"], events);
    assert_eq!(message["event_id"]["enum"], events);
}

#[tokio::test]
async fn it_is_served_and_shown_by_files_of_this_server_alone() {
    let hash = ringback_api::hash_password("secret").unwrap();
    let users = format!("[users.anna]\nrole = \"admin\"\npassword = \"{hash}\"\n");
    let up = Up::start(&(sales("", 0) + &users), "speed=20").await;
    let (status, _) = up.client.get("/v1/agents").await;
    assert_eq!(status, 401, "the API itself is not open to everybody");
    let (status, served) = up.client.get("/openapi.json").await;
    assert_eq!((status, &served), (200, &ringback_api::openapi()));
    let printed = Command::new(RINGBACK).arg("openapi").output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed, served);
    let (status, told) = up.client.get("/asyncapi.json").await;
    assert_eq!((status, told), (200, messages::asyncapi()));
    let page = file(&up, "/docs").await;
    assert!(page.contains("swagger-ui"), "{page}");
    assert!(
        !page.contains("<style") && !page.contains("onload="),
        "{page}"
    );
    let named = page.split('"');
    let named = named.filter(|it| it.ends_with(".js") || it.ends_with(".css"));
    let named: Vec<_> = named.collect();
    assert!(named.len() >= 5, "{page}");
    for name in named {
        assert!(!name.contains("//"), "{name} is from elsewhere");
        let path = format!("/docs/{}", name.trim_start_matches("./"));
        let text = file(&up, &path).await;
        let asks = text.contains("\"../openapi.json\"");
        assert_eq!(asks, name.ends_with("initializer.js"), "{name}");
    }
}

async fn file(up: &Up, path: &str) -> String {
    let response = reqwest::get(up.client.url(path)).await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let header = |name| response.headers().get(name).map(|it| it.to_str().unwrap());
    let policy = header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
    assert!(!policy.contains("unsafe"), "{policy}");
    let packed = header("content-encoding") == Some("gzip");
    let (bytes, mut text) = (response.bytes().await.unwrap(), String::new());
    let mut bytes = &bytes[..];
    if packed {
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    } else {
        bytes.read_to_string(&mut text).unwrap();
    }
    text
}
