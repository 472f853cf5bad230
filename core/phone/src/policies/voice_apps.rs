//! The voice applications policy: what a person may change of the attendants and queues that name them. Specification
//! of voice apps, 1.17.

use crate::setting::{choices, settings};

choices! {
    /// How far into a call of an agent a supervisor gets; each includes those before it.
    MonitorMode: Disabled "disabled", Monitor "monitor", Whisper "whisper", Barge "barge", Takeover "takeover";
    /// Who is told of that.
    MonitorNotification: Disabled "disabled", Agent "agent";
    /// Whose figures of now are seen.
    RealTimeMetrics: Disabled "disabled", AuthorizedOnly "authorized_only", All "all";
    /// Whose figures of the past are seen.
    HistoricalMetrics: Disabled "disabled", AuthorizedOnly "authorized_only", All "all";
}

/// Of which apps, or whose agents, a policy shows figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Of no app.
    Nothing,
    /// Of those that name the person.
    Named,
    /// Of all.
    All,
}

impl From<RealTimeMetrics> for Sight {
    fn from(metrics: RealTimeMetrics) -> Self {
        match metrics {
            RealTimeMetrics::Disabled => Self::Nothing,
            RealTimeMetrics::AuthorizedOnly => Self::Named,
            RealTimeMetrics::All => Self::All,
        }
    }
}

impl From<HistoricalMetrics> for Sight {
    fn from(metrics: HistoricalMetrics) -> Self {
        match metrics {
            HistoricalMetrics::Disabled => Self::Nothing,
            HistoricalMetrics::AuthorizedOnly => Self::Named,
            HistoricalMetrics::All => Self::All,
        }
    }
}

settings! {
    /// What a person may change and see of attendants and queues that name them.
    VoiceApplications {
        /// Whether they may change an attendant's greeting in business hours.
        allow_business_hours_greeting_change: bool = false;
        /// Whether they may change its greeting after hours.
        allow_after_hours_greeting_change: bool = false;
        /// Whether they may change its greeting on holidays.
        allow_holiday_greeting_change: bool = false;
        /// Whether they may change its business hours.
        allow_business_hours_change: bool = false;
        /// Whether they may change its holidays.
        allow_holidays_change: bool = false;
        /// Whether they may change its time zone.
        allow_time_zone_change: bool = false;
        /// Whether they may change its language.
        allow_language_change: bool = false;
        /// Whether they may change where it leads in business hours.
        allow_business_hours_routing_change: bool = false;
        /// Whether they may change where it leads after hours.
        allow_after_hours_routing_change: bool = false;
        /// Whether they may change where it leads on holidays.
        allow_holiday_routing_change: bool = false;
        /// Whether they may change a queue's greeting.
        allow_queue_welcome_greeting_change: bool = false;
        /// Whether they may change its music.
        allow_queue_music_on_hold_change: bool = false;
        /// Whether they may change the mailbox greeting when it is full.
        allow_queue_overflow_shared_voicemail_greeting_change: bool = false;
        /// Whether they may change the mailbox greeting after its timeout.
        allow_queue_timeout_shared_voicemail_greeting_change: bool = false;
        /// Whether they may change the mailbox greeting when no agent is there.
        allow_queue_no_agent_shared_voicemail_greeting_change: bool = false;
        /// Whether they may change its language.
        allow_queue_language_change: bool = false;
        /// Whether they may change its agents.
        allow_queue_membership_change: bool = false;
        /// Whether they may change its conference mode.
        allow_queue_conference_mode_change: bool = false;
        /// Whether they may change how the next agent is found.
        allow_queue_routing_method_change: bool = false;
        /// Whether they may change whether presence counts.
        allow_queue_presence_based_routing_change: bool = false;
        /// Whether they may change whether agents may opt out.
        allow_queue_opt_out_change: bool = false;
        /// Whether they may change what happens when it is full.
        allow_queue_overflow_routing_change: bool = false;
        /// Whether they may change what happens after its timeout.
        allow_queue_timeout_routing_change: bool = false;
        /// Whether they may change what happens when no agent is there.
        allow_queue_no_agents_routing_change: bool = false;
        /// Whether they may opt its agents in and out.
        allow_queue_agent_opt_change: bool = false;
        /// How far into an agent's call they get.
        queue_agent_monitor_mode: MonitorMode = MonitorMode::Disabled;
        /// Whether the agent is told.
        queue_agent_monitor_notification_mode: MonitorNotification = MonitorNotification::Disabled;
        /// Whose attendants' figures of now they see.
        real_time_auto_attendant_metrics: RealTimeMetrics = RealTimeMetrics::Disabled;
        /// Whose queues' figures of now they see.
        real_time_call_queue_metrics: RealTimeMetrics = RealTimeMetrics::Disabled;
        /// Whose agents' figures of now they see.
        real_time_agent_metrics: RealTimeMetrics = RealTimeMetrics::Disabled;
        /// Whose attendants' figures of the past they see.
        historical_auto_attendant_metrics: HistoricalMetrics = HistoricalMetrics::Disabled;
        /// Whose queues' figures of the past they see.
        historical_call_queue_metrics: HistoricalMetrics = HistoricalMetrics::Disabled;
        /// Whose agents' figures of the past they see.
        historical_agent_metrics: HistoricalMetrics = HistoricalMetrics::Disabled;
    }
}
