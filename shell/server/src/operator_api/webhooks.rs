//! What programs of an operator are told of what happens: consents to it, what is asked of it, and its numbers.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};

use crate::admin::operator_access::OperatorCaller;
use crate::api::body::{Body, Created, Params, Versioned, if_match};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};
use crate::api::webhooks::shape::{NewWebhook, Webhook, WebhookChange, WebhookDelivery, WebhookWithSecret};
use crate::api::webhooks::{BY_NAME, NEWEST_FIRST, named};

/// List webhooks
#[utoipa::path(get, path = "/webhooks", tag = "webhooks",
    params(PageParams),
    responses((status = 200, body = List<Webhook>), Refusals))]
pub async fn list(caller: OperatorCaller, Params(page): Params<PageParams>) -> Result<Json<List<Webhook>>, Problem> {
    let paging = page.paging(BY_NAME, false)?;
    let page = caller.webhooks().list(&paging).await?;
    Ok(List::of(page.map(|hook| Webhook::of(&hook)), BY_NAME))
}

/// Make a webhook: it is told of what happens from then on, and its secret is shown this once
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = WebhookWithSecret), Refusals, WriteRefusals))]
pub async fn create(
    caller: OperatorCaller,
    Body(wanted): Body<NewWebhook>,
) -> Result<Created<WebhookWithSecret>, Problem> {
    let made = caller.webhooks().create(&wanted.read()).await?;
    let location = format!("/webhooks/{}", made.0.value.webhook.id);
    Ok(Created { value: WebhookWithSecret::of(&made), version: made.0.version, location })
}

/// Show a webhook and how its last tries went
#[utoipa::path(get, path = "/webhooks/{webhook}", tag = "webhooks",
    params(("webhook" = uuid::Uuid, Path)),
    responses((status = 200, body = Webhook), Refusals))]
pub async fn show(caller: OperatorCaller, Path(webhook): Path<String>) -> Result<Versioned<Webhook>, Problem> {
    Ok(Webhook::versioned(&caller.webhooks().show(named(&webhook)?).await?))
}

/// Change a webhook, or let it be tried again
#[utoipa::path(patch, path = "/webhooks/{webhook}", tag = "webhooks",
    params(("webhook" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)), request_body = WebhookChange,
    responses((status = 200, body = Webhook), Refusals, WriteRefusals))]
pub async fn change(
    caller: OperatorCaller,
    Path(webhook): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<WebhookChange>,
) -> Result<Versioned<Webhook>, Problem> {
    let apply = |webhook: &mut _| wanted.apply(webhook);
    let changed = caller.webhooks().change_webhook(named(&webhook)?, if_match(&headers)?, apply).await?;
    Ok(Webhook::versioned(&changed))
}

/// Delete a webhook
#[utoipa::path(delete, path = "/webhooks/{webhook}", tag = "webhooks",
    params(("webhook" = uuid::Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: OperatorCaller,
    Path(webhook): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    caller.webhooks().delete(named(&webhook)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook another secret, which is shown this once
#[utoipa::path(post, path = "/webhooks/{webhook}/rotate-secret", tag = "webhooks",
    params(("webhook" = uuid::Uuid, Path)),
    responses((status = 200, body = WebhookWithSecret), Refusals, WriteRefusals))]
pub async fn rotate_secret(
    caller: OperatorCaller,
    Path(webhook): Path<String>,
) -> Result<Json<WebhookWithSecret>, Problem> {
    Ok(Json(WebhookWithSecret::of(&caller.webhooks().rotate_secret(named(&webhook)?).await?)))
}

/// Send a webhook a message of the type webhook.test, to try its receiver
#[utoipa::path(post, path = "/webhooks/{webhook}/test", tag = "webhooks",
    params(("webhook" = uuid::Uuid, Path)),
    responses((status = 202, body = Webhook), Refusals, WriteRefusals))]
pub async fn test(caller: OperatorCaller, Path(webhook): Path<String>) -> Result<(StatusCode, Json<Webhook>), Problem> {
    let tested = caller.webhooks().test(named(&webhook)?).await?;
    Ok((StatusCode::ACCEPTED, Json(Webhook::of(&tested))))
}

/// List what was sent to a webhook, the newest first; the last 1,000 tries are kept
#[utoipa::path(get, path = "/webhooks/{webhook}/deliveries", tag = "webhooks",
    params(("webhook" = uuid::Uuid, Path), PageParams),
    responses((status = 200, body = List<WebhookDelivery>), Refusals))]
pub async fn deliveries(
    caller: OperatorCaller,
    Path(webhook): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<WebhookDelivery>>, Problem> {
    let paging = page.paging(NEWEST_FIRST, true)?;
    let page = caller.webhooks().deliveries(named(&webhook)?, &paging).await?;
    Ok(List::of(page.map(WebhookDelivery::from), NEWEST_FIRST))
}
