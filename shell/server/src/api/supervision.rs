//! Supervisors in calls of others.

use axum::Json;
use axum::extract::Path;
use phone::apps::supervision::Mode;
use phone::id::CallId;
use phone::people::notice::{Notice, Sign, Told};
use serde::{Deserialize, Serialize};
use switch::view;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, id};
use super::calls::Call;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::Caller;
use crate::admin::supervision::Supervise as Wanted;

/// A supervisor of a call that is going on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Supervision {
    pub supervisor: Uuid,
    /// Who is supervised, if that is a person of the organization.
    pub agent: Option<Uuid>,
    pub mode: SupervisionMode,
    /// Whether the supervisor is there; before, the phones ring.
    pub joined: bool,
    #[schema(value_type = String, format = DateTime)]
    pub since: jiff::Timestamp,
}

/// What a supervisor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupervisionMode {
    /// Hears both, and is heard by nobody.
    Listen,
    /// Is heard by the agent alone.
    Whisper,
    /// Is heard by both.
    Barge,
    /// The agent leaves, and the supervisor goes on with the other.
    TakeOver,
}

/// Who is to supervise a call, and how.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "supervisor": "101", "mode": "listen" }))]
pub struct Supervise {
    /// Id or extension of the person whose phones ring.
    pub supervisor: String,
    pub mode: SupervisionMode,
    /// Id or extension of who is supervised; without it the agent of a queue, else a person of the organization.
    pub agent: Option<String>,
}

/// Ring a supervisor's phones and let them hear a call, or change what they do there; hanging up ends it
#[utoipa::path(post, path = "/tenants/{tenant}/calls/{call}/supervise", tag = "calls",
    params(("tenant" = String, Path), ("call" = Uuid, Path)), request_body = Supervise,
    responses((status = 200, body = Call), Refusals, WriteRefusals))]
pub async fn supervise(
    caller: Caller,
    Path((tenant, call)): Path<(String, String)>,
    Body(wanted): Body<Supervise>,
) -> Result<Json<Call>, Problem> {
    let mode = Mode::from(wanted.mode);
    let (access, reach) = caller.begin_supervision(&tenant, mode).await?;
    let call = CallId(id(&call, "call")?);
    let supervisor = access.user(&wanted.supervisor).await?.value.id;
    let agent = match &wanted.agent {
        Some(name) => Some(access.user(name).await?.value.id),
        None => None,
    };
    access.supervise(&reach, call, Wanted { supervisor, agent, mode }).await?;
    Ok(Json(access.call(call).await?.into()))
}

impl From<view::Supervision> for Supervision {
    fn from(known: view::Supervision) -> Self {
        Self {
            supervisor: known.supervisor.0,
            agent: known.agent.map(|agent| agent.0),
            mode: known.mode.into(),
            joined: known.joined,
            since: known.since,
        }
    }
}

impl From<Mode> for SupervisionMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Listen => Self::Listen,
            Mode::Whisper => Self::Whisper,
            Mode::Barge => Self::Barge,
            Mode::TakeOver => Self::TakeOver,
        }
    }
}

impl From<SupervisionMode> for Mode {
    fn from(mode: SupervisionMode) -> Self {
        match mode {
            SupervisionMode::Listen => Self::Listen,
            SupervisionMode::Whisper => Self::Whisper,
            SupervisionMode::Barge => Self::Barge,
            SupervisionMode::TakeOver => Self::TakeOver,
        }
    }
}

/// Who of a call is told when a supervisor joins it, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupervisionNotice {
    pub told: SupervisionTold,
    /// What they hear.
    #[serde(default)]
    pub sign: SupervisionSign,
}

/// Who is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupervisionTold {
    Agent,
    /// The agent and the other party.
    Both,
    #[default]
    Nobody,
}

/// What those who are told hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupervisionSign {
    /// Words that the call may be monitored.
    Announcement,
    #[default]
    Tone,
}

impl From<Notice> for SupervisionNotice {
    fn from(notice: Notice) -> Self {
        Self {
            told: match notice.told {
                Told::Agent => SupervisionTold::Agent,
                Told::Both => SupervisionTold::Both,
                Told::Nobody => SupervisionTold::Nobody,
            },
            sign: match notice.sign {
                Sign::Announcement => SupervisionSign::Announcement,
                Sign::Tone => SupervisionSign::Tone,
            },
        }
    }
}

impl From<SupervisionNotice> for Notice {
    fn from(notice: SupervisionNotice) -> Self {
        Self {
            told: match notice.told {
                SupervisionTold::Agent => Told::Agent,
                SupervisionTold::Both => Told::Both,
                SupervisionTold::Nobody => Told::Nobody,
            },
            sign: match notice.sign {
                SupervisionSign::Announcement => Sign::Announcement,
                SupervisionSign::Tone => Sign::Tone,
            },
        }
    }
}
