//! The life of a number: added, given, taken, blocked, given back, and what happened to it.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::{ResourceAccountId, TrunkId};
use phone::numbers::NumberKind as PhoneKind;
use phone::numbers::number::restoral::Recipient as Again;
use phone::numbers::number::{Category, NumberSource as PhoneSource, Origin, OriginChange};
use phone::numbers::upload::Item;
use phone::people::pause::Pause;
use serde::{Deserialize, Serialize};
use store::EventFilter;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Number, NumberCategory, NumberKind, NumberSource, named, shown};
use crate::admin::numbers::{NumberChange as Change, Recipient, Rest, Upload};
use crate::admin::{Caller, Permission, Refused};
use crate::api::audit::AuditEvent;
use crate::api::body::{Body, OptionalBody, Params, Versioned, if_match, present};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};
use crate::api::{civic_addresses, sites};

/// Numbers to be added: all of them or, if one can't be, none.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "numbers": ["+12065550142", { "first": "+12065550150", "last": "+12065550159" }],
    "kind": "user"
}))]
pub struct NumberUpload {
    /// At most 10,000 numbers together.
    pub numbers: Vec<NumberItem>,
    pub kind: NumberKind,
    /// `direct_routing` if nothing is said; `calling_plan` is for who runs the server.
    pub source: Option<NumberSource>,
    /// The trunk that they come in on.
    pub trunk: Option<Uuid>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    pub city: Option<String>,
    /// The part of the country, as in ISO 3166-2: `US-WA`.
    pub region: Option<String>,
    /// Whether their carrier takes text messages to them and from them.
    #[serde(default)]
    pub sms: bool,
}

/// A number, or all from the first to the last.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub enum NumberItem {
    One(String),
    Range { first: String, last: String },
}

/// How many numbers were added.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Added {
    pub added: usize,
}

/// Who is to have the number.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
#[schema(example = json!({ "type": "user", "id": "104" }))]
pub enum NumberRecipient {
    ResourceAccount {
        id: Uuid,
    },
    User {
        /// Id or extension.
        id: String,
        /// The first number of a person is the primary, others are alternates, if nothing is said.
        category: Option<NumberCategory>,
    },
}

/// What is to change of a number. What is absent stays; null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "site": null, "tags": ["Front desk", "Paris"] }))]
pub struct NumberChange {
    /// What it is for: of a number that nobody has, that is not toll-free, and that no operator gave.
    pub kind: Option<NumberKind>,
    /// A number that becomes the primary makes the one that was an alternate.
    pub category: Option<NumberCategory>,
    /// Id or name of a site.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub site: Option<Option<String>>,
    /// Id or name of a civic address that is validated.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub address: Option<Option<String>>,
    /// ISO 3166 alpha-2. Of a number that the platform or an operator gave, they say where it is of and what it can do.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub country: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub city: Option<Option<String>>,
    /// The part of the country, as in ISO 3166-2: `US-WA`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub region: Option<Option<String>>,
    /// Whether its carrier takes text messages to it and from it.
    pub sms: Option<bool>,
    /// All that it is to have; at most 50 of at most 50 characters.
    pub tags: Option<Vec<String>>,
}

/// How a number is taken. Without a word about a block, it is as the organization has it (`number_block`).
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "block_days": 30 }))]
pub struct NumberRemoval {
    /// Give it to nobody for so many days; 0 for none, whatever the organization says.
    #[schema(minimum = 0, maximum = 365)]
    pub block_days: Option<u32>,
    /// Give it to nobody until it is unblocked.
    #[serde(default)]
    pub block_forever: bool,
}

/// How long a number is given to nobody.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "days": 90 }))]
pub struct NumberBlock {
    /// Forever if nothing is said.
    #[schema(minimum = 1, maximum = 365)]
    pub days: Option<u32>,
}

/// Add numbers
#[utoipa::path(post, path = "/tenants/{tenant}/numbers", tag = "numbers", params(("tenant" = String, Path)),
    request_body = NumberUpload, responses((status = 201, body = Added), Refusals, WriteRefusals))]
pub async fn upload(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NumberUpload>,
) -> Result<(StatusCode, Json<Added>), Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let source = match wanted.source {
        None | Some(NumberSource::DirectRouting) => PhoneSource::DirectRouting,
        Some(NumberSource::CallingPlan) => PhoneSource::CallingPlan,
        Some(NumberSource::Operator) => {
            let words = "an operator adds its numbers itself, through its own interface";
            return Err(Refused::field("source", "number.source_of_operator", words).into());
        }
    };
    if source == PhoneSource::CallingPlan {
        caller.begin_platform()?;
    }
    let items: Vec<Item> = wanted.numbers.into_iter().map(Item::from).collect();
    let NumberUpload { country, city, region, sms, .. } = wanted;
    let origin = Origin { country, city, region, sms };
    let upload = Upload { kind: wanted.kind.into(), source, trunk: wanted.trunk.map(TrunkId), origin };
    let added = access.upload_numbers(&items, upload).await?;
    Ok((StatusCode::CREATED, Json(Added { added })))
}

/// Give a number to a person or a service
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/{number}/assign", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path)), request_body = NumberRecipient,
    responses((status = 200, body = Number), Refusals, WriteRefusals))]
