//! Tests of call flows.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::directory::flow_test::{FlowTest as PhoneTest, Ran};
use phone::directory::{App as PhoneApp, Tenant};
use phone::id::FlowTestId;
use serde::{Deserialize, Serialize};
use store::Expected;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Body, Created, OptionalBody, Params, Versioned, id, if_match};
use super::explain::{ExplainedEnd, ExplainedStep};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use super::resource_accounts::App;
use crate::admin::explain::{assumptions, caller_text};
use crate::admin::flow_tests::{Running, WrittenTest, ends_text};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "name";

/// At this time, this caller presses this, and ends there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "app": { "type": "auto_attendant", "id": "00000000-0000-0000-0000-000000000000" }, "name": "Sales in the morning",
    "at": "2026-03-02T15:00:00Z", "keys": "1", "expect": "queue:Sales"
}))]
pub struct FlowTest {
    /// Only shown.
    #[serde(default)]
    pub id: Uuid,
    /// Where the call begins.
    pub app: App,
    pub name: String,
    /// An extension, `user:101`, or a number outside; null for somebody outside who hides the number.
    pub from: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What the caller presses, as `explain` takes it.
    #[serde(default)]
    pub keys: String,
    /// What is taken for granted, as `explain` takes it.
    #[serde(default)]
    pub assume: BTreeMap<String, String>,
    /// Where the call is to end: `user:EXTENSION`, `queue:NAME`, `mailbox:NAME`, `voicemail:EXTENSION`,
    /// `number:+14155550123`, `hang_up` or `refused`.
    pub expect: String,
    /// Of a starter set, which is written anew as a whole. Only shown.
    #[serde(default)]
    pub generated: bool,
}

/// Which tests.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FlowTestParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    /// Those of this auto attendant or call queue.
    pub app: Option<Uuid>,
}

/// Which tests are run, and on what.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunFlowTests {
    /// Those of one attendant or queue; null for all.
    pub app: Option<App>,
    /// On the draft of that app in place of what is published.
    #[serde(default)]
    pub draft: bool,
}

/// Of what the starter set is written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "app": { "type": "auto_attendant", "id": "00000000-0000-0000-0000-000000000000" } }))]
pub struct WriteStarterTests {
    pub app: App,
    /// Times of the tests are after this; now, if nothing is given.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
}

/// How tests came out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FlowTestRun {
    pub total: usize,
    pub passed: usize,
    pub failed: usize,
    pub results: Vec<FlowTestResult>,
}

/// How a test came out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FlowTestResult {
    pub id: Uuid,
    pub name: String,
    pub passed: bool,
    pub expected: String,
    pub end: ExplainedEnd,
    /// What happened; only of tests that failed.
    pub steps: Vec<ExplainedStep>,
}

/// List flow tests
#[utoipa::path(get, path = "/tenants/{tenant}/flow-tests", tag = "flow-tests",
    params(("tenant" = String, Path), FlowTestParams), responses((status = 200, body = List<FlowTest>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<FlowTestParams>,
) -> Result<Json<List<FlowTest>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(SORT, false)?;
    let page = access.store().flow_tests(access.tenant(), params.app, &paging).await.map_err(Refused::from)?;
    let tenant = access.tenant_for_tests().await?;
    Ok(List::of(page.map(|test| FlowTest::of(&test.value, &tenant)), SORT))
}

/// Create a flow test
#[utoipa::path(post, path = "/tenants/{tenant}/flow-tests", tag = "flow-tests", params(("tenant" = String, Path)),
    request_body = FlowTest, responses((status = 201, body = FlowTest), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<FlowTest>,
) -> Result<Created<FlowTest>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let test = FlowTestId(Uuid::now_v7());
    let (test, version) = access.save_flow_test(test, wanted.read(), Expected::Absent).await?;
    let location = format!("/tenants/{}/flow-tests/{}", access.tenant(), test.id);
    let tenant = access.tenant_for_tests().await?;
    Ok(Created { value: FlowTest::of(&test, &tenant), version, location })
}

