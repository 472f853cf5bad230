//! Callers' numbers that somebody vouches for with a signature: for whose we do, and what becomes of a call whose
//! signature says this or that. RFC 8224, RFC 8225, RFC 8226, RFC 8588

pub mod authority;
pub mod passport;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::E164;
use super::number::NumberSource;
use super::trunk::settings::StirShakenAction;

/// How far a signer vouches for a caller's number. RFC 8588 §4
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attestation {
    /// The signer knows who calls, and that the number is theirs to show.
    #[serde(rename = "A")]
    Full,
    /// The signer knows who calls, and not whose the number is.
    #[serde(rename = "B")]
    Partial,
    /// The signer only knows where the call came in.
    #[serde(rename = "C")]
    Gateway,
}

impl Attestation {
    /// Its letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "A",
            Self::Partial => "B",
            Self::Gateway => "C",
        }
    }

    /// The one with this letter.
    pub fn parse(letter: &str) -> Option<Self> {
        [Self::Full, Self::Partial, Self::Gateway].into_iter().find(|known| known.as_str() == letter)
    }
}

/// Whose certificate signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The organization's own, which says itself for which numbers it is.
    Organization,
    /// That of who runs the server.
    Platform,
}

/// Whose the number is that a call shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The organization got it from the platform, or from an operator on it.
    Given,
    /// The organization uploaded it: its own carrier knows whether that is true, the platform does not.
    Brought,
    /// Nobody's here, shown by one of the organization's own people or apps.
    Unknown,
    /// That of who called from outside and is sent on.
    Callers,
}

impl Whose {
    /// Of a number that the organization holds.
    pub fn held(source: NumberSource) -> Self {
        match source {
            NumberSource::CallingPlan | NumberSource::Operator(_) => Self::Given,
            NumberSource::DirectRouting => Self::Brought,
        }
    }

    /// How far a signer vouches for it.
    pub fn attestation(self, signer: Signer) -> Attestation {
        match (self, signer) {
            (Self::Given, _) | (Self::Brought, Signer::Organization) => Attestation::Full,
            (Self::Brought, Signer::Platform) | (Self::Unknown, _) => Attestation::Partial,
            (Self::Callers, _) => Attestation::Gateway,
        }
    }

    /// The same in words, of a call that is not made yet.
    pub fn words(self) -> &'static str {
        match self {
            Self::Given => "with A: it is a number of the organization",
            Self::Brought => {
                "with A by a certificate of the organization, with B by the platform's: the organization uploaded it"
            }
            Self::Unknown => "with B: who calls is known, and the number is none of the organization",
            Self::Callers => "with C: it is the number of who calls from outside",
        }
    }
}

/// A number that a call shows and that can be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signable {
    pub number: E164,
    pub whose: Whose,
}

/// Why nobody vouches for the number of a call that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    #[error("the caller's number is not signed")]
    Missing,
    #[error("the call shows no number that a signature could be for")]
    NoNumber,
    #[error("the signature of the caller's number is malformed")]
    Malformed,
    #[error("the signature is for the number of another caller")]
    OtherCaller,
    #[error("the signature is for a call to another number")]
    OtherCalled,
    #[error("the signature is not of this minute")]
    Stale,
    #[error("the signature is wrong")]
    Forged,
    #[error("the signer's certificate could not be fetched in time")]
    CertificateAway,
    #[error("no authority that is trusted vouches for the signer's certificate")]
    CertificateUntrusted,
    #[error("the signer's certificate is not for this number")]
    NotItsNumber,
    #[error("the server knows no authority of signers")]
    NoAuthority,
}

impl Flaw {
    /// What a call is refused with that must not have this flaw. RFC 8224 §6.2.2
    pub fn sip_status(self) -> u16 {
        match self {
            Self::Stale => 403,
            Self::Missing | Self::NoNumber => 428,
            Self::CertificateAway => 436,
            Self::CertificateUntrusted | Self::NoAuthority | Self::NotItsNumber => 437,
            Self::Forged | Self::Malformed | Self::OtherCaller | Self::OtherCalled => 438,
        }
    }

