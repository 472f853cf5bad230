//! Attendants, queues, schedules, mailboxes, what calls outside are routed by and what binds policies together: nested settings, kept as one versioned document each.

use jiff::Timestamp;
use phone::apps::mailbox::{self, Personal};
use phone::apps::template::Template;
use phone::apps::unassigned::UnassignedNumbers;
use phone::apps::{attendant, queue};
use phone::id::TenantId;
use phone::numbers::civic_address::CivicAddress;
use phone::numbers::routing::{CallBlock, DialPlan, PstnUsage, TranslationRule, VoiceRoute};
use phone::numbers::schedule::Schedule;
use phone::policies::{Lock, Package};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, SqlErr,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::database::Store;
use crate::entity::document::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged};
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

/// Which kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    AppTemplate,
    Attendant,
    CallBlock,
    CivicAddress,
    DialPlan,
    PersonalMailbox,
    PolicyLock,
    PolicyPackage,
    PstnUsage,
    Queue,
    Schedule,
    SharedMailbox,
    TranslationRule,
    UnassignedNumbers,
    VoiceRoute,
}

/// A value of `phone` that is kept as a document.
pub trait Document: Serialize + DeserializeOwned + Send + Sync {
    const KIND: DocumentKind;
    fn id(&self) -> Uuid;
    fn name(&self) -> &str;

    /// Its place, from 1, if its kind has an order.
    fn place(&self) -> u32 {
        0
    }
}

impl DocumentKind {
    /// Those that calls read, and so the snapshot has.
    pub(crate) const OF_CALLS: [Self; 5] =
        [Self::Attendant, Self::PersonalMailbox, Self::Queue, Self::Schedule, Self::SharedMailbox];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AppTemplate => "app_template",
            Self::Attendant => "attendant",
            Self::CallBlock => "call_block",
            Self::CivicAddress => "civic_address",
            Self::DialPlan => "dial_plan",
            Self::PersonalMailbox => "personal_mailbox",
            Self::PolicyLock => "policy_lock",
            Self::PolicyPackage => "policy_package",
            Self::PstnUsage => "pstn_usage",
            Self::Queue => "queue",
            Self::Schedule => "schedule",
            Self::SharedMailbox => "shared_mailbox",
            Self::TranslationRule => "translation_rule",
            Self::UnassignedNumbers => "unassigned_numbers",
            Self::VoiceRoute => "voice_route",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        let all = [
            Self::AppTemplate,
            Self::Attendant,
            Self::CallBlock,
            Self::CivicAddress,
            Self::DialPlan,
            Self::PersonalMailbox,
            Self::PolicyLock,
            Self::PolicyPackage,
            Self::PstnUsage,
            Self::Queue,
            Self::Schedule,
            Self::SharedMailbox,
            Self::TranslationRule,
            Self::UnassignedNumbers,
            Self::VoiceRoute,
        ];
        all.into_iter().find(|kind| kind.as_str() == word)
    }

    pub(crate) fn noun(self) -> Noun {
        match self {
            Self::AppTemplate => Noun::AppTemplate,
            Self::Attendant => Noun::Attendant,
            Self::CallBlock => Noun::CallBlock,
            Self::CivicAddress => Noun::CivicAddress,
            Self::DialPlan => Noun::DialPlan,
            Self::PersonalMailbox => Noun::PersonalMailbox,
            Self::PolicyLock => Noun::PolicyLock,
            Self::PolicyPackage => Noun::PolicyPackage,
            Self::PstnUsage => Noun::PstnUsage,
            Self::Queue => Noun::Queue,
            Self::Schedule => Noun::Schedule,
            Self::SharedMailbox => Noun::SharedMailbox,
            Self::TranslationRule => Noun::TranslationRule,
            Self::UnassignedNumbers => Noun::UnassignedNumbers,
            Self::VoiceRoute => Noun::VoiceRoute,
        }
    }
}

