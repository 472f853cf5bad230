//! The HTTP API: decode, call a use case, encode. One file for each noun.

pub mod accounts;
pub mod api_keys;
pub mod app_imports;
pub mod app_templates;
pub mod areas;
pub mod audio_files;
pub mod audit;
pub mod authorized;
pub mod auto_attendants;
pub mod body;
pub mod browser;
pub mod browser_phone;
pub mod call_blocks;
pub mod call_queues;
pub mod call_recordings;
pub mod call_records;
pub mod calls;
pub mod civic_addresses;
pub mod country_profiles;
pub mod credentials;
pub mod credit_vouchers;
pub mod credits;
pub mod csv_file;
pub mod departments;
pub mod devices;
pub mod dial_plans;
pub mod events;
pub mod explain;
pub mod flow_tests;
pub mod grants;
pub mod groups;
pub mod health;
pub mod license_plans;
pub mod licenses;
pub mod list;
pub mod mailbox_pins;
pub mod mails;
pub mod me;
pub mod money;
pub mod nul;
pub mod number_mails;
pub mod number_requests;
pub mod number_stock;
pub mod numbers;
pub mod openid_providers;
pub mod operation;
pub mod operators;
pub mod orders;
pub mod penalties;
pub mod policies;
pub mod port_orders;
pub mod port_outs;
pub mod porting_pin;
pub mod problem;
pub mod prompts;
pub mod pstn_usages;
pub mod rate_decks;
pub mod reports;
pub mod resellers;
pub mod resource_accounts;
pub mod roles;
pub mod schedules;
pub mod scim;
pub mod setup;
pub mod shared_mailboxes;
pub mod sign_in;
pub mod sites;
pub mod supervision;
pub mod targets;
pub mod tenants;
pub mod translation_rules;
pub mod trunks;
pub mod unassigned_numbers;
pub mod users;
pub mod versions;
pub mod voice_routes;
pub mod voice_routing_policies;
pub mod voicemail;
pub mod webhooks;

use std::sync::{Arc, LazyLock};

use crate::api::operation::routes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use self::problem::Problem;
use crate::admin::Admin;

pub const BASE: &str = "/api/v1";
/// A base64-free upload of the largest audio file; everything else is far smaller.
const BODY_BYTES_MAX: usize = 6 * 1024 * 1024;

/// All of the API, mounted under `/api/v1`.
pub fn router(admin: Arc<Admin>) -> Router {
    // It is the same for all, and describing hundreds of operations takes longer than most requests.
    static ROUTES: LazyLock<Router<Arc<Admin>>> = LazyLock::new(routes);
    ROUTES.clone().with_state(admin)
}

fn routes() -> Router<Arc<Admin>> {
    let (routes, description) = described();
    let description = Arc::new(description);
    let described = get(move || {
        let description = description.clone();
        async move { Json((*description).clone()) }
    });
    routes
        .merge(scim::router())
        .route(&format!("{BASE}/openapi.json"), described)
        .merge(crate::operator_api::router())
        .route(&format!("{BASE}/payments/stripe"), axum::routing::post(credits::payments::told))
        .fallback(crate::web::fallback)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn(nul::refuse))
        .layer(CatchPanicLayer::custom(panicked))
        // An answer may hold names and numbers of people: nobody on the way keeps it.
        .layer(header_if_missing(header::CACHE_CONTROL, "no-store"))
        .layer(header_if_missing(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
}

/// The description alone.
pub fn description() -> OpenApi {
    described().1
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Trunkline", description = "Everything the phone system does, for programs."),
    security(("token" = []), ("session" = [])),
    // What only refusals refer to is not found by itself.
    components(schemas(problem::FieldError, problem::Problem))
)]
struct Description;

fn described() -> (Router<Arc<Admin>>, OpenApi) {
    let (routes, mut description) =
        OpenApiRouter::with_openapi(Description::openapi()).nest(BASE, nouns()).split_for_parts();
    description.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    description.components.get_or_insert_default().add_security_scheme("token", bearer);
    let name = "trunkline";
    let words = "Beside it, what changes something says `X-CSRF-Token`. Over HTTPS its name begins with `__Host-`.";
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, words)));
    description.components.get_or_insert_default().add_security_scheme("session", cookie);
    (routes, description)
}

