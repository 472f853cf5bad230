//! Organizations.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::{ResellerId, TenantId, UserId};
use phone::numbers::CountryProfiles;
use phone::people::license::Enforcement;
use phone::people::notice::Notice;
use phone::people::number_mails::NumberMails as PhoneMails;
use phone::people::pause::Pause;
use phone::people::tenant::{Profile, State};
use serde::{Deserialize, Serialize};
use store::{Stored, TenantRow};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::number_mails::NumberMails;
use super::problem::{Problem, Refusals, WriteRefusals};
use super::supervision::SupervisionNotice;
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "slug";
/// The language of the prompts that come with the program.
const LANGUAGE_DEFAULT: &str = "en-US";

/// An organization.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    pub id: Uuid,
    /// Its name in paths and commands.
    pub slug: String,
    pub name: String,
    pub sip_domain: String,
    pub time_zone: String,
    pub country: String,
    pub language: String,
    pub state: TenantState,
    /// Whether phones that register to a bare address belong to it.
    pub is_default: bool,
    /// Numbers that reach emergency services or test that: those of the country and its own.
    pub emergency_numbers: Vec<String>,
    pub license_enforcement: LicenseEnforcement,
    /// Who runs it for who runs the server.
    pub reseller: Option<Uuid>,
    /// Who is told when a supervisor joins a call, where a queue does not say.
    pub supervision_notice: SupervisionNotice,
    /// A person who gets callers of auto attendants that have no operator, where one is needed; null is nobody.
    pub fallback_operator: Option<Uuid>,
    /// How long a number is given to nobody after somebody lost it, where who takes it says nothing else.
    pub number_block: Option<NumberRest>,
    /// What people with an e-mail address are told of their numbers.
    #[serde(default)]
    pub number_mails: NumberMails,
}

/// How long a number is given to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum NumberRest {
    Days {
        #[schema(minimum = 1, maximum = 365)]
        days: u32,
    },
    Forever,
}

/// What happens when licenses do not suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LicenseEnforcement {
    /// Without a license nobody calls or is called from outside, and no more are given than were bought.
    Block,
    /// Licenses are labels.
    Off,
    /// As `off`, but what would have been refused is told.
    Warn,
}

/// Whether an organization may use the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TenantState {
    Active,
    /// Its calls are refused, all but those to emergency services.
    Suspended,
}

/// An organization to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "slug": "acme", "name": "Acme", "sip_domain": "acme.example", "time_zone": "Europe/Berlin", "country": "DE"
}))]
pub struct NewTenant {
    pub slug: String,
    pub name: String,
    /// No other organization's.
    pub sip_domain: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 3166 alpha-2: how numbers without `+` are read, which tones are heard, which numbers reach emergency services.
    pub country: String,
    #[schema(default = "en-US")]
    pub language: Option<String>,
    /// Beside those of the country.
    #[serde(default)]
    pub emergency_numbers: Vec<String>,
    /// The first organization is it in any case.
    #[serde(default)]
    pub is_default: bool,
    pub license_enforcement: Option<LicenseEnforcement>,
    /// Short name or id, for who runs the server; what a reseller makes is its own.
    pub reseller: Option<String>,
}

/// What is to change. What is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "license_enforcement": "block" }))]
pub struct TenantChange {
    pub name: Option<String>,
    pub time_zone: Option<String>,
    pub country: Option<String>,
    pub language: Option<String>,
    /// Beside those of the country.
    pub emergency_numbers: Option<Vec<String>>,
    /// Who is told when a supervisor joins a call, where a queue does not say.
    pub supervision_notice: Option<SupervisionNotice>,
    /// How long a number is given to nobody after somebody lost it, where who takes it says nothing else; null for not at
    /// all.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NumberRest>)]
    pub number_block: Option<Option<NumberRest>>,
    /// What people with an e-mail address are told of their numbers. It is replaced whole.
    pub number_mails: Option<NumberMails>,
    /// Id of a person, or null.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub fallback_operator: Option<Option<Uuid>>,
    /// For who runs the server, and the organization's reseller.
    pub slug: Option<String>,
    /// For who runs the server, and the organization's reseller; only as long as nobody has a phone.
    pub sip_domain: Option<String>,
    /// For who runs the server, and the organization's reseller.
    pub state: Option<TenantState>,
    /// For who runs the server.
    pub is_default: Option<bool>,
    /// For who runs the server, and the organization's reseller.
    pub license_enforcement: Option<LicenseEnforcement>,
    /// Short name or id of another reseller, null for none: for who runs the server.
    #[serde(default, deserialize_with = "present")]
    pub reseller: Option<Option<String>>,
}

