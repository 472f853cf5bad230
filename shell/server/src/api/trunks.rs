//! Trunks to the public network.

use std::net::{IpAddr, SocketAddr};

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::id::TrunkId;
use phone::numbers::trunk::settings::TrunkSettings;
use phone::numbers::trunk::{SrtpMode, Trunk as PhoneTrunk, TrunkCredentials, TrunkTransport, check};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switch::view;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, id, if_match, present, set};
use super::list::{List, PageParams};
use super::policies::{PolicySetting, described};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::trunk_test::Step;
use crate::admin::trunks::with_settings;
use crate::admin::{Access, Caller, Permission, Refused};
use crate::secret::Secret;

const SORT: &str = "name";
/// What a carrier needs to find its way to a phone and back.
const NO_ANSWER_SECS_DEFAULT: u32 = 10;

/// A way to and from the public network. What it challenges us for is not shown.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Trunk {
    pub id: Uuid,
    pub name: String,
    pub host: String,
    pub port: Option<u16>,
    pub transport: Transport,
    /// Addresses that its calls come from; port 0 stands for any.
    pub sources: Vec<String>,
    /// ISO 3166 alpha-2: how numbers without `+` that come in are read; null means the organization's country.
    pub country: Option<String>,
    pub srtp: Srtp,
    pub codecs: Vec<String>,
    pub calls_max: Option<u32>,
    pub no_answer_seconds: u32,
    pub enabled: bool,
    pub description: Option<String>,
    /// From 1: calls that no route sends elsewhere go out over the lowest first. Null for a trunk of an operator.
    pub priority: Option<u32>,
    /// All other settings; `/trunks/settings` tells what each takes.
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
}

/// How a trunk is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    Tcp,
    Tls,
    Udp,
}

/// Whether a trunk's sound is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Srtp {
    Off,
    Preferred,
    Required,
}

/// What a trunk challenges us for. The password is never shown.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Null answers every challenge.
    pub realm: Option<String>,
    pub user: String,
    #[schema(value_type = String)]
    pub password: Secret,
}

/// A trunk to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "carrier", "host": "sip.carrier.example", "sources": ["198.51.100.7"] }))]
pub struct NewTrunk {
    pub name: String,
    /// Name or address of where calls go.
    pub host: String,
    #[schema(minimum = 1)]
    pub port: Option<u16>,
    #[schema(default = "udp")]
    pub transport: Option<Transport>,
    /// Addresses that its calls come from, with a port if others at the same address are somebody else.
    #[serde(default)]
    pub sources: Vec<String>,
    pub credentials: Option<Credentials>,
    pub country: Option<String>,
    #[schema(default = "off")]
    pub srtp: Option<Srtp>,
    /// Of `PCMU`, `PCMA`, `G722` and `opus`, the best first; all of them if none is given.
    pub codecs: Option<Vec<String>>,
    #[schema(minimum = 1)]
    pub calls_max: Option<u32>,
    #[schema(minimum = 1, maximum = 60, default = 10)]
    pub no_answer_seconds: Option<u32>,
    #[schema(default = true)]
    pub enabled: Option<bool>,
    pub description: Option<String>,
    /// Its place among the trunks that calls go out over, from 1; a trunk that is there goes one further. The last place if
    /// none is given.
    #[schema(minimum = 1)]
    pub priority: Option<u32>,
    /// What differs from the settings that a trunk has first.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "enabled": false }))]
pub struct TrunkChange {
    pub name: Option<String>,
    pub host: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u16>)]
    pub port: Option<Option<u16>>,
    pub transport: Option<Transport>,
    pub sources: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Credentials>)]
    pub credentials: Option<Option<Credentials>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub country: Option<Option<String>>,
    pub srtp: Option<Srtp>,
    pub codecs: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    pub calls_max: Option<Option<u32>>,
    pub no_answer_seconds: Option<u32>,
    pub enabled: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    #[schema(minimum = 1)]
    pub priority: Option<u32>,
    /// A setting that is null is as it was first.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
}

