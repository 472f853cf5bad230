//! Policies about calls to emergency services: who is told, and where they go. Specification of calling, 4.6, and of
//! numbers, 1.6.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use super::calling::Switch;
use crate::bounded::{Few, Text};
use crate::id::ResourceAccountId;
use crate::limits::{EMERGENCY_ENTRIES_MAX, EMERGENCY_MASKS_MAX, NOTIFIED_ENTRIES_MAX, RESERVED_CALLBACKS_MAX};
use crate::numbers::E164;
use crate::setting::{Form, Formed, choices, settings};

choices! {
    /// How those who are told of an emergency call take part in it.
    NotificationMode: NotificationOnly "notification_only", ConferenceMuted "conference_muted",
        ConferenceUnmuted "conference_unmuted";
}

/// People, groups or e-mail addresses that are told.
pub type Notified = Few<Text<254>, NOTIFIED_ENTRIES_MAX>;

settings! {
    /// Who is told of a person's emergency call.
    EmergencyCalling {
        /// People, groups or e-mail addresses that are told.
        notification_group: Notified = Few::default();
        /// A number that is called and listens; only with a conference.
        notification_dial_out_number: Option<E164> = None;
        /// How they take part.
        notification_mode: Option<NotificationMode> = None;
        /// Whether a person outside the organization's networks may say where they are.
        external_location_lookup_mode: Switch = Switch::Disabled;
        /// What is shown until the person has acknowledged it.
        enhanced_emergency_service_disclaimer: Option<Text<350>> = None;
        /// What holds for single emergency numbers instead; nobody is told where it names nobody.
        extended_notifications: Few<ExtendedNotification, EMERGENCY_ENTRIES_MAX> = Few::default();
    }
}

settings! {
    /// Which digits reach emergency services, and over which usage they go.
    EmergencyCallRouting {
        /// Whether the caller's location is looked up and sent.
        allow_enhanced_emergency_services: bool = false;
        /// Emergency numbers with what else is dialled for them and the usage that they go by.
        emergency_numbers: Few<EmergencyNumber, EMERGENCY_ENTRIES_MAX> = Few::default();
    }
}

settings! {
    /// One number for many people, and numbers on which emergency services call back.
    SharedCalling {
        /// Whose number is shown and called back.
        resource_account: Option<ResourceAccountId> = None;
        /// Numbers that are reserved for an hour for whoever called emergency services.
        emergency_numbers: Few<E164, RESERVED_CALLBACKS_MAX> = Few::default();
    }
}

/// Who is told of calls to one emergency number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtendedNotification {
    pub emergency_dial_string: DialString,
    #[serde(default)]
    pub notification_group: Notified,
    #[serde(default)]
    pub notification_dial_out_number: Option<E164>,
    #[serde(default)]
    pub notification_mode: Option<NotificationMode>,
}

/// An emergency number and where calls to it go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyNumber {
    pub emergency_dial_string: DialString,
    /// What is dialled for it as well.
    #[serde(default)]
    pub emergency_dial_masks: Few<DialString, EMERGENCY_MASKS_MAX>,
    /// The usage whose routes the call goes by.
    pub pstn_usage: Text<256>,
}

/// 1 to 10 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct DialString(String);

impl DialString {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for DialString {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(from)?;
        let fits = (1..=10).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        fits.then_some(Self(digits)).ok_or_else(|| serde::de::Error::custom("1 to 10 digits"))
    }
}

impl EmergencyCallRouting {
    /// The emergency number that somebody means who dials these digits.
    pub fn find(&self, dialled: &str) -> Option<&EmergencyNumber> {
        let is_meant = |it: &&EmergencyNumber| {
            std::iter::once(&it.emergency_dial_string)
                .chain(it.emergency_dial_masks.iter())
                .any(|digits| digits.as_str() == dialled)
        };
        self.emergency_numbers.iter().find(is_meant)
    }

    /// A number or mask that is there twice.
    pub fn duplicate(&self) -> Option<&DialString> {
        let mut seen = BTreeSet::new();
        let all = self.emergency_numbers.iter();
        all.flat_map(|it| std::iter::once(&it.emergency_dial_string).chain(it.emergency_dial_masks.iter()))
            .find(|digits| !seen.insert(*digits))
    }
}

impl EmergencyCalling {
    /// Who is told of a call to an emergency number.
    pub fn notified_of(&self, number: &str) -> &Notified {
        let own = self.extended_notifications.iter().find(|it| it.emergency_dial_string.as_str() == number);
        own.map_or(&self.notification_group, |own| &own.notification_group)
    }

    /// How those who are told of a call to an emergency number take part in it.
    pub fn mode_of(&self, number: &str) -> Option<NotificationMode> {
        let own = self.extended_notifications.iter().find(|it| it.emergency_dial_string.as_str() == number);
        own.map_or(self.notification_mode, |own| own.notification_mode)
    }

    /// A number that has two notifications of its own.
    pub fn duplicate(&self) -> Option<&DialString> {
        let mut seen = BTreeSet::new();
        self.extended_notifications.iter().map(|it| &it.emergency_dial_string).find(|digits| !seen.insert(*digits))
    }
}

impl SharedCalling {
    /// A number that is there twice.
    pub fn duplicate(&self) -> Option<E164> {
        let mut seen = BTreeSet::new();
        self.emergency_numbers.iter().copied().find(|number| !seen.insert(*number))
    }
}

impl Formed for Few<ExtendedNotification, EMERGENCY_ENTRIES_MAX> {
    const FORM: Form = Form::Entries {
        of: "with emergency_dial_string (1 to 10 digits), notification_group, notification_dial_out_number and \
             notification_mode",
        n_max: EMERGENCY_ENTRIES_MAX,
    };
}

impl Formed for Few<EmergencyNumber, EMERGENCY_ENTRIES_MAX> {
    const FORM: Form = Form::Entries {
        of: "with emergency_dial_string, emergency_dial_masks (1 to 10 digits each) and pstn_usage",
        n_max: EMERGENCY_ENTRIES_MAX,
    };
}

impl Formed for Few<E164, RESERVED_CALLBACKS_MAX> {
    const FORM: Form = Form::Entries { of: "a number such as +14255550100", n_max: RESERVED_CALLBACKS_MAX };
}
