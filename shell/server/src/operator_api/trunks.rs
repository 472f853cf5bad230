//! The trunks of an operator, which all organizations that consented share.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::TrunkId;
use phone::numbers::Trunk as PhoneTrunk;
use store::Expected;
use uuid::Uuid;

use crate::admin::Refused;
use crate::admin::operator_access::OperatorCaller;
use crate::api::body::{Body, Created, Params, Versioned, id, if_match};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};
use crate::api::trunks::{NewTrunk, Trunk, TrunkTested};

const SORT: &str = "name";
const WHAT: &str = "trunk";

/// List trunks
#[utoipa::path(get, path = "/trunks", tag = "trunks", params(PageParams),
    responses((status = 200, body = List<Trunk>), Refusals))]
pub async fn list(caller: OperatorCaller, Params(page): Params<PageParams>) -> Result<Json<List<Trunk>>, Problem> {
    let paging = page.paging(SORT, false)?;
    let page = caller.store().operator_documents::<PhoneTrunk>(caller.operator.id, &paging).await;
    Ok(List::of(page.map_err(Refused::from)?.map(|trunk| Trunk::of(trunk.value, None)), SORT))
}

/// Show a trunk
#[utoipa::path(get, path = "/trunks/{trunk}", tag = "trunks", params(("trunk" = Uuid, Path)),
    responses((status = 200, body = Trunk), Refusals))]
pub async fn show(caller: OperatorCaller, Path(trunk): Path<String>) -> Result<Versioned<Trunk>, Problem> {
    let found = caller.document::<PhoneTrunk>(id(&trunk, WHAT)?, WHAT).await?;
    Ok(Versioned { value: Trunk::of(found.value, None), version: found.version })
}

/// Make a trunk; the operator is known by its addresses, so it has no credentials
#[utoipa::path(post, path = "/trunks", tag = "trunks", request_body = NewTrunk,
    responses((status = 201, body = Trunk), Refusals, WriteRefusals))]
pub async fn create(caller: OperatorCaller, Body(wanted): Body<NewTrunk>) -> Result<Created<Trunk>, Problem> {
    let trunk = read(wanted, TrunkId(Uuid::now_v7()))?;
    let version = caller.save_trunk(&trunk, Expected::Absent).await?;
    let location = format!("/trunks/{}", trunk.id);
    Ok(Created { value: Trunk::of(trunk, None), version, location })
}

/// Replace a trunk; calls that are up keep what they began with
#[utoipa::path(put, path = "/trunks/{trunk}", tag = "trunks",
    params(("trunk" = Uuid, Path), ("If-Match" = Option<String>, Header)), request_body = NewTrunk,
    responses((status = 200, body = Trunk), Refusals, WriteRefusals))]
pub async fn replace(
    caller: OperatorCaller,
    Path(trunk): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<NewTrunk>,
) -> Result<Versioned<Trunk>, Problem> {
    let there = caller.document::<PhoneTrunk>(id(&trunk, WHAT)?, WHAT).await?;
    let trunk = read(wanted, there.value.id)?;
    let version = caller.save_trunk(&trunk, if_match(&headers)?).await?;
    Ok(Versioned { value: Trunk::of(trunk, None), version })
}

/// Test a trunk: its address, connection, certificate and answer to OPTIONS; nothing is called
#[utoipa::path(post, path = "/trunks/{trunk}/test", tag = "trunks", params(("trunk" = Uuid, Path)),
    responses((status = 200, body = TrunkTested), Refusals))]
pub async fn test(caller: OperatorCaller, Path(trunk): Path<String>) -> Result<Json<TrunkTested>, Problem> {
    let there = caller.document::<PhoneTrunk>(id(&trunk, WHAT)?, WHAT).await?;
    Ok(Json(caller.test_trunk(&there.value).await?.into()))
}

/// Delete a trunk that no calling profile names
#[utoipa::path(delete, path = "/trunks/{trunk}", tag = "trunks",
    params(("trunk" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: OperatorCaller,
    Path(trunk): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let there = caller.document::<PhoneTrunk>(id(&trunk, WHAT)?, WHAT).await?;
    caller.delete_trunk(there.value.id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(wanted: NewTrunk, id: TrunkId) -> Result<PhoneTrunk, Refused> {
    if wanted.credentials.is_some() {
        let words = "a trunk of an operator is known by its addresses and has no credentials";
        return Err(Refused::field("credentials", "trunk.credentials_of_operator", words));
    }
    if wanted.priority.is_some() {
        let words = "a trunk of an operator carries the operator's numbers only and has no place in an order";
        return Err(Refused::field("priority", "trunk.priority_of_operator", words));
    }
    let trunk = wanted.read(id)?;
    let settings = &trunk.settings;
    let names_foreign = settings.rule_lists().into_iter().any(|(_, rules)| !rules.is_empty());
    if names_foreign || settings.site.is_some() || settings.proxy_trunk.is_some() {
        let words =
            "translation rules, sites and other trunks are an organization's: a trunk of an operator names none";
        return Err(Refused::field("settings", "trunk.reference_of_operator", words));
    }
    Ok(trunk)
}
