//! The callback API, as the established product's clients know it.

mod admin;
mod callbacks;
mod dialogs;
mod notifications;
mod numbers;
mod queues;
mod times;

use axum::Json;
use ringback_ports::desk::Desk;
use serde_json::Value;
use utoipa::OpenApi;

use crate::access::{Routes, Rule};
use crate::refused::GmsError;

type Answer<T = Value> = Result<Json<T>, GmsError>;

/// What stands under `/genesys` and `/genesys/1`.
pub fn routes<D: Desk>() -> Routes<D> {
    let of_service = "/service/callback/{service}";
    let (ask, request) = (Rule::ask(), Rule::request());
    Routes::new()
        .get(
            "/service/callback",
            ask.of_callback_in_query(),
            callbacks::query::<D>,
        )
        .post(of_service, request.of_service(), callbacks::start::<D>)
        .get(of_service, ask.of_service(), callbacks::query_service::<D>)
        .merge(one::<D>())
        .get("/service/ewt-for-vq", ask, queues::ewt_for_vq::<D>)
        .post(
            "/service/{id}/{action}",
            request.of_callback(),
            dialogs::act::<D>,
        )
        .get(
            "/service/{id}/{action}",
            request.of_callback(),
            dialogs::act_by_link::<D>,
        )
        .post(
            "/service/match-interaction",
            request,
            dialogs::match_interaction::<D>,
        )
        .get(
            "/service/match-interaction",
            request,
            dialogs::match_by_query::<D>,
        )
        .merge(told::<D>())
        .get("/phonenumber", ask, numbers::phone_number)
        .merge(admin::routes::<D>())
        .merge(times::routes::<D>())
}

/// What is about one callback.
fn one<D: Desk>() -> Routes<D> {
    let (one, rule) = (
        "/service/callback/{service}/{id}",
        Rule::request().of_service(),
    );
    let (position, ask) = (
        "/service/{id}/check-queue-position",
        Rule::ask().of_callback(),
    );
    Routes::new()
        .delete(one, rule, callbacks::cancel::<D>)
        .put(one, rule, callbacks::update::<D>)
        .get(position, ask, queues::check_queue_position::<D>)
        .post(position, ask, queues::check_queue_position::<D>)
}

/// Subscriptions, and what is published to them.
fn told<D: Desk>() -> Routes<D> {
    let change = Rule::request().changes("subscriptions");
    Routes::new()
        .post(
            "/notification/subscription",
            change,
            notifications::subscribe::<D>,
        )
        .delete(
            "/notification/subscription/{id}",
            change,
            notifications::unsubscribe::<D>,
        )
        .post(
            "/notification/publish",
            Rule::request(),
            notifications::publish::<D>,
        )
}

/// What stands under `/genesys/2`.
pub fn second<D: Desk>() -> Routes<D> {
    let ask = Rule::ask();
    Routes::new()
        .get("/service/ewt-for-vq", ask, queues::second_ewt_for_vq::<D>)
        .get("/ewt-for-vq", ask, queues::short_ewt_for_vq::<D>)
        .merge(times::second::<D>())
}

/// The descriptions of both.
#[derive(OpenApi)]
#[openapi(paths(
    callbacks::start,
    callbacks::query,
    callbacks::query_service,
    callbacks::update,
    callbacks::cancel,
    queues::check_queue_position,
    queues::ewt_for_vq,
    dialogs::act,
    dialogs::match_interaction,
    dialogs::act_by_link,
    dialogs::match_by_query,
    notifications::subscribe,
    notifications::unsubscribe,
    notifications::publish,
    numbers::phone_number,
    times::availability,
    times::open_times,
    admin::queues,
    admin::ending::cancel,
    admin::watermarks,
    admin::ending::report
))]
pub struct Described;

/// The descriptions of what stands under `/genesys/2`.
#[derive(OpenApi)]
#[openapi(paths(
    queues::second_ewt_for_vq,
    queues::short_ewt_for_vq,
    times::second_availability
))]
pub struct SecondDescribed;