/// Show a flow test
#[utoipa::path(get, path = "/tenants/{tenant}/flow-tests/{test}", tag = "flow-tests",
    params(("tenant" = String, Path), ("test" = Uuid, Path)), responses((status = 200, body = FlowTest), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, test)): Path<(String, String)>,
) -> Result<Versioned<FlowTest>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.flow_test(FlowTestId(id(&test, "flow test")?)).await?;
    let tenant = access.tenant_for_tests().await?;
    Ok(Versioned { value: FlowTest::of(&found.value, &tenant), version: found.version })
}

/// Change a flow test; one of a starter set is then nobody's but yours
#[utoipa::path(put, path = "/tenants/{tenant}/flow-tests/{test}", tag = "flow-tests",
    params(("tenant" = String, Path), ("test" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = FlowTest, responses((status = 200, body = FlowTest), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path((tenant, test)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<FlowTest>,
) -> Result<Versioned<FlowTest>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let expected = if_match(&headers)?;
    let test = FlowTestId(id(&test, "flow test")?);
    access.flow_test(test).await?;
    let (test, version) = access.save_flow_test(test, wanted.read(), expected).await?;
    let tenant = access.tenant_for_tests().await?;
    Ok(Versioned { value: FlowTest::of(&test, &tenant), version })
}

/// Delete a flow test
#[utoipa::path(delete, path = "/tenants/{tenant}/flow-tests/{test}", tag = "flow-tests",
    params(("tenant" = String, Path), ("test" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, test)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let test = FlowTestId(id(&test, "flow test")?);
    access.delete_flow_test(test, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Run flow tests; nothing is called
#[utoipa::path(post, path = "/tenants/{tenant}/flow-tests/run", tag = "flow-tests", params(("tenant" = String, Path)),
    request_body = Option<RunFlowTests>, responses((status = 200, body = FlowTestRun), Refusals, WriteRefusals))]
pub async fn run(
    caller: Caller,
    Path(tenant): Path<String>,
    OptionalBody(wanted): OptionalBody<RunFlowTests>,
) -> Result<Json<FlowTestRun>, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let running = Running { app: wanted.app.map(PhoneApp::from), on_draft: wanted.draft };
    let ran = access.run_flow_tests(running).await?;
    let passed = ran.tests.iter().filter(|(_, ran)| ran.passed).count();
    let total = ran.tests.len();
    let results = ran.tests.iter().map(|(test, result)| FlowTestResult::of(test, result, &ran.tenant));
    Ok(Json(FlowTestRun { total, passed, failed: total.saturating_sub(passed), results: results.collect() }))
}

/// Write the starter set of an attendant or a queue anew, from what it does now; tests that somebody wrote stay
#[utoipa::path(post, path = "/tenants/{tenant}/flow-tests/generate", tag = "flow-tests",
    params(("tenant" = String, Path)), request_body = WriteStarterTests,
    responses((status = 200, body = List<FlowTest>), Refusals, WriteRefusals))]
pub async fn generate(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<WriteStarterTests>,
) -> Result<Json<List<FlowTest>>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let from = wanted.from.unwrap_or_else(Timestamp::now);
    let written = access.write_starter_tests(wanted.app.into(), from).await?;
    let tenant = access.tenant_for_tests().await?;
    Ok(List::whole(written.iter().map(|test| FlowTest::of(test, &tenant)).collect()))
}

impl FlowTest {
    fn of(test: &PhoneTest, tenant: &Tenant) -> Self {
        Self {
            id: test.id.0,
            app: test.app.into(),
            name: test.name.clone(),
            from: caller_text(test.from, tenant),
            at: test.at,
            keys: test.keys.to_string(),
            assume: assumptions::write(&test.assumed, tenant),
            expect: ends_text(&test.expected, tenant),
            generated: test.generated,
        }
    }

    fn read(self) -> WrittenTest {
        let Self { app, name, from, at, keys, assume, expect, .. } = self;
        WrittenTest { app: app.into(), name, from, at, keys, assume, expect }
    }
}

impl FlowTestResult {
    fn of(test: &PhoneTest, ran: &Ran, tenant: &Tenant) -> Self {
        let steps = ran.path.steps.iter().filter(|_| !ran.passed);
        Self {
            id: test.id.0,
            name: test.name.clone(),
            passed: ran.passed,
            expected: test.expected.words(tenant),
            end: ExplainedEnd::of(&ran.path.end, tenant),
            steps: steps.map(ExplainedStep::from).collect(),
        }
    }
}