fn nouns() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .merge(organizations_and_people())
        .merge(all_of_numbers())
        .merge(ways_outside())
        .merge(apps_and_calls())
        .merge(who_may_ask())
}

/// Organizations, their people, and where these work.
fn organizations_and_people() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .routes(routes!(health::show))
        .routes(routes!(penalties::list))
        .routes(routes!(penalties::release))
        .routes(routes!(tenants::list, tenants::create))
        .routes(routes!(tenants::show, tenants::change, tenants::delete))
        .routes(routes!(country_profiles::list))
        .routes(routes!(country_profiles::show, country_profiles::load, country_profiles::reset))
        .routes(routes!(country_profiles::file))
        .routes(routes!(license_plans::list, license_plans::create))
        .routes(routes!(license_plans::show, license_plans::change, license_plans::delete))
        .routes(routes!(licenses::list))
        .routes(routes!(licenses::set_seats))
        .routes(routes!(licenses::export))
        .routes(routes!(licenses::notices, licenses::set_mails))
        .routes(routes!(licenses::import))
        .routes(routes!(licenses::assign))
        .routes(routes!(licenses::unassign))
        .routes(routes!(setup::show))
        .routes(routes!(setup::problems))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::import::import))
        .routes(routes!(users::import::export))
        .routes(routes!(users::show, users::change, users::delete))
        .routes(routes!(users::offboarding::offboard))
        .routes(routes!(users::reset_password))
        .routes(routes!(users::set_presence))
        .routes(routes!(setup::readiness))
        .routes(routes!(setup::readiness_of_service))
        .routes(routes!(groups::licenses::of_user))
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(groups::show, groups::change, groups::delete))
        .routes(routes!(groups::members))
        .routes(routes!(groups::join))
        .routes(routes!(groups::leave))
        .routes(routes!(groups::licenses::assign))
        .routes(routes!(groups::licenses::unassign))
        .routes(routes!(groups::licenses::reprocess))
        .routes(routes!(groups::licenses::errors))
        .routes(routes!(sites::list, sites::create))
        .routes(routes!(sites::show, sites::change, sites::delete))
        .routes(routes!(departments::list))
        .routes(routes!(departments::rename))
        .routes(routes!(devices::list))
}

