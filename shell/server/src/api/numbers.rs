//! Telephone numbers.

pub mod import;
pub mod life;
pub mod removal;
pub mod stock;
pub mod tagging;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use phone::access::Object;
use phone::directory::App;
use phone::directory::finding::Wanted;
use phone::id::{OperatorId, ResourceAccountId, SiteId, UserId};
use phone::numbers::number::{Block, Category, NumberSource as PhoneSource, NumberState as PhoneState};
use phone::numbers::{Assignee as PhoneAssignee, E164, Number as PhoneNumber, NumberKind as PhoneKind};
use serde::{Deserialize, Serialize};
use store::{NumberFilter, NumbersOf, Stored};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Params, Versioned};
use super::civic_addresses::CivicAddressName;
use super::list::{self, List, PageParams};
use super::problem::{Problem, Refusals};
use super::sites::{self, SiteName};
use crate::admin::{Access, Caller, Permission, Refused};

/// A telephone number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Number {
    /// The number itself: `+14255550100`.
    pub id: String,
    pub number: String,
    pub kind: NumberKind,
    pub source: NumberSource,
    /// The operator whose number it is.
    pub operator: Option<Uuid>,
    /// Whether the organization may say where the number is used; an operator may keep that to itself.
    pub may_change_location: bool,
    pub state: NumberState,
    pub assignee: Option<Assignee>,
    /// Which of the person's lines; null if no person has the number.
    pub category: Option<NumberCategory>,
    pub site: Option<SiteName>,
    /// Where it is used, as emergency services are told.
    #[serde(default)]
    pub address: Option<CivicAddressName>,
    pub tags: Vec<String>,
    pub trunk: Option<Uuid>,
    /// ISO 3166 alpha-2, as its carrier says.
    pub country: Option<String>,
    /// The city that it is a number of.
    pub city: Option<String>,
    /// The part of the country, as in ISO 3166-2: `US-WA`.
    pub region: Option<String>,
    /// Whether its carrier takes text messages to it and from it; this server handles none itself.
    #[serde(default)]
    pub sms: bool,
    /// Since when the organization holds it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acquired_at: Option<Timestamp>,
    /// Since when the assignee has it, if that was noted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub assigned_at: Option<Timestamp>,
    /// Nobody is given the number until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub blocked_until: Option<Timestamp>,
    /// Nobody is given the number until the block is taken away.
    pub blocked_forever: bool,
    /// The assignee lost the license: the number is kept until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub held_until: Option<Timestamp>,
    /// The request of another carrier for it that is open: until it is over nobody is given the number.
    pub port_out: Option<Uuid>,
}

/// Whose number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberSource {
    /// The platform's own carriers: who holds it needs a calling plan.
    CallingPlan,
    /// The organization's own carrier, over its own trunk.
    DirectRouting,
    /// An operator that the organization consented to.
    Operator,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberState {
    Assigned,
    Blocked,
    /// Assigned to somebody who lost the license for it.
    Held,
    Unassigned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    ServiceToll,
    ServiceTollFree,
    User,
}

/// Which of a person's lines a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberCategory {
    /// The one that the person's calls show; one of a person's numbers.
    Primary,
    /// Rings the person as well; up to nine.
    Alternate,
    /// Rings the person, and no call shows it; at most one.
    Private,
}

/// Who answers at a number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Assignee {
    #[serde(rename = "type")]
    pub kind: AssigneeKind,
    pub id: Uuid,
    pub display_name: Option<String>,
    /// What a resource account leads to: `auto_attendant` or `call_queue`.
    pub app: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssigneeKind {
    ResourceAccount,
    User,
}

/// Which numbers.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NumberParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    pub user: Option<Uuid>,
    pub resource_account: Option<Uuid>,
    #[param(inline)]
    pub kind: Option<NumberKind>,
    pub assigned: Option<bool>,
    #[param(inline)]
    pub state: Option<NumberState>,
    #[param(inline)]
    pub source: Option<NumberSource>,
    #[param(inline)]
    pub category: Option<NumberCategory>,
    /// Id or name of a site.
    pub site: Option<String>,
    /// A tag, in whatever capital letters.
    pub tag: Option<String>,
    /// Digits that the number contains.
    pub digits: Option<String>,
    /// Those of one operator.
    pub operator: Option<Uuid>,
    /// `number`, with `-` before it for descending.
    pub sort: Option<String>,
}

