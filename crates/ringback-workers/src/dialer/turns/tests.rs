//! Two dialers, and a trunk group that takes only so much. Time on the machine passes by itself; the store's is set by hand.

use std::time::Duration;

use ringback_core::call::{CallResult, Report};
use ringback_core::callback::Input;
use ringback_core::event::Reason;
use ringback_core::ids::CallbackId;
use ringback_core::trunk::TrunkLimits;

use super::super::calls::News;
use super::super::tests::{Phone, Scene};
use crate::testing::happened;

const TRUNK: &str = "default";

fn one_a_second() -> TrunkLimits {
    TrunkLimits {
        rate: "1".parse().ok(),
        calls: None,
    }
}

/// Asks for a turn for some other callback.
async fn turn(scene: &Scene, limits: TrunkLimits) -> Option<Duration> {
    let other = CallbackId::new("08-20e740d3-8458-43d6-834d-3713c3385bad");
    let turn = scene.house.take_trunk_turn(TRUNK, &other, limits).await;
    turn.unwrap()
}

fn dials(scene: &Scene) -> usize {
    let asked = scene.phones.each_ref().map(Phone::asked).concat();
    asked.iter().filter(|what| **what == "dial").count()
}

/// All dialers ask again and again meanwhile.
async fn for_long() {
    tokio::time::sleep(Duration::from_secs(20)).await;
}

#[tokio::test(start_paused = true)]
async fn callback_is_dialed_once_when_its_trunk_group_has_a_turn() {
    let scene = Scene::within(one_a_second()).await;
    assert_eq!(turn(&scene, one_a_second()).await, None);
    for dialer in [&scene.first, &scene.second, &scene.first] {
        scene.look(dialer).await;
    }
    for_long().await;
    assert_eq!(dials(&scene), 0);
    scene.clock.advance(Duration::from_secs(1));
    for_long().await;
    assert_eq!(dials(&scene), 1);
    // The other one has taken no turn for nothing: the next is free a second later.
    assert_eq!(
        turn(&scene, one_a_second()).await,
        Some(Duration::from_secs(1))
    );
    scene.clock.advance(Duration::from_secs(1));
    assert_eq!(turn(&scene, one_a_second()).await, None);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_cancelled_while_waiting_for_a_turn_is_not_dialed() {
    let scene = Scene::within(one_a_second()).await;
    assert_eq!(turn(&scene, one_a_second()).await, None);
    scene.look(&scene.first).await;
    for_long().await;
    let mut held = scene.now().await;
    happened(&scene.house, &mut held, Input::Cancel(Reason::Cancelled)).await;
    scene.clock.advance(Duration::from_secs(1));
    scene.until_idle(&scene.first).await;
    assert_eq!(dials(&scene), 0);
    assert_eq!(turn(&scene, one_a_second()).await, None);
}

#[tokio::test(start_paused = true)]
async fn congestion_slows_every_dialer_down() {
    let scene = Scene::within(one_a_second()).await;
    scene.look(&scene.first).await;
    for_long().await;
    assert_eq!(dials(&scene), 1);
    let call = scene.now().await.callback.call();
    let result = CallResult::AllTrunksBusy;
    let failed = News::Report(Report::Failed { result });
    scene.first.calls.tell(&call, failed);
    scene.until_idle(&scene.first).await;
    assert_eq!(
        turn(&scene, one_a_second()).await,
        Some(Duration::from_secs(2))
    );
}

#[tokio::test(start_paused = true)]
async fn trunk_group_carries_no_more_calls_than_it_has_lines() {
    let one_line = TrunkLimits {
        rate: None,
        calls: Some(1),
    };
    let scene = Scene::within(one_line).await;
    scene.look(&scene.first).await;
    for_long().await;
    assert_eq!(dials(&scene), 1);
    scene.clock.advance(Duration::from_secs(5));
    assert!(turn(&scene, one_line).await.is_some());
    let call = scene.now().await.callback.call();
    let result = CallResult::Busy;
    let failed = News::Report(Report::Failed { result });
    scene.first.calls.tell(&call, failed);
    scene.until_idle(&scene.first).await;
    assert_eq!(turn(&scene, one_line).await, None);
}
