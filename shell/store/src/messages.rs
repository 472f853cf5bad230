//! Messages in mailboxes. Their sound lies in files, named by the same ids.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::apps::mailbox::message::{Message, Status, Step};
use phone::apps::mailbox::transcript::Transcript;
use phone::apps::mailbox::{Mailbox, Settings};
use phone::id::{CallId, MessageId, SharedMailboxId, TenantId, UserId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::message::{ActiveModel, Column, Entity, Model};
use crate::entity::{event, tenant};
use crate::error::{StoreError, WriteError};
use crate::events::{EventId, Noun};
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Stored, Tx, Version, timestamp};

/// Which messages are wanted.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// None is all of the organization.
    pub mailboxes: Option<Vec<Mailbox>>,
    pub status: Option<Status>,
}

/// How many messages a mailbox holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageCounts {
    pub new: u64,
    /// Claimed or done.
    pub old: u64,
}

/// What is new of the mailboxes of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailboxNews {
    pub mailboxes: BTreeSet<Mailbox>,
    /// Members of shared mailboxes whose settings changed, as they were and as they are, and of groups that changed.
    pub people: BTreeSet<UserId>,
}

/// Who came into a group or left it, as its event tells.
#[derive(serde::Deserialize)]
struct OfGroup {
    users: BTreeSet<UserId>,
}

impl Store {
    /// Messages, by when they were left.
    pub async fn messages(
        &self,
        tenant: TenantId,
        filter: &MessageFilter,
        paging: &Paging,
    ) -> Result<Page<Stored<Message>>, StoreError> {
        let mut wanted = Condition::all().add(Column::Tenant.eq(tenant.0));
        if let Some(mailboxes) = &filter.mailboxes {
            wanted = wanted.add(Column::Mailbox.is_in(mailboxes.iter().map(|mailbox| uuid(*mailbox))));
        }
        if let Some(status) = filter.status {
            wanted = wanted.add(Column::Status.eq(status.as_str()));
        }
        let rows = paged(Entity::find().filter(wanted), Column::At, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.at), id: row.id };
        Ok(page_of(rows, paging, cursor).map(stored))
    }

    /// One message.
    pub async fn message(&self, tenant: TenantId, id: MessageId) -> Result<Option<Stored<Message>>, StoreError> {
        Ok(find(tenant, id).one(&self.reader).await?.map(stored))
    }

    /// How many messages a mailbox holds.
    pub async fn message_counts(&self, tenant: TenantId, mailbox: Mailbox) -> Result<MessageCounts, StoreError> {
        let of_mailbox = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Mailbox.eq(uuid(mailbox)));
        let all = of_mailbox.clone().count(&self.reader).await?;
        let new = of_mailbox.filter(Column::Status.eq(Status::New.as_str())).count(&self.reader).await?;
        Ok(MessageCounts { new, old: all.saturating_sub(new) })
    }

    /// How many messages each mailbox holds, of those that hold any.
    pub async fn all_message_counts(&self) -> Result<Vec<(TenantId, Mailbox, MessageCounts)>, StoreError> {
        let grouped = Entity::find()
            .select_only()
            .columns([Column::Tenant, Column::MailboxKind, Column::Mailbox, Column::Status])
            .column_as(Column::Id.count(), "n")
            .group_by(Column::Tenant)
            .group_by(Column::MailboxKind)
            .group_by(Column::Mailbox)
            .group_by(Column::Status);
        let rows: Vec<(Uuid, String, Uuid, String, i64)> = grouped.into_tuple().all(&self.reader).await?;
        let mut counts: BTreeMap<(TenantId, Mailbox), MessageCounts> = BTreeMap::new();
        for (tenant, kind, mailbox, status, n) in rows {
            let of_mailbox = counts.entry((TenantId(tenant), mailbox_of(&kind, mailbox))).or_default();
            let n = u64::try_from(n).unwrap_or(0);
            match status == Status::New.as_str() {
                true => of_mailbox.new += n,
                false => of_mailbox.old += n,
            }
        }
        Ok(counts.into_iter().map(|((tenant, mailbox), counts)| (tenant, mailbox, counts)).collect())
    }

    /// Mailboxes whose messages or members are new since an event, and people who are members of one no more.
    pub async fn mailboxes_with_news(&self, known: EventId) -> Result<BTreeMap<TenantId, MailboxNews>, StoreError> {
        let nouns = [Noun::Message, Noun::SharedMailbox, Noun::PersonalMailbox, Noun::Group].map(Noun::as_str);
        let told = event::Entity::find()
            .filter(event::Column::Id.gt(known))
            .filter(event::Column::Noun.is_in(nouns))
            .order_by_asc(event::Column::Id)
            .all(&self.reader)
            .await?;
        let mut all: BTreeMap<TenantId, MailboxNews> = BTreeMap::new();
        for told in told {
            let Some(tenant) = told.tenant else { continue };
            let news = all.entry(TenantId(tenant)).or_default();
            for json in [&told.before, &told.after].into_iter().flatten() {
                if told.noun == Noun::Message.as_str() {
                    news.mailboxes.extend(serde_json::from_str::<Message>(json).map(|message| message.mailbox));
                } else if let Ok(of_group) = serde_json::from_str::<OfGroup>(json) {
                    news.people.extend(of_group.users);
                } else if let Ok(settings) = serde_json::from_str::<Settings>(json) {
                    news.mailboxes.insert(Mailbox::Shared(settings.id));
                    news.people.extend(settings.members.iter().map(|member| member.user));
                }
            }
        }
        Ok(all)
    }

    /// Messages whose time is over, the oldest first.
    pub async fn expired_messages(&self, now: Timestamp, limit: u64) -> Result<Vec<(TenantId, MessageId)>, StoreError> {
        let over = Entity::find().filter(Column::ExpiresAt.lte(now.as_millisecond()));
        let rows = over.order_by_asc(Column::ExpiresAt).limit(limit).all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (TenantId(row.tenant), MessageId(row.id))).collect())
    }

    /// Messages that are to be written down, the oldest first.
    pub async fn awaited_transcripts(&self, limit: u64) -> Result<Vec<(TenantId, Stored<Message>)>, StoreError> {
        let awaited = Entity::find().filter(Column::TranscriptState.eq(AWAITED));
        let rows = awaited.order_by_asc(Column::At).limit(limit).all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (TenantId(row.tenant), stored(row))).collect())
    }

    /// Those of these messages that there are.
    pub async fn known_messages(&self, ids: &[MessageId]) -> Result<BTreeSet<MessageId>, StoreError> {
        let named = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
        let rows: Vec<Uuid> = named.select_only().column(Column::Id).into_tuple().all(&self.reader).await?;
        Ok(rows.into_iter().map(MessageId).collect())
    }
}

