//! Which limits there are, what they count, and in which words they are told.

use serde_json::{Value, json};

use super::{Quota, own_quotas, shared_quotas};
use crate::callback::{Callback, State};
use crate::event::Reason;
use crate::key::IndexName;
use crate::service::{Service, Template};
use crate::tests::sample::{at, object, request, service};
use crate::time::Timestamp;

fn sample(options: &str, desired: Option<Timestamp>, data: Value) -> (Service, Callback) {
    let service = service(Template::UserTerminatedImmediate, options);
    let mut new = request(desired);
    new.user_data = object(data);
    let callback = Callback::accept(new, &service, None, at(0)).unwrap().0;
    (service, callback)
}

/// The limits of each kind that hold at 100 s.
fn quotas(options: &str, desired: Option<Timestamp>, data: Value) -> [Vec<Quota>; 2] {
    let (service, callback) = sample(options, desired, data);
    [own_quotas, shared_quotas].map(|of| of(&callback, &service.options, at(100)))
}

fn told(quotas: &[Quota]) -> Vec<String> {
    quotas.iter().map(|it| it.reached.to_string()).collect()
}

#[test]
fn by_default_there_is_each_of_them() {
    let [own, shared] = quotas("", None, json!({}));
    let expected = [
        "_customer_number has 2 callbacks that are not over: allowed are 2 (_enable_in_queue_checking is true)",
        "the value of '_customer_number' was in 6 requests of the last 24 hours: allowed are 6 \
         (_throttle_request_parameters_limit)",
    ];
    assert_eq!(told(&own), expected);
    let expected = [
        "service 'samples_dev' has 1000 callbacks in its queue: allowed are 1000 (_max_queued_callbacks_per_service)",
        "service 'samples_dev' has had 500 callbacks in the last 300 s: allowed are 500 \
         (_throttle_callbacks_per_service_1)",
        "service 'samples_dev' has had 1000 callbacks in the last 3600 s: allowed are 1000 \
         (_throttle_callbacks_per_service_2)",
    ];
    assert_eq!(told(&shared), expected);
}

#[test]
fn options_change_them() {
    let mosts = |options: &str, desired| {
        let data = json!({"user": "u1"});
        quotas(options, desired, data).map(|quotas| quotas.iter().map(|it| it.most).collect())
    };
    let all = vec![1000, 500, 1000];
    let now = |options, own: &[u64], shared: &[u64]| {
        let found: [Vec<u64>; 2] = mosts(options, None);
        assert_eq!(found, [own.to_vec(), shared.to_vec()], "{options}");
    };
    now("_enable_in_queue_checking=strict", &[1, 6], &all);
    now("_enable_in_queue_checking=false", &[6], &all);
    now("_throttle_request_parameters_limit=0", &[2], &all);
    now(
        "_throttle_callbacks_per_service_1=0",
        &[2, 6],
        &[1000, 1000],
    );
    now(
        "_throttle_request_parameters=user",
        &[2],
        &[1000, 500, 1000, 6],
    );
    now("_throttle_request_parameters=nobody", &[2], &all);
    now(
        "_max_queued_callbacks_per_service=7",
        &[2, 6],
        &[7, 500, 1000],
    );
    let later = |options, own: &[u64], shared: &[u64]| {
        let found: [Vec<u64>; 2] = mosts(options, Some(at(100_000)));
        assert_eq!(found, [own.to_vec(), shared.to_vec()], "{options}, later");
    };
    later("", &[2, 6], &[500, 1000]);
    later(
        "_max_queued_callbacks_per_service=0",
        &[2, 6],
        &[0, 500, 1000],
    );
    later("_throttle_request_parameters=user", &[2], &[500, 1000, 6]);
}

/// Which limits count a callback accepted at 0 s, in a state.
fn counted(state: Option<State>, now: i64) -> Vec<String> {
    let (service, mut callback) = sample("", None, json!({}));
    let quotas = [own_quotas, shared_quotas].map(|of| of(&callback, &service.options, at(now)));
    callback.state = state.unwrap_or(callback.state);
    let listings = callback.listings();
    let counts = |quota: &Quota| {
        let mut scores = listings.iter().filter(|(name, _)| *name == quota.index);
        scores.any(|(_, score)| quota.scores.iter().any(|it| it.contains(score)))
    };
    let option = |it: Quota| {
        let told = it.reached.to_string();
        let (_, option) = told.rsplit_once('(').unwrap();
        option.trim_end_matches(')').to_owned()
    };
    let quotas = quotas.into_iter().flatten().filter(counts);
    quotas.map(option).collect()
}

