//! Budgets, and rules against fraud.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::money::budget::{Budget as PhoneBudget, Standing};
use phone::money::deck::Kind;
use phone::money::fraud::{Calls, Per, Rule, Velocity};
use phone::money::scope::Every;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::credits::controls::Tried;
use crate::admin::{Access, Caller, Permission, Refused};
use crate::api::body::{Body, if_match};
use crate::api::list::List;
use crate::api::money::Amount;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// What a part of the organization may spend, and how much of it is spent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Budget {
    pub name: String,
    /// everybody, department:NAME, person:ID, site:ID, account:ID or tag:WORD.
    pub scope: String,
    pub limit: Amount,
    /// day, month or ever.
    pub every: String,
    pub blocks: bool,
    pub set_apart: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Made by who runs the server or sells to the organization: nobody else changes it.
    pub by_seller: bool,
    pub spent: Amount,
    pub left: Amount,
    pub percent: u32,
}

/// A budget, as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "scope": "department:Sales", "limit": "50.00", "every": "month" }))]
pub struct NewBudget {
    /// everybody, department:NAME, person:EXTENSION, site:NAME, account:NAME or tag:WORD.
    pub scope: String,
    pub limit: Amount,
    /// How often it begins anew: day, month or ever.
    #[schema(value_type = String)]
    pub every: Every,
    /// Whether calls are refused, and end, when it is used up; it is only told otherwise.
    #[schema(default = true)]
    pub blocks: Option<bool>,
    /// What is left of it is kept from everybody else's calls.
    #[serde(default)]
    pub set_apart: bool,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// A rule that stops calls that look like fraud.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FraudRule {
    pub name: String,
    pub enabled: bool,
    pub calls: FraudCalls,
    pub velocity: Option<FraudVelocity>,
    /// People whom it does not concern.
    pub exempt: Vec<Uuid>,
    pub by_seller: bool,
}

/// A rule, as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "calls": { "kinds": ["premium"] },
    "velocity": { "per": "person", "seconds": 3600, "calls_max": 5 },
    "exempt": ["101"],
}))]
pub struct NewFraudRule {
    /// Whether it stops calls; one that does not can be tried.
    #[serde(default)]
    pub enabled: bool,
    #[serde(default)]
    pub calls: FraudCalls,
    /// Without one every call that is meant is stopped.
    pub velocity: Option<FraudVelocity>,
    /// Extensions or ids of people whom it does not concern.
    #[serde(default)]
    pub exempt: Vec<String>,
}

/// Which calls are meant: those for which all that is named holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FraudCalls {
    /// First digits of numbers, with the country's.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// ISO 3166 alpha-2, as the rate deck has it.
    #[serde(default)]
    pub countries: Vec<String>,
    /// fixed, mobile, premium, satellite, shared_cost or toll_free.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Those whose minute costs more than this.
    pub dearer_than: Option<Amount>,
}

/// How much is too much within a time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FraudVelocity {
    /// Whose calls are counted together: person or organization.
    #[schema(value_type = String)]
    pub per: Per,
    /// How far back, 60 to 86400.
    pub seconds: u32,
    pub calls_max: Option<u32>,
    pub amount_max: Option<Amount>,
}

/// What a rule would have done with the calls of the last thirty days.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FraudTrial {
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Calls that were looked at.
    pub calls: usize,
    pub refused: usize,
    /// What the refused ones cost.
    pub saved: Amount,
    /// The first of them.
    pub examples: Vec<FraudHit>,
}

/// A call that a rule would have refused.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FraudHit {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub user: Option<Uuid>,
    pub to: String,
    pub amount: Amount,
    pub why: String,
}

/// List budgets, with what is spent of each
#[utoipa::path(get, path = "/tenants/{tenant}/credits/budgets", tag = "credits", params(("tenant" = String, Path)),
    responses((status = 200, body = List<Budget>), Refusals))]
pub async fn budgets(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<Budget>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(access.budgets().await?.into_iter().map(Budget::from).collect()))
}

/// Make or change a budget
#[utoipa::path(put, path = "/tenants/{tenant}/credits/budgets/{budget}", tag = "credits",
    params(("tenant" = String, Path), ("budget" = String, Path, description = "Its name"),
        ("If-Match" = Option<String>, Header, description = "The version of the credits")),
    request_body = NewBudget, responses((status = 200, body = Budget), Refusals, WriteRefusals))]
pub async fn put_budget(
    caller: Caller,
    Path((tenant, name)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<NewBudget>,
) -> Result<Json<Budget>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let budget = PhoneBudget {
        name,
        scope: access.scope_named(&wanted.scope).await?,
        limit: wanted.limit.0,
        every: wanted.every,
        blocks: wanted.blocks.unwrap_or(true),
        set_apart: wanted.set_apart,
        until: wanted.until,
        by_seller: false,
    };
    Ok(Json(access.put_budget(&caller, if_match(&headers)?, budget).await?.into()))
}

