//! What would become of a call that a person dials.

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use phone::directory::outbound::{Outcome, Skip};
use phone::directory::{Destination, Tenant};
use phone::id::TrunkId;
use phone::numbers::E164;
use phone::numbers::routing::route::UsageSeen;
use phone::numbers::routing::translation::Translated;
use phone::rule::Broken as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::body::Body;
use super::super::dial_plans::Normalization;
use super::super::policies::effective::{PolicyCandidate, candidate};
use super::super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::routing::{RouteTest as Wanted, Tracing};
use crate::admin::{Caller, Permission, Refused};

/// Who would dial what, when.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "user": "101", "dialled": "+442079460000" }))]
pub struct RouteTest {
    /// Id or extension.
    pub user: String,
    pub dialled: String,
    /// The line that is used; the one that calls show, if none is given.
    pub number: Option<String>,
    /// Now, if no time is given.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// Where it would end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteOutcome {
    /// At emergency services, over the attempts.
    Emergency,
    /// Within the organization.
    Inside,
    /// Over the attempts.
    Outside,
    Refused,
}

/// What would become of a call, step by step.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RouteTested {
    pub outcome: RouteOutcome,
    /// Who is reached inside.
    pub reaches: Option<String>,
    /// Why it is refused, and what to do.
    pub refusal: Option<RouteRefusal>,
    pub normalization: Option<Normalization>,
    /// The name of the dial plan whose rules were asked.
    pub dial_plan: Option<String>,
    /// The policies that had a say, and why they hold.
    pub policies: Vec<RoutePolicy>,
    /// The number that the call shows before a route or trunk changes it.
    pub caller_id: Option<String>,
    /// Usages of the policy in order.
    pub usages: Vec<TestedUsage>,
    /// Routes that were looked at, in order.
    pub routes: Vec<TestedRoute>,
    /// Trunks in the order in which they are tried, with the numbers as they get them.
    pub attempts: Vec<TestedTrunk>,
    /// Trunks that are not tried.
    pub skipped: Vec<SkippedTrunk>,
    /// One sentence for each rule that was applied.
    pub reasons: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RouteRefusal {
    pub code: String,
    pub detail: String,
    pub fix: String,
}

/// A policy that had a say.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RoutePolicy {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(flatten)]
    pub holds: PolicyCandidate,
}

/// What a usage came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsageState {
    Decides,
    Follows,
    HasNoRoute,
    NoRouteMatches,
    NotLookedAt,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TestedUsage {
    pub usage: String,
    pub state: UsageState,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TestedRoute {
    pub id: Uuid,
    pub name: String,
    pub priority: u32,
    pub usage: String,
    pub pattern: String,
    pub matches: bool,
}

/// A trunk that is tried.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TestedTrunk {
    /// From 1.
    pub place: usize,
    pub id: Uuid,
    pub trunk: Option<String>,
    /// Null where no route was needed.
    pub route: Option<String>,
    pub called: String,
    /// The translation rule that wrote it so.
    pub called_rule: Option<String>,
    pub calling: Option<String>,
    pub calling_rule: Option<String>,
    /// The number that the trunk gets signed, and how far it is vouched for; null where nothing is signed.
    #[serde(default)]
    pub signs: Option<String>,
}

/// A trunk that is not tried.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SkippedTrunk {
    pub id: Uuid,
    pub trunk: Option<String>,
    pub route: Option<String>,
    pub reason: String,
}

/// Tell what becomes of a call that a person dials; nothing is called
#[utoipa::path(post, path = "/tenants/{tenant}/voice-routes/test", tag = "routing",
    params(("tenant" = String, Path)), request_body = RouteTest,
    responses((status = 200, body = RouteTested), Refusals, WriteRefusals))]
pub async fn test(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<RouteTest>,
) -> Result<Json<RouteTested>, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let number = wanted.number.as_deref().map(E164::parse_with_extension).transpose();
    let number = number.map_err(|why| Refused::field("number", "number.not_e164", why.to_string()))?;
    let RouteTest { user, dialled, at, .. } = wanted;
    let wanted = Wanted { user, number, dialled, at: at.unwrap_or_else(Timestamp::now) };
    let told = access.test_route(&wanted, |tracing| told(&wanted.dialled, tracing)).await?;
    Ok(Json(told))
}

