//! PINs with which messages are heard by phone.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::apps::mailbox::Mailbox;
use phone::id::SharedMailboxId;
use serde::{Deserialize, Serialize};
use store::MailboxPinStatus;
use utoipa::ToSchema;

use super::body::{Body, id};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission};
use crate::secret::Secret;

/// Whether a mailbox has a PIN. What it is is never shown.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MailboxPin {
    /// Without one messages are heard on the own phone only, and nothing is asked for.
    pub is_set: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub set_at: Option<Timestamp>,
    pub set_by: Option<String>,
    /// Wrong ones that were typed since the right one was.
    pub wrong_tries: u32,
    /// Until then none is looked at.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub locked_until: Option<Timestamp>,
}

/// A PIN of a mailbox.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "pin": "4711" }))]
pub struct NewMailboxPin {
    /// 4 to 10 digits, not all the same and not in a row.
    #[schema(value_type = String)]
    pub pin: Secret,
}

/// Show whether a person's mailbox has a PIN; the person needs no permission
#[utoipa::path(get, path = "/tenants/{tenant}/users/{user}/voicemail/pin", tag = "voicemail",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 200, body = MailboxPin), Refusals))]
pub async fn show_of_person(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
) -> Result<Json<MailboxPin>, Problem> {
    let (access, person) = caller.begin_mailbox_of(&tenant, &user, Permission::View).await?;
    Ok(Json(access.mailbox_pin(Mailbox::Person(person)).await?.into()))
}

/// Set the PIN of a person's mailbox, or another one; a locked mailbox is open again. The person needs no permission
#[utoipa::path(put, path = "/tenants/{tenant}/users/{user}/voicemail/pin", tag = "voicemail",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    request_body = NewMailboxPin, responses((status = 200, body = MailboxPin), Refusals, WriteRefusals))]
pub async fn set_of_person(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
    Body(wanted): Body<NewMailboxPin>,
) -> Result<Json<MailboxPin>, Problem> {
    let (access, person) = caller.begin_mailbox_of(&tenant, &user, Permission::Configure).await?;
    Ok(Json(access.set_mailbox_pin(Mailbox::Person(person), &wanted.pin).await?.into()))
}

/// Remove the PIN of a person's mailbox. The person needs no permission
#[utoipa::path(delete, path = "/tenants/{tenant}/users/{user}/voicemail/pin", tag = "voicemail",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn remove_of_person(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (access, person) = caller.begin_mailbox_of(&tenant, &user, Permission::Configure).await?;
    access.remove_mailbox_pin(Mailbox::Person(person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show whether a shared mailbox has a PIN
#[utoipa::path(get, path = "/tenants/{tenant}/shared-mailboxes/{mailbox}/pin", tag = "shared-mailboxes",
    params(("tenant" = String, Path), ("mailbox" = Uuid, Path)),
    responses((status = 200, body = MailboxPin), Refusals))]
pub async fn show_of_team(
    caller: Caller,
    Path((tenant, mailbox)): Path<(String, String)>,
) -> Result<Json<MailboxPin>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let mailbox = of_team(&access, &mailbox).await?;
    Ok(Json(access.mailbox_pin(mailbox).await?.into()))
}

/// Set the PIN that members of a shared mailbox type, or another one; a locked mailbox is open again
#[utoipa::path(put, path = "/tenants/{tenant}/shared-mailboxes/{mailbox}/pin", tag = "shared-mailboxes",
    params(("tenant" = String, Path), ("mailbox" = Uuid, Path)),
    request_body = NewMailboxPin, responses((status = 200, body = MailboxPin), Refusals, WriteRefusals))]
pub async fn set_of_team(
    caller: Caller,
    Path((tenant, mailbox)): Path<(String, String)>,
    Body(wanted): Body<NewMailboxPin>,
) -> Result<Json<MailboxPin>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let mailbox = of_team(&access, &mailbox).await?;
    Ok(Json(access.set_mailbox_pin(mailbox, &wanted.pin).await?.into()))
}

/// Remove the PIN of a shared mailbox
#[utoipa::path(delete, path = "/tenants/{tenant}/shared-mailboxes/{mailbox}/pin", tag = "shared-mailboxes",
    params(("tenant" = String, Path), ("mailbox" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn remove_of_team(
    caller: Caller,
    Path((tenant, mailbox)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let mailbox = of_team(&access, &mailbox).await?;
    access.remove_mailbox_pin(mailbox).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn of_team(access: &Access, mailbox: &str) -> Result<Mailbox, Problem> {
    let found = access.mailbox(SharedMailboxId(id(mailbox, "shared mailbox")?)).await?;
    Ok(Mailbox::Shared(found.value.id))
}

impl From<Option<MailboxPinStatus>> for MailboxPin {
    fn from(status: Option<MailboxPinStatus>) -> Self {
        let tries = status.as_ref().map(|status| status.tries).unwrap_or_default();
        Self {
            is_set: status.is_some(),
            set_at: status.as_ref().map(|status| status.set_at),
            set_by: status.map(|status| status.set_by),
            wrong_tries: tries.n_wrong,
            locked_until: tries.locked_until,
        }
    }
}
