//! Tests of call flows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use phone::apps::Target;
use phone::apps::mailbox::Mailbox;
use phone::directory::flow_test::starter::Starter;
use phone::directory::flow_test::{Expected as Ends, FlowTest, Ran};
use phone::directory::rehearsal::Caller;
use phone::directory::{App, Tenant};
use phone::id::FlowTestId;
use phone::limits::FLOW_TESTS_MAX;
use store::{Expected, Stored, Version};
use uuid::Uuid;

use super::drafts::id;
use super::explain::{assumptions, caller, keys, names};
use super::{Access, Refused};

/// A test as a person writes it.
pub struct WrittenTest {
    pub app: App,
    pub name: String,
    pub from: Option<String>,
    pub at: Timestamp,
    pub keys: String,
    pub assume: BTreeMap<String, String>,
    pub expect: String,
}

/// Which tests are run, and on what.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    /// Those of one app; none for all tests.
    pub app: Option<App>,
    /// On the draft of that app in place of what is published.
    pub on_draft: bool,
}

/// How tests came out.
pub struct RanTests {
    pub tenant: Arc<Tenant>,
    pub tests: Vec<(FlowTest, Ran)>,
}

impl Access {
    /// One test.
    pub async fn flow_test(&self, id: FlowTestId) -> Result<Stored<FlowTest>, Refused> {
        let found = self.store().flow_test(self.tenant(), id).await?;
        found.ok_or(Refused::NotFound { what: "flow test" })
    }

    /// The organization in whose names tests are shown.
    pub async fn tenant_for_tests(&self) -> Result<Arc<Tenant>, Refused> {
        self.known_snapshot().await
    }

    /// Makes or changes a test.
    pub async fn save_flow_test(
        &self,
        id: FlowTestId,
        written: WrittenTest,
        expected: Expected,
    ) -> Result<(FlowTest, Version), Refused> {
        let tenant = self.known_snapshot().await?;
        let WrittenTest { app, name, from, at, keys: pressed, assume, expect } = written;
        check_app(app, &tenant)?;
        let test = FlowTest {
            id,
            app,
            name,
            from: caller(from.as_deref(), &tenant)?,
            at,
            keys: keys(&pressed)?,
            assumed: assumptions::read(&assume, &tenant)?,
            expected: ends(&expect, &tenant)?,
            generated: false,
        };
        Refused::for_problems(test.problems())?;
        let mut tx = self.change().await?;
        let app = super::drafts::id(app);
        if expected == Expected::Absent && tx.n_flow_tests(self.tenant(), app).await? >= FLOW_TESTS_MAX {
            return Err(Refused::Conflict {
                code: "flow_tests.too_many",
                detail: format!("an attendant or queue has at most {FLOW_TESTS_MAX} tests"),
                fix: Some("delete tests that say the same".to_owned()),
            });
        }
        let version = tx.save_flow_test(self.tenant(), app, &test, expected).await?;
        self.settle(tx).await?;
        Ok((test, version))
    }

    /// Deletes a test.
    pub async fn delete_flow_test(&self, id: FlowTestId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        tx.delete_flow_test(self.tenant(), id, expected).await?;
        self.settle(tx).await
    }

    /// Writes the starter set of an app anew; what somebody wrote stays.
    pub async fn write_starter_tests(&self, app: App, from: Timestamp) -> Result<Vec<FlowTest>, Refused> {
        let tenant = self.known_snapshot().await?;
        check_app(app, &tenant)?;
        let written = move || tenant.starter_tests(app, from, Instant::now());
        let starters = tokio::task::spawn_blocking(written).await;
        let starters = starters.map_err(|error| Refused::Failed { cause: error.to_string() })?;
        let tests: Vec<FlowTest> = starters.into_iter().map(|starter| generated(app, starter)).collect();
        let mut tx = self.change().await?;
        tx.delete_flow_tests(self.tenant(), id(app), true).await?;
        tx.add_flow_tests(self.tenant(), id(app), &tests).await?;
        self.settle(tx).await?;
        Ok(tests)
    }

