//! The types of policies: which there are, who may be given one, and the settings of each.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{call, calling, device, dial_out, emergency, outside, routing, voice_apps};
use crate::setting::{Kin, Setting, SettingFault, merged};

/// What a policy may be assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HolderKind {
    Group,
    Number,
    Site,
    User,
}

macro_rules! types {
    ($($name:ident: $settings:path, $word:literal, [$($holder:ident)*], $about:literal;)+) => {
        /// A type of policies.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum PolicyType { $(#[doc = $about] $name,)+ }

        /// The settings of one policy.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Settings { $(#[doc = $about] $name($settings),)+ }

        impl PolicyType {
            /// All of them, by their names.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its word in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What it is about.
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)+ }
            }

            /// What its policies may be assigned to. Specification of calling, 4.3.
            pub fn holders(self) -> &'static [HolderKind] {
                match self { $(Self::$name => &[$(HolderKind::$holder),*],)+ }
            }

            /// Its settings, in the order of the specification.
            pub fn settings(self) -> &'static [Setting] {
                match self { $(Self::$name => <$settings>::SETTINGS,)+ }
            }
        }

        impl Settings {
            /// What everybody has until somebody changes it.
            pub fn factory(kind: PolicyType) -> Self {
                match kind { $(PolicyType::$name => Self::$name(Default::default()),)+ }
            }

            /// Their type.
            pub fn kind(&self) -> PolicyType {
                match self { $(Self::$name(_) => PolicyType::$name,)+ }
            }

            /// Reads settings that were kept; what is missing is as it was first, what is unknown is left out.
            pub fn read(kind: PolicyType, kept: Value) -> Result<Self, serde_json::Error> {
                Ok(match kind { $(PolicyType::$name => Self::$name(serde_json::from_value(kept)?),)+ })
            }

            /// As they are kept and shown.
            pub fn to_value(&self) -> Value {
                match self { $(Self::$name(settings) => serde_json::to_value(settings),)+ }.unwrap_or_default()
            }
        }
    };
}

types! {
    CallHold: call::CallHold, "call_hold", [Group User], "What who is on hold hears.";
    CallPark: call::CallPark, "call_park", [Group User], "Whether people may park calls, and at which codes.";
    CallerId: outside::CallerId, "caller_id", [Group Number User],
        "Which number and name are shown, and whether callers show theirs.";
    Calling: calling::Calling, "calling", [Group User], "What people may do with calls.";
    DialOut: dial_out::DialOut, "dial_out", [Group Number User],
        "Where people may call outside; emergency calls go in any case.";
    DialPlan: routing::DialPlan, "dial_plan", [Group Number User],
        "How dialled digits become numbers, before calls are routed.";
    EmergencyCallRouting: emergency::EmergencyCallRouting, "emergency_call_routing", [Number Site User],
        "Which digits reach emergency services, and over which usage they go.";
    EmergencyCalling: emergency::EmergencyCalling, "emergency_calling", [Group Number Site User],
        "Who is told of an emergency call.";
    EnhancedEncryption: call::EnhancedEncryption, "enhanced_encryption", [Group User],
        "Whether calls may be encrypted from end to end.";
    IpPhone: device::IpPhone, "ip_phone", [Group User], "What desk phones offer.";
    MediaConnectivity: call::MediaConnectivity, "media_connectivity", [Group User], "Which way sound goes.";
    Mobility: device::Mobility, "mobility", [Group User], "Which networks and dialler mobile phones use.";
    NetworkRoaming: device::NetworkRoaming, "network_roaming", [Site],
        "What networks where people roam carry; it is for sites, not for people.";
    Recording: call::Recording, "recording", [Group User], "Which calls are recorded for compliance.";
    SharedCalling: emergency::SharedCalling, "shared_calling", [Group Number User],
        "One number for many people, and numbers on which emergency services call back.";
    VoiceApplications: voice_apps::VoiceApplications, "voice_applications", [User],
        "What people may change and see of attendants and queues that name them.";
    VoiceRouting: routing::VoiceRouting, "voice_routing", [Group Number User],
        "Over which usages, and so which routes and trunks, calls outside go.";
    Voicemail: call::Voicemail, "voicemail", [Group User], "How voicemail is taken.";
}