/// List trunks
#[utoipa::path(get, path = "/tenants/{tenant}/trunks", tag = "trunks", params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<Trunk>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Trunk>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().trunks(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|(trunk, priority)| Trunk::of(trunk.value, Some(priority))), SORT))
}

/// List the settings of trunks with what each takes
#[utoipa::path(get, path = "/tenants/{tenant}/trunks/settings", tag = "trunks", params(("tenant" = String, Path)),
    responses((status = 200, body = List<PolicySetting>), Refusals))]
pub async fn settings(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<PolicySetting>>, Problem> {
    caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(described(TrunkSettings::SETTINGS, &TrunkSettings::default().to_value())))
}

/// How a trunk does.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TrunkHealth {
    pub id: Uuid,
    pub name: String,
    pub state: TrunkState,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// The last time that anything came from there.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub heard_at: Option<Timestamp>,
    /// How our registration there stands; null where we don't register.
    pub registration: Option<TrunkRegistration>,
    /// It said that it takes no calls until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub rests_until: Option<Timestamp>,
    /// Whether the other trunks of a route are tried before it.
    pub tried_last: bool,
    /// Calls that it carries now.
    pub calls: u32,
    pub calls_max: Option<u32>,
}

/// Our registration at a carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrunkRegistration {
    pub state: TrunkRegistrationState,
    /// Until when it is granted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// What the carrier answered, or what that is taken for.
    pub status: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkRegistrationState {
    Trying,
    Registered,
    Failed,
}

/// One step of a test of a trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrunkTestStep {
    /// address, connection, certificate, options or registration.
    pub step: String,
    pub passed: bool,
    /// The evidence, in words.
    pub detail: String,
    /// What to do.
    pub fix: Option<String>,
}

/// What a test of a trunk found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrunkTested {
    pub passed: bool,
    pub steps: Vec<TrunkTestStep>,
}

/// Whether a trunk can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkState {
    /// Nothing came from there yet.
    Probing,
    Active,
    /// It does not answer.
    Demoted,
    /// Nothing can be sent there.
    Unreachable,
    /// It is disabled, and calls that began before go on.
    Draining,
    /// It is disabled, and carries no call.
    Drained,
    /// It is not asked, as `send_options` says.
    Unwatched,
}

/// Tell how the trunks do
#[utoipa::path(get, path = "/tenants/{tenant}/trunks/health", tag = "trunks", params(("tenant" = String, Path)),
    responses((status = 200, body = List<TrunkHealth>), Refusals))]
pub async fn health(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<TrunkHealth>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let snapshot = access.snapshot();
    let name = |id| snapshot.as_ref().and_then(|tenant| Some(tenant.trunks.get(&id)?.name.clone()));
    let shown = |trunk: view::Trunk| TrunkHealth {
        id: trunk.id.0,
        name: name(trunk.id).unwrap_or_default(),
        state: trunk.state.into(),
        since: trunk.since,
        heard_at: trunk.heard_at,
        registration: trunk.registered.map(TrunkRegistration::from),
        rests_until: trunk.rests_until,
        tried_last: trunk.is_tried_last,
        calls: trunk.n_calls,
        calls_max: trunk.n_calls_max,
    };
    Ok(List::whole(access.trunks_now().await?.into_iter().map(shown).collect()))
}

impl From<view::TrunkState> for TrunkState {
    fn from(state: view::TrunkState) -> Self {
        match state {
            view::TrunkState::Probing => Self::Probing,
            view::TrunkState::Active => Self::Active,
            view::TrunkState::Demoted => Self::Demoted,
            view::TrunkState::Unreachable => Self::Unreachable,
            view::TrunkState::Draining => Self::Draining,
            view::TrunkState::Drained => Self::Drained,
            view::TrunkState::Unwatched => Self::Unwatched,
        }
    }
}

/// Test a trunk: its address, connection, certificate and answer to OPTIONS; nothing is called
#[utoipa::path(post, path = "/tenants/{tenant}/trunks/{trunk}/test", tag = "trunks",
    params(("tenant" = String, Path), ("trunk" = Uuid, Path)),
    responses((status = 200, body = TrunkTested), Refusals))]