impl Tx {
    /// Puts a message into its mailbox; false if it lies there already. `NotFound` if the organization is gone.
    pub async fn deliver_message(&mut self, tenant: TenantId, message: &Message) -> Result<bool, WriteError> {
        if tenant::Entity::find_by_id(tenant.0).one(&self.db).await?.is_none() {
            return Err(WriteError::NotFound);
        }
        if Entity::find_by_id(message.id.0).one(&self.db).await?.is_some() {
            return Ok(false);
        }
        let row = ActiveModel {
            id: Set(message.id.0),
            tenant: Set(tenant.0),
            mailbox_kind: Set(kind(message.mailbox).to_owned()),
            mailbox: Set(uuid(message.mailbox)),
            call: Set(message.call.0),
            from_number: Set(message.from.clone()),
            from_name: Set(message.from_name.clone()),
            from_user: Set(message.from_user.map(|user| user.0)),
            to_number: Set(message.to.clone()),
            at: Set(message.at.as_millisecond()),
            duration_ms: Set(i64::try_from(message.duration_ms).unwrap_or(i64::MAX)),
            size_bytes: Set(i64::try_from(message.size_bytes).unwrap_or(i64::MAX)),
            status: Set(message.status.as_str().to_owned()),
            claimed_by: Set(message.claimed_by.clone()),
            expires_at: Set(message.expires_at.as_millisecond()),
            version: Set(1),
            updated_at: Set(self.at.as_millisecond()),
            ..transcript_columns(&message.transcript)
        };
        row.insert(&self.db).await?;
        self.note(Change::<Message, _> {
            tenant: Some(tenant),
            noun: Noun::Message,
            object: message.id.to_string(),
            action: "create",
            before: None,
            after: Some(message),
        })
        .await?;
        Ok(true)
    }

    /// One message as of this change.
    pub async fn message(&self, tenant: TenantId, id: MessageId) -> Result<Option<Stored<Message>>, StoreError> {
        Ok(find(tenant, id).one(&self.db).await?.map(stored))
    }

