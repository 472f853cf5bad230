//! The dimensions of the dictionary, and what a row says of each.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::apps::attendant::{InputKind, Outcome};
use crate::id::{ResourceAccountId, UserId};
use crate::record::segment::{AttendantPass, OnwardTo, Pass, QueuePass, QueueResult, Segment};
use crate::record::{CallRecord, Direction};

/// One pass of a call through one app; `index` is its place in the record.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'a> {
    pub record: &'a CallRecord,
    pub index: usize,
}

/// Who knows what things are called.
pub trait Names {
    /// A person, as they sign in or are dialled.
    fn person(&self, id: UserId) -> Option<String>;
    /// A resource account.
    fn account(&self, id: ResourceAccountId) -> Option<String>;
}

macro_rules! dimensions {
    ($($name:ident $word:literal,)+) => {
        /// What rows are grouped and filtered by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Dimension { $(#[doc = $word] $name,)+ }

        impl Dimension {
            const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in the dictionary.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

dimensions! {
    AutoAttendantCallFlow "AutoAttendantCallFlow",
    AutoAttendantCallResult "AutoAttendantCallResult",
    AutoAttendantCallerActionCounts "AutoAttendantCallerActionCounts",
    AutoAttendantChainDurationInSecs "AutoAttendantChainDurationInSecs",
    AutoAttendantChainIndex "AutoAttendantChainIndex",
    AutoAttendantChainStartTime "AutoAttendantChainStartTime",
    AutoAttendantCount "AutoAttendantCount",
    AutoAttendantDirectorySearchMethod "AutoAttendantDirectorySearchMethod",
    AutoAttendantId "AutoAttendantId",
    AutoAttendantIdentity "AutoAttendantIdentity",
    AutoAttendantTransferAction "AutoAttendantTransferAction",
    CallQueueAgentCount "CallQueueAgentCount",
    CallQueueAgentOptInCount "CallQueueAgentOptInCount",
    CallQueueCallResult "CallQueueCallResult",
    CallQueueDurationSeconds "CallQueueDurationSeconds",
    CallQueueFinalStateAction "CallQueueFinalStateAction",
    CallQueueId "CallQueueId",
    CallQueueIdentity "CallQueueIdentity",
    CallQueueTargetType "CallQueueTargetType",
    ConferenceId "ConferenceId",
    Date "Date",
    DialogId "DialogId",
    DocumentId "DocumentId",
    Duration "Duration",
    EndTime "EndTime",
    FirstIsCaller "FirstIsCaller",
    FirstUpn "FirstUPN",
    HasAa "HasAA",
    HasCq "HasCQ",
    Hour "Hour",
    Minute "Minute",
    PstnCallDuration "PSTNCallDuration",
    PstnCallType "PSTNCallType",
    PstnConnectivityType "PSTNConnectivityType",
    Second "Second",
    SecondUpn "SecondUPN",
    TenantId "TenantId",
    Timestamp "Timestamp",
    TransferredFromCallQueueIdentity "TransferredFromCallQueueIdentity",
    TransferredFromCqId "TransferredFromCQId",
    UserStartTimeUtc "UserStartTimeUTC",
}

impl Passed<'_> {
    /// The pass; none where the call passed no app.
    pub fn segment(&self) -> Option<&Segment> {
        self.record.segments.get(self.index)
    }

    /// Whether the caller came from the public network.
    pub fn is_outside(&self) -> bool {
        self.record.direction == Direction::Inbound
    }

    fn attendant(&self) -> Option<&AttendantPass> {
        match &self.segment()?.pass {
            Pass::Attendant(pass) => Some(pass),
            Pass::Callback(_) | Pass::Mailbox(_) | Pass::Queue(_) => None,
        }
    }

    fn queue(&self) -> Option<&QueuePass> {
        match &self.segment()?.pass {
            Pass::Queue(pass) | Pass::Callback(pass) => Some(pass),
            Pass::Attendant(_) | Pass::Mailbox(_) => None,
        }
    }

    fn came_from_queue(&self) -> Option<&QueuePass> {
        let parent = self.record.segments.get(self.segment()?.parent?)?;
        parent.queue_pass()
    }

    fn identity(&self, names: &dyn Names, name: &str) -> String {
        let account = self.segment().and_then(|segment| segment.account);
        account.and_then(|account| names.account(account)).unwrap_or_else(|| name.to_owned())
    }

    fn lasted_secs(&self) -> String {
        self.segment().map(|segment| segment.lasted_ms(self.record.ended_at) / 1_000).unwrap_or(0).to_string()
    }
}

impl Dimension {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dimension| dimension.name().eq_ignore_ascii_case(name))
    }

    /// What a row says of it; empty where there is nothing to say.
    pub fn value(self, passed: &Passed<'_>, names: &dyn Names) -> String {
        let record = passed.record;
        let secs = record.ended_at.duration_since(record.started_at).as_secs();
        let time = |format: &str| record.started_at.to_zoned(TimeZone::UTC).strftime(format).to_string();
        match self {
            Self::ConferenceId | Self::DialogId => record.id.to_string(),
            Self::DocumentId => format!("{}/{}", record.id, passed.index),
            Self::Date => time("%Y-%m-%d"),
            Self::Hour => time("%-H"),
            Self::Minute => time("%-M"),
            Self::Second => time("%-S"),
            Self::UserStartTimeUtc | Self::Timestamp => record.started_at.to_string(),
            Self::EndTime => record.ended_at.to_string(),
            Self::Duration => secs.to_string(),
            Self::FirstIsCaller => "true".to_owned(),
            Self::FirstUpn => record.from.clone(),
            Self::SecondUpn => {
                let agent = passed.queue().and_then(|pass| pass.agent).or(record.answered_by_user);
                let agent = agent.and_then(|agent| names.person(agent));
                agent.or_else(|| record.answered_by.clone()).unwrap_or_default()
            }
            Self::PstnCallDuration => if passed.is_outside() { secs } else { 0 }.to_string(),
            Self::PstnCallType => if passed.is_outside() { "External" } else { "Internal" }.to_owned(),
            Self::PstnConnectivityType => if passed.is_outside() { "DirectRouting" } else { "" }.to_owned(),
            Self::TenantId => record.tenant.to_string(),
            Self::HasAa | Self::AutoAttendantCount => {
                let is_attendant = |segment: &&Segment| matches!(segment.pass, Pass::Attendant(_));
                let n = record.segments.iter().filter(is_attendant).count();
                if self == Self::HasAa { (n != 0).to_string() } else { n.to_string() }
            }
            Self::HasCq => {
                let is_queue = |segment: &Segment| matches!(segment.pass, Pass::Queue(_));
                record.segments.iter().any(is_queue).to_string()
            }
            Self::AutoAttendantCallFlow
            | Self::AutoAttendantCallResult
            | Self::AutoAttendantCallerActionCounts
            | Self::AutoAttendantChainDurationInSecs
            | Self::AutoAttendantChainIndex
            | Self::AutoAttendantChainStartTime
            | Self::AutoAttendantDirectorySearchMethod
            | Self::AutoAttendantId
            | Self::AutoAttendantIdentity
            | Self::AutoAttendantTransferAction => {
                passed.attendant().map(|pass| self.of_attendant(passed, pass, names)).unwrap_or_default()
            }
            Self::CallQueueCallResult
            | Self::CallQueueDurationSeconds
            | Self::CallQueueFinalStateAction
            | Self::CallQueueId
            | Self::CallQueueIdentity
            | Self::CallQueueTargetType => {
                passed.queue().map(|pass| self.of_queue(passed, pass, names)).unwrap_or_default()
            }
            // How many agents there were is not written down with a call.
            Self::CallQueueAgentCount | Self::CallQueueAgentOptInCount => String::new(),
            Self::TransferredFromCqId => passed.came_from_queue().map(|pass| pass.id.to_string()).unwrap_or_default(),
            Self::TransferredFromCallQueueIdentity => {
                passed.came_from_queue().map(|pass| pass.name.clone()).unwrap_or_default()
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "these alone are asked of an attendant")]
    fn of_attendant(self, passed: &Passed<'_>, pass: &AttendantPass, names: &dyn Names) -> String {
        let began = passed.segment().map(|segment| segment.started_at);
        match self {
            Self::AutoAttendantCallFlow => pass.flow.clone(),
            Self::AutoAttendantCallResult => pass.result.map_or("unknown", Outcome::code).to_owned(),
            Self::AutoAttendantCallerActionCounts => {
                pass.inputs.iter().filter(|input| input.kind.is_action()).count().to_string()
            }
            Self::AutoAttendantChainDurationInSecs => passed.lasted_secs(),
            Self::AutoAttendantChainIndex => {
                let before = passed.record.segments.iter().take(passed.index);
                before.filter(|segment| matches!(segment.pass, Pass::Attendant(_))).count().to_string()
            }
            Self::AutoAttendantChainStartTime => began.as_ref().map(Timestamp::to_string).unwrap_or_default(),
            Self::AutoAttendantDirectorySearchMethod => {
                let has = |wanted: &[InputKind]| pass.inputs.iter().any(|input| wanted.contains(&input.kind));
                let method = match (has(&[InputKind::SaidPerson]), has(&[InputKind::Person, InputKind::NotFound])) {
                    (true, _) => "abs_search_voice",
                    (false, true) => "abs_search_dtmf",
                    (false, false) => "",
                };
                method.to_owned()
            }
            Self::AutoAttendantId => pass.id.to_string(),
            Self::AutoAttendantIdentity => passed.identity(names, &pass.name),
            Self::AutoAttendantTransferAction => {
                let onward = passed.segment().and_then(|segment| segment.onward.as_ref());
                onward.map(|onward| transfer_action(onward.to)).unwrap_or_default().to_owned()
            }
            _ => String::new(),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "these alone are asked of a queue")]
    fn of_queue(self, passed: &Passed<'_>, pass: &QueuePass, names: &dyn Names) -> String {
        let onward = passed.segment().and_then(|segment| segment.onward.as_ref()).map(|onward| onward.to);
        let is_callback = passed.segment().is_some_and(|segment| matches!(segment.pass, Pass::Callback(_)));
        match self {
            Self::CallQueueCallResult => call_result(pass.result, is_callback).to_owned(),
            Self::CallQueueDurationSeconds => passed.lasted_secs(),
            Self::CallQueueFinalStateAction => final_action(pass.result, onward).to_owned(),
            Self::CallQueueId => pass.id.to_string(),
            Self::CallQueueIdentity => passed.identity(names, &pass.name),
            Self::CallQueueTargetType => onward.map(target_type).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }
}

fn transfer_action(to: OnwardTo) -> &'static str {
    match to {
        OnwardTo::Attendant => "AA",
        OnwardTo::Queue => "CQ",
        OnwardTo::External => "external_pstn",
        OnwardTo::SharedMailbox | OnwardTo::Voicemail => "shared voicemail",
        OnwardTo::Disconnect | OnwardTo::Operator | OnwardTo::User => "Unknown",
    }
}

/// Specification 3.15.
fn call_result(result: QueueResult, is_callback: bool) -> &'static str {
    match result {
        QueueResult::Answered if is_callback => "transferred_to_callback_caller",
        QueueResult::Answered => "transferred_to_agent",
        QueueResult::Failed if is_callback => "callback_call_timed_out",
        QueueResult::Abandoned | QueueResult::Disconnected => "disconnected",
        QueueResult::Callback => "callback",
        QueueResult::Closed => "closed",
        QueueResult::Failed => "failed",
        QueueResult::NoAgents => "no_agents",
        QueueResult::Overflowed => "overflown",
        QueueResult::TimedOut => "timed_out",
        QueueResult::Waiting => "invalid",
    }
}

fn final_action(result: QueueResult, onward: Option<OnwardTo>) -> &'static str {
    match (result, onward) {
        (QueueResult::Overflowed, Some(OnwardTo::Disconnect)) => "disconnect_with_busy",
        (_, Some(OnwardTo::Disconnect)) => "disconnect",
        (QueueResult::Failed, None) => "failed_to_accept_call",
        (_, Some(OnwardTo::SharedMailbox)) => "shared_voicemail",
        (_, Some(OnwardTo::Voicemail)) => "voicemail",
        (_, Some(OnwardTo::Attendant | OnwardTo::External | OnwardTo::Operator | OnwardTo::Queue | OnwardTo::User)) => {
            "forward"
        }
        (_, None) => "other",
    }
}

fn target_type(to: OnwardTo) -> &'static str {
    match to {
        OnwardTo::Attendant | OnwardTo::Queue => "ApplicationEndpoint",
        OnwardTo::SharedMailbox | OnwardTo::Voicemail => "Mailbox",
        OnwardTo::External => "Phone",
        OnwardTo::User => "User",
        OnwardTo::Disconnect | OnwardTo::Operator => "Other",
    }
}
