//! `/v1`: what the callback API lacks.

mod agents;
mod audit;
mod callbacks;
mod chats;
mod customers;
mod deliveries;
mod events;
mod import;
mod live;
mod notifications;
mod options;
mod queues;
mod reports;
mod resources;
mod services;
mod session;
mod topics;
mod version;

use axum::Json;
use axum::extract::{Path, State};
use ringback_core::ids::CallbackId;
use ringback_ports::desk::{Desk, Timeline};
use utoipa::OpenApi;

use crate::access::{Routes, Rule};
use crate::openapi::{Reads, shapes};
use crate::refused::Problem;

/// What stands under `/v1`.
pub fn routes<D: Desk>() -> Routes<D> {
    let rule = Rule::read().of_callback();
    Routes::new()
        .get("/callbacks/{id}", rule, callback::<D>)
        .merge(agents::routes::<D>())
        .merge(chats::routes::<D>())
        .merge(services::routes::<D>())
        .merge(options::routes::<D>())
        .merge(callbacks::routes::<D>())
        .merge(events::routes::<D>())
        .merge(live::routes::<D>())
        .merge(audit::routes::<D>())
        .merge(customers::routes::<D>())
        .merge(notifications::routes::<D>())
        .merge(deliveries::routes::<D>())
        .merge(resources::routes::<D>())
        .merge(queues::routes::<D>())
        .merge(reports::routes::<D>())
        .merge(session::routes::<D>())
        .merge(topics::routes::<D>())
}

/// The descriptions of all of it.
#[derive(OpenApi)]
#[openapi(paths(
    callback,
    events::events,
    live::live,
    callbacks::list,
    callbacks::export,
    callbacks::change::cancel,
    callbacks::change::reschedule,
    callbacks::change::update,
    callbacks::bulk::cancel_many,
    callbacks::bulk::reschedule_many,
    import::import,
    customers::erase,
    audit::audit,
    agents::agents,
    agents::agent,
    agents::put_agent,
    agents::delete_agent,
    agents::wish,
    agents::previewed,
    chats::join,
    chats::lines,
    chats::write,
    chats::leave,
    services::services,
    options::options,
    services::service,
    services::put_service,
    services::delete_service,
    services::pause,
    services::resume,
    resources::resources,
    resources::resource,
    resources::save,
    resources::remove,
    queues::queues,
    queues::queue,
    queues::live,
    reports::records,
    reports::callbacks,
    notifications::event_lists,
    notifications::event_list,
    notifications::put_event_list,
    notifications::delete_event_list,
    notifications::subscriptions,
    deliveries::deliveries,
    deliveries::replay,
    deliveries::dead_letters,
    deliveries::discard,
    session::session,
    session::log_in,
    session::log_out,
    topics::live,
    topics::summary
))]
pub struct Described;

/// Look at everything about one callback
///
/// Its record, its events with their times, its attempts and deliveries, and what it waits for.
#[utoipa::path(
    get,
    path = "/callbacks/{id}",
    tag = "many callbacks",
    params(("id" = String, Path, description = "Its `_id`")),
    responses((status = 200, description = "Its timeline", body = shapes::Timeline), Reads)
)]
pub async fn callback<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Result<Json<Timeline>, Problem> {
    Ok(Json(desk.timeline(&CallbackId::new(id)).await?))
}
