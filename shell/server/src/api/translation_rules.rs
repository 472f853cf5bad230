//! Translation rules: how trunks write numbers.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::TranslationRuleId;
use phone::numbers::routing::TranslationRule as PhoneRule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";

/// How some numbers are written. Trunks name rules in four lists; of each list the first that matches counts.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TranslationRule {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    /// A regular expression without look-around and back-references.
    pub pattern: String,
    /// Digits, `+`, `*`, `#`, `;ext=`, and groups of the pattern such as `$1`.
    pub translation: String,
}

/// A translation rule to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "France, national", "pattern": "^\\+33(\\d{9})$", "translation": "0$1" }))]
pub struct NewTranslationRule {
    pub name: String,
    pub description: Option<String>,
    pub pattern: String,
    pub translation: String,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "translation": "0$1" }))]
pub struct TranslationRuleChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    pub pattern: Option<String>,
    pub translation: Option<String>,
}

/// Numbers to be tried, 1 to 100.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "numbers": ["+33142685300"] }))]
pub struct Numbers {
    pub numbers: Vec<String>,
}

/// What a rule made of a number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TranslationTested {
    pub number: String,
    pub matches: bool,
    /// As it was where the rule does not match.
    pub result: String,
}

/// List translation rules
#[utoipa::path(get, path = "/tenants/{tenant}/translation-rules", tag = "routing",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<TranslationRule>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<TranslationRule>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().documents::<PhoneRule>(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|rule| TranslationRule::from(rule.value)), SORT))
}

/// Show a translation rule
#[utoipa::path(get, path = "/tenants/{tenant}/translation-rules/{rule}", tag = "routing",
    params(("tenant" = String, Path), ("rule" = String, Path, description = "Id or name")),
    responses((status = 200, body = TranslationRule), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, rule)): Path<(String, String)>,
) -> Result<Versioned<TranslationRule>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &rule).await
}

/// Make a translation rule
#[utoipa::path(post, path = "/tenants/{tenant}/translation-rules", tag = "routing",
    params(("tenant" = String, Path)), request_body = NewTranslationRule,
    responses((status = 201, body = TranslationRule), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewTranslationRule>,
) -> Result<Created<TranslationRule>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let rule = PhoneRule {
        id: TranslationRuleId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        description: wanted.description,
        pattern: wanted.pattern,
        translation: wanted.translation,
    };
    let version = access.create_translation_rule(&rule).await?;
    let location = format!("/tenants/{}/translation-rules/{}", access.tenant(), rule.id);
    Ok(Created { value: rule.into(), version, location })
}

/// Change a translation rule
#[utoipa::path(patch, path = "/tenants/{tenant}/translation-rules/{rule}", tag = "routing",
    params(("tenant" = String, Path), ("rule" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = TranslationRuleChange,
    responses((status = 200, body = TranslationRule), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, rule)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<TranslationRuleChange>,
) -> Result<Versioned<TranslationRule>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneRule>(&rule).await?.value.id;
    let apply = |rule: &mut PhoneRule| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut rule.name);
        set(wanted.description, &mut rule.description);
        set(wanted.pattern, &mut rule.pattern);
        set(wanted.translation, &mut rule.translation);
    };
    access.change_translation_rule(id, if_match(&headers)?, apply).await?;
    show_one(&access, &id.to_string()).await
}

/// Delete a translation rule that no trunk names
#[utoipa::path(delete, path = "/tenants/{tenant}/translation-rules/{rule}", tag = "routing",
    params(("tenant" = String, Path), ("rule" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, rule)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneRule>(&rule).await?.value.id;
    access.delete_translation_rule(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a translation rule on numbers
#[utoipa::path(post, path = "/tenants/{tenant}/translation-rules/{rule}/test", tag = "routing",
    params(("tenant" = String, Path), ("rule" = String, Path, description = "Id or name")),
    request_body = Numbers, responses((status = 200, body = List<TranslationTested>), Refusals, WriteRefusals))]
pub async fn test(
    caller: Caller,
    Path((tenant, rule)): Path<(String, String)>,
    Body(wanted): Body<Numbers>,
) -> Result<Json<List<TranslationTested>>, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let rule = access.routed::<PhoneRule>(&rule).await?.value;
    let results = access.test_translation_rule(&rule, &wanted.numbers)?;
    let told = wanted.numbers.into_iter().zip(results).map(|(number, result)| TranslationTested {
        matches: result.is_some(),
        result: result.unwrap_or_else(|| number.clone()),
        number,
    });
    Ok(List::whole(told.collect()))
}

async fn show_one(access: &Access, rule: &str) -> Result<Versioned<TranslationRule>, Problem> {
    let found = access.routed::<PhoneRule>(rule).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

impl From<PhoneRule> for TranslationRule {
    fn from(rule: PhoneRule) -> Self {
        let PhoneRule { id, name, description, pattern, translation } = rule;
        Self { id: id.0, name, description, pattern, translation }
    }
}
