//! Policies about what happens in a call: park, hold, voicemail, recording. Specification of calling, 2.7–2.9 and 2.19.

use serde::{Deserialize, Serialize};

use super::calling::Switch;
use crate::bounded::{Few, Text, Whole};
use crate::id::PromptKey;
use crate::setting::{Form, Formed, HttpsUrl, LanguageTag, settings};

settings! {
    /// Whether a person may park calls, and at which codes.
    CallPark {
        /// Whether the person may park and pick up.
        allow_call_park: bool = false;
        /// The first code that a parked call gets.
        pickup_range_start: Whole<1, 999_999> = Whole::of(10);
        /// The last code.
        pickup_range_end: Whole<1, 999_999> = Whole::of(99);
        /// Seconds after which who parked is rung again.
        park_timeout_seconds: Whole<30, 7_200> = Whole::of(300);
    }
}

settings! {
    /// What who is on hold hears. A stream goes before a file, a file before the built-in music.
    CallHold {
        /// The music.
        audio_file: Option<PromptKey> = None;
        /// A stream of music.
        streaming_source_url: Option<HttpsUrl> = None;
    }
}

settings! {
    /// How a person's voicemail is taken.
    Voicemail {
        /// Whether the person may edit what happens to unanswered calls.
        enable_editing_call_answer_rules: bool = true;
        /// Whether messages are written down.
        enable_transcription: bool = true;
        /// Whether rude words are masked.
        enable_transcription_profanity_masking: bool = false;
        /// Whether they are translated into the person's language.
        enable_transcription_translation: bool = true;
        /// The longest message in seconds.
        maximum_recording_seconds: Whole<10, 1_800> = Whole::of(300);
        /// The language of prompts, instead of the person's; needs a second one.
        primary_system_prompt_language: Option<LanguageTag> = None;
        /// The second language of prompts.
        secondary_system_prompt_language: Option<LanguageTag> = None;
        /// Played before the greeting.
        preamble_audio_file: Option<PromptKey> = None;
        /// Played after the greeting.
        postamble_audio_file: Option<PromptKey> = None;
        /// Whether a call ends if they can't be played.
        preamble_postamble_mandatory: bool = false;
        /// Whether messages are summed up and sorted.
        enable_voicemail_triage: bool = false;
    }
}

settings! {
    /// Which calls of a person are recorded for compliance, and by what.
    Recording {
        /// Whether calls are recorded.
        enabled: bool = false;
        /// Whether no sound tells of it.
        disable_audio_notification_for_calls: bool = false;
        /// Whether legs that were forwarded, transferred or taken by others are recorded, too.
        record_rerouted_calls: bool = false;
        /// Whether a person is told when they are no longer recorded.
        warn_user_on_removal: bool = true;
        /// What is shown instead of the usual notice.
        custom_banner: Option<Text<256>> = None;
        /// Whether the organization's own prompts tell of it.
        custom_prompts_enabled: bool = false;
        /// Which of them.
        custom_prompts_package_id: Option<Text<64>> = None;
        /// What records.
        recorder_apps: Few<RecorderApp, RECORDER_APPS_MAX> = Few::default();
    }
}

/// More than an organization could ask for one call.
const RECORDER_APPS_MAX: usize = 10;

/// A program that records. Specification of calling, 2.19.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecorderApp {
    /// SIP address or name of the recorder.
    pub name: Text<256>,
    /// Whether a call waits for it.
    #[serde(default = "yes")]
    pub required_before_call_establishment: bool,
    /// Whether a call ends with it.
    #[serde(default = "yes")]
    pub required_during_call: bool,
    /// How many of it are invited at once.
    #[serde(default = "one")]
    pub concurrent_invitation_count: Whole<1, 4>,
}

impl Formed for Few<RecorderApp, RECORDER_APPS_MAX> {
    const FORM: Form = Form::Entries {
        of: "with name, required_before_call_establishment, required_during_call and concurrent_invitation_count (1 to 4)",
        n_max: RECORDER_APPS_MAX,
    };
}

settings! {
    /// Whether a person's calls are encrypted from end to end.
    EnhancedEncryption {
        /// Whether calls between two people may be encrypted from end to end.
        calling_end_to_end_encryption: Switch = Switch::Disabled;
    }
}

settings! {
    /// Which way a person's sound goes.
    MediaConnectivity {
        /// Whether sound may go between two people directly; otherwise the server relays it.
        direct_connection: Switch = Switch::Enabled;
    }
}

fn yes() -> bool {
    true
}

fn one() -> Whole<1, 4> {
    Whole::of(1)
}
