//! Auto attendants.

mod flow;
pub mod versions;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::access::Object;
use phone::apps::attendant::scope::DialScope as PhoneScope;
use phone::apps::attendant::{
    Association as PhoneAssociation, AssociationKind as PhoneKind, HoursOverride as PhoneOverride,
    HoursState as PhoneHours, NameSuffix as PhoneSuffix, Settings,
};
use phone::directory::App;
use phone::id::{AttendantId, GroupId, ScheduleId};
use serde::{Deserialize, Serialize};
use store::Expected;
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::flow::CallFlow;
use super::authorized::Authorized;
use super::body::{Body, Created, Params, Versioned, id, id_or_none, if_match};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use super::targets::Target;
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";

/// An auto attendant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Night", "language": "en-US", "time_zone": "Europe/Berlin",
    "default_flow": { "name": "Closed", "menu": { "options": [{ "key": "automatic", "action": { "type": "disconnect" } }] } }
}))]
pub struct AutoAttendant {
    /// Only shown.
    #[serde(default)]
    pub id: Uuid,
    pub name: String,
    /// The language of its texts.
    pub language: String,
    /// IANA name; its schedules are read in it.
    pub time_zone: String,
    /// Where callers go who make no choice.
    pub operator: Option<Target>,
    /// Seconds to wait for a key after a prompt.
    #[serde(default = "default::wait_seconds")]
    pub wait_seconds: u32,
    /// What is said after a name where a caller chooses among several people.
    #[serde(default)]
    pub user_name_extension: NameSuffix,
    /// Hours that hold whatever the schedules say; null follows the schedules.
    #[serde(default)]
    pub hours_override: Option<HoursOverride>,
    /// Whether callers may say a key, a phrase or a name instead of pressing keys. Needs `pocketsphinx` (English) or a speech
    /// server; without either, callers press keys.
    #[serde(default)]
    pub voice_input: bool,
    /// Whom callers may find by name or extension; null is everybody.
    #[serde(default)]
    pub inclusion_scope: Option<DialScope>,
    /// Whom they may not find, even if included; null is nobody.
    #[serde(default)]
    pub exclusion_scope: Option<DialScope>,
    /// How many last digits of a person's direct number reach the person like an extension, 2 to 10; null reaches nobody.
    #[serde(default)]
    pub direct_digits: Option<u8>,
    pub default_flow: CallFlow,
    /// Flows for certain times; holidays win over after-hours.
    #[serde(default)]
    pub associations: Vec<Association>,
    #[serde(default)]
    pub authorized: Authorized,
}

/// The members of these groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DialScope {
    pub groups: Vec<Uuid>,
}

/// What tells apart people of one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameSuffix {
    Department,
    #[default]
    None,
    Office,
}

/// Hours that hold whatever the schedules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursOverride {
    pub state: HoursState,
    /// Null holds until it is taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// Open is the default flow, closed the first after-hours flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoursState {
    Closed,
    Open,
}

/// A flow for certain times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Association {
    #[serde(rename = "type")]
    pub kind: AssociationKind,
    pub schedule: Uuid,
    pub enabled: bool,
    pub flow: CallFlow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssociationKind {
    AfterHours,
    Holiday,
}

/// List auto attendants
#[utoipa::path(get, path = "/tenants/{tenant}/auto-attendants", tag = "auto-attendants",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<AutoAttendant>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<AutoAttendant>>, Problem> {
    let (access, shown) = caller.begin_app_list(&tenant).await?;
    let paging = page.paging(SORT, false)?;
    let mut page = access.store().documents::<Settings>(access.tenant(), &paging).await.map_err(Refused::from)?;
    page.items.retain(|settings| shown.shows(Object::AutoAttendant(settings.value.id), &settings.value.authorized));
    Ok(List::of(page.map(|settings| AutoAttendant::from(&settings.value)), SORT))
}

/// Create an auto attendant; its texts are rendered before it is saved
#[utoipa::path(post, path = "/tenants/{tenant}/auto-attendants", tag = "auto-attendants",
    params(("tenant" = String, Path)), request_body = AutoAttendant,
    responses((status = 201, body = AutoAttendant), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<AutoAttendant>,
) -> Result<Created<AutoAttendant>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let settings = wanted.read(&access, AttendantId(Uuid::now_v7())).await?;
    let version = access.save_attendant(&settings, Expected::Absent).await?;
    let location = format!("/tenants/{}/auto-attendants/{}", access.tenant(), settings.id);
    Ok(Created { value: (&settings).into(), version, location })
}

/// Show an auto attendant
#[utoipa::path(get, path = "/tenants/{tenant}/auto-attendants/{attendant}", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path)),
    responses((status = 200, body = AutoAttendant), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
) -> Result<Versioned<AutoAttendant>, Problem> {
    let attendant = AttendantId(id_or_none(&attendant));
    let access = caller.begin_app(&tenant, Permission::View, App::Attendant(attendant)).await?;
    let found = access.attendant(attendant).await?;
    Ok(Versioned { value: (&found.value).into(), version: found.version })
}

