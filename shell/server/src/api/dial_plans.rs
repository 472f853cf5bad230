//! Dial plans: how what is dialled becomes a number.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::DialPlanId;
use phone::numbers::routing::dial_plan::{Normalized, Normalizer};
use phone::numbers::routing::{DialPlan as PhonePlan, Expression, NormalizationRule as PhoneRule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";

/// Rules that make numbers of what is dialled, for who has it by a policy of the type `dial_plan`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DialPlan {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    /// The first that matches counts; where none does, the country of the person reads what is dialled.
    pub rules: Vec<NormalizationRule>,
    /// Rules that also match longer numbers than they seem to, because they say neither `^` nor `$`.
    pub warnings: Vec<String>,
}

/// A rule of a dial plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NormalizationRule {
    pub name: String,
    pub description: Option<String>,
    /// A regular expression without look-around and back-references.
    pub pattern: String,
    /// Digits, `+`, `*`, `#`, `;ext=`, and groups of the pattern such as `$1`.
    pub translation: String,
    /// The result is an extension, even if it looks like a number.
    #[serde(default)]
    pub is_internal_extension: bool,
    /// The result is taken as it is. Without it, a result that has no `+` is looked at once more.
    #[serde(default)]
    pub is_final: bool,
}

/// A dial plan to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Seattle", "rules": [
    { "name": "Extensions", "pattern": "^(\\d{4})$", "translation": "+1206555$1" }] }))]
pub struct NewDialPlan {
    pub name: String,
    pub description: Option<String>,
    /// One that puts a `+` before 11 digits, if none are given.
    pub rules: Option<Vec<NormalizationRule>>,
}

/// What is to change. What is absent stays; null clears; rules are given all or not at all.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "description": "the office in Seattle" }))]
pub struct DialPlanChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    pub rules: Option<Vec<NormalizationRule>>,
}

/// What is dialled, 1 to 100 texts.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "dialled": ["1234", "00442079460000"] }))]
pub struct DialPlanTest {
    pub dialled: Vec<String>,
    /// ISO 3166 alpha-2: where it is dialled; null means the organization's country.
    pub country: Option<String>,
}

/// What digits came to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Normalization {
    pub dialled: String,
    /// Null is nothing that can be dialled.
    pub result: Option<String>,
    /// The rule that matched last.
    pub rule: Option<String>,
    /// Whether the country made a number of what the rules left.
    pub by_country: bool,
    /// Every rule that was asked, in order.
    pub tried: Vec<TriedRule>,
}

/// A rule that was asked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TriedRule {
    pub rule: String,
    /// What it was asked about.
    pub on: String,
    /// What it made of it; null if it does not match.
    pub result: Option<String>,
}

/// List dial plans
#[utoipa::path(get, path = "/tenants/{tenant}/dial-plans", tag = "routing",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<DialPlan>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<DialPlan>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().documents::<PhonePlan>(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|plan| DialPlan::from(plan.value)), SORT))
}

/// Show a dial plan
#[utoipa::path(get, path = "/tenants/{tenant}/dial-plans/{plan}", tag = "routing",
    params(("tenant" = String, Path), ("plan" = String, Path, description = "Id or name")),
    responses((status = 200, body = DialPlan), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, plan)): Path<(String, String)>,
) -> Result<Versioned<DialPlan>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &plan).await
}

/// Make a dial plan
#[utoipa::path(post, path = "/tenants/{tenant}/dial-plans", tag = "routing", params(("tenant" = String, Path)),
    request_body = NewDialPlan, responses((status = 201, body = DialPlan), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewDialPlan>,
) -> Result<Created<DialPlan>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let plan = PhonePlan {
        id: DialPlanId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        description: wanted.description,
        rules: wanted.rules.map_or_else(|| vec![PhoneRule::prefix_all()], read),
    };
    let version = access.create_dial_plan(&plan).await?;
    let location = format!("/tenants/{}/dial-plans/{}", access.tenant(), plan.id);
    Ok(Created { value: plan.into(), version, location })
}

