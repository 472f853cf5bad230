//! The browser as a phone of who is signed in.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use phone::id::QueueId;
use phone::people::User;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{OptionalBody, Params, id};
use super::list::List;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::Refused;
use crate::admin::browser_phones::{Takes, Whose};
use crate::admin::own_account::OwnAccount;

/// Whose phone this browser may be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OwnPhone {
    /// Whose account it is; null for an account that is nobody's.
    pub person: Option<PhonePerson>,
    /// The organization that the person is of.
    pub tenant: Option<String>,
    /// Whether it may be any person of an organization, and somebody outside: in the demo only.
    pub plays_anybody: bool,
}

/// Who the phone is of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PhonePerson {
    pub id: Uuid,
    pub display_name: String,
    pub extension: String,
}

/// Whose phone this browser is to be; the own person's if nothing is said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "tenant": "demo", "user": "102" }))]
pub struct PhoneWish {
    /// In the demo: id or short name of the organization.
    pub tenant: Option<String>,
    /// In the demo: id or extension of the person.
    pub user: Option<String>,
    /// In the demo: somebody outside, who calls over the organization's trunk.
    #[serde(default)]
    pub outside: bool,
}

/// What the browser registers with, as SIP over WebSocket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PhoneCredentials {
    /// Null for somebody outside.
    pub person: Option<PhonePerson>,
    /// The organization, by its short name.
    pub tenant: String,
    pub sip_domain: String,
    /// Where SIP is spoken, on this server.
    pub websocket: String,
    /// The user name of the digest: it says until when it is good.
    pub user_name: String,
    /// Good for this person until then. Shown this once.
    pub password: String,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: jiff::Timestamp,
    /// Whether calls reach it: somebody outside only calls.
    pub registers: bool,
    /// What passes sound on where it reaches no media port of the server; null if there is nothing.
    pub relay: Option<PhoneRelay>,
}

/// Servers of TURN or STUN.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PhoneRelay {
    pub urls: Vec<String>,
    /// Empty, with the credential, for relays that ask nobody who they are.
    pub user_name: String,
    pub credential: String,
}

/// Which people, and in the demo whose phone.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ColleagueParams {
    /// Part of a name, or the beginning of an extension.
    pub search: String,
    /// In the demo: id or short name of the organization.
    pub tenant: Option<String>,
    /// In the demo: id or extension of the person; nobody is somebody outside.
    pub user: Option<String>,
}

/// In the demo whose phone; the own person's if nothing is said.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HolderParams {
    /// In the demo: id or short name of the organization.
    pub tenant: Option<String>,
    /// In the demo: id or extension of the person.
    pub user: Option<String>,
}

/// A queue whose calls one takes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PhoneQueue {
    pub id: Uuid,
    pub name: String,
    /// Whether its calls come at the moment.
    pub takes_calls: bool,
    /// Whether one may change that.
    pub may_change: bool,
}

impl HolderParams {
    fn whose(self) -> Result<Whose, Problem> {
        PhoneWish { tenant: self.tenant, user: self.user, outside: false }.whose()
    }
}

impl PhoneWish {
    fn whose(self) -> Result<Whose, Problem> {
        match self {
            Self { tenant: Some(tenant), user: Some(user), outside: false } => Ok(Whose::Person { tenant, user }),
            Self { tenant: Some(tenant), user: None, outside: true } => Ok(Whose::Outside { tenant }),
            Self { tenant: None, user: None, outside: false } => Ok(Whose::Own),
            Self { .. } => {
                let words = "say tenant and user, or tenant and outside, or nothing for the own person";
                Err(Refused::field("tenant", "phone.wish_unclear", words).into())
            }
        }
    }
}

impl PhonePerson {
    fn of(user: &User) -> Self {
        Self { id: user.id.0, display_name: user.display_name.clone(), extension: user.extension.clone() }
    }
}