/// How an organization is deleted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeletionParams {
    /// The short name again: then all that the organization has is deleted with it.
    pub confirm: Option<String>,
}

/// List organizations
#[utoipa::path(get, path = "/tenants", tag = "tenants", params(PageParams),
    responses((status = 200, body = List<Tenant>), Refusals))]
pub async fn list(caller: Caller, Params(page): Params<PageParams>) -> Result<Json<List<Tenant>>, Problem> {
    let page = caller.tenants(&page.paging(SORT, false)?).await?;
    let profiles = caller.country_profiles().await?;
    Ok(List::of(page.map(|row| Tenant::of(row.value, &profiles)), SORT))
}

/// Show an organization
#[utoipa::path(get, path = "/tenants/{tenant}", tag = "tenants",
    params(("tenant" = String, Path, description = "Short name or id")),
    responses((status = 200, body = Tenant), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Versioned<Tenant>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let Stored { value, version, .. } = access.tenant_row().await?;
    Ok(Versioned { value: Tenant::of(value, &caller.country_profiles().await?), version })
}

/// Make an organization: for who runs the server, and for resellers
#[utoipa::path(post, path = "/tenants", tag = "tenants", request_body = NewTenant,
    responses((status = 201, body = Tenant), Refusals, WriteRefusals))]
pub async fn create(caller: Caller, Body(wanted): Body<NewTenant>) -> Result<Created<Tenant>, Problem> {
    let reseller = reseller(&caller, wanted.reseller.as_deref()).await?;
    let row = TenantRow { reseller, ..wanted.read(TenantId(Uuid::now_v7())) };
    let (row, version) = caller.create_tenant(row).await?;
    let location = format!("/tenants/{}", row.profile.id);
    Ok(Created { value: Tenant::of(row, &caller.country_profiles().await?), version, location })
}

/// Change an organization
#[utoipa::path(patch, path = "/tenants/{tenant}", tag = "tenants",
    params(("tenant" = String, Path, description = "Short name or id"), ("If-Match" = Option<String>, Header)),
    request_body = TenantChange, responses((status = 200, body = Tenant), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<TenantChange>,
) -> Result<Versioned<Tenant>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    if wanted.is_of_owner() {
        caller.begin_ownership()?;
    } else if wanted.is_of_reseller() {
        caller.begin_resale()?;
    }
    let moved = match &wanted.reseller {
        Some(to) => Some(reseller(&caller, to.as_deref()).await?),
        None => None,
    };
    if let Some(Some(person)) = wanted.fallback_operator {
        let missing = |_| Refused::field("fallback_operator", "graph.missing_target", "there is no such person");
        access.user(&person.to_string()).await.map_err(missing)?;
    }
    let change = |row: &mut TenantRow| {
        set(moved, &mut row.reseller);
        wanted.apply(row);
    };
    let (row, version) = access.change_tenant(if_match(&headers)?, change).await?;
    Ok(Versioned { value: Tenant::of(row, &caller.country_profiles().await?), version })
}

