//! What would become of a call.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use phone::directory::outbound::Attempt;
use phone::directory::rehearsal::{End, Setting, Step};
use phone::directory::{App, Tenant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::Body;
use super::credits::charges::CallPrice;
use super::problem::{Problem, Refusals, WriteRefusals};
use super::resource_accounts::App as FlowApp;
use crate::admin::explain::{Explained, Wanted, assumptions};
use crate::admin::{Caller, Permission};

/// Who would call whom, when, and what is taken for granted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "from": "+12065550100", "to": "+14255550100", "keys": "1", "assume": { "waiting": "3" } }))]
pub struct Explain {
    /// An extension, `user:101`, or a number outside; null for somebody outside who hides the number.
    pub from: Option<String>,
    /// What is dialled, or `attendant:NAME`, `queue:NAME`, `account:NAME`, `user:EXTENSION`.
    pub to: String,
    /// Now, if no time is given.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// What the caller presses: keys; a space waits for what plays to end, a comma for a second, `-` presses nothing
    /// until the menu has waited, `!` presses the next key without waiting.
    #[serde(default)]
    pub keys: String,
    /// Callers `waiting` (or `waiting.QUEUE`), what `agents`, `people`, `outside` or `user.EXTENSION` do (answers, away,
    /// busy, declines, no_answer, offline, opted_out), `trunk.NAME` (up, down), `prompt_seconds`, `answer_seconds`, `talk_seconds`,
    /// `hang_up_after`.
    #[serde(default)]
    pub assume: BTreeMap<String, String>,
    /// An attendant or a queue whose draft calls would meet in place of what is published.
    pub draft_of: Option<FlowApp>,
}

/// What would become of a call, step by step.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub end: ExplainedEnd,
    pub steps: Vec<ExplainedStep>,
    /// What was taken for granted.
    pub assumed: BTreeMap<String, String>,
    /// What the call costs, and who pays; null if nobody does.
    #[serde(default)]
    pub cost: Option<CallPrice>,
}

/// Where the call ends.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExplainedEnd {
    /// person, external, message, visit, hung_up, refused, waiting, caller_hung_up, announcement, echo or audio_test.
    #[serde(rename = "type")]
    pub kind: String,
    pub words: String,
    /// How an app hung up, or the code of the refusal.
    pub code: Option<String>,
    /// The extension of who answers.
    pub user: Option<String>,
    /// The number that the call goes out to.
    pub number: Option<String>,
    /// The trunks that it is tried over, in order, with the numbers as each gets them.
    pub attempts: Vec<ExplainedAttempt>,
    /// The app in which the call is then.
    pub app: Option<ExplainedApp>,
}

/// A trunk that is tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedAttempt {
    pub trunk: String,
    /// Null where no route was needed.
    pub route: Option<String>,
    pub called: String,
    /// Null is anonymous.
    pub calling: Option<String>,
}

/// An attendant or a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedApp {
    /// auto_attendant or call_queue.
    #[serde(rename = "type")]
    pub kind: String,
    pub id: Uuid,
    pub name: String,
}

/// One thing that happens.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExplainedStep {
    /// Since the call arrived.
    pub after_seconds: u64,
    /// admission, answer, end, flow, key, leave, offer, play, ring, route, silence, transfer or wait.
    #[serde(rename = "type")]
    pub kind: String,
    pub words: String,
    /// The setting that decided.
    pub setting: Option<ExplainedSetting>,
}

/// A setting of an object.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExplainedSetting {
    /// auto_attendant, call_queue or user.
    pub noun: String,
    pub id: Uuid,
    pub name: String,
    /// A path from the object: `default_flow.menu.options[2]`.
    pub field: String,
}

/// Tell what would become of a call; nothing is called
#[utoipa::path(post, path = "/tenants/{tenant}/explain", tag = "explain", params(("tenant" = String, Path)),
    request_body = Explain, responses((status = 200, body = Explanation), Refusals, WriteRefusals))]
