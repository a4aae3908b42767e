//! What a request says holds over its service, that over the properties of its event list, that over the default: for
//! every option and every way of saying it, from the request as it arrives to the plan that is stored.

use serde_json::{Map, Value, json};

use crate::callback::Callback;
use crate::event_list::EventList;
use crate::ids::{CallbackId, ServiceName};
use crate::notify::{Plan, Recipient};
use crate::request::read_start;
use crate::service::{Service, Template};
use crate::tests::sample::{ID, at, object};

const MODE: &str = "_enable_status_notification";
const TYPE: &str = "_status_notification_type";
const TARGET: &str = "_status_notification_target";

/// An option of whoever is told.
struct Row {
    name: &'static str,
    default: &'static str,
    values: &'static [&'static str],
    /// What of the plan it settles.
    read: fn(&Recipient) -> String,
}

const ROWS: [Row; 6] = [
    Row {
        name: TYPE,
        default: "httpcb",
        values: &["httpcb", "orscb", "customhttp", "amqp"],
        read: |own| own.kind.as_str().to_owned(),
    },
    Row {
        name: TARGET,
        default: "",
        values: &["http://one.example", "00FAVH4I", "x/y"],
        read: |own| own.address.clone(),
    },
    Row {
        name: "_status_notification_provider",
        default: "default",
        values: &["one", "two", "default"],
        read: |own| own.provider.clone().unwrap_or_else(|| "default".to_owned()),
    },
    Row {
        name: "_status_notification_debug",
        default: "false",
        values: &["true", "false"],
        read: |own| own.debug.to_string(),
    },
    Row {
        name: "_status_notification_language",
        default: "",
        values: &["de", "en", "fr"],
        read: |own| own.language.clone().unwrap_or_default(),
    },
    Row {
        name: "_status_notification_envelope",
        default: "false",
        values: &["true", "false"],
        read: |own| own.envelope.to_string(),
    },
];

/// What the request, the service and the list of its events say of notifications.
#[derive(Clone, Default)]
struct Said {
    request: Map<String, Value>,
    service: Map<String, Value>,
    list: Map<String, Value>,
}

impl Said {
    /// As the house reads it.
    fn plan(&self) -> Result<Option<Plan>, String> {
        let told = |error: &dyn std::error::Error| error.to_string();
        let texts = |said: &Map<String, Value>| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            said.iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect()
        };
        let mut service = self.service.clone();
        service.insert("_target".to_owned(), json!("Sales.GA"));
        service.insert("_callback_events_list".to_owned(), json!("GMS_Events"));
        let (name, template) = (ServiceName::new("sales"), Template::ClassicCallback);
        let service =
            Service::parse(name, template, texts(&service)).map_err(|error| told(&error))?;
        let list = json!({"properties": self.list, "events": {"_cbe_on_dial_done": {}}});
        let list = EventList::parse_json(&list).map_err(|error| told(&error))?;
        let mut request = self.request.clone();
        request.insert("_customer_number".to_owned(), json!("5115"));
        let new = read_start(request, |_| CallbackId::new(ID), &service, at(0))
            .map_err(|error| told(&error))?;
        let (callback, _) = Callback::accept(new, &service, Some(list.properties()), at(0))
            .map_err(|error| told(&error))?;
        Ok(callback.notify)
    }

    /// Besides, `name` is said thus, by the request, the service and the list.
    fn with(&self, name: &str, ways: [Option<&str>; 3]) -> Self {
        let mut said = self.clone();
        for (says, way) in [&mut said.request, &mut said.service, &mut said.list]
            .into_iter()
            .zip(ways)
        {
            says.extend(way.map(|value| (name.to_owned(), json!(value))));
        }
        said
    }
}

/// Not at all, blank, and with each value: by each of the three.
fn ways<'a>(values: &[&'a str]) -> Vec<[Option<&'a str>; 3]> {
    let one: Vec<_> = [None, Some(""), Some("  ")]
        .into_iter()
        .chain(values.iter().copied().map(Some))
        .collect();
    let mut all = Vec::new();
    for &request in &one {
        for &service in &one {
            all.extend(one.iter().map(|&list| [request, service, list]));
        }
    }
    all
}

/// The first of them that says something.
fn holds<'a>(ways: [Option<&'a str>; 3], default: &'a str) -> &'a str {
    let mut said = ways.into_iter().flatten();
    said.find(|value| !value.trim().is_empty())
        .unwrap_or(default)
}

