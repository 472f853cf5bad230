//! Which settings anything follows today. The others are kept, so that what is brought along from elsewhere is complete,
//! and change nothing; who sets one is told so.

use super::PolicyType;

impl PolicyType {
    /// Whether calls, or what people may do, follow this setting.
    pub fn is_followed(self, setting: &str) -> bool {
        let followed: &[&str] = match self {
            Self::CallerId => {
                &["block_incoming_pstn_caller_id", "calling_id_substitute", "company_name", "resource_account"]
            }
            Self::Calling => &[
                "allow_private_calling",
                "allow_voicemail",
                "busy_on_busy_enabled_type",
                "inbound_pstn_call_routing_treatment",
                "music_on_hold_enabled_type",
                "prevent_toll_bypass",
            ],
            // There are no conferences that call anybody.
            Self::DialOut => return setting != "conference",
            Self::DialPlan => &["dial_plan"],
            Self::EmergencyCallRouting => &["allow_enhanced_emergency_services", "emergency_numbers"],
            Self::EmergencyCalling => &["extended_notifications", "notification_group", "notification_mode"],
            Self::SharedCalling => &["emergency_numbers", "resource_account"],
            // An agent is told of a supervisor as the queue or the organization says.
            Self::VoiceApplications => return setting != "queue_agent_monitor_notification_mode",
            Self::VoiceRouting => &["carrier_backup", "fallthrough", "pstn_usages"],
            Self::Voicemail => {
                &["enable_transcription", "maximum_recording_seconds", "postamble_audio_file", "preamble_audio_file"]
            }
            Self::CallHold => &["audio_file"],
            Self::CallPark
            | Self::EnhancedEncryption
            | Self::IpPhone
            | Self::MediaConnectivity
            | Self::Mobility
            | Self::NetworkRoaming
            | Self::Recording => &[],
        };
        followed.contains(&setting)
    }
}