#[test]
fn what_counts_and_for_how_long() {
    let over = || {
        Some(State::Completed {
            reason: Reason::AgentConnected,
            open: None,
            talks_until: None,
            at: at(1),
        })
    };
    let in_queue = "_enable_in_queue_checking is true";
    let daily = "_throttle_request_parameters_limit";
    let first = "_throttle_callbacks_per_service_1";
    let second = "_throttle_callbacks_per_service_2";
    let queued = "_max_queued_callbacks_per_service";
    let day = 86_400;
    for (state, now, expected) in [
        (None, 0, &[in_queue, daily, queued, first, second][..]),
        (None, 299, &[in_queue, daily, queued, first, second]),
        (None, 300, &[in_queue, daily, queued, second]),
        (None, 3600, &[in_queue, daily, queued]),
        (None, day, &[in_queue, queued]),
        (over(), 10, &[daily, first, second]),
        (over(), 3600, &[daily]),
        (over(), day - 1, &[daily]),
        (over(), day, &[]),
    ] {
        assert_eq!(
            counted(state.clone(), now),
            expected,
            "{state:?} at {now} s"
        );
    }
}

#[test]
fn who_is_turned_away_is_told_when_to_come_again() {
    let [own, shared] = quotas("", None, json!({}));
    let (_, callback) = sample("", None, json!({}));
    let listings = callback.listings();
    let score = |quota: &Quota| {
        let found = listings.iter().find(|(name, _)| *name == quota.index);
        found.map(|(_, score)| *score).into_iter()
    };
    let wait = |quota: &Quota| quota.come_again(score(quota), at(100)).as_secs();
    assert_eq!(own.iter().map(wait).collect::<Vec<_>>(), [60, 86_300]);
    assert_eq!(shared.iter().map(wait).collect::<Vec<_>>(), [60, 200, 3500]);
    let [_, daily] = &own[..] else {
        panic!("{own:?}")
    };
    assert_eq!(daily.come_again(std::iter::empty(), at(0)).as_secs(), 60);
    assert_eq!(daily.come_again(score(daily), at(99_999)).as_secs(), 1);
}

/// A request counts when it comes, whenever the call is wanted.
#[test]
fn rate_windows_count_scheduled_requests() {
    let (service, later) = sample("", Some(at(100_000)), json!({}));
    let (_, now) = sample("", None, json!({}));
    let listed = later.listings();
    for quota in shared_quotas(&now, &service.options, at(10)) {
        let counts = |(name, score): &(IndexName, i64)| {
            *name == quota.index && quota.scores.iter().any(|it| it.contains(score))
        };
        let is_rate = quota.window.is_some();
        assert_eq!(listed.iter().any(counts), is_rate, "{}", quota.reached);
    }
}

/// One key in place of the number counts exactly, as a number does; of several the first.
#[test]
fn customers_without_a_number_are_counted_by_what_they_are_known_by() {
    let told_of = |keys: &str, data: Value| {
        let service = service(Template::ChatImmediate, keys);
        let mut new = request(None);
        (new.number, new.user_data) = (None, object(data));
        let callback = Callback::accept(new, &service, None, at(0)).unwrap().0;
        let listed = callback.listings();
        [own_quotas, shared_quotas].map(|of| {
            let quotas = of(&callback, &service.options, at(100));
            let in_queue = quotas.into_iter().filter(|it| it.window.is_none());
            let mut in_queue: Vec<Quota> = in_queue.collect();
            in_queue.retain(|it| it.reached.to_string().contains("_enable_in_queue_checking"));
            let is_listed = |it: &Quota| listed.iter().any(|(index, _)| *index == it.index);
            assert!(in_queue.iter().all(is_listed), "{keys}");
            told(&in_queue)
        })
    };
    let two = |key: &str| {
        vec![format!(
            "{key} has 2 callbacks that are not over: allowed are 2 (_enable_in_queue_checking is true)"
        )]
    };
    let data = || json!({"email": "a@example.com", "account": 4711});
    let email = "_mandatory_customer_lookup_keys=email";
    assert_eq!(told_of(email, data()), [two("email"), Vec::new()]);
    let both = "_mandatory_customer_lookup_keys=account,email";
    assert_eq!(told_of(both, data()), [Vec::new(), two("account")]);
    let unchecked = "_mandatory_customer_lookup_keys=email _enable_in_queue_checking=false";
    let none = [Vec::<String>::new(), Vec::new()];
    assert_eq!(told_of(unchecked, data()), none);
}