impl PolicyType {
    /// Reads its word; hyphens are as good as underscores.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.replace('-', "_");
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

impl Serialize for PolicyType {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for PolicyType {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        Self::parse(&word).ok_or_else(|| serde::de::Error::custom(format!("no type of policies: {word}")))
    }
}

impl Settings {
    /// The settings with some of them changed. A setting that is null and may not be is as it was first.
    pub fn changed(&self, wanted: &Map<String, Value>) -> Result<Self, Vec<SettingFault>> {
        let kind = self.kind();
        let kin = Kin {
            what: format!("a {} policy", kind.as_str()),
            unknown: "policy.setting_unknown",
            malformed: "policy.setting_malformed",
        };
        let first = Self::factory(kind).to_value();
        let value = merged(kind.settings(), &first, self.to_value(), wanted, &kin)?;
        let changed = Self::read(kind, value).map_err(|error| {
            vec![SettingFault {
                field: "settings".to_owned(),
                code: "policy.setting_malformed",
                message: error.to_string(),
            }]
        })?;
        let faults = changed.faults();
        if faults.is_empty() { Ok(changed) } else { Err(faults) }
    }

    /// What is wrong with settings that are each right by themselves.
    fn faults(&self) -> Vec<SettingFault> {
        let mut found = Vec::new();
        let mut rule = |holds: bool, name: &str, code: &'static str, message: &str| {
            if !holds {
                let message = message.to_owned();
                found.push(SettingFault { field: format!("settings.{name}"), code, message });
            }
        };
        match self {
            Self::CallPark(park) => {
                let holds = park.pickup_range_start.value() < park.pickup_range_end.value();
                rule(holds, "pickup_range_end", "policy.park_range", "the first code is before the last");
            }
            Self::CallerId(caller_id) => {
                let holds = caller_id.calling_id_substitute != outside::CallingId::Resource
                    || caller_id.resource_account.is_some();
                let words = "`resource` needs the resource account whose number is shown";
                rule(holds, "resource_account", "policy.resource_account_missing", words);
            }
            Self::Calling(calling) => {
                let holds = !calling.enable_spend_limits || calling.calling_spend_user_limit.is_some();
                rule(holds, "calling_spend_user_limit", "policy.spend_limit_missing", "a limit needs an amount");
                let holds = calling.popout_for_incoming_pstn_calls == calling::Switch::Disabled
                    || calling.popout_app_path_for_incoming_pstn_calls.is_some();
                let name = "popout_app_path_for_incoming_pstn_calls";
                rule(holds, name, "policy.popout_path_missing", "a page that opens needs an address");
            }
            Self::EmergencyCallRouting(routing) => {
                let words = "an emergency number or mask is in a policy once";
                rule(routing.duplicate().is_none(), "emergency_numbers", "policy.dial_string_duplicate", words);
            }
            Self::EmergencyCalling(emergency) => {
                let is_conference =
                    !matches!(emergency.notification_mode, None | Some(emergency::NotificationMode::NotificationOnly));
                let holds = emergency.notification_dial_out_number.is_none() || is_conference;
                let words = "a number is called only with a conference: choose conference_muted or conference_unmuted";
                rule(holds, "notification_mode", "policy.conference_needed", words);
                let words = "an emergency number has one notification of its own";
                rule(emergency.duplicate().is_none(), "extended_notifications", "policy.dial_string_duplicate", words);
            }
            Self::SharedCalling(shared) => {
                let holds = shared.resource_account.is_some() || shared.emergency_numbers.is_empty();
                let words = "numbers to call back belong to the resource account whose number is shared: name it";
                rule(holds, "resource_account", "policy.resource_account_missing", words);
                let words = "a number to call back is there once";
                rule(shared.duplicate().is_none(), "emergency_numbers", "policy.callback_duplicate", words);
            }
            Self::Voicemail(voicemail) => {
                let (one, two) =
                    (&voicemail.primary_system_prompt_language, &voicemail.secondary_system_prompt_language);
                let holds = one.is_some() == two.is_some() && (one.is_none() || one != two);
                let words = "prompts have two different languages, or the person's own";
                rule(holds, "secondary_system_prompt_language", "policy.prompt_languages", words);
            }
            Self::VoiceRouting(routing) => {
                let words = "a usage is in a policy once";
                rule(routing.duplicate().is_none(), "pstn_usages", "policy.usage_duplicate", words);
            }
            Self::CallHold(_)
            | Self::DialOut(_)
            | Self::DialPlan(_)
            | Self::EnhancedEncryption(_)
            | Self::IpPhone(_)
            | Self::MediaConnectivity(_)
            | Self::Mobility(_)
            | Self::NetworkRoaming(_)
            | Self::Recording(_)
            | Self::VoiceApplications(_) => {}
        }
        found
    }
}