/// Delete an organization: for who runs the server
#[utoipa::path(delete, path = "/tenants/{tenant}", tag = "tenants",
    params(("tenant" = String, Path, description = "Short name or id"), DeletionParams,
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<DeletionParams>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    caller.begin_ownership()?;
    access.delete_tenant(params.confirm.as_deref(), if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The reseller that is named.
async fn reseller(caller: &Caller, name: Option<&str>) -> Result<Option<ResellerId>, Problem> {
    let Some(name) = name else { return Ok(None) };
    caller.begin_ownership()?;
    let found = caller.reseller(name, Permission::View).await.map_err(|refused| match refused {
        Refused::NotFound { .. } => {
            Refused::field("reseller", "reseller.unknown", format!("there is no reseller {name}"))
        }
        other => other,
    })?;
    Ok(Some(found.value.id))
}

impl NewTenant {
    fn read(self, id: TenantId) -> TenantRow {
        let profile = Profile {
            id,
            slug: self.slug,
            name: self.name,
            sip_domain: self.sip_domain.to_ascii_lowercase(),
            time_zone: self.time_zone,
            country: self.country,
            language: self.language.unwrap_or_else(|| LANGUAGE_DEFAULT.to_owned()),
            state: State::Active,
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: PhoneMails::default(),
            fallback_operator: None,
        };
        TenantRow {
            profile,
            is_default: self.is_default,
            emergency_numbers: self.emergency_numbers,
            license_enforcement: self.license_enforcement.map(Enforcement::from).unwrap_or_default(),
            reseller: None,
        }
    }
}

impl TenantChange {
    /// Whether it is for who runs the server alone.
    fn is_of_owner(&self) -> bool {
        self.is_default.is_some() || self.reseller.is_some()
    }

    /// Whether it is not for the organization's own administrators.
    fn is_of_reseller(&self) -> bool {
        self.slug.is_some() || self.sip_domain.is_some() || self.state.is_some() || self.license_enforcement.is_some()
    }

    fn apply(self, row: &mut TenantRow) {
        set(self.name, &mut row.profile.name);
        set(self.time_zone, &mut row.profile.time_zone);
        set(self.country, &mut row.profile.country);
        set(self.language, &mut row.profile.language);
        set(self.emergency_numbers, &mut row.emergency_numbers);
        set(self.supervision_notice.map(Notice::from), &mut row.profile.supervision_notice);
        set(self.number_block.map(|rest| rest.map(Pause::from)), &mut row.profile.number_pause);
        set(self.number_mails.map(PhoneMails::from), &mut row.profile.number_mails);
        set(self.fallback_operator.map(|person| person.map(UserId)), &mut row.profile.fallback_operator);
        set(self.slug, &mut row.profile.slug);
        set(self.sip_domain.map(|domain| domain.to_ascii_lowercase()), &mut row.profile.sip_domain);
        set(self.state.map(State::from), &mut row.profile.state);
        set(self.is_default, &mut row.is_default);
        set(self.license_enforcement.map(Enforcement::from), &mut row.license_enforcement);
    }
}

impl From<Pause> for NumberRest {
    fn from(pause: Pause) -> Self {
        match pause {
            Pause::Days(days) => Self::Days { days },
            Pause::Forever => Self::Forever,
        }
    }
}

impl From<NumberRest> for Pause {
    fn from(rest: NumberRest) -> Self {
        match rest {
            NumberRest::Days { days } => Self::Days(days),
            NumberRest::Forever => Self::Forever,
        }
    }
}

impl From<State> for TenantState {
    fn from(state: State) -> Self {
        match state {
            State::Active => Self::Active,
            State::Suspended => Self::Suspended,
        }
    }
}

impl From<TenantState> for State {
    fn from(state: TenantState) -> Self {
        match state {
            TenantState::Active => Self::Active,
            TenantState::Suspended => Self::Suspended,
        }
    }
}

impl From<Enforcement> for LicenseEnforcement {
    fn from(enforcement: Enforcement) -> Self {
        match enforcement {
            Enforcement::Block => Self::Block,
            Enforcement::Off => Self::Off,
            Enforcement::Warn => Self::Warn,
        }
    }
}

impl From<LicenseEnforcement> for Enforcement {
    fn from(enforcement: LicenseEnforcement) -> Self {
        match enforcement {
            LicenseEnforcement::Block => Self::Block,
            LicenseEnforcement::Off => Self::Off,
            LicenseEnforcement::Warn => Self::Warn,
        }
    }
}

impl Tenant {
    fn of(row: TenantRow, profiles: &CountryProfiles) -> Self {
        let of_country = profiles.of(&row.profile.country);
        let own = row.emergency_numbers.into_iter().filter(|number| !of_country.is_emergency(number));
        Self {
            id: row.profile.id.0,
            slug: row.profile.slug,
            name: row.profile.name,
            sip_domain: row.profile.sip_domain,
            time_zone: row.profile.time_zone,
            country: row.profile.country,
            language: row.profile.language,
            is_default: row.is_default,
            state: row.profile.state.into(),
            emergency_numbers: of_country.emergency_numbers.iter().cloned().chain(own).collect(),
            license_enforcement: row.license_enforcement.into(),
            reseller: row.reseller.map(|reseller| reseller.0),
            supervision_notice: row.profile.supervision_notice.into(),
            number_block: row.profile.number_pause.map(NumberRest::from),
            number_mails: row.profile.number_mails.into(),
            fallback_operator: row.profile.fallback_operator.map(|person| person.0),
        }
    }
}
