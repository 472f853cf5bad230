//! The event table: outbox, audit and history in one.

use jiff::Timestamp;
use phone::id::{OperatorId, TenantId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use crate::database::Store;
use crate::entity::event;
use crate::error::StoreError;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of};
use crate::tx::Tx;

/// Names an event; later ones are greater.
pub type EventId = i64;

/// Who makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who signed in, by their address.
    Account(String),
    /// An operator, through its own interface.
    Operator(OperatorId),
    /// Somebody with an account of who runs the server, which no organization has.
    Platform(Box<Self>),
    /// Somebody of a reseller, or a program of it, in one of its organizations.
    Reseller { slug: String, who: Box<Self> },
    /// Somebody on a phone, by the extension.
    Phone(String),
    /// A key of the API, by its name.
    Token(String),
    /// The program itself: seeding, recovery, expiry.
    System,
}

/// What a change was made to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// What a person signs in with.
    Account,
    ApiKey,
    /// What an attendant or a queue may become; the object is the app.
    AppDraft,
    AppTemplate,
    Attendant,
    AudioFile,
    CallBlock,
    /// A recording of a call.
    CallRecording,
    /// A calling profile of an operator.
    Callback,
    CallingProfile,
    /// An address where numbers are used.
    CivicAddress,
    /// What holds in a country; the object is its code.
    CountryProfile,
    DialPlan,
    /// Somebody called for help; the object is the call.
    EmergencyCall,
    /// A test of a call flow.
    FlowTest,
    Group,
    /// The licenses that one person holds; the object is the person.
    License,
    /// A plan that can be bought; the object is its part number.
    LicensePlan,
    /// A message in a mailbox.
    /// The PIN of a mailbox; the object is the person or the shared mailbox.
    MailboxPin,
    Message,
    Number,
    /// A quota of numbers; the object is their kind.
    NumberQuota,
    /// Numbers that an organization asks an operator for.
    NumberRequest,
    /// A block of the platform's numbers.
    NumberStock,
    /// Where people sign in elsewhere.
    OpenidProvider,
    Operator,
    /// What a program of an operator proves itself with.
    OperatorClient,
    /// The consent of an organization; the object is the operator.
    OperatorConsent,
    /// A trunk of an operator, which all its organizations share.
    OperatorTrunk,
    Order,
    /// What a person set of their own mailbox; the object is the person.
    PersonalMailbox,
    Policy,
    /// A setting that no policy may exceed.
    PolicyLock,
    /// Policies that go together; the object is an id, or the word of one that comes with the program.
    PolicyPackage,
    /// Numbers that come from another carrier.
    PortOrder,
    /// Numbers that another carrier asks for.
    PortOut,
    /// What who asks for numbers must know; the object is the organization.
    PortingPin,
    Presence,
    PstnUsage,
    Queue,
    /// A threshold of a queue.
    QueueAlert,
    QueueAgent,
    /// A call that somebody of a queue took care of.
    QueueCall,
    /// A version of a rate deck.
    RateDeck,
    /// For how long facts of reports are kept.
    ReportRetention,
    /// Who runs some of the organizations.
    Reseller,
    ResourceAccount,
    Role,
    Schedule,
    SharedMailbox,
    /// What is asked of those who sign in.
    SignInPolicy,
    Site,
    /// The seats of one plan; the object is the plan.
    Subscription,
    /// A supervisor's part in a call; the object is the call.
    Supervision,
    Tenant,
    TranslationRule,
    Trunk,
    UnassignedNumbers,
    User,
    VoiceRoute,
    /// A voucher for credit.
    Voucher,
    /// How an organization pays for calls; the object is the organization.
    Wallet,
    Webhook,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: EventId,
    /// None for platform-wide changes.
    pub tenant: Option<TenantId>,
    pub at: Timestamp,
    pub actor: String,
    pub noun: String,
    pub object: String,
    /// One word, such as `create`, `update`, `delete`, `assign` or `opt_out`.
    pub action: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    pub noun: Option<String>,
    pub object: Option<String>,
    pub actor: Option<String>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(email) => write!(f, "account:{email}"),
            Self::Operator(id) => write!(f, "operator:{id}"),
            Self::Platform(who) => write!(f, "platform:{who}"),
            Self::Reseller { slug, who } => write!(f, "reseller:{slug}:{who}"),
            Self::Phone(extension) => write!(f, "phone:{extension}"),
            Self::Token(name) => write!(f, "token:{name}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl Actor {
    /// Who was written down; the reverse of [`std::fmt::Display`].
    pub fn parse(text: &str) -> Self {
        if let Some(id) = text.strip_prefix("operator:").and_then(|id| id.parse().ok()) {
            return Self::Operator(OperatorId(id));
        }
        match text.split_once(':') {
            Some(("account", email)) => Self::Account(email.to_owned()),
            Some(("platform", who)) => Self::Platform(Box::new(Self::parse(who))),
            Some(("reseller", rest)) => match rest.split_once(':') {
                Some((slug, who)) => Self::Reseller { slug: slug.to_owned(), who: Box::new(Self::parse(who)) },
                None => Self::System,
            },
            Some(("phone", extension)) => Self::Phone(extension.to_owned()),
            Some(("token", name)) => Self::Token(name.to_owned()),
            Some(_) | None => Self::System,
        }
    }
}

