//! Messages in mailboxes, and each person's own mailbox.

mod shape;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::message::Step;
use phone::id::{MessageId, SharedMailboxId};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

pub use self::shape::{Message, MessageStatus, PersonalMailbox};
use super::body::{Body, Params, Versioned, id, if_match};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "-left_at";

/// Which messages.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MessageParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    /// Those of a shared mailbox.
    pub mailbox: Option<Uuid>,
    /// Those of a person's own mailbox: id or extension.
    pub user: Option<String>,
    #[param(inline)]
    pub status: Option<MessageStatus>,
}

/// List messages, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/voicemail", tag = "voicemail",
    params(("tenant" = String, Path), MessageParams), responses((status = 200, body = List<Message>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<MessageParams>,
) -> Result<Json<List<Message>>, Problem> {
    let messages = caller.begin_messages(&tenant, Permission::View).await?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(SORT, true)?;
    let mailbox = match (params.mailbox, params.user) {
        (Some(_), Some(_)) => {
            let detail = "a message lies in one mailbox: say mailbox or user";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "two_mailboxes", detail));
        }
        (Some(mailbox), None) => Some(Mailbox::Shared(SharedMailboxId(mailbox))),
        (None, Some(user)) => Some(Mailbox::Person(messages.access().user(&user).await?.value.id)),
        (None, None) => None,
    };
    let page = messages.list(mailbox, params.status.map(Into::into), &paging).await?;
    let snapshot = messages.access().snapshot();
    Ok(List::of(page.map(|message| Message::new(&message.value, snapshot.as_deref())), SORT))
}

/// Show a message
#[utoipa::path(get, path = "/tenants/{tenant}/voicemail/{message}", tag = "voicemail",
    params(("tenant" = String, Path), ("message" = Uuid, Path)),
    responses((status = 200, body = Message), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, message)): Path<(String, String)>,
) -> Result<Versioned<Message>, Problem> {
    let messages = caller.begin_messages(&tenant, Permission::View).await?;
    let found = messages.message(MessageId(id(&message, "message")?)).await?;
    let value = Message::new(&found.value, messages.access().snapshot().as_deref());
    Ok(Versioned { value, version: found.version })
}

/// Hear a message: a WAV file. Of a shared mailbox it needs `voicemail.act`, of a person's `voicemail.write` or to be
/// that person
#[utoipa::path(get, path = "/tenants/{tenant}/voicemail/{message}/audio", tag = "voicemail",
    params(("tenant" = String, Path), ("message" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), Refusals))]
pub async fn audio(caller: Caller, Path((tenant, message)): Path<(String, String)>) -> Result<Response, Problem> {
    let messages = caller.begin_messages(&tenant, Permission::View).await?;
    let message = MessageId(id(&message, "message")?);
    let path = messages.sound(message).await?;
    let gone = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Problem::new(StatusCode::NOT_FOUND, "audio_gone", "the sound of this message is not on this server")
        }
        _ => Refused::Failed { cause: error.to_string() }.into(),
    };
    let sound = tokio::fs::read(path).await.map_err(gone)?;
    let name = format!("attachment; filename=\"{message}.wav\"");
    let headers = [(header::CONTENT_TYPE, "audio/wav".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, sound).into_response())
}

/// Say that you work on a message; refused while somebody else does
#[utoipa::path(post, path = "/tenants/{tenant}/voicemail/{message}/claim", tag = "voicemail",
    params(("tenant" = String, Path), ("message" = Uuid, Path)),
    responses((status = 200, body = Message), Refusals, WriteRefusals))]
pub async fn claim(caller: Caller, path: Path<(String, String)>) -> Result<Versioned<Message>, Problem> {
    step(caller, path, Step::Claim).await
}

/// Leave a message that you work on to others
#[utoipa::path(post, path = "/tenants/{tenant}/voicemail/{message}/unclaim", tag = "voicemail",
    params(("tenant" = String, Path), ("message" = Uuid, Path)),
    responses((status = 200, body = Message), Refusals, WriteRefusals))]