/// Numbers, where they come from and where they go.
fn all_of_numbers() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .routes(routes!(numbers::list, numbers::life::upload))
        .routes(routes!(numbers::show, numbers::life::change, numbers::life::release))
        .routes(routes!(numbers::life::assign))
        .routes(routes!(numbers::life::unassign))
        .routes(routes!(numbers::life::block))
        .routes(routes!(numbers::life::unblock))
        .routes(routes!(numbers::life::history))
        .routes(routes!(numbers::life::restore))
        .routes(routes!(numbers::import::import))
        .routes(routes!(numbers::import::export))
        .routes(routes!(orders::list))
        .routes(routes!(orders::show))
        .routes(routes!(orders::lines))
        .routes(routes!(orders::undo))
        .routes(routes!(orders::retry))
        .routes(routes!(numbers::removal::unassign))
        .routes(routes!(numbers::removal::release))
        .routes(routes!(numbers::tagging::tag))
        .routes(routes!(orders::list_of_numbers, numbers::stock::order))
        .routes(routes!(numbers::stock::search))
        .routes(routes!(numbers::stock::reserve))
        .routes(routes!(numbers::stock::show, numbers::stock::end))
        .routes(routes!(numbers::stock::extend))
        .routes(routes!(numbers::stock::quotas))
        .routes(routes!(numbers::stock::set_quota))
        .routes(routes!(number_stock::list, number_stock::add))
        .routes(routes!(orders::show_of_numbers))
        .routes(routes!(port_orders::list, port_orders::create))
        .routes(routes!(port_orders::show, port_orders::replace, port_orders::delete))
        .routes(routes!(port_orders::sign))
        .routes(routes!(port_orders::submit))
        .routes(routes!(port_orders::cancel))
        .routes(routes!(port_orders::timeline))
        .routes(routes!(port_orders::documents::list, port_orders::documents::attach))
        .routes(routes!(port_orders::documents::show, port_orders::documents::detach))
        .routes(routes!(port_orders::documents::queued))
        .routes(routes!(port_orders::queue::list))
        .routes(routes!(port_orders::queue::show))
        .routes(routes!(port_orders::queue::report))
        .routes(routes!(port_orders::queue::account_pin))
        .routes(routes!(port_orders::numbers))
        .routes(routes!(number_requests::list, number_requests::create))
        .routes(routes!(number_requests::show))
        .routes(routes!(number_requests::accept))
        .routes(routes!(number_requests::cancel))
        .routes(routes!(number_requests::timeline))
        .routes(routes!(porting_pin::show, porting_pin::set))
        .routes(routes!(port_outs::list))
        .routes(routes!(port_outs::show))
        .routes(routes!(port_outs::numbers))
        .routes(routes!(port_outs::timeline))
        .routes(routes!(port_outs::authorize))
        .routes(routes!(port_outs::reject))
        .routes(routes!(port_outs::queue::list, port_outs::queue::create))
        .routes(routes!(port_outs::queue::show))
        .routes(routes!(port_outs::queue::report))
        .routes(routes!(operators::list, operators::create))
        .routes(routes!(operators::show, operators::change, operators::delete))
        .routes(routes!(operators::clients::list, operators::clients::create))
        .routes(routes!(operators::clients::revoke))
        .routes(routes!(operators::consents::list))
        .routes(routes!(
            operators::consents::show,
            operators::consents::give,
            operators::consents::change,
            operators::consents::remove
        ))
}

/// What binds policies together, and what binds all of them.
fn policy_packages_and_locks() -> OpenApiRouter<Arc<Admin>> {
    use policies::{effective, following, locks, packages};
    OpenApiRouter::new()
        .routes(routes!(effective::list))
        .routes(routes!(following::follow))
        .routes(routes!(following::move_all))
        .routes(routes!(packages::list, packages::create))
        .routes(routes!(packages::show, packages::change, packages::delete))
        .routes(routes!(packages::assign))
        .routes(routes!(packages::unassign))
        .routes(routes!(packages::assignments))
        .routes(routes!(locks::list, locks::create))
        .routes(routes!(locks::show, locks::change, locks::delete))
}

/// What calls outside are routed by, addresses, webhooks and policies.
fn ways_outside() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .routes(routes!(civic_addresses::list, civic_addresses::create))
        .routes(routes!(civic_addresses::show, civic_addresses::change, civic_addresses::delete))
        .routes(routes!(civic_addresses::validate))
        .merge(calls_outside())
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::delete))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(policies::types))
        .routes(routes!(policies::list, policies::create))
        .routes(routes!(policies::show, policies::change, policies::delete))
        .routes(routes!(policies::reset))
        .routes(routes!(policies::assignments::list))
        .routes(routes!(policies::assignments::assign))
        .routes(routes!(policies::assignments::unassign))
        .routes(routes!(policies::effective::show))
        .merge(policy_packages_and_locks())
}

