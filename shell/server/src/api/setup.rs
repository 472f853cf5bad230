//! The seven steps of setting up a phone system.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::List;
use super::problem::{Problem, Refusals};
use crate::admin::{Caller, Permission, setup};

/// One step, told from what is there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SetupStep {
    pub number: u8,
    pub name: String,
    pub state: SetupState,
    pub detail: String,
    /// What it still lacks, each with what to do.
    pub lacks: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetupState {
    Done,
    Lacking,
    /// This version can't do it yet.
    NotAvailable,
}

/// Show the seven set-up steps and what each lacks
#[utoipa::path(get, path = "/tenants/{tenant}/setup", tag = "setup", params(("tenant" = String, Path)),
    responses((status = 200, body = List<SetupStep>), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<SetupStep>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(access.setup()?.into_iter().map(SetupStep::from).collect()))
}

impl From<setup::Step> for SetupStep {
    fn from(step: setup::Step) -> Self {
        let state = match step.state {
            setup::State::Done => SetupState::Done,
            setup::State::Lacking => SetupState::Lacking,
            setup::State::NotAvailable => SetupState::NotAvailable,
        };
        Self { number: step.number, name: step.name.to_owned(), state, detail: step.detail, lacks: step.lacks }
    }
}
