//! What programs of an organization are told of what happens.

pub mod shape;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::WebhookId;

use self::shape::{NewWebhook, Webhook, WebhookChange, WebhookDelivery, WebhookWithSecret};
use super::body::{Body, Created, Params, Versioned, id, if_match};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission};

pub const BY_NAME: &str = "name";
pub const NEWEST_FIRST: &str = "-at";

/// List webhooks
#[utoipa::path(get, path = "/tenants/{tenant}/webhooks", tag = "webhooks",
    params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<Webhook>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Webhook>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(BY_NAME, false)?;
    let page = access.webhooks().list(&paging).await?;
    Ok(List::of(page.map(|hook| Webhook::of(&hook)), BY_NAME))
}

/// Make a webhook: it is told of what happens from then on, and its secret is shown this once
#[utoipa::path(post, path = "/tenants/{tenant}/webhooks", tag = "webhooks",
    params(("tenant" = String, Path)), request_body = NewWebhook,
    responses((status = 201, body = WebhookWithSecret), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewWebhook>,
) -> Result<Created<WebhookWithSecret>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let made = access.webhooks().create(&wanted.read()).await?;
    let location = format!("/tenants/{}/webhooks/{}", access.tenant(), made.0.value.webhook.id);
    Ok(Created { value: WebhookWithSecret::of(&made), version: made.0.version, location })
}

/// Show a webhook and how its last tries went
#[utoipa::path(get, path = "/tenants/{tenant}/webhooks/{webhook}", tag = "webhooks",
    params(("tenant" = String, Path), ("webhook" = uuid::Uuid, Path)),
    responses((status = 200, body = Webhook), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, webhook)): Path<(String, String)>,
) -> Result<Versioned<Webhook>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(Webhook::versioned(&access.webhooks().show(named(&webhook)?).await?))
}

/// Change a webhook, or let it be tried again
#[utoipa::path(patch, path = "/tenants/{tenant}/webhooks/{webhook}", tag = "webhooks",
    params(("tenant" = String, Path), ("webhook" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)), request_body = WebhookChange,
    responses((status = 200, body = Webhook), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, webhook)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<WebhookChange>,
) -> Result<Versioned<Webhook>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let apply = |webhook: &mut _| wanted.apply(webhook);
    let changed = access.webhooks().change_webhook(named(&webhook)?, if_match(&headers)?, apply).await?;
    Ok(Webhook::versioned(&changed))
}

/// Delete a webhook
#[utoipa::path(delete, path = "/tenants/{tenant}/webhooks/{webhook}", tag = "webhooks",
    params(("tenant" = String, Path), ("webhook" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, webhook)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.webhooks().delete(named(&webhook)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook another secret, which is shown this once
#[utoipa::path(post, path = "/tenants/{tenant}/webhooks/{webhook}/rotate-secret", tag = "webhooks",
    params(("tenant" = String, Path), ("webhook" = uuid::Uuid, Path)),
    responses((status = 200, body = WebhookWithSecret), Refusals, WriteRefusals))]
pub async fn rotate_secret(
    caller: Caller,
    Path((tenant, webhook)): Path<(String, String)>,
) -> Result<Json<WebhookWithSecret>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    Ok(Json(WebhookWithSecret::of(&access.webhooks().rotate_secret(named(&webhook)?).await?)))
}

/// Send a webhook a message of the type webhook.test, to try its receiver
#[utoipa::path(post, path = "/tenants/{tenant}/webhooks/{webhook}/test", tag = "webhooks",
    params(("tenant" = String, Path), ("webhook" = uuid::Uuid, Path)),
    responses((status = 202, body = Webhook), Refusals, WriteRefusals))]
pub async fn test(
    caller: Caller,
    Path((tenant, webhook)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Webhook>), Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let tested = access.webhooks().test(named(&webhook)?).await?;
    Ok((StatusCode::ACCEPTED, Json(Webhook::of(&tested))))
}

/// List what was sent to a webhook, the newest first; the last 1,000 tries are kept
#[utoipa::path(get, path = "/tenants/{tenant}/webhooks/{webhook}/deliveries", tag = "webhooks",
    params(("tenant" = String, Path), ("webhook" = uuid::Uuid, Path), PageParams),
    responses((status = 200, body = List<WebhookDelivery>), Refusals))]
pub async fn deliveries(
    caller: Caller,
    Path((tenant, webhook)): Path<(String, String)>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<WebhookDelivery>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(NEWEST_FIRST, true)?;
    let page = access.webhooks().deliveries(named(&webhook)?, &paging).await?;
    Ok(List::of(page.map(WebhookDelivery::from), NEWEST_FIRST))
}

pub fn named(text: &str) -> Result<WebhookId, Problem> {
    id(text, "webhook").map(WebhookId)
}