/// What answers calls, and calls.
fn apps_and_calls() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .routes(routes!(resource_accounts::list, resource_accounts::create))
        .routes(routes!(resource_accounts::show, resource_accounts::change, resource_accounts::delete))
        .merge(voice_apps())
        .routes(routes!(explain::explain))
        .merge(call_flows())
        .merge(money_matters())
        .routes(routes!(audio_files::list, audio_files::upload))
        .routes(routes!(audio_files::show))
        .routes(routes!(shared_mailboxes::list, shared_mailboxes::create))
        .routes(routes!(shared_mailboxes::show, shared_mailboxes::replace, shared_mailboxes::delete))
        .routes(routes!(mailbox_pins::show_of_team, mailbox_pins::set_of_team, mailbox_pins::remove_of_team))
        .routes(routes!(mails::list))
        .routes(routes!(mails::retry))
        .routes(routes!(voicemail::list))
        .routes(routes!(voicemail::show, voicemail::delete))
        .routes(routes!(voicemail::audio))
        .routes(routes!(voicemail::claim))
        .routes(routes!(voicemail::unclaim))
        .routes(routes!(voicemail::done))
        .routes(routes!(voicemail::reopen))
        .routes(routes!(voicemail::call_back))
        .routes(routes!(voicemail::show_personal, voicemail::replace_personal))
        .routes(routes!(mailbox_pins::show_of_person, mailbox_pins::set_of_person, mailbox_pins::remove_of_person))
        .routes(routes!(calls::list))
        .routes(routes!(calls::show, calls::delete))
        .routes(routes!(calls::hang_up))
        .routes(routes!(supervision::supervise))
        .routes(routes!(call_recordings::list))
        .routes(routes!(call_recordings::show, call_recordings::delete))
        .routes(routes!(call_recordings::audio))
        .routes(routes!(call_records::list))
        .routes(routes!(call_records::show))
        .routes(routes!(call_records::show_path))
        .routes(routes!(call_records::show_ladder))
        .routes(routes!(reports::calls))
        .merge(reports_over_time())
}

/// Keys, sign-in, accounts and roles, and what was done.
fn who_may_ask() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::show, api_keys::revoke))
        .routes(routes!(api_keys::list_of_platform, api_keys::create_of_platform))
        .routes(routes!(api_keys::show_of_platform, api_keys::revoke_of_platform))
        .routes(routes!(sign_in::create))
        .routes(routes!(sign_in::second_factor))
        .routes(routes!(sign_in::accept_invitation))
        .routes(routes!(sign_in::openid::begin))
        .routes(routes!(sign_in::openid::finish))
        .routes(routes!(sign_in::end))
        .routes(routes!(me::show))
        .routes(routes!(me::change_password))
        .routes(routes!(me::begin_totp))
        .routes(routes!(me::confirm_totp))
        .routes(routes!(me::remove_totp))
        .routes(routes!(me::renew_recovery_codes))
        .routes(routes!(me::sessions))
        .routes(routes!(me::end_session))
        .routes(routes!(me::end_other_sessions))
        .routes(routes!(browser_phone::show))
        .routes(routes!(browser_phone::credentials))
        .routes(routes!(browser_phone::people))
        .routes(routes!(browser_phone::queues))
        .routes(routes!(browser_phone::opt_in))
        .routes(routes!(browser_phone::opt_out))
        .merge(accounts())
        .routes(routes!(roles::permissions))
        .routes(routes!(roles::list, roles::create))
        .routes(routes!(roles::show, roles::change, roles::delete))
        .routes(routes!(audit::list))
        .routes(routes!(audit::list_of_platform))
        .routes(routes!(events::stream))
}

/// How calls find their way outside, and who from outside is let in.
fn calls_outside() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .routes(routes!(trunks::list, trunks::create))
        .routes(routes!(trunks::show, trunks::change, trunks::delete))
        .routes(routes!(trunks::settings))
        .routes(routes!(trunks::health))
        .routes(routes!(trunks::test))
        .routes(routes!(pstn_usages::list, pstn_usages::create))
        .routes(routes!(pstn_usages::show, pstn_usages::change, pstn_usages::delete))
        .routes(routes!(voice_routes::list, voice_routes::create))
        .routes(routes!(voice_routes::test::test))
        .routes(routes!(voice_routes::show, voice_routes::change, voice_routes::delete))
        .routes(routes!(voice_routing_policies::list, voice_routing_policies::create))
        .routes(routes!(voice_routing_policies::show, voice_routing_policies::change, voice_routing_policies::delete))
        .routes(routes!(dial_plans::list, dial_plans::create))
        .routes(routes!(dial_plans::show, dial_plans::change, dial_plans::delete))
        .routes(routes!(dial_plans::test))
        .routes(routes!(translation_rules::list, translation_rules::create))
        .routes(routes!(translation_rules::show, translation_rules::change, translation_rules::delete))
        .routes(routes!(translation_rules::test))
        .routes(routes!(app_templates::list, app_templates::create))
        .routes(routes!(app_templates::show, app_templates::delete))
        .routes(routes!(app_templates::make))
        .routes(routes!(call_blocks::list, call_blocks::create))
        .routes(routes!(call_blocks::test))
        .routes(routes!(call_blocks::show, call_blocks::change, call_blocks::delete))
        .routes(routes!(unassigned_numbers::list, unassigned_numbers::create))
        .routes(routes!(unassigned_numbers::test))
        .routes(routes!(unassigned_numbers::show, unassigned_numbers::change, unassigned_numbers::delete))
}