impl Noun {
    /// All of them.
    const ALL: [Self; 63] = [
        Self::Account,
        Self::ApiKey,
        Self::AppDraft,
        Self::AppTemplate,
        Self::Attendant,
        Self::AudioFile,
        Self::CallBlock,
        Self::CallRecording,
        Self::Callback,
        Self::CallingProfile,
        Self::CivicAddress,
        Self::CountryProfile,
        Self::DialPlan,
        Self::EmergencyCall,
        Self::FlowTest,
        Self::Group,
        Self::License,
        Self::LicensePlan,
        Self::MailboxPin,
        Self::Message,
        Self::Number,
        Self::NumberQuota,
        Self::NumberRequest,
        Self::NumberStock,
        Self::OpenidProvider,
        Self::Operator,
        Self::OperatorClient,
        Self::OperatorConsent,
        Self::OperatorTrunk,
        Self::Order,
        Self::PersonalMailbox,
        Self::Policy,
        Self::PolicyLock,
        Self::PolicyPackage,
        Self::PortOrder,
        Self::PortOut,
        Self::PortingPin,
        Self::Presence,
        Self::PstnUsage,
        Self::Queue,
        Self::QueueAlert,
        Self::QueueAgent,
        Self::QueueCall,
        Self::RateDeck,
        Self::ReportRetention,
        Self::Reseller,
        Self::ResourceAccount,
        Self::Role,
        Self::Schedule,
        Self::SharedMailbox,
        Self::SignInPolicy,
        Self::Site,
        Self::Subscription,
        Self::Supervision,
        Self::Tenant,
        Self::TranslationRule,
        Self::Trunk,
        Self::UnassignedNumbers,
        Self::User,
        Self::VoiceRoute,
        Self::Voucher,
        Self::Wallet,
        Self::Webhook,
    ];

    /// Reads its word in the API.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|noun| noun.as_str() == word)
    }

    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::ApiKey => "api_key",
            Self::AppDraft => "draft",
            Self::AppTemplate => "app_template",
            Self::Attendant => "auto_attendant",
            Self::CallBlock => "call_block",
            Self::AudioFile => "audio_file",
            Self::CallRecording => "call_recording",
            Self::Callback => "callback",
            Self::CallingProfile => "calling_profile",
            Self::CivicAddress => "civic_address",
            Self::CountryProfile => "country_profile",
            Self::DialPlan => "dial_plan",
            Self::EmergencyCall => "emergency_call",
            Self::FlowTest => "flow_test",
            Self::Group => "group",
            Self::License => "license",
            Self::LicensePlan => "license_plan",
            Self::MailboxPin => "mailbox_pin",
            Self::Message => "message",
            Self::Number => "number",
            Self::NumberQuota => "number_quota",
            Self::NumberRequest => "number_request",
            Self::NumberStock => "number_stock",
            Self::OpenidProvider => "openid_provider",
            Self::Operator => "operator",
            Self::OperatorClient => "operator_client",
            Self::OperatorConsent => "operator_consent",
            Self::OperatorTrunk => "operator_trunk",
            Self::Order => "order",
            Self::PersonalMailbox => "personal_mailbox",
            Self::Policy => "policy",
            Self::PolicyLock => "policy_lock",
            Self::PolicyPackage => "policy_package",
            Self::PortOrder => "port_order",
            Self::PortOut => "port_out",
            Self::PortingPin => "porting_pin",
            Self::Presence => "presence",
            Self::PstnUsage => "pstn_usage",
            Self::Queue => "call_queue",
            Self::QueueAlert => "queue_alert",
            Self::QueueAgent => "queue_agent",
            Self::QueueCall => "queue_call",
            Self::RateDeck => "rate_deck",
            Self::ReportRetention => "report_retention",
            Self::Reseller => "reseller",
            Self::ResourceAccount => "resource_account",
            Self::Role => "role",
            Self::Schedule => "schedule",
            Self::SharedMailbox => "shared_mailbox",
            Self::SignInPolicy => "sign_in_policy",
            Self::Site => "site",
            Self::Subscription => "subscription",
            Self::Supervision => "supervision",
            Self::Tenant => "tenant",
            Self::TranslationRule => "translation_rule",
            Self::Trunk => "trunk",
            Self::UnassignedNumbers => "unassigned_numbers",
            Self::User => "user",
            Self::VoiceRoute => "voice_route",
            Self::Voucher => "voucher",
            Self::Wallet => "wallet",
            Self::Webhook => "webhook",
        }
    }
}

