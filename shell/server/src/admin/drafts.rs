//! Drafts of attendants and queues, what was published, and going back to it.

use std::time::Instant;

use phone::apps::delegation::{rights_for_attendant, rights_for_queue};
use phone::apps::queue::roster::Members;
use phone::apps::{attendant, queue};
use phone::directory::App;
use phone::directory::flow_test::{AppSettings, FlowTest, Ran};
use phone::problem::Problem;
use store::{AppDraft, AppVersion, Expected, Page, Paging, Stored, Tx, Version};
use uuid::Uuid;

use super::{Access, Refused};

/// Failed tests that a refusal names; the rest is counted.
const NAMED_MAX: usize = 10;

/// Whether a draft is published although tests fail on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedTests {
    Override,
    Refuse,
}

/// The draft of an app, with what keeps it from being published and what is published now.
pub struct ShownDraft {
    pub draft: Stored<AppDraft>,
    pub published: AppSettings,
    pub problems: Vec<Problem>,
}

impl Access {
    /// The draft of an attendant or a queue.
    pub async fn draft(&self, app: App) -> Result<ShownDraft, Refused> {
        let (published, _) = self.published(app).await?;
        let draft = self.store().app_draft(self.tenant(), id(app)).await?;
        let draft = draft.ok_or(Refused::NotFound { what: "draft" })?;
        let members = self.members_of(&draft.value.settings).await?;
        let problems = self.known_snapshot().await?.app_problems(&draft.value.settings, &members);
        Ok(ShownDraft { draft, published, problems })
    }

    /// Makes or changes the draft of an app that is there. What is wrong with it is told, and refused when it is to be
    /// published. Its prompts are rendered already.
    pub async fn save_draft(&self, settings: AppSettings, expected: Expected) -> Result<ShownDraft, Refused> {
        let app = settings.app();
        let (published, base) = self.published(app).await?;
        let mut tx = self.change().await?;
        // What somebody with a role drafted before stays as it is.
        let drafted = tx.app_draft(self.tenant(), id(app)).await?.map(|draft| draft.value.settings);
        self.check_delegated_change(&drafted.unwrap_or(published), &settings)?;
        tx.save_app_draft(self.tenant(), id(app), &AppDraft { settings, base }, expected).await?;
        self.settle(tx).await?;
        self.draft(app).await
    }

    /// Forgets a draft.
    pub async fn discard_draft(&self, app: App, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let draft = tx.app_draft(self.tenant(), id(app)).await?.ok_or(Refused::NotFound { what: "draft" })?;
        if self.delegated.is_some() {
            // What somebody with a role drafted is theirs.
            let (published, _) = self.published(app).await?;
            self.check_delegated_change(&published, &draft.value.settings)?;
        }
        tx.delete_app_draft(self.tenant(), id(app), expected).await?;
        self.settle(tx).await
    }

    /// Lets calls meet what the draft says, if all tests of the app pass on it. `expected` is of the draft.
    pub async fn publish_draft(
        &self,
        app: App,
        expected: Expected,
        red: RedTests,
    ) -> Result<(AppSettings, Version), Refused> {
        let ShownDraft { draft, problems, published } = self.draft(app).await?;
        let AppDraft { settings, base } = draft.value;
        Refused::for_problems(problems)?;
        self.check_delegated_change(&published, &settings)?;
        let failed = self.failed_on(&settings).await?;
        // To publish over tests that fail takes a role.
        if (red == RedTests::Refuse || self.delegated.is_some()) && !failed.is_empty() {
            return Err(refused_for(&failed));
        }
        let mut tx = self.change().await?;
        // What was tested is what is published: the draft may have been saved meanwhile.
        let is_same = tx.app_draft(self.tenant(), id(app)).await?.is_some_and(|now| now.version == draft.version);
        if !is_same {
            return Err(Refused::Stale { current: draft.version });
        }
        tx.delete_app_draft(self.tenant(), id(app), expected).await?;
        let action = if failed.is_empty() { "publish" } else { "force_publish" };
        let version = self.save_app(&mut tx, &settings, Expected::Version(base), action).await;
        let version = version.map_err(|refused| match refused {
            Refused::Stale { .. } => outdated(&settings),
            other => other,
        })?;
        if !failed.is_empty() {
            let names: Vec<String> = failed.iter().map(|(test, _)| test.name.clone()).collect();
            match app {
                App::Attendant(id) => tx.note_forced::<attendant::Settings>(self.tenant(), id.0, &names).await?,
                App::Queue(id) => tx.note_forced::<queue::Settings>(self.tenant(), id.0, &names).await?,
            }
        }
        self.settle(tx).await?;
        Ok((settings, version))
    }

    /// What was published of an app, the newest first.
    pub async fn versions(&self, app: App, paging: &Paging) -> Result<Page<AppVersion>, Refused> {
        self.published(app).await?;
        let page = match app {
            App::Attendant(id) => self.store().app_versions::<attendant::Settings>(self.tenant(), id.0, paging).await?,
            App::Queue(id) => self.store().app_versions::<queue::Settings>(self.tenant(), id.0, paging).await?,
        };
        Ok(page)
    }

    /// One version of an app.
    pub async fn version(&self, app: App, number: u64) -> Result<AppVersion, Refused> {
        self.published(app).await?;
        let found = match app {
            App::Attendant(id) => self.store().app_version::<attendant::Settings>(self.tenant(), id.0, number).await?,
            App::Queue(id) => self.store().app_version::<queue::Settings>(self.tenant(), id.0, number).await?,
        };
        found.ok_or(Refused::NotFound { what: "version" })
    }

