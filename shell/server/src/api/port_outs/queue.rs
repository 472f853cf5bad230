//! What other carriers ask of all organizations, for who runs the server and brings it.

use axum::Json;
use axum::extract::Path;
use phone::numbers::port_out::OutState;
use serde::{Deserialize, Serialize};
use store::PortOutFilter;
use utoipa::ToSchema;
use uuid::Uuid;

use super::shape::{NewPortOut, PortOut, PortOutReport, Reported};
use super::{NEWEST_FIRST, PortOutParams, named, read};
use crate::admin::port_outs::{Asked, Said};
use crate::admin::{Caller, Refused};
use crate::api::body::{Body, Created, Params, Versioned};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// A request with the organization whose numbers it is about.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueuedPortOut {
    pub tenant: Uuid,
    #[serde(flatten)]
    pub request: PortOut,
}

/// List what other carriers ask of all organizations, the newest first
#[utoipa::path(get, path = "/port-outs", tag = "port-outs", params(PortOutParams),
    responses((status = 200, body = List<QueuedPortOut>), Refusals))]
pub async fn list(caller: Caller, Params(params): Params<PortOutParams>) -> Result<Json<List<QueuedPortOut>>, Problem> {
    let admin = caller.begin_platform()?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(NEWEST_FIRST, true)?;
    let filter = PortOutFilter { state: params.state.map(OutState::from), ..PortOutFilter::default() };
    let page = admin.store.port_outs(&filter, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|asked| QueuedPortOut::of(&asked)), NEWEST_FIRST))
}

/// Ask for numbers in the name of another carrier, which quotes the organization's porting PIN
#[utoipa::path(post, path = "/port-outs", tag = "port-outs", request_body = NewPortOut,
    responses((status = 201, body = QueuedPortOut), Refusals, WriteRefusals))]
pub async fn create(caller: Caller, Body(wanted): Body<NewPortOut>) -> Result<Created<QueuedPortOut>, Problem> {
    caller.begin_platform()?;
    let asked = caller.ask_for_numbers(&wanted.read()?).await?;
    let location = format!("/port-outs/{}", asked.1.value.id);
    Ok(Created { version: asked.1.version, value: QueuedPortOut::of(&asked), location })
}

/// Show what another carrier asks for
#[utoipa::path(get, path = "/port-outs/{request}", tag = "port-outs", params(("request" = Uuid, Path)),
    responses((status = 200, body = QueuedPortOut), Refusals))]
pub async fn show(caller: Caller, Path(request): Path<String>) -> Result<Versioned<QueuedPortOut>, Problem> {
    let asked = caller.port_out(named(&request)?).await?;
    Ok(Versioned { version: asked.1.version, value: QueuedPortOut::of(&asked) })
}

/// Say that numbers are with the other carrier, and no longer the organization's, or wanted no longer
#[utoipa::path(post, path = "/port-outs/{request}/status", tag = "port-outs", params(("request" = Uuid, Path)),
    request_body = PortOutReport, responses((status = 200, body = QueuedPortOut), Refusals, WriteRefusals))]
pub async fn report(
    caller: Caller,
    Path(request): Path<String>,
    Body(wanted): Body<PortOutReport>,
) -> Result<Versioned<QueuedPortOut>, Problem> {
    caller.begin_platform()?;
    let numbers = read(&wanted.numbers)?;
    let asked = caller.report_port_out(named(&request)?, &numbers, wanted.state.into()).await?;
    Ok(Versioned { version: asked.1.version, value: QueuedPortOut::of(&asked) })
}

impl QueuedPortOut {
    pub fn of((tenant, request): &Asked) -> Self {
        Self { tenant: tenant.0, request: PortOut::of(request) }
    }
}

impl From<Reported> for Said {
    fn from(reported: Reported) -> Self {
        match reported {
            Reported::Cancelled => Self::Cancelled,
            Reported::Ported => Self::Ported,
        }
    }
}