/// What calls cost, and what pays for them.
fn money_matters() -> OpenApiRouter<Arc<Admin>> {
    use credits::{charges, controls, invoices, movements, payments, usage};
    // A deck's file is far larger than anything else that is sent.
    let import = OpenApiRouter::new()
        .routes(routes!(rate_decks::import))
        .layer(DefaultBodyLimit::max(rate_decks::FILE_BYTES_MAX));
    OpenApiRouter::new()
        .merge(import)
        .routes(routes!(rate_decks::list))
        .routes(routes!(rate_decks::show, rate_decks::delete))
        .routes(routes!(rate_decks::rates))
        .routes(routes!(rate_decks::export))
        .routes(routes!(rate_decks::difference))
        .routes(routes!(credit_vouchers::list, credit_vouchers::create))
        .routes(routes!(credits::show, credits::change))
        .routes(routes!(credits::lots))
        .routes(routes!(credits::pools))
        .routes(routes!(payments::list, payments::create))
        .routes(routes!(payments::confirm))
        .routes(routes!(payments::refund))
        .routes(routes!(payments::refund_failed))
        .routes(routes!(invoices::list, invoices::create))
        .routes(routes!(invoices::show))
        .routes(routes!(invoices::as_pdf))
        .routes(routes!(invoices::as_ubl))
        .routes(routes!(controls::budgets))
        .routes(routes!(controls::put_budget, controls::delete_budget))
        .routes(routes!(controls::fraud_rules))
        .routes(routes!(controls::put_fraud_rule, controls::delete_fraud_rule))
        .routes(routes!(controls::try_fraud_rule))
        .routes(routes!(movements::entries))
        .routes(routes!(movements::top_up))
        .routes(routes!(movements::adjust))
        .routes(routes!(charges::list))
        .routes(routes!(charges::usage))
        .routes(routes!(usage::export))
        .routes(routes!(usage::rerate))
        .routes(routes!(charges::price))
}

/// What is added up from facts.
fn reports_over_time() -> OpenApiRouter<Arc<Admin>> {
    use reports::{history, live, query, retention};
    OpenApiRouter::new()
        .routes(routes!(history::queues))
        .routes(routes!(history::export_queues))
        .routes(routes!(history::attendants))
        .routes(routes!(history::export_attendants))
        .routes(routes!(history::agents))
        .routes(routes!(history::export_agents))
        .routes(routes!(live::show))
        .routes(routes!(live::follow))
        .routes(routes!(retention::show, retention::replace))
        .routes(routes!(query::ask))
        .routes(routes!(call_queues::calls::list))
        .routes(routes!(call_queues::calls::handle))
        .routes(routes!(call_queues::calls::reopen))
}

/// Attendants, queues and their hours.
fn voice_apps() -> OpenApiRouter<Arc<Admin>> {
    // An export has audio in it.
    let import = OpenApiRouter::new()
        .routes(routes!(app_imports::import))
        .layer(DefaultBodyLimit::max(app_imports::FILE_BYTES_MAX));
    OpenApiRouter::new()
        .merge(import)
        .routes(routes!(auto_attendants::list, auto_attendants::create))
        .routes(routes!(auto_attendants::show, auto_attendants::replace, auto_attendants::delete))
        .routes(routes!(call_queues::list, call_queues::create))
        .routes(routes!(call_queues::show, call_queues::replace, call_queues::delete))
        .routes(routes!(call_queues::show_live))
        .routes(routes!(call_queues::list_callbacks))
        .routes(routes!(call_queues::cancel_callback))
        .routes(routes!(call_queues::opt_in))
        .routes(routes!(call_queues::opt_out))
        .routes(routes!(call_queues::agents::pause, call_queues::agents::resume))
        .routes(routes!(call_queues::agents::end_wrap_up))
        .routes(routes!(call_queues::agents::call_out))
        .routes(routes!(schedules::list, schedules::create))
        .routes(routes!(schedules::import))
        .routes(routes!(schedules::show, schedules::replace, schedules::delete))
}