/// List numbers
#[utoipa::path(get, path = "/tenants/{tenant}/numbers", tag = "numbers", params(("tenant" = String, Path), NumberParams),
    responses((status = 200, body = List<Number>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<NumberParams>,
) -> Result<Json<List<Number>>, Problem> {
    let (access, parts) = caller.begin_list(&tenant).await?;
    let sort = list::sort(params.sort.as_deref(), false, &[("number", ())])?;
    let order = params.sort.as_deref().unwrap_or("number");
    let page = PageParams { limit: params.limit, cursor: params.cursor.clone() };
    let paging = page.paging(order, sort.descending)?;
    let category = params.category.map(Category::from);
    let wanted = Wanted { digits: params.digits.as_deref(), category };
    let few = access.few_numbers(wanted).await;
    let filter = NumberFilter {
        among: few,
        user: params.user.map(UserId),
        resource_account: params.resource_account.map(ResourceAccountId),
        kind: params.kind.map(PhoneKind::from),
        assigned: params.assigned,
        state: params.state.map(|state| (state.into(), Timestamp::now())),
        source: params.source.map(NumbersOf::from),
        category,
        site: sites::wanted(&access, params.site.map(Some)).await?.flatten(),
        tag: params.tag,
        digits: params.digits,
        operator: params.operator.map(OperatorId),
        within: parts.numbers(),
    };
    let mut page = access.store().numbers(access.tenant(), &filter, &paging).await.map_err(Refused::from)?;
    // Several countries may have one calling code.
    page.items.retain(|number| parts.shows(Object::of_number(&number.value)));
    let sites = access.store().site_names(access.tenant()).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|number| shown_at(&access, &sites, &number)), order))
}

/// Show a number
#[utoipa::path(get, path = "/tenants/{tenant}/numbers/{number}", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path, description = "In E.164 form: +14255550100")),
    responses((status = 200, body = Number), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
) -> Result<Versioned<Number>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.number(named(&number)?).await?;
    shown(&access, &found).await
}

/// A number in a path. What is none is not there.
fn named(text: &str) -> Result<E164, Problem> {
    E164::parse_with_extension(text).map_err(|_| Refused::NotFound { what: "number" }.into())
}

/// What kind of thing has a number.
pub fn assignee_kind(assignee: PhoneAssignee) -> AssigneeKind {
    match assignee {
        PhoneAssignee::ResourceAccount(_) => AssigneeKind::ResourceAccount,
        PhoneAssignee::User(_) => AssigneeKind::User,
    }
}

async fn shown(access: &Access, number: &Stored<PhoneNumber>) -> Result<Versioned<Number>, Problem> {
    let sites = match number.value.site {
        Some(_) => access.store().site_names(access.tenant()).await.map_err(Refused::from)?,
        None => BTreeMap::new(),
    };
    Ok(Versioned { value: shown_at(access, &sites, number), version: number.version })
}

