//! What people may change of the attendants and queues that name them, without a role. Specification of voice apps, 1.17.
//!
//! Both halves are needed: the app names the person, and the person's voice applications policy grants the right. What a
//! change needs is told from the settings before and after, so that a right opens exactly its own fields.

mod of_attendant;
mod of_queue;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use of_attendant::rights_for as rights_for_attendant;
pub use of_queue::rights_for as rights_for_queue;

use crate::id::{GroupId, UserId};
use crate::policies::voice_apps::VoiceApplications;
use crate::rule::Broken;

/// Who may change an app as far as their policy lets them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Authorized {
    pub users: BTreeSet<UserId>,
    /// Whose members, as long as they are.
    pub groups: BTreeSet<GroupId>,
}

impl Authorized {
    /// Whether the app names this person.
    pub fn names(&self, user: UserId, groups: &BTreeSet<GroupId>) -> bool {
        self.users.contains(&user) || !self.groups.is_disjoint(groups)
    }
}

macro_rules! rights {
    ($($right:ident $setting:ident $name:literal;)*) => {
        /// A right to change one thing of an app.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Right {
            $(#[doc = concat!("`", $name, "`")] $right,)*
        }

        impl Right {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$right,)*];

            /// The setting of a policy that grants it.
            pub fn setting(self) -> &'static str {
                match self {
                    $(Self::$right => $name,)*
                }
            }

            /// Whether a policy grants it.
            pub fn is_granted_by(self, policy: &VoiceApplications) -> bool {
                match self {
                    $(Self::$right => policy.$setting,)*
                }
            }
        }
    };
}

rights! {
    BusinessHoursGreeting allow_business_hours_greeting_change "allow_business_hours_greeting_change";
    AfterHoursGreeting allow_after_hours_greeting_change "allow_after_hours_greeting_change";
    HolidayGreeting allow_holiday_greeting_change "allow_holiday_greeting_change";
    BusinessHours allow_business_hours_change "allow_business_hours_change";
    Holidays allow_holidays_change "allow_holidays_change";
    TimeZone allow_time_zone_change "allow_time_zone_change";
    Language allow_language_change "allow_language_change";
    BusinessHoursRouting allow_business_hours_routing_change "allow_business_hours_routing_change";
    AfterHoursRouting allow_after_hours_routing_change "allow_after_hours_routing_change";
    HolidayRouting allow_holiday_routing_change "allow_holiday_routing_change";
    QueueWelcomeGreeting allow_queue_welcome_greeting_change "allow_queue_welcome_greeting_change";
    QueueMusicOnHold allow_queue_music_on_hold_change "allow_queue_music_on_hold_change";
    QueueOverflowVoicemailGreeting allow_queue_overflow_shared_voicemail_greeting_change
        "allow_queue_overflow_shared_voicemail_greeting_change";
    QueueTimeoutVoicemailGreeting allow_queue_timeout_shared_voicemail_greeting_change
        "allow_queue_timeout_shared_voicemail_greeting_change";
    QueueNoAgentVoicemailGreeting allow_queue_no_agent_shared_voicemail_greeting_change
        "allow_queue_no_agent_shared_voicemail_greeting_change";
    QueueLanguage allow_queue_language_change "allow_queue_language_change";
    QueueMembership allow_queue_membership_change "allow_queue_membership_change";
    QueueConferenceMode allow_queue_conference_mode_change "allow_queue_conference_mode_change";
    QueueRoutingMethod allow_queue_routing_method_change "allow_queue_routing_method_change";
    QueuePresenceBasedRouting allow_queue_presence_based_routing_change
        "allow_queue_presence_based_routing_change";
    QueueOptOut allow_queue_opt_out_change "allow_queue_opt_out_change";
    QueueOverflowRouting allow_queue_overflow_routing_change "allow_queue_overflow_routing_change";
    QueueTimeoutRouting allow_queue_timeout_routing_change "allow_queue_timeout_routing_change";
    QueueNoAgentsRouting allow_queue_no_agents_routing_change "allow_queue_no_agents_routing_change";
    QueueAgentOpt allow_queue_agent_opt_change "allow_queue_agent_opt_change";
}

/// What a change needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    pub rights: BTreeSet<Right>,
    /// Fields that no right opens; they need a role.
    pub beyond: BTreeSet<&'static str>,
}

/// A change that somebody who is named by an app may not make.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDelegated {
    /// No right of a policy opens this field.
    #[error("only who has a role for it changes {field} here")]
    Beyond {
        /// The field of the settings.
        field: &'static str,
    },
    /// The policy does not grant it.
    #[error("your voice applications policy does not grant {}", right.setting())]
    Missing {
        /// What is needed.
        right: Right,
    },
}

impl Needed {
    /// One right.
    pub fn of(right: Right) -> Self {
        Self { rights: BTreeSet::from([right]), beyond: BTreeSet::new() }
    }

    fn right(&mut self, right: Right, is_changed: bool) {
        if is_changed {
            self.rights.insert(right);
        }
    }

    fn role(&mut self, field: &'static str, is_changed: bool) {
        if is_changed {
            self.beyond.insert(field);
        }
    }

    /// Whether a policy grants all of it.
    pub fn check(&self, policy: &VoiceApplications) -> Result<(), NotDelegated> {
        if let Some(field) = self.beyond.first() {
            return Err(NotDelegated::Beyond { field });
        }
        match self.rights.iter().find(|right| !right.is_granted_by(policy)) {
            Some(right) => Err(NotDelegated::Missing { right: *right }),
            None => Ok(()),
        }
    }
}

/// Whether a policy grants anything at all; who is named and has nothing sees nothing.
pub fn grants_anything(policy: &VoiceApplications) -> bool {
    *policy != VoiceApplications::default()
}

impl Broken for NotDelegated {
    fn code(&self) -> &'static str {
        match self {
            Self::Beyond { .. } => "delegation.beyond",
            Self::Missing { .. } => "delegation.missing_right",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Beyond { .. } => "leave it as it is, or ask an administrator".to_owned(),
            Self::Missing { right } => {
                format!("leave it as it is, or ask an administrator for a policy with {}", right.setting())
            }
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
