//! The interface of operators: an API of its own, with credentials and a description of its own. Specification of
//! numbers, 5.4.

pub mod calling_profiles;
pub mod calls;
pub mod consents;
pub mod credentials;
pub mod number_requests;
pub mod numbers;
pub mod orders;
pub mod port_outs;
pub mod port_requests;
pub mod token;
pub mod trunks;
pub mod webhooks;

use std::sync::Arc;

use crate::api::operation::routes;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ClientCredentials, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::admin::Admin;
use crate::api::problem::{FieldError, Problem};

pub const BASE: &str = "/operator/v1";

/// All of the interface, mounted under `/operator/v1`.
pub fn router() -> Router<Arc<Admin>> {
    let (routes, description) = described();
    let description = Arc::new(description);
    let described = get(move || {
        let description = description.clone();
        async move { Json((*description).clone()) }
    });
    routes.route(&format!("{BASE}/openapi.json"), described)
}

/// The description alone.
pub fn description() -> OpenApi {
    described().1
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Trunkline for operators", description = "What a carrier does for organizations that consented to it."),
    security(("client" = [])),
    components(schemas(FieldError, Problem))
)]
struct Description;

fn described() -> (Router<Arc<Admin>>, OpenApi) {
    let (routes, mut description) =
        OpenApiRouter::with_openapi(Description::openapi()).nest(BASE, nouns()).split_for_parts();
    description.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let flow = Flow::ClientCredentials(ClientCredentials::new(format!("{BASE}/token"), Scopes::new()));
    let scheme = SecurityScheme::OAuth2(OAuth2::new([flow]));
    description.components.get_or_insert_default().add_security_scheme("client", scheme);
    (routes, description)
}

fn nouns() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .routes(routes!(token::create))
        .routes(routes!(consents::list))
        .routes(routes!(consents::show, consents::change))
        .routes(routes!(trunks::list, trunks::create))
        .routes(routes!(trunks::show, trunks::replace, trunks::delete))
        .routes(routes!(trunks::test))
        .routes(routes!(calling_profiles::list, calling_profiles::create))
        .routes(routes!(calling_profiles::show, calling_profiles::replace, calling_profiles::delete))
        .routes(routes!(numbers::list))
        .routes(routes!(numbers::upload))
        .routes(routes!(numbers::update))
        .routes(routes!(numbers::unassign))
        .routes(routes!(numbers::release))
        .routes(routes!(number_requests::list))
        .routes(routes!(number_requests::show))
        .routes(routes!(number_requests::quote))
        .routes(routes!(number_requests::fulfil))
        .routes(routes!(number_requests::reject))
        .routes(routes!(port_requests::list))
        .routes(routes!(port_requests::show))
        .routes(routes!(port_requests::numbers))
        .routes(routes!(port_requests::account_pin))
        .routes(routes!(port_requests::document))
        .routes(routes!(port_requests::report))
        .routes(routes!(port_outs::list, port_outs::create))
        .routes(routes!(port_outs::show))
        .routes(routes!(port_outs::numbers))
        .routes(routes!(port_outs::report))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::delete))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(calls::durations))
        .routes(routes!(calls::rated))
        .routes(routes!(calls::metrics))
        .routes(routes!(orders::show))
        .routes(routes!(orders::lines))
        .routes(routes!(orders::retry))
}
