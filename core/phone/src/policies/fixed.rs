//! Policies that come with the program and are not changed, by the names that scripts for the best-known service have.
//! Specification of calling, 2.8 and 4.5.

use super::call::Voicemail;
use super::dial_out::{ConferenceDialOut, DialOut, UserDialOut};
use super::policy::Policy;
use super::types::{PolicyType, Settings};
use crate::id::{PolicyId, TenantId};

use ConferenceDialOut::{Any, None as NoConference, ZoneA};
use UserDialOut::{Domestic, InternationalAndDomestic as World, None as Nobody};

/// Conferences {any, domestic, zone A, none} × people {abroad and domestic, domestic, none}, by name.
const DIAL_OUT: [(&str, ConferenceDialOut, UserDialOut); 12] = [
    ("DialoutCPCandPSTNDisabled", NoConference, Nobody),
    ("DialoutCPCandPSTNDomestic", ConferenceDialOut::Domestic, Domestic),
    ("DialoutCPCandPSTNInternational", Any, World),
    ("DialoutCPCDisabledPSTNDomestic", NoConference, Domestic),
    ("DialoutCPCDisabledPSTNInternational", NoConference, World),
    ("DialoutCPCDomesticPSTNDisabled", ConferenceDialOut::Domestic, Nobody),
    ("DialoutCPCDomesticPSTNInternational", ConferenceDialOut::Domestic, World),
    ("DialoutCPCInternationalPSTNDisabled", Any, Nobody),
    ("DialoutCPCInternationalPSTNDomestic", Any, Domestic),
    ("DialoutCPCZoneAPSTNDisabled", ZoneA, Nobody),
    ("DialoutCPCZoneAPSTNDomestic", ZoneA, Domestic),
    ("DialoutCPCZoneAPSTNInternational", ZoneA, World),
];

/// The policies of a type that come with the program, as an organization has them. Their ids are those of no other
/// object: an id that is made is of version 7, these are of version 8, and each organization has its own.
pub fn fixed(tenant: TenantId, kind: PolicyType) -> Vec<Policy> {
    let voicemail = |change: &dyn Fn(&mut Voicemail)| {
        let mut settings = Voicemail::default();
        change(&mut settings);
        Settings::Voicemail(settings)
    };
    let (first, all): (u8, Vec<(&str, Settings)>) = match kind {
        PolicyType::DialOut => {
            let settings = |conference, user| Settings::DialOut(DialOut { conference, user, ..DialOut::default() });
            (1, DIAL_OUT.iter().map(|(name, conference, user)| (*name, settings(*conference, *user))).collect())
        }
        PolicyType::Voicemail => {
            let off = voicemail(&|it| it.enable_transcription = false);
            let masking = voicemail(&|it| it.enable_transcription_profanity_masking = true);
            (101, vec![("TranscriptionDisabled", off), ("TranscriptionProfanityMaskingEnabled", masking)])
        }
        PolicyType::CallHold
        | PolicyType::CallPark
        | PolicyType::CallerId
        | PolicyType::Calling
        | PolicyType::DialPlan
        | PolicyType::EmergencyCallRouting
        | PolicyType::EmergencyCalling
        | PolicyType::EnhancedEncryption
        | PolicyType::IpPhone
        | PolicyType::MediaConnectivity
        | PolicyType::Mobility
        | PolicyType::NetworkRoaming
        | PolicyType::Recording
        | PolicyType::SharedCalling
        | PolicyType::VoiceApplications
        | PolicyType::VoiceRouting => return Vec::new(),
    };
    let policy = |(number, (name, settings)): (u8, (&str, Settings))| Policy {
        id: Some(id(tenant, number)),
        name: name.to_owned(),
        description: Some("It comes with the program and is not changed.".to_owned()),
        settings,
    };
    (first..).zip(all).map(policy).collect()
}

/// Whether a policy of an organization comes with the program.
pub fn is_fixed(tenant: TenantId, policy: &Policy) -> bool {
    fixed(tenant, policy.kind()).iter().any(|fixed| fixed.id == policy.id)
}

fn id(tenant: TenantId, number: u8) -> PolicyId {
    const VERSION: u128 = 0xf << 76;
    const EIGHT: u128 = 0x8 << 76;
    PolicyId(uuid::Uuid::from_u128((tenant.0.as_u128() & !VERSION | EIGHT) ^ u128::from(number)))
}
