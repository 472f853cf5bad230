//! Tells the switch how many messages wait for whom, so that phones can show it.
//!
//! It follows the events, so that whoever changed something, also another process, is followed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use phone::apps::mailbox::{Mailbox, Settings, Waiting};
use phone::id::{TenantId, UserId};
use store::{EventId, MailboxNews, MessageCounts, Store, StoreError};

use crate::error::chain;
use crate::node;

/// A light on a phone may come so much later; a look at the end of an index.
const LOOK: Duration = Duration::from_secs(1);

/// Tells as long as the node lives.
pub async fn tell(store: Store, node: node::Handle) {
    let mut known = None;
    loop {
        match look(&store, &node, known).await {
            Ok(newest) => known = Some(newest),
            Err(Untold::Stopped) => return,
            Err(Untold::Store(error)) => {
                tracing::warn!(error = chain(&error), "phones are not told of messages while the database is away");
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

enum Untold {
    Stopped,
    Store(StoreError),
}

impl From<StoreError> for Untold {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn look(store: &Store, node: &node::Handle, known: Option<EventId>) -> Result<EventId, Untold> {
    let newest = store.last_event().await?;
    let news = match known {
        Some(known) if known == newest => return Ok(newest),
        Some(known) => store.mailboxes_with_news(known).await?,
        None => {
            let mut all: BTreeMap<TenantId, MailboxNews> = BTreeMap::new();
            for (tenant, mailbox, _) in store.all_message_counts().await? {
                all.entry(tenant).or_default().mailboxes.insert(mailbox);
            }
            all
        }
    };
    for (tenant, news) in news {
        let waiting = of_people(store, tenant, news).await?;
        if node.waiting(tenant, waiting).await.is_err() {
            return Err(Untold::Stopped);
        }
    }
    Ok(newest)
}

/// How many messages wait for those whom the news concern.
pub async fn of_people(
    store: &Store,
    tenant: TenantId,
    news: MailboxNews,
) -> Result<BTreeMap<UserId, Waiting>, StoreError> {
    let shown: Vec<Settings> = store.all_documents(tenant).await?;
    let shown: Vec<Settings> = shown.into_iter().filter(|settings| settings.mwi_for_members).collect();
    let named = shown.iter().flat_map(|settings| settings.groups.iter().map(|one| one.group)).collect();
    let groups = store.members_of_groups(tenant, &named).await?;
    let mut people = news.people;
    for mailbox in news.mailboxes {
        match mailbox {
            Mailbox::Person(user) => drop(people.insert(user)),
            Mailbox::Shared(id) => {
                let of_mailbox = shown.iter().filter(|settings| settings.id == id);
                people.extend(of_mailbox.flat_map(|settings| settings.all_members(&groups)));
            }
        }
    }
    let mut counts: BTreeMap<Mailbox, MessageCounts> = BTreeMap::new();
    let mut waiting = BTreeMap::new();
    for user in people {
        let of_teams = shown.iter().filter(|settings| settings.role_of(user, &groups).is_some());
        let mailboxes: BTreeSet<Mailbox> =
            of_teams.map(|settings| Mailbox::Shared(settings.id)).chain([Mailbox::Person(user)]).collect();
        let mut sum = Waiting::default();
        for mailbox in mailboxes {
            let of_mailbox = match counts.get(&mailbox) {
                Some(known) => *known,
                None => store.message_counts(tenant, mailbox).await?,
            };
            counts.insert(mailbox, of_mailbox);
            let n = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
            sum.new = sum.new.saturating_add(n(of_mailbox.new));
            sum.old = sum.old.saturating_add(n(of_mailbox.old));
        }
        waiting.insert(user, sum);
    }
    Ok(waiting)
}
