//! The callback API, as the established product's clients know it.

mod admin;
mod callbacks;
mod dialogs;
mod notifications;
mod numbers;
mod queues;
mod times;

use axum::routing::{delete, get, post};
use axum::{Json, Router};
use ringback_ports::desk::Desk;
use serde_json::Value;
use utoipa::OpenApi;

use crate::refused::GmsError;

type Answer<T = Value> = Result<Json<T>, GmsError>;

/// What stands under `/genesys` and `/genesys/1`.
pub fn routes<D: Desk>() -> Router<D> {
    Router::new()
        .route("/service/callback", get(callbacks::query::<D>))
        .route(
            "/service/callback/{service}",
            post(callbacks::start::<D>).get(callbacks::query_service::<D>),
        )
        .route(
            "/service/callback/{service}/{id}",
            delete(callbacks::cancel::<D>).put(callbacks::update::<D>),
        )
        .route(
            "/service/{id}/check-queue-position",
            get(queues::check_queue_position::<D>).post(queues::check_queue_position::<D>),
        )
        .route("/service/ewt-for-vq", get(queues::ewt_for_vq::<D>))
        .route(
            "/service/{id}/{action}",
            post(dialogs::act::<D>).get(dialogs::act_by_link::<D>),
        )
        .route(
            "/service/match-interaction",
            post(dialogs::match_interaction::<D>).get(dialogs::match_by_query::<D>),
        )
        .route(
            "/notification/subscription",
            post(notifications::subscribe::<D>),
        )
        .route(
            "/notification/subscription/{id}",
            delete(notifications::unsubscribe::<D>),
        )
        .route("/notification/publish", post(notifications::publish::<D>))
        .route("/phonenumber", get(numbers::phone_number))
        .merge(admin::routes::<D>())
        .merge(times::routes::<D>())
}

/// What stands under `/genesys/2`.
pub fn second<D: Desk>() -> Router<D> {
    Router::new()
        .route("/service/ewt-for-vq", get(queues::second_ewt_for_vq::<D>))
        .route("/ewt-for-vq", get(queues::short_ewt_for_vq::<D>))
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