pub async fn unclaim(caller: Caller, path: Path<(String, String)>) -> Result<Versioned<Message>, Problem> {
    step(caller, path, Step::Release).await
}

/// Say that nothing is left to do about a message
#[utoipa::path(post, path = "/tenants/{tenant}/voicemail/{message}/done", tag = "voicemail",
    params(("tenant" = String, Path), ("message" = Uuid, Path)),
    responses((status = 200, body = Message), Refusals, WriteRefusals))]
pub async fn done(caller: Caller, path: Path<(String, String)>) -> Result<Versioned<Message>, Problem> {
    step(caller, path, Step::Finish).await
}

/// Make a message as new, whoever works on it
#[utoipa::path(post, path = "/tenants/{tenant}/voicemail/{message}/reopen", tag = "voicemail",
    params(("tenant" = String, Path), ("message" = Uuid, Path)),
    responses((status = 200, body = Message), Refusals, WriteRefusals))]
pub async fn reopen(caller: Caller, path: Path<(String, String)>) -> Result<Versioned<Message>, Problem> {
    step(caller, path, Step::Reopen).await
}

/// Call who left a message: the phones of the person who asks ring first
#[utoipa::path(post, path = "/tenants/{tenant}/voicemail/{message}/call-back", tag = "voicemail",
    params(("tenant" = String, Path), ("message" = Uuid, Path)),
    responses((status = 202), Refusals, WriteRefusals))]
pub async fn call_back(caller: Caller, Path((tenant, message)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let messages = caller.begin_messages(&tenant, Permission::Operate).await?;
    messages.call_back(MessageId(id(&message, "message")?)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Delete a message and its sound
#[utoipa::path(delete, path = "/tenants/{tenant}/voicemail/{message}", tag = "voicemail",
    params(("tenant" = String, Path), ("message" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path((tenant, message)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let messages = caller.begin_messages(&tenant, Permission::Configure).await?;
    messages.delete(MessageId(id(&message, "message")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show what a person set of the own mailbox; the person needs no permission
#[utoipa::path(get, path = "/tenants/{tenant}/users/{user}/voicemail", tag = "voicemail",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 200, body = PersonalMailbox), Refusals))]
pub async fn show_personal(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
) -> Result<Versioned<PersonalMailbox>, Problem> {
    let (access, _) = caller.begin_mailbox_of(&tenant, &user, Permission::View).await?;
    let found = access.personal_mailbox(&user).await?;
    Ok(Versioned { value: (&found.value).into(), version: found.version })
}

/// Change a person's mailbox; its greeting is rendered before it is saved. The person needs no permission
#[utoipa::path(put, path = "/tenants/{tenant}/users/{user}/voicemail", tag = "voicemail",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension"),
        ("If-Match" = Option<String>, Header)),
    request_body = PersonalMailbox, responses((status = 200, body = PersonalMailbox), Refusals, WriteRefusals))]
pub async fn replace_personal(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<PersonalMailbox>,
) -> Result<Versioned<PersonalMailbox>, Problem> {
    let (access, user) = caller.begin_mailbox_of(&tenant, &user, Permission::Configure).await?;
    let expected = if_match(&headers)?;
    let personal = wanted.read(&access, user).await?;
    let version = access.save_personal_mailbox(&personal, expected).await?;
    Ok(Versioned { value: (&personal).into(), version })
}

async fn step(
    caller: Caller,
    Path((tenant, message)): Path<(String, String)>,
    step: Step,
) -> Result<Versioned<Message>, Problem> {
    let messages = caller.begin_messages(&tenant, Permission::Operate).await?;
    let after = messages.step(MessageId(id(&message, "message")?), step).await?;
    let value = Message::new(&after.value, messages.access().snapshot().as_deref());
    Ok(Versioned { value, version: after.version })
}
