//! Callers from outside who are not let in, or only to a service.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::{CallBlockId, ResourceAccountId};
use phone::numbers::routing::CallBlock as PhoneBlock;
use phone::numbers::routing::call_block::{BlockAction as PhoneAction, Screened};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";

/// What becomes of callers whose number a pattern matches.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallBlock {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    /// A regular expression without look-around and back-references. It sees the caller's number without blanks,
    /// brackets, dots and dashes, or `anonymous`.
    pub pattern: String,
    pub enabled: bool,
    pub action: BlockAction,
    /// What takes the call; only with `redirect`.
    pub resource_account: Option<Uuid>,
}

/// What is done with a caller: refused, let in whatever other patterns say, or sent to a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockAction {
    #[default]
    Block,
    Exempt,
    Redirect,
}

/// A call block to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Robot calls", "pattern": "^\\+1900" }))]
pub struct NewCallBlock {
    pub name: String,
    pub description: Option<String>,
    pub pattern: String,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(default)]
    pub action: BlockAction,
    pub resource_account: Option<Uuid>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "enabled": false }))]
pub struct CallBlockChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    pub pattern: Option<String>,
    pub enabled: Option<bool>,
    pub action: Option<BlockAction>,
    pub resource_account: Option<Uuid>,
}

/// Callers to be tried, 1 to 100.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "numbers": ["+19005550100", "anonymous"] }))]
pub struct Callers {
    pub numbers: Vec<String>,
}

/// What becomes of a caller.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallerTested {
    pub number: String,
    /// Whether the caller reaches who is called.
    pub let_in: bool,
    /// The call block that decides; null if none matches.
    pub by: Option<String>,
    /// What takes the call in place of who is called.
    pub resource_account: Option<Uuid>,
}

/// List call blocks
#[utoipa::path(get, path = "/tenants/{tenant}/call-blocks", tag = "routing",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<CallBlock>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<CallBlock>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().documents::<PhoneBlock>(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|block| CallBlock::from(block.value)), SORT))
}

/// Show a call block
#[utoipa::path(get, path = "/tenants/{tenant}/call-blocks/{block}", tag = "routing",
    params(("tenant" = String, Path), ("block" = String, Path, description = "Id or name")),
    responses((status = 200, body = CallBlock), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, block)): Path<(String, String)>,
) -> Result<Versioned<CallBlock>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &block).await
}

/// Make a call block; it counts from the next call on
#[utoipa::path(post, path = "/tenants/{tenant}/call-blocks", tag = "routing",
    params(("tenant" = String, Path)), request_body = NewCallBlock,
    responses((status = 201, body = CallBlock), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewCallBlock>,
) -> Result<Created<CallBlock>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let block = PhoneBlock {
        id: CallBlockId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        description: wanted.description,
        pattern: wanted.pattern,
        enabled: wanted.enabled,
        action: action(wanted.action, wanted.resource_account)?,
    };
    let version = access.create_call_block(&block).await?;
    let location = format!("/tenants/{}/call-blocks/{}", access.tenant(), block.id);
    Ok(Created { value: block.into(), version, location })
}

/// Change a call block
#[utoipa::path(patch, path = "/tenants/{tenant}/call-blocks/{block}", tag = "routing",
    params(("tenant" = String, Path), ("block" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = CallBlockChange,
    responses((status = 200, body = CallBlock), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, block)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<CallBlockChange>,
) -> Result<Versioned<CallBlock>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let before = CallBlock::from(access.routed::<PhoneBlock>(&block).await?.value);
    let becomes = wanted.action.unwrap_or(before.action);
    let of_before = before.resource_account.filter(|_| becomes == BlockAction::Redirect);
    let becomes = action(becomes, wanted.resource_account.or(of_before))?;
    let apply = |block: &mut PhoneBlock| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut block.name);
        set(wanted.description, &mut block.description);
        set(wanted.pattern, &mut block.pattern);
        set(wanted.enabled, &mut block.enabled);
        block.action = becomes;
    };
    access.change_call_block(CallBlockId(before.id), if_match(&headers)?, apply).await?;
    show_one(&access, &before.id.to_string()).await
}

/// Delete a call block
#[utoipa::path(delete, path = "/tenants/{tenant}/call-blocks/{block}", tag = "routing",
    params(("tenant" = String, Path), ("block" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, block)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneBlock>(&block).await?.value.id;
    access.delete_call_block(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try which callers are let in
#[utoipa::path(post, path = "/tenants/{tenant}/call-blocks/test", tag = "routing",
    params(("tenant" = String, Path)), request_body = Callers,
    responses((status = 200, body = List<CallerTested>), Refusals, WriteRefusals))]
pub async fn test(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<Callers>,
) -> Result<Json<List<CallerTested>>, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let told = |number: &str, found: Option<Screened<'_>>| {
        let action = found.map(|found| found.action);
        CallerTested {
            number: number.to_owned(),
            let_in: matches!(action, None | Some(PhoneAction::Exempt)),
            by: found.map(|found| found.name.to_owned()),
            resource_account: action.and_then(account_of),
        }
    };
    Ok(List::whole(access.test_callers(&wanted.numbers, told).await?))
}

async fn show_one(access: &Access, block: &str) -> Result<Versioned<CallBlock>, Problem> {
    let found = access.routed::<PhoneBlock>(block).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

fn action(wanted: BlockAction, account: Option<Uuid>) -> Result<PhoneAction, Refused> {
    match (wanted, account) {
        (BlockAction::Block, None) => Ok(PhoneAction::Block),
        (BlockAction::Exempt, None) => Ok(PhoneAction::Exempt),
        (BlockAction::Redirect, Some(id)) => Ok(PhoneAction::Redirect { account: ResourceAccountId(id) }),
        (BlockAction::Redirect, None) => {
            let words = "calls are redirected to a resource account: name one";
            Err(Refused::field("resource_account", "call_block.account_missing", words))
        }
        (BlockAction::Block | BlockAction::Exempt, Some(_)) => {
            let words = "only calls that are redirected go to a resource account";
            Err(Refused::field("resource_account", "call_block.account_unused", words))
        }
    }
}

fn account_of(action: PhoneAction) -> Option<Uuid> {
    match action {
        PhoneAction::Redirect { account } => Some(account.0),
        PhoneAction::Block | PhoneAction::Exempt => None,
    }
}

fn yes() -> bool {
    true
}

impl From<PhoneBlock> for CallBlock {
    fn from(block: PhoneBlock) -> Self {
        let PhoneBlock { id, name, description, pattern, enabled, action } = block;
        let shown = match action {
            PhoneAction::Block => BlockAction::Block,
            PhoneAction::Exempt => BlockAction::Exempt,
            PhoneAction::Redirect { .. } => BlockAction::Redirect,
        };
        Self { id: id.0, name, description, pattern, enabled, action: shown, resource_account: account_of(action) }
    }
}