/// Values with an id and a name of their own; some have a place.
macro_rules! named_documents {
    ($($value:ty => $kind:ident $(at $place:ident)?),+ $(,)?) => {$(
        impl Document for $value {
            const KIND: DocumentKind = DocumentKind::$kind;

            fn id(&self) -> Uuid {
                self.id.0
            }

            fn name(&self) -> &str {
                &self.name
            }

            $(fn place(&self) -> u32 {
                self.$place
            })?
        }
    )+};
}

named_documents! {
    attendant::Settings => Attendant,
    CallBlock => CallBlock,
    CivicAddress => CivicAddress,
    DialPlan => DialPlan,
    mailbox::Settings => SharedMailbox,
    Package => PolicyPackage,
    PstnUsage => PstnUsage,
    queue::Settings => Queue,
    Schedule => Schedule,
    Template => AppTemplate,
    TranslationRule => TranslationRule,
    UnassignedNumbers => UnassignedNumbers at priority,
    VoiceRoute => VoiceRoute at priority,
}

impl Document for Personal {
    const KIND: DocumentKind = DocumentKind::PersonalMailbox;

    fn id(&self) -> Uuid {
        self.user.0
    }

    /// It is the person's, who has one.
    fn name(&self) -> &str {
        ""
    }
}

impl Document for Lock {
    const KIND: DocumentKind = DocumentKind::PolicyLock;

    fn id(&self) -> Uuid {
        self.id.0
    }

    /// It is one of a setting and a level, and has no other name.
    fn name(&self) -> &str {
        ""
    }
}

impl Store {
    /// Documents of one kind in the order of their names.
    pub async fn documents<D: Document>(
        &self,
        tenant: TenantId,
        paging: &Paging,
    ) -> Result<Page<Stored<D>>, StoreError> {
        let of_kind = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Kind.eq(D::KIND.as_str()));
        let rows = paged(of_kind, Column::Name, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.name.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Documents of one kind in the order of their places.
    pub async fn documents_by_place<D: Document>(
        &self,
        tenant: TenantId,
        paging: &Paging,
    ) -> Result<Page<Stored<D>>, StoreError> {
        let rows = paged(of_kind::<D>(tenant), Column::Place, Column::Id, paging).all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Integer(row.place), id: row.id };
        let page = page_of(rows, paging, cursor);
        let items = page.items.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// All documents of one kind.
    pub async fn all_documents<D: Document>(&self, tenant: TenantId) -> Result<Vec<D>, StoreError> {
        let rows = of_kind::<D>(tenant).all(&self.reader).await?;
        rows.iter().map(|row| from_json(D::KIND.as_str(), row.id, &row.body)).collect()
    }

    /// One document.
    pub async fn document<D: Document>(&self, tenant: TenantId, id: Uuid) -> Result<Option<Stored<D>>, StoreError> {
        find::<D>(tenant, id).one(&self.reader).await?.as_ref().map(stored).transpose()
    }

    /// The document with this name, whatever its capital letters.
    pub async fn document_named<D: Document>(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Option<Stored<D>>, StoreError> {
        named(&self.reader, tenant, name).await
    }
}

impl Tx {
    /// All documents of one kind as of this change.
    pub async fn documents<D: Document>(&self, tenant: TenantId) -> Result<Vec<D>, StoreError> {
        let of_kind = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Kind.eq(D::KIND.as_str()));
        let rows = of_kind.all(&self.db).await?;
        rows.iter().map(|row| from_json(D::KIND.as_str(), row.id, &row.body)).collect()
    }

    /// One document as of this change.
    pub async fn document<D: Document>(&self, tenant: TenantId, id: Uuid) -> Result<Option<Stored<D>>, StoreError> {
        find::<D>(tenant, id).one(&self.db).await?.as_ref().map(stored).transpose()
    }

    /// The document with this name as of this change, whatever its capital letters.
    pub async fn document_named<D: Document>(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Option<Stored<D>>, StoreError> {
        named(&self.db, tenant, name).await
    }

    /// How many documents of one kind there are, as of this change.
    pub async fn n_documents<D: Document>(&self, tenant: TenantId) -> Result<u64, StoreError> {
        Ok(of_kind::<D>(tenant).count(&self.db).await?)
    }

    /// Creates or changes a document.
    pub async fn save_document<D: Document>(
        &mut self,
        tenant: TenantId,
        document: &D,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        self.save_document_by(tenant, document, expected, None).await
    }

    /// The same, called `action` in the event table in place of `update`.
    pub async fn save_document_by<D: Document>(
        &mut self,
        tenant: TenantId,
        document: &D,
        expected: Expected,
        action: Option<&'static str>,
    ) -> Result<Version, WriteError> {
        let before: Option<Stored<D>> =
            find::<D>(tenant, document.id()).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(document.id()),
            tenant: Set(tenant.0),
            kind: Set(D::KIND.as_str().to_owned()),
            name: Set(document.name().to_owned()),
            name_key: Set(document.name().trim().to_lowercase()),
            place: Set(document.place().into()),
            body: Set(to_json(D::KIND.as_str(), document)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "id"))?;
        self.note(Change {
            tenant: Some(tenant),
            noun: D::KIND.noun(),
            object: document.id().to_string(),
            action: action.unwrap_or(written.action()),
            before: before.as_ref().map(|before| &before.value),
            after: Some(document),
        })
        .await?;
        Ok(written.version())
    }

    /// Deletes a document.
    pub async fn delete_document<D: Document>(
        &mut self,
        tenant: TenantId,
        id: Uuid,
        expected: Expected,
    ) -> Result<(), WriteError> {
        let before: Option<Stored<D>> = find::<D>(tenant, id).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        Entity::delete_by_id(id).exec(&self.db).await?;
        self.note(Change::<D, D> {
            tenant: Some(tenant),
            noun: D::KIND.noun(),
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }
}

fn of_kind<D: Document>(tenant: TenantId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Kind.eq(D::KIND.as_str()))
}

async fn named<D: Document>(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    name: &str,
) -> Result<Option<Stored<D>>, StoreError> {
    let row = of_kind::<D>(tenant).filter(Column::NameKey.eq(name.trim().to_lowercase())).one(db).await?;
    row.as_ref().map(stored).transpose()
}

fn find<D: Document>(tenant: TenantId, id: Uuid) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id).filter(Column::Tenant.eq(tenant.0)).filter(Column::Kind.eq(D::KIND.as_str()))
}