/// Change a dial plan; who has it dials by the change
#[utoipa::path(patch, path = "/tenants/{tenant}/dial-plans/{plan}", tag = "routing",
    params(("tenant" = String, Path), ("plan" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = DialPlanChange, responses((status = 200, body = DialPlan), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, plan)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<DialPlanChange>,
) -> Result<Versioned<DialPlan>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhonePlan>(&plan).await?.value.id;
    let apply = |plan: &mut PhonePlan| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut plan.name);
        set(wanted.description, &mut plan.description);
        set(wanted.rules.map(read), &mut plan.rules);
    };
    access.change_dial_plan(id, if_match(&headers)?, apply).await?;
    show_one(&access, &id.to_string()).await
}

/// Delete a dial plan that no policy names
#[utoipa::path(delete, path = "/tenants/{tenant}/dial-plans/{plan}", tag = "routing",
    params(("tenant" = String, Path), ("plan" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, plan)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhonePlan>(&plan).await?.value.id;
    access.delete_dial_plan(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a dial plan on what may be dialled
#[utoipa::path(post, path = "/tenants/{tenant}/dial-plans/{plan}/test", tag = "routing",
    params(("tenant" = String, Path), ("plan" = String, Path, description = "Id or name")),
    request_body = DialPlanTest, responses((status = 200, body = List<Normalization>), Refusals, WriteRefusals))]
pub async fn test(
    caller: Caller,
    Path((tenant, plan)): Path<(String, String)>,
    Body(wanted): Body<DialPlanTest>,
) -> Result<Json<List<Normalization>>, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let plan = access.routed::<PhonePlan>(&plan).await?.value;
    let (normalizer, results) = access.test_dial_plan(&plan, wanted.country.as_deref(), &wanted.dialled).await?;
    let told = wanted.dialled.into_iter().zip(results);
    Ok(List::whole(told.map(|(dialled, result)| Normalization::of(dialled, &normalizer, result)).collect()))
}

async fn show_one(access: &Access, plan: &str) -> Result<Versioned<DialPlan>, Problem> {
    let found = access.routed::<PhonePlan>(plan).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

fn read(rules: Vec<NormalizationRule>) -> Vec<PhoneRule> {
    let read = |rule: NormalizationRule| PhoneRule {
        name: rule.name.trim().to_owned(),
        description: rule.description,
        pattern: rule.pattern,
        translation: rule.translation,
        is_internal_extension: rule.is_internal_extension,
        is_final: rule.is_final,
    };
    rules.into_iter().map(read).collect()
}

impl Normalization {
    /// What a dial plan made of digits; none is nothing that can be dialled.
    pub fn of(dialled: String, normalizer: &Normalizer, normalized: Option<Normalized>) -> Self {
        let Some(it) = normalized else {
            return Self { dialled, result: None, rule: None, by_country: false, tried: Vec::new() };
        };
        let rule = it.rule().map(|tried| tried.name.clone());
        let tried =
            normalizer.tried(&it).into_iter().map(|it| TriedRule { rule: it.name, on: it.on, result: it.result });
        Self { dialled, result: Some(it.result), rule, by_country: it.by_country.is_some(), tried: tried.collect() }
    }
}

impl From<PhonePlan> for DialPlan {
    fn from(plan: PhonePlan) -> Self {
        let is_open = |rule: &&PhoneRule| !Expression::is_anchored(&rule.pattern);
        let open = plan.rules.iter().filter(is_open);
        let warnings = open
            .map(|rule| {
                format!(
                    "the rule {} matches inside of longer numbers too: begin it with ^ and end it with $",
                    rule.name
                )
            })
            .collect();
        let rules = plan.rules.into_iter().map(|rule| NormalizationRule {
            name: rule.name,
            description: rule.description,
            pattern: rule.pattern,
            translation: rule.translation,
            is_internal_extension: rule.is_internal_extension,
            is_final: rule.is_final,
        });
        Self { id: plan.id.0, name: plan.name, description: plan.description, rules: rules.collect(), warnings }
    }
}