    /// Whether it speaks against the call. What could not be looked at says nothing.
    pub fn verstat(self) -> Verstat {
        match self {
            Self::Missing | Self::NoNumber | Self::CertificateAway | Self::NoAuthority => Verstat::NotValidated,
            Self::CertificateUntrusted
            | Self::Forged
            | Self::Malformed
            | Self::NotItsNumber
            | Self::OtherCalled
            | Self::OtherCaller
            | Self::Stale => Verstat::Failed,
        }
    }

    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NoNumber => "no_number",
            Self::Malformed => "malformed",
            Self::OtherCaller => "other_caller",
            Self::OtherCalled => "other_called",
            Self::Stale => "stale",
            Self::Forged => "forged",
            Self::CertificateAway => "certificate_away",
            Self::CertificateUntrusted => "certificate_untrusted",
            Self::NotItsNumber => "not_its_number",
            Self::NoAuthority => "no_authority",
        }
    }
}

/// What came of looking at a signature. ATIS-1000074 §5.3, 3GPP TS 24.229 §7.2A.20
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verstat {
    Passed,
    Failed,
    NotValidated,
}

impl Verstat {
    /// Its word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "TN-Validation-Passed",
            Self::Failed => "TN-Validation-Failed",
            Self::NotValidated => "No-TN-Validation",
        }
    }
}

/// What was found of the signature of a call that came in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// None if all is right.
    pub flaw: Option<Flaw>,
    /// What the signature says, whether it is right or not.
    pub attestation: Option<Attestation>,
    /// Whom the signer knows the call by.
    pub origid: Option<Uuid>,
    /// The name in the certificate of a signature that is right.
    pub signer: Option<String>,
}

impl Checked {
    /// Of a call that has this flaw, and no more is known.
    pub fn flawed(flaw: Flaw) -> Self {
        Self { flaw: Some(flaw), ..Self::default() }
    }

    /// What is told of it.
    pub fn verstat(&self) -> Verstat {
        self.flaw.map_or(Verstat::Passed, Flaw::verstat)
    }

    /// The same in words, for the record.
    pub fn words(&self) -> String {
        match (self.flaw, self.attestation, &self.signer) {
            (Some(flaw), ..) => flaw.to_string(),
            (None, attestation, signer) => {
                let letter = attestation.map_or("no", Attestation::as_str);
                let by = signer.as_ref().map_or(String::new(), |signer| format!(" by {signer}"));
                format!("the caller's number is signed with attestation {letter}{by}")
            }
        }
    }
}

/// What is done with a call whose signature was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    Admit,
    /// It rings with words before the caller's name. Specification of calling, 2.14
    Label,
    Refuse(Flaw),
}

impl StirShakenAction {
    /// What a trunk's setting does with a call.
    pub fn treat(self, checked: &Checked) -> Treatment {
        let Some(flaw) = checked.flaw else { return Treatment::Admit };
        match (self, flaw.verstat()) {
            (Self::Record, _) | (Self::Tag, Verstat::NotValidated | Verstat::Passed) => Treatment::Admit,
            (Self::Tag, Verstat::Failed) => Treatment::Label,
            (Self::Refuse, Verstat::Failed) | (Self::Require, _) => Treatment::Refuse(flaw),
            (Self::Refuse, Verstat::NotValidated | Verstat::Passed) => Treatment::Admit,
        }
    }

    /// The same in words, of a call that did not come yet.
    pub fn words(self) -> &'static str {
        match self {
            Self::Record => "what is found is recorded",
            Self::Tag => "who shows a number with a wrong signature rings as \"Spam likely\"",
            Self::Refuse => "a wrong signature is refused with 403, 437 or 438",
            Self::Require => "a call without a right one is refused with 403, 428, 436, 437 or 438",
        }
    }
}