pub async fn test(caller: Caller, Path((tenant, trunk)): Path<(String, String)>) -> Result<Json<TrunkTested>, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    Ok(Json(access.test_trunk(TrunkId(id(&trunk, "trunk")?)).await?.into()))
}

impl From<Vec<Step>> for TrunkTested {
    fn from(steps: Vec<Step>) -> Self {
        let shown = |step: Step| TrunkTestStep {
            step: step.name.to_owned(),
            passed: step.fix.is_none(),
            detail: step.detail,
            fix: step.fix,
        };
        let steps: Vec<TrunkTestStep> = steps.into_iter().map(shown).collect();
        Self { passed: steps.iter().all(|step| step.passed), steps }
    }
}

impl From<view::Registered> for TrunkRegistration {
    fn from(registered: view::Registered) -> Self {
        match registered {
            view::Registered::Trying => Self { state: TrunkRegistrationState::Trying, until: None, status: None },
            view::Registered::Until(until) => {
                Self { state: TrunkRegistrationState::Registered, until: Some(until), status: None }
            }
            view::Registered::Failed(status) => {
                Self { state: TrunkRegistrationState::Failed, until: None, status: Some(status) }
            }
        }
    }
}

/// Show a trunk
#[utoipa::path(get, path = "/tenants/{tenant}/trunks/{trunk}", tag = "trunks",
    params(("tenant" = String, Path), ("trunk" = Uuid, Path)),
    responses((status = 200, body = Trunk), Refusals))]
pub async fn show(caller: Caller, Path((tenant, trunk)): Path<(String, String)>) -> Result<Versioned<Trunk>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, TrunkId(id(&trunk, "trunk")?)).await
}

/// Make a trunk
#[utoipa::path(post, path = "/tenants/{tenant}/trunks", tag = "trunks", params(("tenant" = String, Path)),
    request_body = NewTrunk, responses((status = 201, body = Trunk), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewTrunk>,
) -> Result<Created<Trunk>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let priority = wanted.priority;
    let settings = access.with_ids_in_settings(wanted.settings).await?;
    let wanted = NewTrunk { settings, ..wanted };
    let trunk = wanted.read(TrunkId(Uuid::now_v7()))?;
    access.create_trunk(&trunk, priority).await?;
    let location = format!("/tenants/{}/trunks/{}", access.tenant(), trunk.id);
    let Versioned { value, version } = show_one(&access, trunk.id).await?;
    Ok(Created { value, version, location })
}

/// Change a trunk
#[utoipa::path(patch, path = "/tenants/{tenant}/trunks/{trunk}", tag = "trunks",
    params(("tenant" = String, Path), ("trunk" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = TrunkChange, responses((status = 200, body = Trunk), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, trunk)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<TrunkChange>,
) -> Result<Versioned<Trunk>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let trunk = TrunkId(id(&trunk, "trunk")?);
    let settings = access.with_ids_in_settings(wanted.settings).await?;
    let sources = wanted.sources.as_deref().map(sources).transpose()?;
    let apply = |trunk: &mut PhoneTrunk| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut trunk.name);
        set(wanted.host, &mut trunk.host);
        set(wanted.port, &mut trunk.port);
        set(wanted.transport.map(TrunkTransport::from), &mut trunk.transport);
        set(sources, &mut trunk.sources);
        set(wanted.credentials.map(|it| it.map(TrunkCredentials::from)), &mut trunk.credentials);
        set(wanted.country, &mut trunk.country);
        set(wanted.srtp.map(SrtpMode::from), &mut trunk.srtp);
        set(wanted.codecs, &mut trunk.codecs);
        set(wanted.calls_max, &mut trunk.n_calls_max);
        set(wanted.no_answer_seconds, &mut trunk.no_answer_secs);
        set(wanted.enabled, &mut trunk.enabled);
        set(wanted.description, &mut trunk.description);
        with_settings(trunk, &settings)
    };
    access.change_trunk(trunk, if_match(&headers)?, wanted.priority, apply).await?;
    show_one(&access, trunk).await
}

