//! Departments: what people's rows say, as a list.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, Params};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::departments::Merge;
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "name";

/// A department that somebody is in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Department {
    pub name: String,
    pub people: u64,
}

/// Another name for a department, for all of its people at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "from": "Sales", "to": "Customer Care", "merge": true }))]
pub struct DepartmentRenaming {
    pub from: String,
    pub to: String,
    /// Also if there are people in a department of the new name.
    #[serde(default)]
    pub merge: bool,
}

/// List departments with how many people they have
#[utoipa::path(get, path = "/tenants/{tenant}/departments", tag = "departments",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<Department>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Department>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().departments(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(Department::from), SORT))
}

/// Give a department another name, or move its people to another department
#[utoipa::path(post, path = "/tenants/{tenant}/departments/rename", tag = "departments",
    params(("tenant" = String, Path)), request_body = DepartmentRenaming,
    responses((status = 200, body = Department), Refusals, WriteRefusals))]
pub async fn rename(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<DepartmentRenaming>,
) -> Result<Json<Department>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let merge = if wanted.merge { Merge::Allow } else { Merge::Forbid };
    let people = access.rename_department(&wanted.from, &wanted.to, merge).await?;
    Ok(Json(Department { name: wanted.to.trim().to_owned(), people }))
}

impl From<store::Department> for Department {
    fn from(department: store::Department) -> Self {
        Self { name: department.name, people: u64::try_from(department.n_people).unwrap_or(0) }
    }
}