pub async fn explain(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<Explain>,
) -> Result<Json<Explanation>, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let Explain { from, to, at, keys, assume, draft_of } = wanted;
    let (at, draft_of) = (at.unwrap_or_else(Timestamp::now), draft_of.map(App::from));
    let wanted = Wanted { from, to, at, keys, assume, draft_of };
    let Explained { tenant, script, path, quote } = access.explain(wanted).await?;
    let cost = quote.map(|(quote, currency)| CallPrice::of(Some(quote), Some(currency)));
    Ok(Json(Explanation {
        at: script.at,
        end: unpaid(cost.as_ref()).unwrap_or_else(|| ExplainedEnd::of(&path.end, &tenant)),
        steps: match cost.as_ref().filter(|cost| !cost.allowed) {
            // What would come after the refusal does not happen.
            Some(cost) => vec![ExplainedStep::refusal(&cost.words)],
            None => path.steps.iter().map(ExplainedStep::from).collect(),
        },
        assumed: assumptions::write(&script.assumed, &tenant),
        cost,
    }))
}

/// How a call ends that nobody pays for.
fn unpaid(cost: Option<&CallPrice>) -> Option<ExplainedEnd> {
    let cost = cost.filter(|cost| !cost.allowed)?;
    let (user, number, app, attempts) = (None, None, None, Vec::new());
    Some(ExplainedEnd {
        kind: "refused".to_owned(),
        words: cost.words.clone(),
        code: cost.code.clone(),
        user,
        number,
        app,
        attempts,
    })
}

impl ExplainedStep {
    fn refusal(words: &str) -> Self {
        Self { after_seconds: 0, kind: "admission".to_owned(), words: words.to_owned(), setting: None }
    }
}

impl ExplainedEnd {
    pub fn of(end: &End, tenant: &Tenant) -> Self {
        let user = end.user().and_then(|user| Some(tenant.users.get(&user)?.extension.clone()));
        let (number, attempts) = match end {
            End::External { number, attempts, .. } => (Some(number.clone()), attempts.as_slice()),
            End::Announcement
            | End::AudioTest
            | End::CallerHungUp { .. }
            | End::Echo
            | End::HungUp { .. }
            | End::Message { .. }
            | End::Person { .. }
            | End::Refused { .. }
            | End::Visit { .. }
            | End::Waiting { .. } => (None, [].as_slice()),
        };
        Self {
            attempts: attempts.iter().map(|attempt| ExplainedAttempt::of(attempt, tenant)).collect(),
            kind: end.kind().to_owned(),
            words: end.words(tenant),
            code: end.code().map(str::to_owned),
            user,
            number,
            app: end.app().map(|app| ExplainedApp::of(app, tenant)),
        }
    }
}

impl ExplainedAttempt {
    fn of(attempt: &Attempt, tenant: &Tenant) -> Self {
        let route = attempt.route.and_then(|route| tenant.routing.book.routes.find(route));
        Self {
            trunk: tenant.trunks.get(&attempt.trunk).map(|trunk| trunk.name.clone()).unwrap_or_default(),
            route: route.map(|route| route.name.clone()),
            called: attempt.called.number.clone(),
            calling: attempt.calling.as_ref().map(|calling| calling.number.clone()),
        }
    }
}

impl ExplainedApp {
    pub fn of(app: App, tenant: &Tenant) -> Self {
        let (kind, id, name) = match app {
            App::Attendant(id) => {
                ("auto_attendant", id.0, tenant.attendants.get(&id).map(|settings| settings.name.clone()))
            }
            App::Queue(id) => ("call_queue", id.0, tenant.queues.get(&id).map(|settings| settings.name.clone())),
        };
        Self { kind: kind.to_owned(), id, name: name.unwrap_or_default() }
    }
}

impl From<&Step> for ExplainedStep {
    fn from(step: &Step) -> Self {
        let setting = |setting: &Setting| ExplainedSetting {
            noun: setting.noun.to_owned(),
            id: setting.id,
            name: setting.name.clone(),
            field: setting.field.clone(),
        };
        Self {
            after_seconds: step.after.as_secs(),
            kind: step.kind.as_str().to_owned(),
            words: step.words.clone(),
            setting: step.setting.as_ref().map(setting),
        }
    }
}