/// Show whose phone this browser may be
#[utoipa::path(get, path = "/me/phone", tag = "me", responses((status = 200, body = OwnPhone), Refusals))]
pub async fn show(own: OwnAccount) -> Result<Json<OwnPhone>, Problem> {
    let (tenant, person) = match own.person()? {
        Some((tenant, user)) => (Some(tenant.profile.slug.clone()), Some(PhonePerson::of(&user))),
        None => (None, None),
    };
    Ok(Json(OwnPhone { person, tenant, plays_anybody: own.plays_anybody().await? }))
}

/// Get what this browser registers with as a phone, good for some hours
#[utoipa::path(post, path = "/me/phone/credentials", tag = "me", request_body = PhoneWish,
    responses((status = 200, body = PhoneCredentials), Refusals, WriteRefusals))]
pub async fn credentials(
    own: OwnAccount,
    OptionalBody(wish): OptionalBody<PhoneWish>,
) -> Result<Json<PhoneCredentials>, Problem> {
    let phone = own.browser_phone(wish.whose()?).await?;
    Ok(Json(PhoneCredentials {
        registers: phone.user.is_some(),
        relay: phone.relay.map(|relay| PhoneRelay {
            urls: relay.urls,
            user_name: relay.user_name,
            credential: relay.credential.expose().to_owned(),
        }),
        person: phone.user.as_deref().map(PhonePerson::of),
        tenant: phone.tenant.profile.slug.clone(),
        sip_domain: phone.tenant.profile.sip_domain.clone(),
        websocket: "/ws/sip".to_owned(),
        user_name: phone.name,
        password: phone.password.expose().to_owned(),
        expires_at: phone.expires_at,
    }))
}

/// Find people of the own organization to call, by name or extension
#[utoipa::path(get, path = "/me/phone/people", tag = "me", params(ColleagueParams),
    responses((status = 200, body = List<PhonePerson>), Refusals))]
pub async fn people(
    own: OwnAccount,
    Params(params): Params<ColleagueParams>,
) -> Result<Json<List<PhonePerson>>, Problem> {
    let ColleagueParams { search, tenant, user } = params;
    let outside = tenant.is_some() && user.is_none();
    let whose = PhoneWish { tenant, user, outside }.whose()?;
    let found = own.colleagues(whose, &search).await?;
    Ok(List::whole(found.iter().map(|user| PhonePerson::of(user)).collect()))
}

/// List the queues whose calls one takes
#[utoipa::path(get, path = "/me/phone/queues", tag = "me", params(HolderParams),
    responses((status = 200, body = List<PhoneQueue>), Refusals))]
pub async fn queues(own: OwnAccount, Params(params): Params<HolderParams>) -> Result<Json<List<PhoneQueue>>, Problem> {
    let found = own.own_queues(params.whose()?).await?;
    let shown = found.into_iter().map(|queue| PhoneQueue {
        id: queue.id.0,
        name: queue.name,
        takes_calls: queue.takes_calls,
        may_change: queue.may_change,
    });
    Ok(List::whole(shown.collect()))
}

/// Take calls of a queue from now on
#[utoipa::path(post, path = "/me/phone/queues/{queue}/opt-in", tag = "me", params(("queue" = Uuid, Path), HolderParams),
    responses((status = 204), Refusals))]
pub async fn opt_in(
    own: OwnAccount,
    Path(queue): Path<String>,
    Params(params): Params<HolderParams>,
) -> Result<StatusCode, Problem> {
    own.take_calls_of(params.whose()?, QueueId(id(&queue, "call queue")?), Takes::Calls).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take no calls of a queue for now
#[utoipa::path(post, path = "/me/phone/queues/{queue}/opt-out", tag = "me", params(("queue" = Uuid, Path), HolderParams),
    responses((status = 204), Refusals))]
pub async fn opt_out(
    own: OwnAccount,
    Path(queue): Path<String>,
    Params(params): Params<HolderParams>,
) -> Result<StatusCode, Problem> {
    own.take_calls_of(params.whose()?, QueueId(id(&queue, "call queue")?), Takes::None).await?;
    Ok(StatusCode::NO_CONTENT)
}