    /// Notes what somebody did to a message.
    pub async fn step_message(
        &mut self,
        tenant: TenantId,
        before: &Stored<Message>,
        after: &Message,
        step: Step,
    ) -> Result<Version, WriteError> {
        let version = before.version.saturating_add(1);
        let row = ActiveModel {
            id: Set(after.id.0),
            status: Set(after.status.as_str().to_owned()),
            claimed_by: Set(after.claimed_by.clone()),
            version: Set(version),
            updated_at: Set(self.at.as_millisecond()),
            ..Default::default()
        };
        row.update(&self.db).await?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Message,
            object: after.id.to_string(),
            action: step.as_str(),
            before: Some(&before.value),
            after: Some(after),
        })
        .await?;
        Ok(version)
    }

    /// Notes what came of writing a message down, and lets the mails go that waited for it; whether any did.
    pub async fn settle_transcript(
        &mut self,
        tenant: TenantId,
        before: &Stored<Message>,
        transcript: Transcript,
    ) -> Result<bool, WriteError> {
        let after = Message { transcript, ..before.value.clone() };
        let row = ActiveModel {
            version: Set(before.version.saturating_add(1)),
            updated_at: Set(self.at.as_millisecond()),
            ..transcript_columns(&after.transcript)
        };
        Entity::update_many().set(row).filter(Column::Id.eq(after.id.0)).exec(&self.db).await?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Message,
            object: after.id.to_string(),
            action: "transcribe",
            before: Some(&before.value),
            after: Some(&after),
        })
        .await?;
        self.release_mails(after.id).await
    }

    /// Deletes a message; its sound is deleted after the change was made.
    pub async fn delete_message(&mut self, tenant: TenantId, id: MessageId) -> Result<(), WriteError> {
        let Some(before) = find(tenant, id).one(&self.db).await? else { return Err(WriteError::NotFound) };
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(deleted(tenant, &stored(before).value)).await?;
        Ok(())
    }

    /// Deletes all messages of a mailbox; the ids of those that there were.
    pub async fn delete_messages_of(
        &mut self,
        tenant: TenantId,
        mailbox: Mailbox,
    ) -> Result<Vec<MessageId>, WriteError> {
        let of_mailbox = Condition::all().add(Column::Tenant.eq(tenant.0)).add(Column::Mailbox.eq(uuid(mailbox)));
        let rows = Entity::find().filter(of_mailbox.clone()).all(&self.db).await?;
        Entity::delete_many().filter(of_mailbox).exec(&self.db).await?;
        let gone: Vec<Message> = rows.into_iter().map(|row| stored(row).value).collect();
        self.note_all(gone.iter().map(|message| deleted(tenant, message)).collect()).await?;
        Ok(gone.into_iter().map(|message| message.id).collect())
    }
}

fn deleted(tenant: TenantId, message: &Message) -> Change<'_, Message, Message> {
    Change {
        tenant: Some(tenant),
        noun: Noun::Message,
        object: message.id.to_string(),
        action: "delete",
        before: Some(message),
        after: None,
    }
}

/// As the column has it.
const AWAITED: &str = "awaited";

fn transcript_columns(transcript: &Transcript) -> ActiveModel {
    let (language, text) = match transcript {
        Transcript::NotWanted => (None, None),
        Transcript::Awaited { language } => (Some(language.clone()), None),
        Transcript::Written { text } => (None, Some(text.clone())),
        Transcript::Failed { why } => (None, Some(why.clone())),
    };
    ActiveModel {
        transcript_state: Set(transcript.as_str().to_owned()),
        transcript_language: Set(language),
        transcript: Set(text),
        ..Default::default()
    }
}

fn transcript_of(state: &str, language: Option<String>, text: Option<String>) -> Transcript {
    match state {
        AWAITED => Transcript::Awaited { language: language.unwrap_or_default() },
        "written" => Transcript::Written { text: text.unwrap_or_default() },
        "failed" => Transcript::Failed { why: text.unwrap_or_default() },
        _ => Transcript::NotWanted,
    }
}

fn find(tenant: TenantId, id: MessageId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

pub(crate) fn uuid(mailbox: Mailbox) -> Uuid {
    match mailbox {
        Mailbox::Person(user) => user.0,
        Mailbox::Shared(id) => id.0,
    }
}

fn kind(mailbox: Mailbox) -> &'static str {
    match mailbox {
        Mailbox::Person(_) => "person",
        Mailbox::Shared(_) => "shared",
    }
}

fn mailbox_of(kind: &str, id: Uuid) -> Mailbox {
    match kind {
        "person" => Mailbox::Person(UserId(id)),
        _ => Mailbox::Shared(SharedMailboxId(id)),
    }
}

fn stored(row: Model) -> Stored<Message> {
    let mailbox = mailbox_of(&row.mailbox_kind, row.mailbox);
    let value = Message {
        id: MessageId(row.id),
        mailbox,
        call: CallId(row.call),
        from: row.from_number,
        from_name: row.from_name,
        from_user: row.from_user.map(UserId),
        to: row.to_number,
        at: timestamp(row.at),
        duration_ms: u64::try_from(row.duration_ms).unwrap_or(0),
        size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
        // Written by a later version: nothing is known to be done.
        status: Status::parse(&row.status).unwrap_or_default(),
        claimed_by: row.claimed_by,
        expires_at: timestamp(row.expires_at),
        transcript: transcript_of(&row.transcript_state, row.transcript_language, row.transcript),
    };
    Stored { value, version: row.version, created_at: timestamp(row.at), updated_at: timestamp(row.updated_at) }
}
