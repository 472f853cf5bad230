//! Who leaves.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use phone::directory::offboarding::Fate;
use phone::id::ResourceAccountId;
use phone::limits::HELD_DAYS;
use phone::numbers::E164;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::numbers::Recipient;
use crate::admin::offboarding::{Holdings, Mode, Wanted};
use crate::admin::{Caller, Permission, Refused};
use crate::api::body::OptionalBody;
use crate::api::numbers::NumberCategory;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// What is to become of what a person holds.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "dry_run": true, "successor": "102",
    "numbers": [{ "number": "+14255550104", "fate": { "type": "user", "id": "102" } }]
}))]
pub struct OffboardingRequest {
    /// Only say what would be done.
    #[serde(default)]
    pub dry_run: bool,
    /// Of single numbers.
    #[serde(default)]
    pub numbers: Vec<NumberFate>,
    /// Of all others: they are held for 30 days if nothing is said.
    pub other_numbers: Option<OffboardingFate>,
    /// Who takes the person's place where attendants and queues lead to them, by id or extension.
    pub successor: Option<String>,
}

/// What becomes of one number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NumberFate {
    pub number: String,
    pub fate: OffboardingFate,
}

/// What becomes of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum OffboardingFate {
    /// Given to nobody for so many days.
    Hold {
        #[schema(minimum = 1, maximum = 365)]
        days: u32,
    },
    /// Given back.
    Release,
    /// Given to a service.
    ResourceAccount { id: Uuid },
    /// Given to another person, by id or extension.
    User { id: String },
}

/// What a person holds, and what becomes of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Offboarding {
    pub id: Uuid,
    pub extension: String,
    pub display_name: String,
    /// Whether it was done.
    pub done: bool,
    pub numbers: Vec<HeldNumber>,
    /// Part numbers of plans, which are free then.
    pub licenses: Vec<String>,
    /// Groups that the person leaves.
    pub groups: Vec<String>,
    /// Queues that lose the person as an agent.
    pub agent_of: Vec<String>,
    /// Attendants and queues that send calls to the person; the successor takes them.
    pub named_by: Vec<String>,
    /// Phones that are registered; they can't register again.
    pub phones: usize,
    /// What keeps it from being done.
    pub problem: Option<OffboardingProblem>,
}

/// A number of who leaves.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HeldNumber {
    pub number: String,
    pub category: NumberCategory,
    pub fate: OffboardingFate,
}

/// Why it can't be done as it is wanted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OffboardingProblem {
    pub code: String,
    pub message: String,
    pub fix: Option<String>,
}

/// Let a person leave: sign-in and phones are off at once, numbers go where they are told, licenses are free
#[utoipa::path(post, path = "/tenants/{tenant}/users/{user}/offboard", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    request_body = OffboardingRequest, responses((status = 200, body = Offboarding), Refusals, WriteRefusals))]
pub async fn offboard(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
    OptionalBody(request): OptionalBody<OffboardingRequest>,
) -> Result<Json<Offboarding>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let mode = if request.dry_run { Mode::DryRun } else { Mode::Run };
    let wanted = read(request)?;
    let (holdings, refused) = access.offboard_user(&user, &wanted, mode).await?;
    Ok(Json(shown(holdings, mode, refused.map(Problem::from))))
}

fn read(request: OffboardingRequest) -> Result<Wanted, Problem> {
    let mut numbers = BTreeMap::new();
    for (index, NumberFate { number, fate }) in request.numbers.into_iter().enumerate() {
        let parsed = E164::parse_with_extension(&number).map_err(|_| {
            let words = format!("{number} is no number in E.164 form");
            Problem::from(Refused::field(format!("numbers[{index}].number"), "number.invalid", words))
        })?;
        numbers.insert(parsed, fate.into());
    }
    let other_numbers = request.other_numbers.unwrap_or(OffboardingFate::Hold { days: HELD_DAYS }).into();
    Ok(Wanted { numbers, other_numbers, successor: request.successor })
}

fn shown(holdings: Holdings, mode: Mode, problem: Option<Problem>) -> Offboarding {
    let Holdings { user, numbers, licenses, groups, ties, n_phones } = holdings;
    let numbers = numbers.into_iter().map(|(number, fate)| HeldNumber {
        number: number.number.to_string(),
        category: number.category.into(),
        fate: fate.into(),
    });
    Offboarding {
        id: user.id.0,
        extension: user.extension,
        display_name: user.display_name,
        done: mode == Mode::Run,
        numbers: numbers.collect(),
        licenses: licenses.into_iter().map(|plan| plan.0).collect(),
        groups: groups.into_iter().map(|group| group.name).collect(),
        agent_of: ties.agent_of,
        named_by: ties.named_by,
        phones: n_phones,
        problem: problem.map(|it| OffboardingProblem { code: it.code, message: it.detail, fix: it.fix }),
    }
}

impl From<OffboardingFate> for Fate<Recipient> {
    fn from(fate: OffboardingFate) -> Self {
        match fate {
            OffboardingFate::Hold { days } => Self::Hold { days },
            OffboardingFate::Release => Self::Release,
            OffboardingFate::ResourceAccount { id } => {
                Self::HandOver(Recipient::ResourceAccount(ResourceAccountId(id)))
            }
            OffboardingFate::User { id } => Self::HandOver(Recipient::User(id, None)),
        }
    }
}

impl From<Fate<Recipient>> for OffboardingFate {
    fn from(fate: Fate<Recipient>) -> Self {
        match fate {
            Fate::Hold { days } => Self::Hold { days },
            Fate::Release => Self::Release,
            Fate::HandOver(Recipient::ResourceAccount(id)) => Self::ResourceAccount { id: id.0 },
            Fate::HandOver(Recipient::User(id, _)) => Self::User { id },
        }
    }
}