pub async fn assign(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
    Body(wanted): Body<NumberRecipient>,
) -> Result<Versioned<Number>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let to = match wanted {
        NumberRecipient::ResourceAccount { id } => Recipient::ResourceAccount(ResourceAccountId(id)),
        NumberRecipient::User { id, category } => Recipient::User(id, category.map(Category::from)),
    };
    let changed = access.assign_number(named(&number)?, &to).await?;
    shown(&access, &changed).await
}

/// Change what a number is for, which of its person's lines it is, where it belongs, is used and is of, and its tags
#[utoipa::path(patch, path = "/tenants/{tenant}/numbers/{number}", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = NumberChange, responses((status = 200, body = Number), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<NumberChange>,
) -> Result<Versioned<Number>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let change = Change {
        kind: wanted.kind.map(PhoneKind::from),
        category: wanted.category.map(Category::from),
        site: sites::wanted(&access, wanted.site).await?,
        address: civic_addresses::wanted(&access, wanted.address).await?,
        origin: OriginChange { country: wanted.country, city: wanted.city, region: wanted.region, sms: wanted.sms },
        tags: wanted.tags,
    };
    let changed = access.change_number(named(&number)?, if_match(&headers)?, change).await?;
    shown(&access, &changed).await
}

/// Take a number from who has it
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/{number}/unassign", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path)), request_body = Option<NumberRemoval>,
    responses((status = 200, body = Number), Refusals, WriteRefusals))]
pub async fn unassign(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
    OptionalBody(wanted): OptionalBody<NumberRemoval>,
) -> Result<Versioned<Number>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let changed = access.unassign_number(named(&number)?, wanted.rest()).await?;
    shown(&access, &changed).await
}

/// Give a number to nobody for a while
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/{number}/block", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path)), request_body = Option<NumberBlock>,
    responses((status = 200, body = Number), Refusals, WriteRefusals))]
pub async fn block(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
    OptionalBody(wanted): OptionalBody<NumberBlock>,
) -> Result<Versioned<Number>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let pause = wanted.days.map_or(Pause::Forever, Pause::Days);
    let changed = access.block_number(named(&number)?, pause).await?;
    shown(&access, &changed).await
}

/// End the block of a number
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/{number}/unblock", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path)),
    responses((status = 200, body = Number), Refusals, WriteRefusals))]
pub async fn unblock(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
) -> Result<Versioned<Number>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let changed = access.unblock_number(named(&number)?).await?;
    shown(&access, &changed).await
}

/// Give a number back that nobody has
#[utoipa::path(delete, path = "/tenants/{tenant}/numbers/{number}", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn release(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.release_number(named(&number)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who gets a number that is taken back: who had it last, if nothing is said.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "unassigned": true }))]
pub struct NumberRestoral {
    /// Nobody.
    #[serde(default)]
    pub unassigned: bool,
}

/// Take a number back that was given back by mistake: one of the platform as long as it rests, one of the own carrier as long as nobody else has it
#[utoipa::path(post, path = "/tenants/{tenant}/numbers/{number}/restore", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path)), request_body = Option<NumberRestoral>,
    responses((status = 200, body = Number), Refusals, WriteRefusals))]
pub async fn restore(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
    OptionalBody(wanted): OptionalBody<NumberRestoral>,
) -> Result<Versioned<Number>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let recipient = if wanted.unassigned { Again::Nobody } else { Again::Last };
    let changed = access.restore_number(named(&number)?, recipient).await?;
    shown(&access, &changed).await
}

/// List what happened to a number, the newest first, even after it was given back
#[utoipa::path(get, path = "/tenants/{tenant}/numbers/{number}/history", tag = "numbers",
    params(("tenant" = String, Path), ("number" = String, Path), PageParams),
    responses((status = 200, body = List<AuditEvent>), Refusals))]
pub async fn history(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<AuditEvent>>, Problem> {
    const NEWEST_FIRST: &str = "-id";
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(NEWEST_FIRST, true)?;
    let filter = EventFilter {
        noun: Some("number".to_owned()),
        object: Some(named(&number)?.to_string()),
        ..EventFilter::default()
    };
    let page = access.store().events(access.tenant(), &filter, &paging).await.map_err(Refused::from)?;
    // Nothing ever happened to it here: it is, or was, another organization's, or nobody's.
    if paging.after.is_none() && page.items.is_empty() {
        return Err(Refused::NotFound { what: "number" }.into());
    }
    Ok(List::of(page.map(AuditEvent::from), NEWEST_FIRST))
}

impl NumberRemoval {
    /// How long the number is given to nobody.
    pub fn rest(&self) -> Rest {
        match (self.block_forever, self.block_days) {
            (true, _) => Rest::For(Pause::Forever),
            (false, Some(0)) => Rest::None,
            (false, Some(days)) => Rest::For(Pause::Days(days)),
            (false, None) => Rest::AsUsual,
        }
    }
}

impl From<NumberItem> for Item {
    fn from(item: NumberItem) -> Self {
        match item {
            NumberItem::One(number) => Self::One(number),
            NumberItem::Range { first, last } => Self::Range { first, last },
        }
    }
}
