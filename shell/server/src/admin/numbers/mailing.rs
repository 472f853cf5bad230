//! Tells people of the numbers that they get and lose, by mail, where their organization wants that. Nothing waits for it,
//! and what can't be sent is let go. Specification of numbers, 1.3.1.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use phone::Directory;
use phone::directory::Tenant;
use phone::id::UserId;
use phone::numbers::Number;
use phone::numbers::number::told::told;
use phone::people::number_mails::{Facts, Happened, Words};
use serde::Deserialize as _;
use serde_json::Value;
use store::{Event, EventId, Noun, Store, StoreError};

use crate::admin::post::{Letter, Post};
use crate::error::chain;

/// Soon enough for somebody who waits for it.
const LOOK: Duration = Duration::from_secs(15);
/// Events read at once.
const EVENTS_MAX: u64 = 200;

/// Reads what happened to numbers, and mails it.
pub struct Mailing {
    pub store: Store,
    pub directory: Arc<ArcSwap<Directory>>,
    pub post: Post,
    /// Where the server's pages are.
    pub address: String,
}

impl Mailing {
    /// Runs as long as the process, from the event on that was the newest.
    pub async fn run(self, mut known: EventId) {
        loop {
            match self.mail_after(known).await {
                Ok(newest) => known = newest,
                Err(error) => tracing::warn!(error = chain(&error), "people are told of their numbers later"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Mails what happened after an event; the newest event.
    pub async fn mail_after(&self, known: EventId) -> Result<EventId, StoreError> {
        let newest = self.store.last_event().await?;
        let directory = self.directory.load_full();
        let wanted = directory.tenants().values().filter(|tenant| tenant.profile.number_mails.is_on());
        for tenant in wanted.filter(|_| known < newest) {
            let mut read = known;
            while read < newest {
                let events = self.store.events_after(tenant.profile.id, read, EVENTS_MAX).await?;
                let Some(last) = events.last() else { break };
                read = last.id;
                for event in events.iter().filter(|event| event.id <= newest && event.noun == Noun::Number.as_str()) {
                    self.mail_one(tenant, event).await?;
                }
            }
        }
        Ok(newest)
    }

    async fn mail_one(&self, tenant: &Tenant, event: &Event) -> Result<(), StoreError> {
        let (before, after) = (as_number(event.before.as_ref()), as_number(event.after.as_ref()));
        for (user, happened) in told(before.as_ref(), after.as_ref()) {
            if let Some((to, Words { subject, text })) = self.letter(tenant, event, user, happened).await? {
                self.post.send(&to, &Letter { subject, text }, &format!("number-{}", event.id)).await;
            }
        }
        Ok(())
    }

    /// What somebody is told, and where; none for who has no address or is gone.
    async fn letter(
        &self,
        tenant: &Tenant,
        event: &Event,
        user: UserId,
        happened: Happened,
    ) -> Result<Option<(String, Words)>, StoreError> {
        let profile = &tenant.profile;
        let person = self.store.user(profile.id, user).await?.map(|person| person.value);
        let Some((person, to)) = person.and_then(|person| person.email.clone().map(|to| (person, to))) else {
            return Ok(None);
        };
        let facts = Facts {
            name: &person.display_name,
            number: &event.object,
            extension: &person.extension,
            organization: &profile.name,
            sip_domain: &profile.sip_domain,
            address: self.address.trim_end_matches('/'),
        };
        Ok(profile.number_mails.words(happened, &facts).map(|words| (to, words)))
    }
}

fn as_number(value: Option<&Value>) -> Option<Number> {
    Number::deserialize(value?).ok()
}