/// Delete a budget
#[utoipa::path(delete, path = "/tenants/{tenant}/credits/budgets/{budget}", tag = "credits",
    params(("tenant" = String, Path), ("budget" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete_budget(
    caller: Caller,
    Path((tenant, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_budget(&caller, if_match(&headers)?, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List rules against fraud
#[utoipa::path(get, path = "/tenants/{tenant}/credits/fraud-rules", tag = "credits", params(("tenant" = String, Path)),
    responses((status = 200, body = List<FraudRule>), Refusals))]
pub async fn fraud_rules(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<FraudRule>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(access.fraud_rules().await?.into_iter().map(FraudRule::from).collect()))
}

/// Make or change a rule against fraud
///
/// It holds for the next call, and so does taking it back.
#[utoipa::path(put, path = "/tenants/{tenant}/credits/fraud-rules/{rule}", tag = "credits",
    params(("tenant" = String, Path), ("rule" = String, Path, description = "Its name"),
        ("If-Match" = Option<String>, Header, description = "The version of the credits")),
    request_body = NewFraudRule, responses((status = 200, body = FraudRule), Refusals, WriteRefusals))]
pub async fn put_fraud_rule(
    caller: Caller,
    Path((tenant, name)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<NewFraudRule>,
) -> Result<Json<FraudRule>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let rule = wanted.read(name, &access).await?;
    Ok(Json(access.put_fraud_rule(&caller, if_match(&headers)?, rule).await?.into()))
}

/// Delete a rule against fraud
#[utoipa::path(delete, path = "/tenants/{tenant}/credits/fraud-rules/{rule}", tag = "credits",
    params(("tenant" = String, Path), ("rule" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete_fraud_rule(
    caller: Caller,
    Path((tenant, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_fraud_rule(&caller, if_match(&headers)?, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a rule against fraud on the calls of the last thirty days; nothing changes
#[utoipa::path(post, path = "/tenants/{tenant}/credits/fraud-trial", tag = "credits", params(("tenant" = String, Path)),
    request_body = NewFraudRule, responses((status = 200, body = FraudTrial), Refusals, WriteRefusals))]
pub async fn try_fraud_rule(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewFraudRule>,
) -> Result<Json<FraudTrial>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let rule = wanted.read("trial".to_owned(), &access).await?;
    Ok(Json(access.try_fraud_rule(&rule).await?.into()))
}

impl NewFraudRule {
    async fn read(self, name: String, access: &Access) -> Result<Rule, Refused> {
        let Self { enabled, calls, velocity, exempt } = self;
        let mut kinds = std::collections::BTreeSet::new();
        for word in &calls.kinds {
            let kind = Kind::parse(word).ok_or_else(|| {
                let names: Vec<_> = Kind::ALL.into_iter().map(Kind::as_str).collect();
                Refused::field("calls.kinds", "rate.kind_unknown", format!("one of {}", names.join(", ")))
            })?;
            kinds.insert(kind);
        }
        let is_prefix =
            |text: &String| (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let prefixes: Vec<String> =
            calls.prefixes.iter().map(|prefix| prefix.trim_start_matches('+').to_owned()).collect();
        if !prefixes.iter().all(is_prefix) {
            return Err(Refused::field("calls.prefixes", "rate.prefix_malformed", "a prefix is 1 to 15 digits"));
        }
        let countries: Vec<String> = calls.countries.iter().map(|code| code.to_ascii_uppercase()).collect();
        if !countries.iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())) {
            return Err(Refused::field("calls.countries", "rate.country_malformed", "a country is two letters"));
        }
        let velocity = velocity.map(|wanted| Velocity {
            per: wanted.per,
            secs: wanted.seconds,
            calls_max: wanted.calls_max,
            amount_max: wanted.amount_max.map(|amount| amount.0),
        });
        let calls = Calls {
            prefixes: prefixes.into_iter().collect(),
            countries: countries.into_iter().collect(),
            kinds,
            dearer_than: calls.dearer_than.map(|amount| amount.0),
        };
        let exempt = access.people_named(&exempt).await?;
        Ok(Rule { name, enabled, calls, velocity, exempt, by_seller: false })
    }
}

impl From<Standing> for Budget {
    fn from(standing: Standing) -> Self {
        let (left, percent) = (standing.left(), standing.percent());
        let Standing { budget, spent } = standing;
        let every = match budget.every {
            Every::Day => "day",
            Every::Ever => "ever",
            Every::Month => "month",
        };
        Self {
            name: budget.name,
            scope: budget.scope.to_string(),
            limit: Amount(budget.limit),
            every: every.to_owned(),
            blocks: budget.blocks,
            set_apart: budget.set_apart,
            until: budget.until,
            by_seller: budget.by_seller,
            spent: Amount(spent),
            left: Amount(left),
            percent,
        }
    }
}

impl From<Rule> for FraudRule {
    fn from(rule: Rule) -> Self {
        let Rule { name, enabled, calls, velocity, exempt, by_seller } = rule;
        Self {
            name,
            enabled,
            calls: FraudCalls {
                prefixes: calls.prefixes.into_iter().collect(),
                countries: calls.countries.into_iter().collect(),
                kinds: calls.kinds.into_iter().map(|kind| kind.as_str().to_owned()).collect(),
                dearer_than: calls.dearer_than.map(Amount),
            },
            velocity: velocity.map(|velocity| FraudVelocity {
                per: velocity.per,
                seconds: velocity.secs,
                calls_max: velocity.calls_max,
                amount_max: velocity.amount_max.map(Amount),
            }),
            exempt: exempt.into_iter().map(|user| user.0).collect(),
            by_seller,
        }
    }
}

impl From<Tried> for FraudTrial {
    fn from(tried: Tried) -> Self {
        let Tried { since, until, trial, refused } = tried;
        let examples = refused.into_iter().map(|(seen, why)| FraudHit {
            at: seen.at,
            user: seen.user.map(|user| user.0),
            to: seen.number.to_string(),
            amount: Amount(seen.amount),
            why,
        });
        Self {
            since,
            until,
            calls: trial.n_calls,
            refused: trial.n_refused,
            saved: Amount(trial.saved),
            examples: examples.collect(),
        }
    }
}