/// Delete a trunk that no number comes in on and no route uses
#[utoipa::path(delete, path = "/tenants/{tenant}/trunks/{trunk}", tag = "trunks",
    params(("tenant" = String, Path), ("trunk" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, trunk)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_trunk(TrunkId(id(&trunk, "trunk")?), if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show_one(access: &Access, trunk: TrunkId) -> Result<Versioned<Trunk>, Problem> {
    let found = access.store().trunk(access.tenant(), trunk).await.map_err(Refused::from)?;
    let (found, priority) = found.ok_or(Refused::NotFound { what: "trunk" })?;
    Ok(Versioned { value: Trunk::of(found.value, Some(priority)), version: found.version })
}

/// Addresses; one without a port stands for every port of it.
fn sources(texts: &[String]) -> Result<Vec<SocketAddr>, Refused> {
    let read = |(index, text): (usize, &String)| {
        let address = text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 0)).or_else(|_| text.parse());
        let words = "an address such as 198.51.100.7 or 198.51.100.7:5060";
        address.map_err(|_| Refused::field(format!("sources[{index}]"), "trunk.source_malformed", words))
    };
    texts.iter().enumerate().map(read).collect()
}

impl NewTrunk {
    pub fn read(self, id: TrunkId) -> Result<PhoneTrunk, Refused> {
        let mut trunk = PhoneTrunk {
            id,
            name: self.name.trim().to_owned(),
            host: self.host,
            port: self.port,
            transport: self.transport.unwrap_or(Transport::Udp).into(),
            sources: sources(&self.sources)?,
            credentials: self.credentials.map(TrunkCredentials::from),
            country: self.country,
            srtp: self.srtp.unwrap_or(Srtp::Off).into(),
            codecs: self.codecs.unwrap_or_else(|| check::CODECS.map(str::to_owned).to_vec()),
            n_calls_max: self.calls_max,
            no_answer_secs: self.no_answer_seconds.unwrap_or(NO_ANSWER_SECS_DEFAULT),
            enabled: self.enabled.unwrap_or(true),
            description: self.description,
            settings: TrunkSettings::default(),
        };
        with_settings(&mut trunk, &self.settings)?;
        Ok(trunk)
    }
}

impl From<Credentials> for TrunkCredentials {
    fn from(it: Credentials) -> Self {
        Self { realm: it.realm, user: it.user, password: it.password.expose().to_owned() }
    }
}

impl From<Transport> for TrunkTransport {
    fn from(transport: Transport) -> Self {
        match transport {
            Transport::Tcp => Self::Tcp,
            Transport::Tls => Self::Tls,
            Transport::Udp => Self::Udp,
        }
    }
}

impl From<Srtp> for SrtpMode {
    fn from(srtp: Srtp) -> Self {
        match srtp {
            Srtp::Off => Self::Off,
            Srtp::Preferred => Self::Preferred,
            Srtp::Required => Self::Required,
        }
    }
}

impl Trunk {
    /// A trunk with its place in the order, if it has one.
    pub fn of(trunk: PhoneTrunk, priority: Option<u32>) -> Self {
        let transport = match trunk.transport {
            TrunkTransport::Tcp => Transport::Tcp,
            TrunkTransport::Tls => Transport::Tls,
            TrunkTransport::Udp => Transport::Udp,
        };
        let srtp = match trunk.srtp {
            SrtpMode::Off => Srtp::Off,
            SrtpMode::Preferred => Srtp::Preferred,
            SrtpMode::Required => Srtp::Required,
        };
        Self {
            id: trunk.id.0,
            name: trunk.name,
            host: trunk.host,
            port: trunk.port,
            transport,
            sources: trunk.sources.iter().map(ToString::to_string).collect(),
            country: trunk.country,
            srtp,
            codecs: trunk.codecs,
            calls_max: trunk.n_calls_max,
            no_answer_seconds: trunk.no_answer_secs,
            enabled: trunk.enabled,
            description: trunk.description,
            priority,
            settings: match trunk.settings.to_value() {
                Value::Object(settings) => settings,
                Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => Map::new(),
            },
        }
    }
}