    /// Runs tests.
    pub async fn run_flow_tests(&self, running: Running) -> Result<RanTests, Refused> {
        let mut tenant = self.known_snapshot().await?;
        if let Some(app) = running.app {
            check_app(app, &tenant)?;
            if running.on_draft {
                let settings = self.draft(app).await?.draft.value.settings;
                tenant = Arc::new(tenant.with_app(&settings, &self.members_of(&settings).await?));
            }
        }
        let tests = self.store().all_flow_tests(self.tenant(), running.app.map(id)).await?;
        let ran = tokio::task::spawn_blocking(move || {
            let run = |test: FlowTest| {
                let ran = test.run(&tenant, Instant::now());
                (test, ran)
            };
            let tests = tests.into_iter().map(run).collect();
            RanTests { tenant, tests }
        });
        ran.await.map_err(|error| Refused::Failed { cause: error.to_string() })
    }
}

fn generated(app: App, starter: Starter) -> FlowTest {
    let Starter { name, at, keys, assumed, expected } = starter;
    let from = Caller::Outside(None);
    FlowTest { id: FlowTestId(Uuid::now_v7()), app, name, from, at, keys, assumed, expected, generated: true }
}

fn check_app(app: App, tenant: &Tenant) -> Result<(), Refused> {
    let is_there = match app {
        App::Attendant(id) => tenant.attendants.contains_key(&id),
        App::Queue(id) => tenant.queues.contains_key(&id),
    };
    if is_there {
        return Ok(());
    }
    Err(Refused::field("app", "graph.missing_target", "there is no such auto attendant or call queue"))
}

/// Where a call is to end, as it is written: `user:101`, `queue:Sales`, `mailbox:Sales`, `voicemail:101`,
/// `number:+14155550123`, `hang_up` or `refused`.
fn ends(text: &str, tenant: &Tenant) -> Result<Ends, Refused> {
    let text = text.trim();
    let found = match text.split_once(':') {
        None if text == "hang_up" => Some(Ends::HungUp),
        None if text == "refused" => Some(Ends::Refused),
        Some((kind @ ("mailbox" | "number" | "queue" | "user" | "voicemail"), name)) => {
            match names::target(kind, name, tenant) {
                Some(Target::User { id }) => Some(Ends::Person { user: id }),
                Some(Target::Queue { id, .. }) => Some(Ends::Queue { queue: id }),
                Some(Target::External { number }) => Some(Ends::External { number: number.to_string() }),
                Some(Target::SharedMailbox { id, .. }) => Some(Ends::Message { mailbox: Mailbox::Shared(id) }),
                Some(Target::Voicemail { id }) => Some(Ends::Message { mailbox: Mailbox::Person(id) }),
                Some(Target::Attendant { .. } | Target::ResourceAccount { .. }) | None => None,
            }
        }
        Some(_) | None => None,
    };
    let words = "where a call ends is user:EXTENSION, queue:NAME, mailbox:NAME, voicemail:EXTENSION, number:+14155550123, hang_up or refused, and is there";
    found.ok_or_else(|| Refused::field("expect", "flow_test.expectation_unknown", words))
}

/// The reverse of reading where a call is to end.
pub fn ends_text(expected: &Ends, tenant: &Tenant) -> String {
    match expected {
        Ends::External { number } => format!("number:{number}"),
        Ends::HungUp => "hang_up".to_owned(),
        Ends::Message { mailbox } => names::of_mailbox(*mailbox, tenant),
        Ends::Person { user } => format!("user:{}", names::of_user(*user, tenant)),
        Ends::Queue { queue } => format!("queue:{}", names::of_queue(*queue, tenant)),
        Ends::Refused => "refused".to_owned(),
    }
}