/// The plan is one with somebody who is told as `expected`.
fn check(said: &Said, row: &Row, ways: [Option<&str>; 3]) {
    let expected = holds(ways, row.default);
    let plan = said.with(row.name, ways).plan();
    let own = plan
        .unwrap_or_else(|error| panic!("{} {ways:?}: {error}", row.name))
        .unwrap()
        .own;
    assert_eq!((row.read)(&own.unwrap()), expected, "{} {ways:?}", row.name);
}

/// Whoever else is to be told: by the service, so that nothing is missing.
fn told() -> Said {
    let service = object(json!({ MODE: "subscribe_notify", TYPE: "amqp", TARGET: "x/y" }));
    Said {
        service,
        ..Said::default()
    }
}

#[test]
fn every_option_holds_by_who_says_it() {
    for row in &ROWS {
        let mut said = told();
        said.service.remove(row.name);
        for ways in ways(row.values) {
            check(&said, row, ways);
        }
    }
}

#[test]
fn so_does_the_mode() {
    let mut said = told();
    said.service.remove(MODE);
    said.list.insert(TARGET.to_owned(), json!("x/y"));
    for ways in ways(&["false", "subscribe_notify", "notify"]) {
        let plan = said
            .with(MODE, ways)
            .plan()
            .unwrap_or_else(|error| panic!("{ways:?}: {error}"));
        let settled = match plan.map(|plan| plan.own.is_some()) {
            None => "false",
            Some(true) => "subscribe_notify",
            Some(false) => "notify",
        };
        assert_eq!(settled, holds(ways, "false"), "{ways:?}");
    }
}

/// It is its service's alone.
#[test]
fn the_list_is_named_by_the_service() {
    const LIST: &str = "_callback_events_list";
    for (said, expected) in [
        ("GMS_Events", Some("GMS_Events")),
        (" Other ", Some("Other")),
        ("", None),
        ("  ", None),
    ] {
        let given = object(json!({"_target": "Sales.GA", MODE: "notify", LIST: said}));
        let given = given
            .into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap().to_owned()));
        let name = ServiceName::new("sales");
        let service = Service::parse(name, Template::ClassicCallback, given.collect()).unwrap();
        let plan = Plan::of(&service.options, None).unwrap();
        assert_eq!(plan.list.as_deref(), expected, "'{said}'");
    }
    for value in ["Other", "", " "] {
        let refused = told()
            .with(LIST, [Some(value), None, None])
            .plan()
            .unwrap_err();
        let expected = format!(
            "option '{LIST}' cannot be set by a request: it belongs to the service; allowed are its _overwritable_options"
        );
        assert_eq!(refused, expected);
        let refused = told()
            .with(LIST, [None, None, Some(value)])
            .plan()
            .unwrap_err();
        assert!(
            refused.contains(&format!("option '{LIST}': unknown")),
            "{refused}"
        );
    }
}

/// Wherever it is said that somebody is told, the target may be said elsewhere; nowhere is a mistake, unless the type
/// needs none.
#[test]
fn somebody_who_is_told_has_a_target() {
    let blank = ["", " "].map(Some).into_iter().chain([None]);
    for nothing in blank {
        let [request, service] = [
            [Some("subscribe_notify"), None, None],
            [None, Some("subscribe_notify"), None],
        ];
        for mode in [request, service] {
            let said = Said::default().with(MODE, mode).with(TARGET, [nothing; 3]);
            let missing = "service 'sales': option '_status_notification_target' is missing, but \
                           _enable_status_notification is subscribe_notify";
            assert_eq!(said.plan().unwrap_err(), missing, "{mode:?}");
            for place in 0..3 {
                let mut target = [nothing; 3];
                target[place] = Some("http://crm.example");
                let said = Said::default().with(MODE, mode).with(TARGET, target);
                let own = said.plan().unwrap().unwrap().own.unwrap();
                assert_eq!(own.address, "http://crm.example", "{mode:?} {target:?}");
                let mut kind = [nothing; 3];
                kind[place] = Some("amqp");
                let said = Said::default().with(MODE, mode).with(TYPE, kind);
                assert_eq!(
                    said.plan().unwrap().unwrap().own.unwrap().address,
                    "",
                    "{kind:?}"
                );
            }
        }
    }
}

/// By a list alone: it is complete in itself.
#[test]
fn a_list_may_say_everything() {
    let list = object(json!({ MODE: "subscribe_notify", TYPE: "amqp" }));
    let said = Said {
        list,
        ..Said::default()
    };
    let own = said.plan().unwrap().unwrap().own.unwrap();
    assert_eq!((own.kind.as_str(), own.address.as_str()), ("amqp", ""));
    let over = said.with(TYPE, [Some("httpcb"), None, None]);
    assert!(
        over.plan()
            .unwrap_err()
            .contains("'_status_notification_target' is missing")
    );
}