/// Change an auto attendant; its texts are rendered before it is saved
#[utoipa::path(put, path = "/tenants/{tenant}/auto-attendants/{attendant}", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = AutoAttendant,
    responses((status = 200, body = AutoAttendant), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<AutoAttendant>,
) -> Result<Versioned<AutoAttendant>, Problem> {
    let attendant = AttendantId(id_or_none(&attendant));
    let access = caller.begin_app(&tenant, Permission::Configure, App::Attendant(attendant)).await?;
    let expected = if_match(&headers)?;
    access.attendant(attendant).await?;
    let settings = wanted.read(&access, attendant).await?;
    let version = access.save_attendant(&settings, expected).await?;
    Ok(Versioned { value: (&settings).into(), version })
}

/// Delete an auto attendant that nothing leads to
#[utoipa::path(delete, path = "/tenants/{tenant}/auto-attendants/{attendant}", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let attendant = AttendantId(id(&attendant, "auto attendant")?);
    access.delete_attendant(attendant, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl AutoAttendant {
    async fn read(self, access: &Access, id: AttendantId) -> Result<Settings, Refused> {
        let mut associations = Vec::with_capacity(self.associations.len());
        for (index, association) in self.associations.into_iter().enumerate() {
            let field = format!("associations[{index}].flow");
            associations.push(PhoneAssociation {
                kind: association.kind.into(),
                schedule: ScheduleId(association.schedule),
                flow: association.flow.read(access, &field, &self.language).await?,
                enabled: association.enabled,
            });
        }
        Ok(Settings {
            id,
            default_flow: self.default_flow.read(access, "default_flow", &self.language).await?,
            operator: self.operator.map(|operator| operator.read("operator")).transpose()?,
            name: self.name,
            language: self.language,
            time_zone: self.time_zone,
            associations,
            wait_secs: self.wait_seconds,
            user_name_extension: self.user_name_extension.into(),
            hours_override: self.hours_override.map(PhoneOverride::from),
            authorized: self.authorized.into(),
            voice_input: self.voice_input,
            direct_digits: self.direct_digits,
            dial_scope: PhoneScope {
                included: self.inclusion_scope.map(DialScope::read),
                excluded: self.exclusion_scope.map(DialScope::read).unwrap_or_default(),
            },
        })
    }
}

impl From<&Settings> for AutoAttendant {
    fn from(settings: &Settings) -> Self {
        let association = |association: &PhoneAssociation| Association {
            kind: association.kind.into(),
            schedule: association.schedule.0,
            enabled: association.enabled,
            flow: (&association.flow).into(),
        };
        Self {
            id: settings.id.0,
            name: settings.name.clone(),
            language: settings.language.clone(),
            time_zone: settings.time_zone.clone(),
            operator: settings.operator.as_ref().map(Target::from),
            wait_seconds: settings.wait_secs,
            user_name_extension: settings.user_name_extension.into(),
            hours_override: settings.hours_override.map(HoursOverride::from),
            voice_input: settings.voice_input,
            direct_digits: settings.direct_digits,
            inclusion_scope: settings.dial_scope.included.as_deref().map(DialScope::new),
            exclusion_scope: Some(&settings.dial_scope.excluded)
                .filter(|it| !it.is_empty())
                .map(|it| DialScope::new(it)),
            default_flow: (&settings.default_flow).into(),
            associations: settings.associations.iter().map(association).collect(),
            authorized: (&settings.authorized).into(),
        }
    }
}

impl DialScope {
    fn new(groups: &[GroupId]) -> Self {
        Self { groups: groups.iter().map(|group| group.0).collect() }
    }

    fn read(self) -> Vec<GroupId> {
        self.groups.into_iter().map(GroupId).collect()
    }
}

impl From<AssociationKind> for PhoneKind {
    fn from(kind: AssociationKind) -> Self {
        match kind {
            AssociationKind::AfterHours => Self::AfterHours,
            AssociationKind::Holiday => Self::Holiday,
        }
    }
}

impl From<PhoneKind> for AssociationKind {
    fn from(kind: PhoneKind) -> Self {
        match kind {
            PhoneKind::AfterHours => Self::AfterHours,
            PhoneKind::Holiday => Self::Holiday,
        }
    }
}

impl From<HoursOverride> for PhoneOverride {
    fn from(held: HoursOverride) -> Self {
        let state = match held.state {
            HoursState::Closed => PhoneHours::Closed,
            HoursState::Open => PhoneHours::Open,
        };
        Self { state, until: held.until }
    }
}

impl From<PhoneOverride> for HoursOverride {
    fn from(held: PhoneOverride) -> Self {
        let state = match held.state {
            PhoneHours::Closed => HoursState::Closed,
            PhoneHours::Open => HoursState::Open,
        };
        Self { state, until: held.until }
    }
}

impl From<NameSuffix> for PhoneSuffix {
    fn from(suffix: NameSuffix) -> Self {
        match suffix {
            NameSuffix::Department => Self::Department,
            NameSuffix::None => Self::None,
            NameSuffix::Office => Self::Office,
        }
    }
}

impl From<PhoneSuffix> for NameSuffix {
    fn from(suffix: PhoneSuffix) -> Self {
        match suffix {
            PhoneSuffix::Department => Self::Department,
            PhoneSuffix::None => Self::None,
            PhoneSuffix::Office => Self::Office,
        }
    }
}

/// What an attendant has that says nothing of it.
mod default {
    pub fn wait_seconds() -> u32 {
        5
    }
}
