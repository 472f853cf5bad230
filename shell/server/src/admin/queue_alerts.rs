//! Mails thresholds of queues that were reached, or left again, to those whom the queue names.

use phone::apps::queue::alert::Alert;
use phone::directory::Tenant;
use store::{Event, EventId, Store, StoreError};

use crate::admin::post::{Letter, Post};

/// Events of one organization that are mailed at once.
const EVENTS_MAX: u64 = 100;

/// Mails what was told of thresholds after an event.
pub async fn mail(store: &Store, directory: &phone::Directory, post: &Post, known: EventId) -> Result<(), StoreError> {
    let is_mailed = |tenant: &Tenant| {
        let mut alerts = tenant.queues.values().filter_map(|queue| queue.alerts.as_ref());
        alerts.any(|alerts| !alerts.mails.is_empty())
    };
    for (id, tenant) in directory.tenants().iter().filter(|(_, tenant)| is_mailed(tenant)) {
        for event in store.events_after(*id, known, EVENTS_MAX).await? {
            let Some((letter, mails)) = letter(&tenant.profile.slug, &event) else { continue };
            for to in &mails {
                // The next level is told again, whatever becomes of this.
                post.send(to, &letter, &format!("queue-{}", event.id)).await;
            }
        }
    }
    Ok(())
}

/// What is mailed of an event, and to whom; nothing of an event that is not of a threshold.
pub fn letter(organization: &str, event: &Event) -> Option<(Letter, Vec<String>)> {
    let alert: Alert = serde_json::from_value(event.after.clone().filter(|_| event.noun == "queue_alert")?).ok()?;
    let subject = alert.words();
    let name = &alert.name;
    let text =
        format!("{subject}.\n\nOrganization: {organization}\nAt: {}\n\ntrunkline queue show \"{name}\"\n", event.at);
    Some((Letter { subject, text }, alert.mails))
}