    /// Lets calls meet again what a version says. `expected` is of what is published now.
    pub async fn revert(&self, app: App, number: u64, expected: Expected) -> Result<(AppSettings, Version), Refused> {
        let version = self.version(app, number).await?;
        let settings = settings_of(app, version.event.after)?;
        self.check_delegated_change(&self.published(app).await?.0, &settings)?;
        let members = self.members_of(&settings).await?;
        Refused::for_problems(self.known_snapshot().await?.app_problems(&settings, &members))?;
        let mut tx = self.change().await?;
        let version = self.save_app(&mut tx, &settings, expected, "revert").await?;
        self.settle(tx).await?;
        Ok((settings, version))
    }

    /// Whether who acts here without a role may make these settings of those.
    fn check_delegated_change(&self, before: &AppSettings, after: &AppSettings) -> Result<(), Refused> {
        match (before, after) {
            (AppSettings::Attendant(before), AppSettings::Attendant(after)) => {
                self.check_delegated(&rights_for_attendant(before, after))
            }
            (AppSettings::Queue(before), AppSettings::Queue(after)) => {
                self.check_delegated(&rights_for_queue(before, after))
            }
            (AppSettings::Attendant(_), AppSettings::Queue(_)) | (AppSettings::Queue(_), AppSettings::Attendant(_)) => {
                Err(Refused::NotFound { what: "draft" })
            }
        }
    }

    /// Tests of the app that fail on these settings.
    async fn failed_on(&self, settings: &AppSettings) -> Result<Vec<(FlowTest, Ran)>, Refused> {
        let app = id(settings.app());
        let tests = self.store().all_flow_tests(self.tenant(), Some(app)).await?;
        if tests.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = self.known_snapshot().await?.with_app(settings, &self.members_of(settings).await?);
        let ran = tokio::task::spawn_blocking(move || {
            let run = |test: FlowTest| {
                let ran = test.run(&tenant, Instant::now());
                (test, ran)
            };
            tests.into_iter().map(run).filter(|(_, ran)| !ran.passed).collect()
        });
        ran.await.map_err(|error| Refused::Failed { cause: error.to_string() })
    }

    /// Who is in the groups that an app names.
    pub(super) async fn members_of(&self, settings: &AppSettings) -> Result<Members, Refused> {
        match settings {
            AppSettings::Attendant(_) => Ok(Members::new()),
            AppSettings::Queue(settings) => self.members_for(settings).await,
        }
    }

    async fn published(&self, app: App) -> Result<(AppSettings, Version), Refused> {
        Ok(match app {
            App::Attendant(id) => {
                let found = self.attendant(id).await?;
                (AppSettings::Attendant(found.value), found.version)
            }
            App::Queue(id) => {
                let found = self.queue(id).await?;
                (AppSettings::Queue(found.value), found.version)
            }
        })
    }

    async fn save_app(
        &self,
        tx: &mut Tx,
        settings: &AppSettings,
        expected: Expected,
        action: &'static str,
    ) -> Result<Version, Refused> {
        let version = match settings {
            AppSettings::Attendant(settings) => {
                self.check_authorized_groups(tx, &settings.authorized).await?;
                self.check_scope(tx, settings).await?;
                self.name_is_free(tx, settings).await?;
                tx.save_document_by(self.tenant(), settings, expected, Some(action)).await?
            }
            AppSettings::Queue(settings) => self.write_queue(tx, settings, expected, Some(action)).await?,
        };
        Ok(version)
    }
}

/// The id that an app's rows are found by.
pub fn id(app: App) -> Uuid {
    match app {
        App::Attendant(id) => id.0,
        App::Queue(id) => id.0,
    }
}

/// Settings as the event table keeps them.
fn settings_of(app: App, kept: Option<serde_json::Value>) -> Result<AppSettings, Refused> {
    let unreadable = || Refused::Conflict {
        code: "version.unreadable",
        detail: "this version was written by another version of the program, and can't be read".to_owned(),
        fix: None,
    };
    let kept = kept.ok_or_else(unreadable)?;
    match app {
        App::Attendant(_) => serde_json::from_value(kept).map(AppSettings::Attendant),
        App::Queue(_) => serde_json::from_value(kept).map(AppSettings::Queue),
    }
    .map_err(|_| unreadable())
}

fn refused_for(failed: &[(FlowTest, Ran)]) -> Refused {
    let mut names: Vec<_> = failed.iter().take(NAMED_MAX).map(|(test, _)| test.name.as_str()).collect();
    let more = format!("and {} more", failed.len().saturating_sub(NAMED_MAX));
    if NAMED_MAX < failed.len() {
        names.push(&more);
    }
    Refused::Conflict {
        code: "flow_tests_failed",
        detail: format!("tests of this flow fail on the draft: {}", names.join(", ")),
        fix: Some("mend the draft or the tests, or publish it nevertheless with force".to_owned()),
    }
}

fn outdated(settings: &AppSettings) -> Refused {
    Refused::Conflict {
        code: "draft.outdated",
        detail: format!("{} was changed since the draft was saved", settings.name()),
        fix: Some("look at what was changed, and save the draft again".to_owned()),
    }
}