/// Drafts, versions and tests of attendants and queues.
fn call_flows() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::new()
        .routes(routes!(flow_tests::list, flow_tests::create))
        .routes(routes!(flow_tests::run))
        .routes(routes!(flow_tests::generate))
        .routes(routes!(flow_tests::show, flow_tests::replace, flow_tests::delete))
        .routes(routes!(
            auto_attendants::versions::show_draft,
            auto_attendants::versions::save_draft,
            auto_attendants::versions::discard_draft
        ))
        .routes(routes!(auto_attendants::versions::publish_draft))
        .routes(routes!(auto_attendants::versions::list_versions))
        .routes(routes!(auto_attendants::versions::show_version))
        .routes(routes!(auto_attendants::versions::revert))
        .routes(routes!(
            call_queues::versions::show_draft,
            call_queues::versions::save_draft,
            call_queues::versions::discard_draft
        ))
        .routes(routes!(call_queues::versions::publish_draft))
        .routes(routes!(call_queues::versions::list_versions))
        .routes(routes!(call_queues::versions::show_version))
        .routes(routes!(call_queues::versions::revert))
}

fn accounts() -> OpenApiRouter<Arc<Admin>> {
    use accounts::{of_platform, of_reseller, of_tenant, sign_in_policies};
    OpenApiRouter::new()
        .routes(routes!(of_tenant::list, of_tenant::create))
        .routes(routes!(of_tenant::show, of_tenant::change, of_tenant::delete))
        .routes(routes!(of_tenant::invite))
        .routes(routes!(of_tenant::reset_second_factor))
        .routes(routes!(of_tenant::sessions))
        .routes(routes!(of_tenant::end_session))
        .routes(routes!(of_tenant::end_sessions))
        .routes(routes!(sign_in_policies::show, sign_in_policies::replace))
        .routes(routes!(of_platform::list, of_platform::create))
        .routes(routes!(of_platform::show, of_platform::change, of_platform::delete))
        .routes(routes!(of_platform::invite))
        .routes(routes!(of_platform::reset_second_factor))
        .routes(routes!(of_platform::sessions))
        .routes(routes!(of_platform::end_session))
        .routes(routes!(of_platform::end_sessions))
        .routes(routes!(sign_in_policies::show_of_platform, sign_in_policies::replace_of_platform))
        .routes(routes!(openid_providers::show, openid_providers::replace, openid_providers::delete))
        .routes(routes!(
            openid_providers::show_of_reseller,
            openid_providers::replace_of_reseller,
            openid_providers::delete_of_reseller
        ))
        .routes(routes!(
            openid_providers::show_of_platform,
            openid_providers::replace_of_platform,
            openid_providers::delete_of_platform
        ))
        .routes(routes!(resellers::list, resellers::create))
        .routes(routes!(resellers::show, resellers::change, resellers::delete))
        .routes(routes!(of_reseller::list, of_reseller::create))
        .routes(routes!(of_reseller::show, of_reseller::change, of_reseller::delete))
        .routes(routes!(of_reseller::invite))
        .routes(routes!(of_reseller::reset_second_factor))
        .routes(routes!(of_reseller::sessions))
        .routes(routes!(of_reseller::end_session))
        .routes(routes!(of_reseller::end_sessions))
        .routes(routes!(sign_in_policies::show_of_reseller, sign_in_policies::replace_of_reseller))
        .routes(routes!(api_keys::of_reseller::list, api_keys::of_reseller::create))
        .routes(routes!(api_keys::of_reseller::show, api_keys::of_reseller::revoke))
}

async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this resource has no such method")
}

fn panicked(_panic: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler of the API panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong in the server").into_response()
}

fn header_if_missing(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
