//! Trunks to the public network.

use axum::Json;
use axum::extract::Path;
use phone::id::TrunkId;
use phone::numbers::trunk::{SrtpMode, Trunk as PhoneTrunk, TrunkTransport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Params, Versioned, id};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "name";

/// A way to and from the public network. What it challenges us for is not shown.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Trunk {
    pub id: Uuid,
    pub name: String,
    pub host: String,
    pub port: Option<u16>,
    /// `udp`, `tcp` or `tls`.
    pub transport: String,
    /// Addresses that its calls come from; port 0 stands for any.
    pub sources: Vec<String>,
    /// `off`, `preferred` or `required`.
    pub srtp: String,
    pub codecs: Vec<String>,
    pub calls_max: Option<u32>,
    pub no_answer_seconds: u32,
    pub enabled: bool,
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
    Ok(List::of(page.map(|trunk| Trunk::from(trunk.value)), SORT))
}

/// Show a trunk
#[utoipa::path(get, path = "/tenants/{tenant}/trunks/{trunk}", tag = "trunks",
    params(("tenant" = String, Path), ("trunk" = Uuid, Path)),
    responses((status = 200, body = Trunk), Refusals))]
pub async fn show(caller: Caller, Path((tenant, trunk)): Path<(String, String)>) -> Result<Versioned<Trunk>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.store().trunk(access.tenant(), TrunkId(id(&trunk, "trunk")?)).await.map_err(Refused::from)?;
    let found = found.ok_or(Refused::NotFound { what: "trunk" })?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

impl From<PhoneTrunk> for Trunk {
    fn from(trunk: PhoneTrunk) -> Self {
        let transport = match trunk.transport {
            TrunkTransport::Tcp => "tcp",
            TrunkTransport::Tls => "tls",
            TrunkTransport::Udp => "udp",
        };
        let srtp = match trunk.srtp {
            SrtpMode::Off => "off",
            SrtpMode::Preferred => "preferred",
            SrtpMode::Required => "required",
        };
        Self {
            id: trunk.id.0,
            name: trunk.name,
            host: trunk.host,
            port: trunk.port,
            transport: transport.to_owned(),
            sources: trunk.sources.iter().map(ToString::to_string).collect(),
            srtp: srtp.to_owned(),
            codecs: trunk.codecs,
            calls_max: trunk.n_calls_max,
            no_answer_seconds: trunk.no_answer_secs,
            enabled: trunk.enabled,
        }
    }
}