fn stored<D: Document>(row: &Model) -> Result<Stored<D>, StoreError> {
    Ok(Stored {
        value: from_json(D::KIND.as_str(), row.id, &row.body)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}

/// Whether a write makes a row or changes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Created,
    Changed(Version),
}

impl Written {
    pub(crate) fn version(self) -> Version {
        match self {
            Self::Created => 1,
            Self::Changed(version) => version.saturating_add(1),
        }
    }

    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Created => "create",
            Self::Changed(_) => "update",
        }
    }

    pub(crate) fn created_at<T>(self, before: Option<&Stored<T>>, now: Timestamp) -> i64 {
        before.map_or(now, |before| before.created_at).as_millisecond()
    }
}

/// Compares what the writer expected with what is there.
pub(crate) fn check<T>(there: Option<&Stored<T>>, expected: Expected) -> Result<Written, WriteError> {
    match (there, expected) {
        (None, Expected::Absent | Expected::Any) => Ok(Written::Created),
        (None, Expected::Version(_)) => Err(WriteError::NotFound),
        (Some(there), Expected::Any) => Ok(Written::Changed(there.version)),
        (Some(there), Expected::Version(version)) if version == there.version => Ok(Written::Changed(version)),
        (Some(there), Expected::Version(_)) => Err(WriteError::Stale { current: there.version }),
        (Some(_), Expected::Absent) => Err(WriteError::Taken { field: "id" }),
    }
}

/// A broken uniqueness rule is the writer's affair, everything else the database's.
pub(crate) fn taken(error: DbErr, field: &'static str) -> WriteError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => WriteError::Taken { field },
        Some(_) | None => error.into(),
    }
}

pub(crate) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Unwritable { what, source })
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, id: Uuid, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|source| StoreError::Corrupt { what, id: id.to_string(), source })
}