impl Store {
    /// Changes of a tenant, newest first unless asked otherwise.
    pub async fn events(
        &self,
        tenant: TenantId,
        filter: &EventFilter,
        paging: &Paging,
    ) -> Result<Page<Event>, StoreError> {
        self.events_where(event::Column::Tenant.eq(tenant.0), filter, paging).await
    }

    /// Changes that concern the server, newest first unless asked otherwise.
    pub async fn events_of_platform(&self, filter: &EventFilter, paging: &Paging) -> Result<Page<Event>, StoreError> {
        self.events_where(event::Column::Tenant.is_null(), filter, paging).await
    }

    async fn events_where(
        &self,
        place: Expr,
        filter: &EventFilter,
        paging: &Paging,
    ) -> Result<Page<Event>, StoreError> {
        let mut wanted = Condition::all().add(place);
        if let Some(noun) = &filter.noun {
            wanted = wanted.add(event::Column::Noun.eq(noun));
        }
        if let Some(object) = &filter.object {
            wanted = wanted.add(event::Column::Object.eq(object));
        }
        if let Some(actor) = &filter.actor {
            wanted = wanted.add(event::Column::Actor.eq(actor));
        }
        if let Some(since) = filter.since {
            wanted = wanted.add(event::Column::At.gte(since.as_millisecond()));
        }
        if let Some(until) = filter.until {
            wanted = wanted.add(event::Column::At.lt(until.as_millisecond()));
        }
        if let Some(Cursor { key: CursorKey::Integer(id), .. }) = paging.after {
            wanted = wanted.add(if paging.descending { event::Column::Id.lt(id) } else { event::Column::Id.gt(id) });
        }
        let order = if paging.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
        let rows = event::Entity::find()
            .filter(wanted)
            .order_by(event::Column::Id, order)
            .limit(paging.limit.saturating_add(1))
            .all(&self.reader)
            .await?;
        let cursor = |row: &event::Model| Cursor { key: CursorKey::Integer(row.id), id: uuid::Uuid::nil() };
        Ok(page_of(rows, paging, cursor).map(Event::from))
    }

    /// Changes of a tenant after `after`, oldest first: what a stream or a webhook has not seen yet.
    pub async fn events_after(&self, tenant: TenantId, after: EventId, limit: u64) -> Result<Vec<Event>, StoreError> {
        let rows = event::Entity::find()
            .filter(event::Column::Tenant.eq(tenant.0))
            .filter(event::Column::Id.gt(after))
            .order_by_asc(event::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Event::from).collect())
    }

    /// The newest event's id; 0 when there is none.
    pub async fn last_event(&self) -> Result<EventId, StoreError> {
        let newest = event::Entity::find().order_by_desc(event::Column::Id).one(&self.reader).await?;
        Ok(newest.map_or(0, |row| row.id))
    }
}

impl Tx {
    /// What happened to an object of a tenant, as of this change, the newest first.
    pub async fn events_of(
        &self,
        tenant: TenantId,
        noun: Noun,
        object: &str,
        limit: u64,
    ) -> Result<Vec<Event>, StoreError> {
        let rows = event::Entity::find()
            .filter(event::Column::Tenant.eq(tenant.0))
            .filter(event::Column::Noun.eq(noun.as_str()))
            .filter(event::Column::Object.eq(object))
            .order_by_desc(event::Column::Id)
            .limit(limit)
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(Event::from).collect())
    }
}

impl From<event::Model> for Event {
    fn from(row: event::Model) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: row.id,
            tenant: row.tenant.map(TenantId),
            at: crate::tx::timestamp(row.at),
            actor: row.actor,
            noun: row.noun,
            object: row.object,
            action: row.action,
            before: json(row.before),
            after: json(row.after),
        }
    }
}