fn told(dialled: &str, tracing: Tracing<'_>) -> RouteTested {
    let Tracing { tenant, plan, holder, holdings } = tracing;
    let held = tenant.held(holder);
    let book = &tenant.routing.book;
    let (outcome, reaches, refusal) = match &plan.outcome {
        Outcome::Emergency => (RouteOutcome::Emergency, None, None),
        Outcome::Inside(destination) => (RouteOutcome::Inside, Some(reached(tenant, destination)), None),
        Outcome::Outside => (RouteOutcome::Outside, None, None),
        Outcome::Refused(why) => {
            let refusal = RouteRefusal { code: why.code().to_owned(), detail: why.to_string(), fix: why.fix() };
            (RouteOutcome::Refused, None, Some(refusal))
        }
    };
    let name = |trunk: &TrunkId| tenant.trunks.get(trunk).map(|trunk| trunk.name.clone());
    let route_name = |route: Option<phone::id::VoiceRouteId>| Some(book.routes.find(route?)?.name.clone());
    let rule_name = |it: &Translated| Some(book.translators.get(&it.by?)?.name.clone());
    let dial_plan = tenant.routing.policies.dial_plan.of(holder, &tenant.groups).1.dial_plan;
    let dial_plan = dial_plan.and_then(|plan| tenant.routing.dial_plans.get(&plan));
    let attempts = plan.attempts.iter().enumerate().map(|(index, attempt)| TestedTrunk {
        place: index.saturating_add(1),
        id: attempt.trunk.0,
        trunk: name(&attempt.trunk),
        route: route_name(attempt.route),
        called: attempt.called.number.clone(),
        called_rule: rule_name(&attempt.called),
        calling: attempt.calling.as_ref().map(|it| it.number.clone()),
        calling_rule: attempt.calling.as_ref().and_then(rule_name),
        signs: attempt.signs.map(|signs| format!("{} {}", signs.number, signs.whose.words())),
    });
    let looked_at = book.routes.looked_at(&plan.selection);
    let looked_at = looked_at.iter().map(|(usage, route, matches)| TestedRoute {
        id: route.id.0,
        name: route.name.clone(),
        priority: route.priority,
        usage: (*usage).to_owned(),
        pattern: route.pattern.clone(),
        matches: *matches,
    });
    // That a trunk is in several routes is no news.
    let left_out = plan.skipped.iter().filter(|skipped| skipped.why != Skip::Again);
    RouteTested {
        outcome,
        reaches,
        refusal,
        normalization: plan
            .normalized
            .clone()
            .map(|it| Normalization::of(dialled.to_owned(), held.normalizer, Some(it))),
        dial_plan: dial_plan.map(|plan| plan.name.clone()),
        policies: holdings
            .iter()
            .map(|held| RoutePolicy {
                kind: held.kind.as_str().to_owned(),
                holds: candidate(held.effective.winner, &held.names),
            })
            .collect(),
        caller_id: plan.shown.number.clone(),
        usages: plan
            .selection
            .usages
            .iter()
            .map(|(usage, seen)| TestedUsage { usage: (*usage).to_owned(), state: (*seen).into() })
            .collect(),
        routes: looked_at.collect(),
        attempts: attempts.collect(),
        skipped: left_out
            .map(|skipped| SkippedTrunk {
                id: skipped.trunk.0,
                trunk: name(&skipped.trunk),
                route: route_name(skipped.route),
                reason: skipped.why.to_string(),
            })
            .collect(),
        reasons: plan.reasons.clone(),
    }
}

fn reached(tenant: &Tenant, destination: &Destination) -> String {
    match destination {
        Destination::Attendant { id, .. } => {
            let name = tenant.attendants.get(id).map(|settings| settings.name.as_str());
            format!("the auto attendant {}", name.unwrap_or_default())
        }
        Destination::Announcement { .. } => "an announcement".to_owned(),
        Destination::AudioTest => "the audio test".to_owned(),
        Destination::Echo => "the echo test".to_owned(),
        Destination::External(_) => "the public network".to_owned(),
        Destination::Queue { id, .. } => {
            format!("the queue {}", tenant.queues.get(id).map(|settings| settings.name.as_str()).unwrap_or_default())
        }
        Destination::SharedMailbox { id, .. } => {
            let name = tenant.mailboxes.get(id).map(|settings| settings.name.as_str());
            format!("the shared mailbox {}", name.unwrap_or_default())
        }
        Destination::Visit { mailbox, .. } => format!("the messages in {}", tenant.name_of_mailbox(*mailbox)),
        Destination::Voicemail { id } => {
            let name = tenant.users.get(id).map(|user| user.display_name.as_str());
            format!("the mailbox of {}", name.unwrap_or_default())
        }
        Destination::User { id } => tenant.users.get(id).map(|user| user.display_name.clone()).unwrap_or_default(),
    }
}

impl From<UsageSeen> for UsageState {
    fn from(seen: UsageSeen) -> Self {
        match seen {
            UsageSeen::Decides => Self::Decides,
            UsageSeen::Follows => Self::Follows,
            UsageSeen::HasNoRoute => Self::HasNoRoute,
            UsageSeen::NoRouteMatches => Self::NoRouteMatches,
            UsageSeen::NotLookedAt => Self::NotLookedAt,
        }
    }
}