fn shown_at(access: &Access, sites: &BTreeMap<SiteId, String>, stored: &Stored<PhoneNumber>) -> Number {
    let number = &stored.value;
    let tenant = access.snapshot();
    let assignee = number.assignee.map(|assignee| match assignee {
        PhoneAssignee::User(id) => Assignee {
            kind: AssigneeKind::User,
            id: id.0,
            display_name: tenant.as_ref().and_then(|tenant| Some(tenant.users.get(&id)?.display_name.clone())),
            app: None,
        },
        PhoneAssignee::ResourceAccount(id) => {
            let account = tenant.as_ref().and_then(|tenant| tenant.resource_accounts.get(&id));
            let app = account.and_then(|account| account.app).map(|app| match app {
                App::Attendant(_) => "auto_attendant".to_owned(),
                App::Queue(_) => "call_queue".to_owned(),
            });
            let display_name = account.map(|account| account.display_name.clone());
            Assignee { kind: AssigneeKind::ResourceAccount, id: id.0, display_name, app }
        }
    });
    let text = number.number.to_string();
    let of_operator = match number.source {
        PhoneSource::Operator(of) => Some(of),
        PhoneSource::CallingPlan | PhoneSource::DirectRouting => None,
    };
    Number {
        id: text.clone(),
        number: text,
        kind: number.kind.into(),
        source: number.source.into(),
        operator: of_operator.map(|of| of.id.0),
        may_change_location: of_operator.is_none_or(|of| of.may_change_location),
        state: number.state(Timestamp::now()).into(),
        assignee,
        category: match number.assignee {
            Some(PhoneAssignee::User(_)) => Some(number.category.into()),
            Some(PhoneAssignee::ResourceAccount(_)) | None => None,
        },
        site: number.site.map(|id| SiteName { id: id.0, name: sites.get(&id).cloned() }),
        address: number.address.map(|id| CivicAddressName {
            id: id.0,
            name: tenant.as_ref().and_then(|tenant| Some(tenant.routing.addresses.get(&id)?.name.clone())),
        }),
        tags: number.tags.iter().cloned().collect(),
        trunk: number.trunk.map(|trunk| trunk.0),
        country: number.origin.country.clone(),
        city: number.origin.city.clone(),
        region: number.origin.region.clone(),
        sms: number.origin.sms,
        acquired_at: Some(stored.created_at),
        assigned_at: number.assigned_at,
        blocked_until: match number.block {
            Some(Block::Until(end)) => Some(end),
            Some(Block::Forever) | None => None,
        },
        blocked_forever: number.block == Some(Block::Forever),
        held_until: number.held_until,
        port_out: number.port_out.map(|request| request.0),
    }
}

impl From<Category> for NumberCategory {
    fn from(category: Category) -> Self {
        match category {
            Category::Primary => Self::Primary,
            Category::Alternate => Self::Alternate,
            Category::Private => Self::Private,
        }
    }
}

impl From<NumberCategory> for Category {
    fn from(category: NumberCategory) -> Self {
        match category {
            NumberCategory::Primary => Self::Primary,
            NumberCategory::Alternate => Self::Alternate,
            NumberCategory::Private => Self::Private,
        }
    }
}

impl From<PhoneKind> for NumberKind {
    fn from(kind: PhoneKind) -> Self {
        match kind {
            PhoneKind::ServiceToll => Self::ServiceToll,
            PhoneKind::ServiceTollFree => Self::ServiceTollFree,
            PhoneKind::User => Self::User,
        }
    }
}

impl From<NumberKind> for PhoneKind {
    fn from(kind: NumberKind) -> Self {
        match kind {
            NumberKind::ServiceToll => Self::ServiceToll,
            NumberKind::ServiceTollFree => Self::ServiceTollFree,
            NumberKind::User => Self::User,
        }
    }
}

impl From<PhoneSource> for NumberSource {
    fn from(source: PhoneSource) -> Self {
        match source {
            PhoneSource::CallingPlan => Self::CallingPlan,
            PhoneSource::DirectRouting => Self::DirectRouting,
            PhoneSource::Operator(_) => Self::Operator,
        }
    }
}

impl From<NumberSource> for NumbersOf {
    fn from(source: NumberSource) -> Self {
        match source {
            NumberSource::CallingPlan => Self::CallingPlan,
            NumberSource::DirectRouting => Self::DirectRouting,
            NumberSource::Operator => Self::Operator,
        }
    }
}

impl From<NumberState> for PhoneState {
    fn from(state: NumberState) -> Self {
        match state {
            NumberState::Assigned => Self::Assigned,
            NumberState::Blocked => Self::Blocked,
            NumberState::Held => Self::Held,
            NumberState::Unassigned => Self::Unassigned,
        }
    }
}

impl From<PhoneState> for NumberState {
    fn from(state: PhoneState) -> Self {
        match state {
            PhoneState::Assigned => Self::Assigned,
            PhoneState::Blocked => Self::Blocked,
            PhoneState::Held => Self::Held,
            PhoneState::Unassigned => Self::Unassigned,
        }
    }
}
