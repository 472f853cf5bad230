//! The calling policy: what a person may do with calls, and how calls to them are treated. Specification of calling,
//! 4.4.

use crate::bounded::{Text, Whole};
use crate::setting::{HttpsUrl, choices, settings};

choices! {
    /// Whether something is there.
    Switch: Enabled "enabled", Disabled "disabled";
    /// Whether something is there, or the person decides.
    SwitchOrUser: Enabled "enabled", Disabled "disabled", UserOverride "user_override";
    /// Whether unanswered calls go to voicemail.
    Voicemail: AlwaysEnabled "always_enabled", AlwaysDisabled "always_disabled", UserOverride "user_override";
    /// What becomes of a call that comes in from the public network.
    PstnTreatment: RegularIncoming "regular_incoming", Unanswered "unanswered", Voicemail "voicemail",
        UserOverride "user_override";
    /// What becomes of a call from another organization.
    FederatedTreatment: RegularIncoming "regular_incoming", Unanswered "unanswered", Voicemail "voicemail";
    /// What a caller gets when the person is in a call already.
    BusyOnBusy: Enabled "enabled", Unanswered "unanswered", Disabled "disabled", UserOverride "user_override";
    /// Whether a person may see captions.
    Captions: DisabledUserOverride "disabled_user_override", Disabled "disabled";
    /// How far an assistant helps in calls.
    Assistant: Enabled "enabled", EnabledWithTranscript "enabled_with_transcript", Disabled "disabled";
    /// How a person is warned of fraud.
    PhishingWarning: BannerAndAudio "banner_and_audio", Banner "banner", Audio "audio", None "none";
    /// Which calls are kept from being recorded for compliance.
    ComplianceExemption: None "none", All "all";
}

settings! {
    /// What a person may do with calls.
    Calling {
        /// Whether the person has calls at all; emergency calls go in any case.
        allow_private_calling: bool = true;
        /// Whether calls may be forwarded to people, or ring them too.
        allow_call_forwarding_to_user: bool = true;
        /// Whether calls may be forwarded to any telephone number, or ring it too.
        allow_call_forwarding_to_phone: bool = true;
        /// Whether unanswered calls go to voicemail, never do, or the person decides.
        allow_voicemail: Voicemail = Voicemail::UserOverride;
        /// What becomes of calls from the public network.
        inbound_pstn_call_routing_treatment: PstnTreatment = PstnTreatment::RegularIncoming;
        /// What becomes of calls from other organizations.
        inbound_federated_call_routing_treatment: FederatedTreatment = FederatedTreatment::RegularIncoming;
        /// Whether the person may have a call group.
        allow_call_groups: bool = true;
        /// Whether the person may have delegates and be one.
        allow_delegation: bool = true;
        /// Whether calls must leave by the trunk of the site where the person is.
        prevent_toll_bypass: bool = false;
        /// Whether who is on hold hears music.
        music_on_hold_enabled_type: SwitchOrUser = SwitchOrUser::Enabled;
        /// What a caller gets while the person is in a call.
        busy_on_busy_enabled_type: BusyOnBusy = BusyOnBusy::Disabled;
        /// Whether the person may call outside from a browser.
        allow_web_pstn_calling: bool = true;
        /// Whether sound of a browser may go to the trunk directly.
        enable_web_pstn_media_bypass: bool = false;
        /// Whether the person may record calls.
        allow_cloud_recording_for_calls: bool = false;
        /// Days after which a recording is deleted; null keeps it.
        call_recording_expiration_days: Option<Whole<1, 99_999>> = Some(Whole::of(60));
        /// Whether calls may be written down.
        allow_transcription_for_calling: bool = false;
        /// Whether the person may see captions.
        live_captions_enabled_type_for_calling: Captions = Captions::DisabledUserOverride;
        /// Whether phones answer invitations to meetings by themselves.
        auto_answer_enabled_type: Switch = Switch::Disabled;
        /// Whether calls that are likely spam are marked.
        spam_filtering_enabled_type: Switch = Switch::Enabled;
        /// Whether the person may use plain SIP phones of the gateway for them.
        allow_sip_devices_calling: bool = false;
        /// Whether a SIP phone may redirect calls by itself.
        allow_call_redirect: Switch = Switch::Disabled;
        /// Whether a page opens when a call comes in from the public network.
        popout_for_incoming_pstn_calls: Switch = Switch::Disabled;
        /// The page that opens.
        popout_app_path_for_incoming_pstn_calls: Option<HttpsUrl> = None;
        /// How far an assistant helps in calls.
        copilot: Assistant = Assistant::Enabled;
        /// Whether both sides must agree before a call is recorded.
        explicit_recording_consent: Switch = Switch::Disabled;
        /// Whether a recording is announced by sound.
        recording_and_transcription_audio_notification: Switch = Switch::Disabled;
        /// Whether the organization's own words announce a recording.
        enable_recording_and_transcription_custom_message: bool = false;
        /// Which of them.
        recording_and_transcription_custom_message_identifier: Option<Text<64>> = None;
        /// Whether text may be sent letter by letter.
        real_time_text: Switch = Switch::Enabled;
        /// Whether calls may be interpreted.
        ai_interpreter: Switch = Switch::Enabled;
        /// Whether the interpreter may sound like the speaker.
        voice_simulation_in_interpreter: Switch = Switch::Disabled;
        /// Whether the person can report a suspicious call.
        report_call: Switch = Switch::Enabled;
        /// How the person is warned of fraud.
        voice_phishing_detection: PhishingWarning = PhishingWarning::BannerAndAudio;
        /// Which calls are kept from being recorded for compliance.
        prevent_compliance_recording: ComplianceExemption = ComplianceExemption::None;
        /// Whether what the person spends on calls is limited.
        enable_spend_limits: bool = false;
        /// The limit for one month, in whole units of the organization's currency.
        calling_spend_user_limit: Option<Whole<1, 1_000_000>> = None;
        /// Whether what was said in calls may be learned from.
        allow_meeting_knowledge_generation: bool = true;
    }
}
