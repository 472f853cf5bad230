//! Mails that tell of messages: what was sent, what waits and what was given up.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::apps::mailbox::mail::{Mail as PhoneMail, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Params, id};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "-at";

/// A mail to one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mail {
    pub id: Uuid,
    /// The message that it tells of.
    pub message: Uuid,
    pub to: String,
    pub state: MailState,
    pub tries: u32,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it is tried next.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_try_at: Option<Timestamp>,
    /// What the last try met.
    pub error: Option<String>,
}

/// How far a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// The mail server refused it for good, or was not reached for a day.
    Failed,
    Sent,
    Waiting,
}

/// Which mails.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MailParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    #[param(inline)]
    pub state: Option<MailState>,
}

/// List mails that tell of messages, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/mails", tag = "voicemail",
    params(("tenant" = String, Path), MailParams), responses((status = 200, body = List<Mail>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<MailParams>,
) -> Result<Json<List<Mail>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(SORT, true)?;
    let state = params.state.map(State::from);
    let page = access.store().mails(access.tenant(), state, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(Mail::from), SORT))
}

/// Send a mail that was given up or waits, now
#[utoipa::path(post, path = "/tenants/{tenant}/mails/{mail}/retry", tag = "voicemail",
    params(("tenant" = String, Path), ("mail" = Uuid, Path)),
    responses((status = 202, body = Mail), Refusals, WriteRefusals))]
pub async fn retry(
    caller: Caller,
    Path((tenant, mail)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Mail>), Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let mail = access.retry_mail(id(&mail, "mail")?).await?;
    Ok((StatusCode::ACCEPTED, Json(mail.into())))
}

impl From<PhoneMail> for Mail {
    fn from(mail: PhoneMail) -> Self {
        Self {
            id: mail.id,
            message: mail.message.0,
            to: mail.to,
            state: mail.state.into(),
            tries: mail.n_tries,
            at: mail.at,
            next_try_at: mail.due_at,
            error: mail.error,
        }
    }
}

impl From<State> for MailState {
    fn from(state: State) -> Self {
        match state {
            State::Failed => Self::Failed,
            State::Sent => Self::Sent,
            State::Waiting => Self::Waiting,
        }
    }
}

impl From<MailState> for State {
    fn from(state: MailState) -> Self {
        match state {
            MailState::Failed => Self::Failed,
            MailState::Sent => Self::Sent,
            MailState::Waiting => Self::Waiting,
        }
    }
}
