//! Templates of attendants and queues.

use phone::apps::template::{Made, Pattern, Template, Wanted, built_in};
use phone::apps::{attendant, queue};
use phone::directory::App;
use phone::id::{AppTemplateId, AttendantId, QueueId, ScheduleId, UserId};
use phone::limits::APP_TEMPLATES_MAX;
use phone::numbers::schedule::Schedule;
use store::{Expected, Stored, Version};
use uuid::Uuid;

use super::{Access, Refused};

/// A template, and whose it is.
pub struct FoundTemplate {
    pub template: Template,
    pub is_built_in: bool,
}

impl Access {
    /// A template of the organization, or one that comes with the program, by id or name.
    pub async fn app_template(&self, name: &str) -> Result<FoundTemplate, Refused> {
        let own: Option<Stored<Template>> = match name.parse::<Uuid>() {
            Ok(id) => self.store().document(self.tenant(), id).await?,
            Err(_) => self.store().document_named(self.tenant(), name).await?,
        };
        if let Some(own) = own {
            return Ok(FoundTemplate { template: own.value, is_built_in: false });
        }
        let is_meant = |one: &Template| one.id.to_string() == name || one.name.eq_ignore_ascii_case(name);
        let found = built_in().into_iter().find(is_meant).ok_or(Refused::NotFound { what: "template" })?;
        Ok(FoundTemplate { template: found, is_built_in: true })
    }

    /// Saves an attendant or a queue as a template, with the schedules that it names.
    pub async fn save_app_template(
        &self,
        name: &str,
        description: &str,
        of: App,
    ) -> Result<(Template, Version), Refused> {
        let pattern = match of {
            App::Attendant(id) => Pattern::Attendant(Box::new(self.attendant(id).await?.value)),
            App::Queue(id) => Pattern::Queue(Box::new(self.queue(id).await?.value)),
        };
        let mut tx = self.change().await?;
        let schedules = tx.documents::<Schedule>(self.tenant()).await?;
        let id = AppTemplateId(Uuid::now_v7());
        let template = Template::new(id, name.trim(), description, pattern, &schedules);
        Refused::for_problems(template.problems())?;
        self.name_is_free(&tx, &template).await?;
        if built_in().iter().any(|one| one.name.eq_ignore_ascii_case(&template.name)) {
            return Err(Refused::Conflict {
                code: "name_taken",
                detail: format!("a template that comes with the program is called {}", template.name),
                fix: Some("choose another name".to_owned()),
            });
        }
        if APP_TEMPLATES_MAX <= tx.n_documents::<Template>(self.tenant()).await? {
            return Err(Refused::Conflict {
                code: "too_many",
                detail: format!("an organization has at most {APP_TEMPLATES_MAX} templates"),
                fix: Some("delete one that nobody needs".to_owned()),
            });
        }
        let version = tx.save_document(self.tenant(), &template, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok((template, version))
    }

    /// Makes an attendant or a queue from a template. Of what is made, nothing is left if the app is refused.
    pub async fn use_app_template(
        &self,
        template: &Template,
        name: &str,
        agents: &[UserId],
    ) -> Result<(App, Vec<Schedule>), Refused> {
        let time_zone = self.tenant_row().await?.value.profile.time_zone;
        let there = self.store().all_documents::<Schedule>(self.tenant()).await?;
        let wanted = Wanted { id: Uuid::now_v7(), name: name.trim(), agents, time_zone: &time_zone, there: &there };
        let Made { mut pattern, schedules } = template.make(&wanted, || ScheduleId(Uuid::now_v7()));
        let language = pattern.language().to_owned();
        for prompt in pattern.prompts_mut() {
            self.render_imported(prompt, &language).await?;
        }
        for schedule in &schedules {
            self.save_schedule(schedule, Expected::Absent).await?;
        }
        let made = match &pattern {
            Pattern::Attendant(settings) => self.make_attendant_of(settings).await,
            Pattern::Queue(settings) => self.make_queue_of(settings).await,
        };
        match made {
            Ok(app) => Ok((app, schedules)),
            Err(refused) => {
                for schedule in &schedules {
                    self.delete_schedule(schedule.id, Expected::Any).await?;
                }
                Err(refused)
            }
        }
    }

    async fn make_attendant_of(&self, settings: &attendant::Settings) -> Result<App, Refused> {
        let AttendantId(id) = settings.id;
        self.save_attendant(settings, Expected::Absent).await?;
        Ok(App::Attendant(AttendantId(id)))
    }

    async fn make_queue_of(&self, settings: &queue::Settings) -> Result<App, Refused> {
        let QueueId(id) = settings.id;
        self.save_queue(settings, Expected::Absent).await?;
        Ok(App::Queue(QueueId(id)))
    }

    /// Deletes a template of the organization. What was made of it stays.
    pub async fn delete_app_template(&self, name: &str, expected: Expected) -> Result<(), Refused> {
        let found = self.app_template(name).await?;
        if found.is_built_in {
            return Err(Refused::Conflict {
                code: "app_template.built_in",
                detail: format!("{} comes with the program", found.template.name),
                fix: Some("leave it: a template that is not used does nothing".to_owned()),
            });
        }
        let mut tx = self.change().await?;
        tx.delete_document::<Template>(self.tenant(), found.template.id.0, expected).await?;
        self.settle(tx).await
    }
}
